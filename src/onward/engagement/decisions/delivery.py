"""When a message is tried again."""

from __future__ import annotations

from datetime import datetime, timedelta

MAX_TRIES = 10
LONGEST = timedelta(hours=4)


def next_try(tries: int, now: datetime) -> datetime:
    """The moment of the next attempt after `tries` attempts: 1, 2, 4 ... minutes, four hours at most."""
    return now + min(timedelta(minutes=2 ** min(max(tries - 1, 0), 10)), LONGEST)
