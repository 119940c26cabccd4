"""Taking conversations and files away again: the demo's, which never happened."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from onward.foundation.actions import action
from onward.foundation.postgres import Statement, pipelined
from onward.identity.decisions import require
from onward.kernel.actor import Actor

_PARTS = ("filecontent", "file", "mention", "commentversion", "comment")


@action()
def forget_demo(*, actor: Actor, account_ids: Collection[UUID]) -> None:
    """Remove what was said and handed over at these accounts; before their journeys go."""
    require(actor, "remove_demo", "installation")
    pipelined(
        [
            Statement(f"delete from conversation_{part} where account_id = any(%s)", (list(account_ids),))
            for part in _PARTS
        ]
    )
