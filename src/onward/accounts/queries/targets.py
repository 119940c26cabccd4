"""The duration targets in force: now, and on the day on which a journey opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from onward.accounts.decisions.targets import DEFAULT_TARGETS, DurationTargets, targets_from
from onward.accounts.models import DurationTable


@dataclass(frozen=True, slots=True)
class TargetsRow:
    """A table and since when it holds; `by` set it. The first one, number 0, is as the sources say, since ever."""

    number: int
    targets: DurationTargets
    since: datetime | None = None
    by: str = ""


def target_tables() -> list[TargetsRow]:
    """Every table there was, the one in force first."""
    rows = DurationTable.objects.order_by("-number")
    return [*(_row(row) for row in rows), TargetsRow(0, DEFAULT_TARGETS)]


def duration_targets(at: datetime | None = None) -> TargetsRow:
    """The table in force, or the one that was at a moment."""
    rows = DurationTable.objects.order_by("-number")
    found = (rows if at is None else rows.filter(since__lte=at)).first()
    return _row(found) if found else TargetsRow(0, DEFAULT_TARGETS)


def in_force(tables: Sequence[TargetsRow], at: datetime) -> DurationTargets:
    """Of all tables, the newest first, the one that was in force at a moment."""
    return next((row.targets for row in tables if row.since is None or row.since <= at), DEFAULT_TARGETS)


def _row(row: DurationTable) -> TargetsRow:
    return TargetsRow(row.number, targets_from(row.table), row.since, row.by)
