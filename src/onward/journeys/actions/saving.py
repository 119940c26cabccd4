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
    "roles", "groups", "answers", "picks", "checklist", "checks", "expects", "expected", "baseline", "reported",
    "verdict", "value", "past",
}  # fmt: skip
Before = dict[tuple[type, UUID], tuple[Any, ...]]


def remember(run: Run) -> Before:
    """What the rows hold now, to be compared by `changed`."""
    return {(type(row), row.id): held(row) for row in _rows(run)}


def save(run: Run, before: Before) -> bool:
    """Insert rows that are new, update those that differ, delete those that went; whether anything did."""
    statements: list[Statement] = []
    gone = dict(before)
    alike: dict[tuple[type, tuple[str, ...]], dict[UUID, tuple[Any, ...]]] = {}
    for row in _rows(run):
        known = gone.pop((type(row), row.id), None)
        if known is None:
            statements.append(insert(row))
        elif moved := _moved(row, known):
            alike.setdefault((type(row), tuple(moved)), {})[row.id] = tuple(moved.values())
    for (kind, columns), rows in alike.items():
        statements += _updates(kind, columns, rows)
    statements += [Statement(f"delete from {TABLES[kind][0]} where id = %s", (row_id,)) for kind, row_id in gone]
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


#: Columns that can be sent as arrays: rows of which only such columns moved are updated together.
ARRAYS = {
    "due_at": "timestamptz", "due_on": "date", "due_why": "text", "due_by_hand": "bool", "promise": "bool",
    "broken_at": "timestamptz", "edition": "int", "locked": "bool", "due_follows": "bool",
}  # fmt: skip
FEW = 4


def _updates(kind: type, columns: tuple[str, ...], rows: dict[UUID, tuple[Any, ...]]) -> list[Statement]:
    """Updates of the same columns in some rows: one statement where there are many."""
    table = TABLES[kind][0]
    if len(rows) > FEW and ARRAYS.keys() >= set(columns):
        sets = ", ".join(f"{name} = v.{name}" for name in columns)
        sent = ", ".join(f"%s::{ARRAYS[name]}[]" for name in columns)
        given = [list(values) for values in zip(*rows.values(), strict=True)]
        named = ", ".join(("id", *columns))
        return [
            Statement(
                f"update {table} t set {sets} from unnest(%s::uuid[], {sent}) v ({named}) where t.id = v.id",
                [list(rows), *given],
            )
        ]
    sets = ", ".join(f"{name} = %s" for name in columns)
    return [
        Statement(
            f"update {table} set {sets} where id = %s",
            [*(_sent(name, value) for name, value in zip(columns, values, strict=True)), row_id],
        )
        for row_id, values in rows.items()
    ]


def _moved(row: Any, known: tuple[Any, ...]) -> dict[str, Any]:
    now = held(row)
    if now == known:
        return {}
    columns = zip(COLUMNS[type(row)], now, known, strict=True)
    moved = {name: value for name, value, before in columns if value != before}
    for name, value in moved.items():
        if isinstance(value, datetime) and value.tzinfo is not UTC:
            # The database gives it back in UTC, and a kept row is as it is stored.
            moved[name] = value.astimezone(UTC)
            setattr(row, name, moved[name])
    return moved


def _rows(run: Run) -> Iterable[Any]:
    return [*all_rows(run), *run.objectives]


def all_rows(run: Run) -> list[Any]:
    """The journey and its planned parts, in an order that foreign keys allow."""
    return [run.journey, *run.stages, *run.tasks, *run.milestones, *run.check_ins]


def _sent(name: str, value: Any) -> Any:
    return Jsonb(value) if name in JSON else value
