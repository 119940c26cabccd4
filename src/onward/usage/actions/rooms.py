"""Partitions on demand: any past day is taken while retention is off, and nobody has to run a schedule for it."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import date
from typing import Any

from psycopg import Connection, sql

from onward.usage.decisions.rooms import Span, is_covered, span_for

EVENT, KEY = "usage_event", "usage_key"
_MAKING_ROOM = 7_310_001

_known: dict[str, list[Span]] = {EVENT: [], KEY: []}
_lock = threading.Lock()


def forget() -> None:
    """Read the partitions anew: one that was here is gone."""
    with _lock:
        for spans in _known.values():
            spans.clear()


def make_room(connection: Connection[Any], parent: str, days: Iterable[date], today: date) -> None:
    """See to it that `parent` has partitions for these days. Costs nothing when this process has seen them."""
    wanted = sorted({day for day in days if not is_covered(day, _known[parent])})
    if not wanted:
        return
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(%s)", [_MAKING_ROOM])
        rows = connection.execute("select low, high from usage_partition where parent = %s order by low", [parent])
        spans: list[Span] = [(row[0], row[1]) for row in rows]
        for day in wanted:
            if not is_covered(day, spans):
                span = span_for(day, spans, today)
                _create(connection, parent, span)
                spans = sorted([*spans, span])
    with _lock:
        _known[parent] = sorted(spans, key=lambda span: span[0], reverse=True)


def _create(connection: Connection[Any], parent: str, span: Span) -> None:
    low, high = span
    name = f"{parent}_{low:%Y%m%d}_{(high - low).days}"
    made = sql.SQL("create table {} (like {} including all)").format(sql.Identifier(name), sql.Identifier(parent))
    # ATTACH and not PARTITION OF: it does not lock out those who are writing to the parent.
    attach = sql.SQL("alter table {} attach partition {} for values from ({}) to ({})").format(
        sql.Identifier(parent), sql.Identifier(name), sql.Literal(low.isoformat()), sql.Literal(high.isoformat())
    )
    connection.execute(made)
    connection.execute(attach)
    connection.execute(
        "insert into usage_partition (name, parent, low, high) values (%s, %s, %s, %s)", [name, parent, low, high]
    )
