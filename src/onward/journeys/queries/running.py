"""Journeys that are under way, to try something against, and the versions that journeys run on."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from onward.foundation.postgres import one_statement
from onward.identity.decisions import require
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id


def running_first_on(actor: Actor, version_ids: Iterable[UUID], *, limit: int = 60) -> list[tuple[str, UUID, str]]:
    """Open and paused journeys as (reference, account, title): those on these versions first, then the newest."""
    require(actor, "see", "journey")
    rows = one_statement(
        "select id, account_id, title from journeys_journey where state in ('open', 'paused')"
        " order by (version_id = any(%s)) desc, started_at desc, id limit %s",
        (list(version_ids), limit),
    )
    return [(format_id("jny", row["id"]), row["account_id"], row["title"]) for row in rows]


def versions_of(journey_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The playbook version that each journey runs on."""
    rows = one_statement("select id, version_id from journeys_journey where id = any(%s)", (list(journey_ids),))
    return {row["id"]: row["version_id"] for row in rows}
