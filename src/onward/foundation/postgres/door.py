"""Which connection reads: the owner's, or at the customers' door one whose role sees a single account.

The alias `portal` is a connection of its own, born in a role that may only read what is granted to it. It is chosen by
a context variable, never by the code that asks, so a forgotten filter reads nothing of anybody else's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, Error, connections, transaction

PORTAL = "portal"
SETTING = "onward.account"


class Passage:
    """One request at the customers' door, until its response is closed. Before `admit` it reads no row at all."""

    def __init__(self) -> None:
        self.owners = 0
        self._transaction: transaction.Atomic | None = None

    def admit(self, account_id: UUID) -> None:
        """From here on reads see this account, in the one transaction of the request."""
        if self._transaction is None:
            self._transaction = transaction.atomic(using=PORTAL)
            self._transaction.__enter__()
        with connections[PORTAL].cursor() as cursor:
            cursor.execute(f"select set_config('{SETTING}', %s, true)", [str(account_id)])

    def close(self) -> None:
        """Give the connection back. Whatever reads later in this thread is not at the door."""
        if _passage.get() is self:
            _passage.set(None)
        if self._transaction is not None:
            begun, self._transaction = self._transaction, None
            with suppress(Error):
                transaction.set_rollback(True, using=PORTAL)
                begun.__exit__(None, None, None)
        connections[PORTAL].close()


_passage: ContextVar[Passage | None] = ContextVar("onward_passage", default=None)


def enter() -> Passage:
    """Begin a request at the customers' door."""
    leave()
    passage = Passage()
    _passage.set(passage)
    return passage


def leave() -> None:
    """Not, or no longer, at the customers' door: also after a response that nobody closed."""
    passage = _passage.get()
    if passage is not None:
        passage.close()


def admit(account_id: UUID) -> None:
    """Bound the reads of the running request to an account; elsewhere nothing."""
    passage = _passage.get()
    if passage is not None:
        passage.admit(account_id)


@contextmanager
def as_owner() -> Iterator[None]:
    """Read as the application does elsewhere: for the ways in, for colleagues, and inside every action."""
    passage = _passage.get()
    if passage is None:
        yield
        return
    passage.owners += 1
    try:
        yield
    finally:
        passage.owners -= 1


def alias() -> str:
    """The alias that reads here."""
    passage = _passage.get()
    return DEFAULT_DB_ALIAS if passage is None or passage.owners else PORTAL


class Router:
    """Django's database router: reads as `alias()` says, writes and migrations always as the owner."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return alias()

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS
