"""Who has how much on their hands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from onward.foundation.postgres import one_statement
from onward.identity import queries as identity
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id, parse_id
from onward.playbooks.decisions.definition import Playbook


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


def who_is(book: Playbook, roles: Mapping[str, Any], role: str) -> str:
    """Who fills a role; for `manager`, whom no playbook declares, whoever leads the one accountable, else the manager
    with the earliest name; "" when there is nobody."""
    if role != "manager":
        return str((roles.get(role) or {}).get("person", ""))
    accountable = str((roles.get(book.accountable) or {}).get("person", ""))
    if accountable.startswith("user:"):
        user_id = parse_id("usr", accountable.removeprefix("user:"))
        lead = identity.users_by_ids([user_id])[user_id].manager_id
        if lead:
            return f"user:{format_id('usr', lead)}"
    found = identity.users(SYSTEM, role="manager", include_revoked=False)
    return f"user:{found[0].ref}" if found else ""
