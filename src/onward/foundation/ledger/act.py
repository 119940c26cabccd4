"""The running change: who acts, when, which streams are locked, what is recorded so far."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime

from onward.foundation.ledger import writing
from onward.kernel.actor import Actor

MAX_DEPTH = 8


@dataclass
class Act:
    """`heads` are the locked streams; `closed` means that no other stream may be added (inside a reaction)."""

    actor: Actor
    now: datetime
    heads: dict[str, int]
    depth: int = 0
    cause: int | None = None
    closed: bool = False
    pending: list[writing.Pending] = field(default_factory=list)
    wrote: set[str] = field(default_factory=set)

    def flush(self) -> None:
        """Write what was recorded. The writer drains at once; a worker steps in a second later if it cannot."""
        writing.append(self.pending, self.heads, due_in=1.0)
        self.wrote.update(item.stream for item in self.pending)
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
