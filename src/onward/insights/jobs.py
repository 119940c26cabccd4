"""What the worker does for insights."""

from __future__ import annotations

from onward.insights import actions
from onward.kernel.actor import SYSTEM


def fold_tallies() -> bool:
    """Add up the counters' deltas; for a loop. Always False: once a turn is enough."""
    actions.fold_tallies(actor=SYSTEM)
    return False


def carry_on_bulk() -> bool:
    """The next rows of a change of many journeys; whether there were any."""
    bulk_id = actions.claim_bulk(actor=SYSTEM)
    if bulk_id is None:
        return False
    actions.carry_on(bulk_id=bulk_id)
    return True
