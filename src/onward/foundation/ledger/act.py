"""The running change: who acts, when, which streams are locked, what is recorded so far."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from onward.foundation.ledger import writing
from onward.kernel.actor import Actor

MAX_DEPTH = 8


@dataclass
class Act:
    """`heads` are the locked streams; `closed` means that no other stream may be added (inside a reaction).

    `kept` is what was read under the lock and is still as it is stored: the drain that follows has it too, unless
    somebody else held the lock in between. Another action inside this one empties it. `told` names what live pages
    hear of at the end of a drain.
    """

    actor: Actor
    now: datetime
    heads: dict[str, int]
    depth: int = 0
    cause: int | None = None
    closed: bool = False
    pending: list[writing.Pending] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)
    kept: dict[Any, Any] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)

    def flush(self) -> None:
        """Write what was recorded. The writer drains at once; a worker steps in a second later if it cannot."""
        self.marks |= writing.append(self.pending, self.heads, due_in=1.0)
        self.pending.clear()


current: ContextVar[Act | None] = ContextVar("onward_act", default=None)


@contextmanager
def using(running: Act) -> Iterator[Act]:
    """Make this the running action."""
    token = current.set(running)
    try:
        yield running
    finally:
        current.reset(token)
