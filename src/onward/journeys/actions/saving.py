"""Write back what changed in a journey, in one pipeline: only the rows, and of them only the columns, that moved."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from onward.foundation.postgres import Statement, pipelined
from onward.journeys.decisions.state import Run
from onward.journeys.queries.loading import COLUMNS, TABLES, held

JSON = {
    "roles", "groups", "answers", "picks", "checklist", "checks", "expects", "reported", "verdict", "value",
}  # fmt: skip
Before = dict[UUID, tuple[Any, ...]]


def remember(run: Run) -> Before:
    """What the rows hold now, to be compared by `changed`."""
    return {row.id: held(row) for row in _rows(run)}


def save(run: Run, before: Before) -> bool:
    """Insert rows that are new, update those that differ, delete those that went; whether anything did."""
    statements: list[Statement] = []
    seen: set[UUID] = set()
    for row in _rows(run):
        seen.add(row.id)
        known = before.get(row.id)
        statements += [insert(row)] if known is None else update(row, known)
    statements += [
        Statement("delete from journeys_checkinrun where id = %s", (row_id,)) for row_id in before if row_id not in seen
    ]
    pipelined(statements)
    return bool(statements)


def insert(row: Any) -> Statement:
    """An insert of one row."""
    table, columns = TABLES[type(row)][0], COLUMNS[type(row)]
    marks = ", ".join(["%s"] * len(columns))
    return Statement(
        f"insert into {table} ({', '.join(columns)}) values ({marks})",
        [_sent(name, getattr(row, name)) for name in columns],
    )


def insert_all(rows: Iterable[Any]) -> list[Statement]:
    """Inserts of many rows, one executemany a table."""
    by_type: dict[type, list[Any]] = {}
    for row in rows:
        by_type.setdefault(type(row), []).append(row)
    return [
        Statement(insert(group[0]).sql, [list(insert(row).params) for row in group], many=True)
        for group in by_type.values()
    ]


def update(row: Any, known: tuple[Any, ...]) -> list[Statement]:
    """An update of the columns that moved; none when nothing did."""
    now = held(row)
    if now == known:
        return []
    columns = zip(COLUMNS[type(row)], now, known, strict=True)
    moved = {name: value for name, value, before in columns if value != before}
    for name, value in moved.items():
        if isinstance(value, datetime) and value.tzinfo is not UTC:
            # The database gives it back in UTC, and a kept row is as it is stored.
            moved[name] = value.astimezone(UTC)
            setattr(row, name, moved[name])
    sets = ", ".join(f"{name} = %s" for name in moved)
    params = [_sent(name, value) for name, value in moved.items()]
    return [Statement(f"update {TABLES[type(row)][0]} set {sets} where id = %s", [*params, row.id])]


def _rows(run: Run) -> Iterable[Any]:
    return [run.journey, *run.stages, *run.tasks, *run.milestones, *run.check_ins]


def all_rows(run: Run) -> list[Any]:
    """The journey and its parts, in an order that foreign keys allow."""
    return list(_rows(run))


def _sent(name: str, value: Any) -> Any:
    return Jsonb(value) if name in JSON else value
