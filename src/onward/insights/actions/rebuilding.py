"""From nothing: every read model is thrown away and made anew from facts and from what journeys are now."""

from __future__ import annotations

from uuid import UUID

from onward.foundation.actions import act, action
from onward.foundation.ledger import every_fact
from onward.foundation.postgres import one_statement
from onward.insights.actions.folding import FOLDS, fold
from onward.insights.actions.writing import count_questions, write
from onward.journeys.queries.portfolio import portfolio_source
from onward.kernel.actor import Actor

CHUNK = 1000
TABLES = ("insights_portfolio", "insights_course", "insights_reached", "insights_stagestay")

_FOLD = """
with gone as (delete from insights_tally returning owner_id, dimension, value, label, rank, n)
insert into insights_tally (owner_id, dimension, value, label, rank, n)
select owner_id, dimension, value, label, rank, sum(n) from gone group by 1, 2, 3, 4, 5 having sum(n) <> 0
"""


@action(stream=lambda _: ())
def rebuild(*, actor: Actor) -> int:
    """Make the read models anew, in one transaction; how many journeys. Reactions wait for its end."""
    # Reads go on. A reaction that waits here writes afterwards, from what is newer than what is read here.
    one_statement(f"lock table {', '.join(TABLES)} in share row exclusive mode")
    for table in TABLES:
        one_statement(f"delete from {table}")
    for facts in every_fact(FOLDS, chunk=CHUNK):
        fold(facts)
    count = 0
    last: UUID | None = None
    while sources := portfolio_source(after=last, limit=CHUNK):
        write(sources, act().now)
        count_questions([source.journey_id for source in sources])
        count, last = count + len(sources), sources[-1].journey_id
    one_statement(_FOLD)
    return count


@action(stream=lambda _: ())
def fold_tallies(*, actor: Actor) -> bool:
    """Add up the tally's deltas once they have become many; whether it did."""
    if one_statement("select count(*) as n from insights_tally")[0]["n"] < 4000:
        return False
    one_statement(_FOLD)
    return True
