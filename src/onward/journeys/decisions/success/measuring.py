"""How far an objective is, and how far it should be by now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from onward.journeys.decisions.by_hand import metrics_read
from onward.journeys.decisions.state import Run
from onward.journeys.decisions.wording import title_of
from onward.kernel.metrics import find
from onward.playbooks.decisions.definition import Playbook


@dataclass(frozen=True, slots=True)
class Course:
    """Shares of the way from start to target, 0 to 1: where it is (None: nobody has told), and where an even pace from
    the day of agreement to its own day would have it. `value_due` is that in the objective's unit."""

    done: float | None
    due: float
    value_due: float

    @property
    def is_behind(self) -> bool:
        return self.done is not None and self.done < self.due


def course_of(
    start: float | None, target: float | None, value: float | None, begun: date | None, due_on: date | None, today: date
) -> Course | None:
    """None for what has no number to come to."""
    if target is None:
        return None
    first = start or 0.0
    way = target - first
    due = _passed(begun, due_on, today)
    done = None
    if value is not None:
        done = min(1.0, max(0.0, (value - first) / way)) if way else float(value >= target)
    return Course(done, due, first + way * due)


def _passed(begun: date | None, due_on: date | None, today: date) -> float:
    if begun is None or due_on is None:
        return 0.0
    days = (due_on - begun).days
    return min(1.0, max(0.0, (today - begun).days / days)) if days > 0 else float(today >= due_on)


def measurable(book: Playbook) -> dict[str, str]:
    """The figures that a journey on this playbook reads anyway and that an objective may be measured by, with what
    each counts."""
    found = {}
    for name in sorted(metrics_read(book)):
        use = find(name)
        if use and use.metric.type == "number" and not use.of_person and not name.startswith("objectives."):
            window = f", {use.window.replace('_', ' ')}" if use.window else ""
            title = title_of(book, name)
            found[name] = title if name.startswith("figure.") else f"{use.metric.doc}{window} ({title})"
    return found


def is_share(book: Playbook, metric: str) -> bool:
    """Whether a figure is a part of a whole: an objective counts it in per cent."""
    parted = (f"figure.{figure.id}" for figure in book.figures if figure.whole is not None)
    return metric.endswith("share") or metric in parted


def measure(book: Playbook, run: Run, readings: Mapping[str, Any], now: datetime) -> None:
    """Set what the figures of the playbook tell of each objective that one measures."""
    for row in run.objectives:
        value = readings.get(row.metric) if row.metric else None
        if value is None or isinstance(value, str):
            continue
        told = round(float(value) * (100 if is_share(book, row.metric) else 1), 4)
        if told != row.reading:
            row.reading, row.read_at = told, now
