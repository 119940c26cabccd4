"""The read models against what they are made of."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from onward.conversation.queries import questions_open
from onward.foundation.postgres import one_statement
from onward.insights.actions.refolding import history_differences
from onward.insights.actions.writing import COLUMNS, computed, known
from onward.journeys.queries.portfolio import portfolio_source
from onward.kernel.fact import plain
from onward.kernel.ids import format_id

CHUNK = 500
#: Dimension of the tally -> the column that it counts, and of which rows.
COUNTED = {
    "state": ("state", "true"),
    "stage": ("stage", "state = 'open'"),
    "pace": ("pace", "state = 'open'"),
    "waiting": ("waiting_on", "state = 'open'"),
    "segment": ("segment", "state = 'open'"),
    "playbook": ("playbook", "state = 'open'"),
    "urgency": ("urgency", "state = 'open'"),
    "first_value": (
        "case when first_value_met_at is null then 'stalled' else 'reached' end",
        "state = 'open' and (first_value_met_at is not null or pace = 'stalled')",
    ),
    "asked": ("''", "state = 'open' and questions > 0"),
}


def differences(now: datetime) -> Iterator[str]:
    """Each row and count that is not what it follows from, as a sentence."""
    seen: set[UUID] = set()
    last: UUID | None = None
    while sources := portfolio_source(after=last, limit=CHUNK):
        last = sources[-1].journey_id
        ids = [source.journey_id for source in sources]
        waiting = questions_open(ids)
        since = {
            one: {"pace_since": row["pace_since"], "questions": waiting.get(one, 0)} for one, row in known(ids).items()
        }
        stored = {
            row["journey_id"]: row
            for row in one_statement(
                f"select {', '.join(COLUMNS)}, questions from insights_portfolio where journey_id = any(%s)", (ids,)
            )
        }
        for row in computed(sources, now, _nameless(since)):
            seen.add(row["journey_id"])
            due = {**row, "questions": waiting.get(row["journey_id"], 0)}
            yield from _compare(stored.get(row["journey_id"]), due)
    for row in one_statement("select journey_id from insights_portfolio"):
        if row["journey_id"] not in seen:
            yield f"portfolio {format_id('jny', row['journey_id'])}: it has a row and no journey"
    yield from _tallies()
    yield from history_differences()


def _nameless(since: dict[UUID, dict[str, Any]]) -> dict[UUID, dict[str, Any]]:
    """Without the names in the row, so that they are read again from where they come from."""
    return {one: {**row, "account_name": None, "owner_id": None, "playbook": None} for one, row in since.items()}


def _compare(stored: dict[str, Any] | None, row: dict[str, Any]) -> Iterator[str]:
    ref = f"portfolio {format_id('jny', row['journey_id'])}"
    if stored is None:
        yield f"{ref}: its row is missing"
        return
    for name in row:
        if plain(stored[name]) != plain(row[name]):
            yield f"{ref}: {name} is stored as {stored[name]!r} and should be {row[name]!r}"


def _tallies() -> Iterator[str]:
    rows = one_statement("select dimension, value, owner_id, sum(n)::int as n from insights_tally group by 1, 2, 3")
    counted = {(row["dimension"], row["value"], row["owner_id"]): row["n"] for row in rows if row["n"]}
    for dimension, (column, condition) in COUNTED.items():
        wanted = {
            (dimension, row["value"], row["owner_id"]): row["n"]
            for row in one_statement(
                f"select ({column})::text as value, owner_id, count(*)::int as n from insights_portfolio"
                f" where {condition} group by 1, 2"
            )
        }
        for key in sorted({key for key in counted if key[0] == dimension} | set(wanted), key=str):
            if counted.get(key, 0) != wanted.get(key, 0):
                yield f"tally {key[0]} {key[1]}: it is {counted.get(key, 0)}, the rows say {wanted.get(key, 0)}"
