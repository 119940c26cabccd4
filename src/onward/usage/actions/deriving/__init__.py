"""The deriver: from people as sent to accounts, by the difference to what was counted before.

One at a time, by an advisory lock: a merge touches two persons. It claims dirty rows by deleting them, reads in new
statements (so that all that the claimed rows announce is visible), and commits everything at once: a kill repeats it.
"""

from __future__ import annotations

from django.db import transaction

from onward.foundation import ledger
from onward.foundation.postgres import one_statement
from onward.usage.actions.deriving.claims import claim_marked, count_sources
from onward.usage.actions.deriving.counting import recount
from onward.usage.actions.deriving.resolving import resolve
from onward.usage.actions.deriving.telling import tell

DERIVING = 7_310_002
DRAINED_AT_ONCE = 8


def derive() -> bool:
    """Work off what intake has marked. False when there was nothing, or another deriver is at it."""
    with transaction.atomic():
        if not one_statement("select pg_try_advisory_xact_lock(%s) as mine", (DERIVING,))[0]["mine"]:
            return False
        claim = claim_marked()
        if claim is None:
            return False
        moved = recount(resolve(claim))
        streams = tell(moved) if moved else set()
        count_sources(claim)
    # Here and not only in the drain's loop: somebody's page waits for it.
    for stream in sorted(streams)[:DRAINED_AT_ONCE]:
        ledger.drain(stream, wait_ms=20)
    return True


def derive_all() -> None:
    """Derive until nothing is left (imports, tests)."""
    while derive():
        pass
