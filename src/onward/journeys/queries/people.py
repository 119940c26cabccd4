"""Who has how much on their hands."""

from __future__ import annotations

from collections import Counter

from onward.foundation.postgres import one_statement
from onward.identity import queries as identity
from onward.kernel.ids import format_id


def least_loaded(team: str) -> str | None:
    """The person of a team ("specialists") who holds the fewest roles in open journeys; None for an empty team."""
    people = identity.team_members(team)
    if not people:
        return None
    load: Counter[str] = Counter()
    rows = one_statement(
        "select holder.value ->> 'person' as person, count(*) as held from journeys_journey,"
        " jsonb_each(roles) holder where state = 'open' group by 1"
    )
    load.update({row["person"]: row["held"] for row in rows})
    refs = [f"user:{format_id('usr', person)}" for person in people]
    return min(refs, key=lambda ref: (load[ref], ref))
