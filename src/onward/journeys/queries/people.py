"""Who fills a role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from onward.foundation.postgres import one_statement
from onward.identity import queries as identity
from onward.identity.decisions import require
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.ids import format_id, parse_id
from onward.playbooks.decisions.definition import Playbook


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


def reasons_of(actor: Actor, journey_id: UUID) -> dict[str, str]:
    """Why each role that was given by load went to whom it went, by role; nothing for a contact."""
    if actor.is_contact:
        return {}
    require(actor, "see", "journey")
    rows = one_statement("select roles from journeys_journey where id = %s", (journey_id,))
    held = rows[0]["roles"] if rows else {}
    return {role: one["why"] for role, one in held.items() if one.get("why")}
