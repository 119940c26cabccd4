"""Intake's own connections: autocommit, so that one statement is one commit; never Django's, which pages need."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from psycopg import Connection, OperationalError
from psycopg.conninfo import make_conninfo
from psycopg_pool import ConnectionPool, PoolTimeout, TooManyRequests

Raw = Connection[tuple[Any, ...]]

STATEMENT_TIMEOUT_MS = 15_000
WAIT_SECONDS = 4.0


class Overloaded(Exception):
    """No connection in time, or the database is away: the sender shall try again."""


_lock = threading.Lock()
_pool: ConnectionPool[Raw] | None = None


def conninfo() -> str:
    """The address of Django's default database, as libpq wants it."""
    given = connections["default"].get_connection_params()
    wanted = {
        key: value
        for key, value in given.items()
        if key not in {"context", "cursor_factory", "pool", "prepare_threshold", "server_side_binding"}
    }
    return make_conninfo(**wanted)


def _configure(connection: Raw) -> None:
    connection.autocommit = True
    connection.prepare_threshold = 0
    # Planning the intake statement costs as much as running it for one event, and no value makes a better plan.
    connection.execute(
        "select set_config('timezone', 'UTC', false), set_config('statement_timeout', %s, false),"
        " set_config('plan_cache_mode', 'force_generic_plan', false), set_config('jit', 'off', false)",
        [str(STATEMENT_TIMEOUT_MS)],
    )


def _opened() -> ConnectionPool[Raw]:
    global _pool
    with _lock:
        if _pool is None:
            size = int(os.environ.get("ONWARD_INTAKE_POOL", "8"))
            _pool = ConnectionPool(
                conninfo(), min_size=1, max_size=size, max_waiting=16 * size, timeout=WAIT_SECONDS,
                configure=_configure, name="intake", open=True, reconnect_timeout=5,
            )  # fmt: skip
        return _pool


@contextmanager
def borrowed() -> Iterator[Raw]:
    """A connection for one statement; raises Overloaded when there is none, or when the database goes away."""
    try:
        with _opened().connection() as connection:
            yield connection
    except (PoolTimeout, TooManyRequests) as error:
        raise Overloaded(str(error)) from error
    except OperationalError as error:
        raise Overloaded(type(error).__name__) from error


def close() -> None:
    """Give all connections back to the server (at the end of a process, and between tests)."""
    global _pool
    with _lock:
        if _pool is not None:
            _pool.close()
            _pool = None
