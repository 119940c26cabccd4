"""Taking read models away again: the demo's."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from onward.foundation.actions import action
from onward.foundation.postgres import Statement, pipelined
from onward.identity.decisions import require
from onward.kernel.actor import Actor

_MINE = "(select journey_id from insights_course where account_id = any(%s))"


@action()
def forget_demo(*, actor: Actor, account_ids: Collection[UUID]) -> None:
    """Remove the rows and the history of these accounts' journeys; before the journeys go."""
    require(actor, "remove_demo", "installation")
    ids = (list(account_ids),)
    pipelined(
        [
            Statement(f"delete from insights_bulkrow where journey_id in {_MINE}", ids),
            Statement("delete from insights_portfolio where account_id = any(%s)", ids),
            Statement(f"delete from insights_reached where journey_id in {_MINE}", ids),
            Statement(f"delete from insights_stagestay where journey_id in {_MINE}", ids),
            Statement("delete from insights_course where account_id = any(%s)", ids),
        ]
    )
