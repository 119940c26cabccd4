"""Hot-path statements on Django's connection: one to load, one pipeline to write. The ORM costs 23-36 commits here.

Parameters are bound by the server, rows come in binary, and what is sent a third time is prepared: psycopg then reads
moments, keys and JSON in C, and the server plans once. Django's own cursors merge parameters into the text instead.

Which of the connections that is, the owner's or the portal's, is told by the door (see `door.alias`).
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import psycopg
from django.db import connections
from psycopg.abc import Buffer
from psycopg.rows import dict_row
from psycopg.types.json import JsonbBinaryLoader

from onward.foundation.postgres.door import alias


class _JsonLoader(JsonbBinaryLoader):
    """JSON of the hot paths: a journey has some sixty documents, most of them empty."""

    def load(self, data: Buffer) -> Any:
        try:
            return _decode(bytes(data)[1:])
        except msgspec.DecodeError:
            # A number beyond 64 bits, which the standard library reads.
            return super().load(data)


_decode = msgspec.json.Decoder().decode
psycopg.adapters.register_loader("jsonb", _JsonLoader)


class Statement(NamedTuple):
    """SQL with its parameters, to be sent in a pipeline. With `many`, `params` is a list of parameter rows."""

    sql: str
    params: Any = ()
    many: bool = False


def one_statement(sql: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
    """Run one statement on the current transaction's connection; rows as dictionaries (none for a plain write)."""

    def run(sql: str, params: Any, many: bool, context: Any) -> list[dict[str, Any]]:
        with psycopg.Cursor(_raw(), row_factory=dict_row) as cursor:
            cursor.execute(sql, params, binary=True)
            return cursor.fetchall() if cursor.rownumber is not None else []

    with _connection().wrap_database_errors:
        rows: list[dict[str, Any]] = _seen(run, sql, params, many=False)
    return rows


def pipelined(statements: Sequence[Statement]) -> None:
    """Send all statements in one round trip, in order, on the current transaction's connection."""
    if not statements:
        return
    raw = _raw()
    with _connection().wrap_database_errors, raw.pipeline(), psycopg.Cursor(raw) as cursor:

        def run(sql: str, params: Any, many: bool, context: Any) -> None:
            if many:
                cursor.executemany(sql, params)
            else:
                cursor.execute(sql, params)

        for statement in statements:
            _seen(run, statement.sql, statement.params, many=statement.many)


def fetched(queries: Sequence[tuple[str, Sequence[Any] | Mapping[str, Any]]]) -> list[list[tuple[Any, ...]]]:
    """Run selects in one round trip on the current transaction's connection; the rows of each as tuples."""
    raw = _raw()
    with _connection().wrap_database_errors, raw.pipeline(), contextlib.ExitStack() as stack:
        cursors = [stack.enter_context(psycopg.Cursor(raw)) for _ in queries]

        def run(sql: str, params: Any, many: bool, context: Any) -> None:
            context["cursor"].execute(sql, params, binary=True)

        for cursor, (sql, params) in zip(cursors, queries, strict=True):
            _seen(run, sql, params, many=False, cursor=cursor)
        return [cursor.fetchall() for cursor in cursors]


def tuples(
    sql: str, params: Sequence[Any] | Mapping[str, Any] = (), *, prepare: bool | None = False
) -> list[tuple[Any, ...]]:
    """Run a select, rows as tuples: for a wide list planned for its values; with `prepare` None as the others are."""

    def run(sql: str, params: Any, many: bool, context: Any) -> list[tuple[Any, ...]]:
        with psycopg.Cursor(_raw()) as cursor:
            cursor.execute(sql, params, binary=True, prepare=prepare)
            return cursor.fetchall()

    with _connection().wrap_database_errors:
        rows: list[tuple[Any, ...]] = _seen(run, sql, params, many=False)
    return rows


def _connection() -> Any:
    return connections[alias()]


def _raw() -> Any:
    connection = _connection()
    connection.ensure_connection()
    return connection.connection


def _seen(run: Any, sql: str, params: Any, *, many: bool, cursor: Any = None) -> Any:
    """Run through Django's execute wrappers, so that budgets and the border test see these statements too."""
    connection = _connection()
    for wrapper in reversed(connection.execute_wrappers):
        run = functools.partial(wrapper, run)
    return run(sql, params, many, {"connection": connection, "cursor": cursor})


def notify(channel: str, payload: str) -> None:
    """NOTIFY in the current transaction: it goes out at commit. Never on the intake path (it serialises commits)."""
    one_statement("select pg_notify(%s, %s)", (channel, payload))
