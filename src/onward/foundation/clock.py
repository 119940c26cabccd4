"""The one place that asks what time it is. Actions and doors call it; decisions are given `now`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_pretended: ContextVar[datetime | None] = ContextVar("onward_clock", default=None)


def now() -> datetime:
    """This moment, aware, in UTC."""
    return _pretended.get() or datetime.now(UTC)


def pretended() -> datetime | None:
    """The moment that is being pretended, or None while the clock is real."""
    return _pretended.get()


@contextmanager
def pretend(moment: datetime) -> Iterator[None]:
    """Act as if it were that moment: how the demo lives its past through the real actions, and stories their days."""
    token = _pretended.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _pretended.reset(token)
