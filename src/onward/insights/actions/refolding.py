"""History against the facts that it was folded from: folded again into tables of the same names that hide the real
ones for a transaction, so that the check cannot drift from the fold."""

from __future__ import annotations

from django.db import transaction

from onward.foundation.ledger import every_fact
from onward.foundation.postgres import one_statement
from onward.insights.actions.folding import FOLDS, fold
from onward.kernel.ids import format_id

TABLES = {
    "insights_course": "course",
    "insights_reached": "milestone",
    "insights_stagestay": "stage",
}


def history_differences() -> list[str]:
    """Each row of history that is not what the facts say, as a sentence."""
    found: list[str] = []
    with transaction.atomic():
        (schema,) = (row["name"] for row in one_statement("select current_schema() as name"))
        for table in TABLES:
            one_statement(f"create temp table {table} (like {schema}.{table} including all) on commit drop")
        # A changed path has PostgreSQL look up the names anew in what this session prepared for the real tables.
        one_statement(f"set local search_path to pg_temp, {schema}")
        for facts in every_fact(FOLDS):
            fold(facts)
        for table, noun in TABLES.items():
            for said, left, right in (
                ("is stored and does not follow from facts", f"{schema}.{table}", f"pg_temp.{table}"),
                ("follows from facts and is not stored so", f"pg_temp.{table}", f"{schema}.{table}"),
            ):
                rows = one_statement(
                    f"select d.journey_id, to_jsonb(d)::text as row from"
                    f" (select * from {left} except select * from {right}) d"
                    f" where exists (select from {schema}.insights_portfolio p where p.journey_id = d.journey_id)"
                    f"    or '{left}' like '{schema}.%%' order by 1, 2"
                )
                found += [f"{noun} of {format_id('jny', row['journey_id'])}: {row['row']} {said}" for row in rows]
    return found
