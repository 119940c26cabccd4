"""Taking messages away again: the demo's, which nobody got."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from onward.foundation.actions import action
from onward.foundation.postgres import Statement, pipelined
from onward.identity.decisions import require
from onward.kernel.actor import Actor


@action()
def forget_demo(*, actor: Actor, account_ids: Collection[UUID]) -> None:
    """Remove what was written for these accounts, and what was written to the demo's own people."""
    require(actor, "remove_demo", "installation")
    statements = [
        Statement(f"delete from engagement_{part} where account_id = any(%s)", (list(account_ids),))
        for part in ("pageview", "visit", "invite", "message")
    ]
    pipelined([*statements, Statement("delete from engagement_message where is_demo")])
