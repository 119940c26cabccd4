"""A past that is being lived: while one session pretends to be in it, time-driven work elsewhere leaves it alone.

A session's own lock and name say so: both show at once, and both end with the session, however it ends.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from onward.foundation.postgres import one_statement

_LOCK = 7_310_099
_NAME = "onward past "


@dataclass(frozen=True)
class Progress:
    """Days lived, of how many in all (0 of 0 before it is known)."""

    done: int
    total: int


@contextmanager
def alone() -> Iterator[bool]:
    """Hold the clock for this session; False when another one does."""
    mine = bool(one_statement("select pg_try_advisory_lock(%s) as mine", (_LOCK,))[0]["mine"])
    if not mine:
        yield False
        return
    try:
        tell("")
        yield True
    finally:
        one_statement("select set_config('application_name', '', false), pg_advisory_unlock(%s)", (_LOCK,))


def tell(words: str) -> None:
    """Show how far it is ("30/200") in this session's name: what it has not committed nobody could read."""
    one_statement("select set_config('application_name', %s, false)", (f"{_NAME}{words}",))


def progress() -> Progress | None:
    """How far another session's past is; None when nobody lives one."""
    rows = one_statement(
        "select application_name as name from pg_stat_activity where datname = current_database()"
        " and application_name like %s and pid <> pg_backend_pid() limit 1",
        (f"{_NAME}%",),
    )
    if not rows:
        return None
    done, _, total = rows[0]["name"].removeprefix(_NAME).partition("/")
    return Progress(int(done), int(total)) if done.isdigit() and total.isdigit() else Progress(0, 0)
