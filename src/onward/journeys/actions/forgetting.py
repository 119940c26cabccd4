"""Taking journeys away again: the demo's, which never happened."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from onward.foundation.actions import action
from onward.foundation.postgres import Statement, pipelined
from onward.identity.decisions import require
from onward.kernel.actor import Actor

_PARTS = (
    "waitingdeal", "hours", "logentry", "evidence", "planversion", "objective", "checkinrun", "milestonerun",
    "taskrun", "stagerun", "journey",
)  # fmt: skip


@action()
def forget_demo(*, actor: Actor, account_ids: Collection[UUID]) -> None:
    """Remove the journeys of these accounts with all their parts. What higher floors keep of them goes before."""
    require(actor, "remove_demo", "installation")
    pipelined(
        [Statement(f"delete from journeys_{part} where account_id = any(%s)", (list(account_ids),)) for part in _PARTS]
    )
