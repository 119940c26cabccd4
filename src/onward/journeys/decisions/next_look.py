"""The first moment at which time alone may change something in a journey."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta

from onward.journeys.decisions.escalating import escalations_ahead
from onward.journeys.decisions.forecast import TODAY
from onward.journeys.decisions.judging import GOOD
from onward.journeys.decisions.milestones import condition
from onward.journeys.decisions.readings import Readings, gone_at
from onward.journeys.decisions.starting import starts_ahead
from onward.journeys.decisions.state import Run
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import Expr

DAY = timedelta(days=1)


def next_look(
    book: Playbook, run: Run, readings: Readings, now: datetime, turns_at: datetime | None
) -> datetime | None:
    """When to look again; `turns_at` is when silence alone would change the pace. None: only when something happens."""
    ahead: list[datetime | None] = [turns_at]
    for task in run.tasks:
        if not task.is_over:
            ahead += [task.due_at, task.starts_at]
    ahead += [row.due_at for row in run.stages if not row.closed_at]
    ahead += [row.due_at for row in run.milestones if not row.met_at]
    ahead += [row.due_at for row in run.check_ins if not row.held_at]
    ahead += [gone_at(book, row.metric, row.given_at) for row in run.evidence]
    ahead += escalations_ahead(book, run)
    if any(one["by"] == TODAY for one in run.journey.expected.values()):
        ours = readings.outside.ours
        ahead.append(ours.end_of(ours.day_of(now)))
    later = [moment + timedelta(seconds=1) for moment in ahead if moment and moment >= now]
    later += starts_ahead(book, run, readings, now)
    later += _turns(_pending(book, run), readings, now)
    return min(later, default=None)


def _turns(names: Iterable[str], readings: Readings, now: datetime) -> Iterator[datetime]:
    """When each of these readings is another by time alone."""
    for name in set(names):
        kind, _, moment = name.partition(".")
        if kind in {"days_since", "days_until"} and (at := _moment(moment, readings)):
            yield at + DAY * ((now - at) // DAY + 1)
        elif kind in {"days_since", "days_until", "figure", "held"} or name.endswith(".age_days") or _is_window(name):
            # Windows are counted in whole UTC days.
            yield datetime.combine(now.date() + DAY, time(0, 1), UTC)


def _is_window(name: str) -> bool:
    return ".last_" in name or ".prev_" in name


def _moment(name: str, readings: Readings) -> datetime | None:
    if name == "last_activity":
        return readings.run.active_at
    found = readings.moments.get(name)
    return found.at if found else None


def _pending(book: Playbook, run: Run) -> Iterator[str]:
    """The names that something still undecided reads."""
    for record in (record for row in run.current for record in row.checks):
        if record["state"] not in GOOD:
            yield from (*record["readings"], *record["missing"])
            if record.get("holds_since"):
                yield "held"
    for row in run.stages:
        spec = book.stage(row.key)
        if row.entered_at is None:
            yield from _read(spec.enter_when)
        elif spec.again and row.cycle < spec.again.at_most:
            yield from _read(spec.again.when)
    for task in run.tasks:
        if task.is_written and (not task.is_over or task.how == "not_needed"):
            work = book.task(task.key)
            yield from _read(work.exists_when, work.done_when, *(step.when for step in work.steps))
    for milestone in run.milestones:
        if milestone.met_at is None:
            yield from _read(condition(book, run, book.milestone(milestone.key))[0])


def _read(*expressions: Expr | None) -> Iterator[str]:
    for expression in expressions:
        yield from expression.names if expression else ()
