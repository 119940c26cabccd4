"""The last day of a step without a date of its own: its stage's, or an earlier one that leaves what follows its days.

A pass backward through the stage. What is counted from the step ("4wd after task.upload.done") has to end by its own
last day, and so does what waits for it; where that takes days, the step comes before them. Nothing is put before the
beginning of its stage: what does not fit then is told by the forecast.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Protocol

from onward.journeys.decisions.moments import Moments
from onward.journeys.decisions.readings import Readings
from onward.journeys.decisions.state import Run, StageRow, TaskRow
from onward.kernel.clock import Span, WorkingCalendar
from onward.playbooks.decisions.definition import Playbook, Task
from onward.playbooks.decisions.parts import Timing
from onward.playbooks.decisions.timing import Due, resolved

#: What one step takes when the plan says nothing of it.
A_DAY = Span(1, "wd")


class Dates(Protocol):
    """What sets the days that are written (schedule.Schedule)."""

    book: Playbook
    run: Run
    readings: Readings
    moments: Moments

    def timed(self, timing: Timing | None, role: str, stage: StageRow | None = None, person: str = "") -> Due: ...

    def calendar(self, role: str, person: str = "") -> WorkingCalendar: ...


class Fitting:
    """The last days of the steps of a journey, as `schedule` sets the others."""

    def __init__(self, schedule: Dates) -> None:
        self.schedule, self.book, self.run = schedule, schedule.book, schedule.run
        self.rows = {row.key: row for row in self.run.tasks if row.is_written}
        self.days: dict[str, date] = {}

    def last_day(self, row: TaskRow, stage: StageRow, ends: date) -> date:
        """`ends` is the last day of the stage; nothing is due on a day off of whoever does it."""
        ahead, begun = [row.key], set[str]()
        while ahead:
            key = ahead[-1]
            more = [one.id for one in self.next(key) if one.id not in self.days and one.id not in begun]
            if more and key not in begun:
                begun.add(key)
                ahead += more
                continue
            ahead.pop()
            self.days.setdefault(key, self._day(self.rows[key], stage, ends))
        return self.days[row.key]

    def next(self, key: str) -> Iterator[Task]:
        """What is open and comes after a step in its stage."""
        for spec in following(self.book).get(key, ()):
            row = self.rows.get(spec.id)
            if row is not None and row.counts and not row.is_over and not row.deferred_at:
                yield spec

    def _day(self, row: TaskRow, stage: StageRow, ends: date) -> date:
        spec, calendar = self.book.task(row.key), self._calendar(row)
        end = calendar.last_working(ends)
        timing = self._timing(spec)
        if row.due_by_hand or row.locked:
            return row.due_on or end
        if timing is not None and _is_dated(timing) and not _from_task(timing, self.book, spec.stage):
            found = self.schedule.timed(timing, row.role, stage, self.run.doer_of(row)).at
            return min(calendar.day_of(found), end) if found else end
        last = end
        for other in self.next(row.key):
            if other.id in self.days and (day := self._before(row, spec, other, ends)) is not None:
                last = min(last, calendar.last_working(day))
        return max(last, self._first_day(spec, row, stage, end, calendar))

    def _before(self, row: TaskRow, spec: Task, other: Task, ends: date) -> date | None:
        """The last day that another step, which comes after it, leaves it; None where it is not told apart."""
        limit, calendar, timing = self.days[other.id], self._calendar(self.rows[other.id]), self._timing(other)
        if timing is not None and timing.word in {"after", "within", "at"} and _names(timing, row.key):
            if timing.span is None or timing.span.unit == "h":
                return limit
            return calendar.shift(limit, timing.span, -1)
        link = next((one for one in other.after if one.id == row.key and one.link == "finish_to_start"), None)
        if link is None:
            return None
        if link.lag is not None and link.lag.unit != "h":
            return calendar.shift(limit, link.lag, -1)
        # Steps that all end with their stage need no order among them.
        is_told_apart = limit < calendar.last_working(ends) or any(
            _is_dated(self._timing(one)) for one in (spec, other)
        )
        return calendar.shift(limit, A_DAY, -1) if is_told_apart else limit

    def _first_day(self, spec: Task, row: TaskRow, stage: StageRow, end: date, calendar: WorkingCalendar) -> date:
        found = [self.schedule.moments.within(stage).get("entered")]
        days = [one.on or calendar.day_of(one.at) for one in found if one]
        if spec.starts is not None and (at := self.schedule.timed(spec.starts, row.role, stage).at):
            days.append(calendar.day_of(at))
        return min(end, calendar.next_working(max(days))) if days else end

    def _calendar(self, row: TaskRow) -> WorkingCalendar:
        return self.schedule.calendar(row.role, self.run.doer_of(row))

    def _timing(self, spec: Task) -> Timing | None:
        return resolved(spec.due, self.schedule.readings) if spec.due else None


def following(book: Playbook) -> Mapping[str, tuple[Task, ...]]:
    """Of each step the others of its stage that wait for it or are counted from it."""
    # Kept with the book, as what rests on what is.
    kept: Mapping[str, tuple[Task, ...]] | None = vars(book).get("_following")
    if kept is None:
        found: dict[str, dict[str, Task]] = {}
        for spec in book.tasks:
            for key in (*(link.id for link in spec.after), *_tasks_of(spec.due)):
                if key != spec.id and _stage_of(book, key) == spec.stage:
                    found.setdefault(key, {})[spec.id] = spec
        kept = vars(book)["_following"] = {key: tuple(specs.values()) for key, specs in found.items()}
    return kept


def _tasks_of(timing: Timing | None) -> Iterator[str]:
    """The tasks whose end a date is counted on from; one that comes before another gives it no days."""
    for moment in timing.moments if timing else ():
        kind, _, rest = moment.partition(".")
        key, _, what = rest.rpartition(".")
        if kind == "task" and what in {"done", "held"}:
            yield key


def _is_dated(timing: Timing | None) -> bool:
    return timing is not None and timing.word != "none"


def _names(timing: Timing, key: str) -> bool:
    return key in _tasks_of(timing)


def _from_task(timing: Timing, book: Playbook, stage: str) -> bool:
    return timing.word != "before" and any(_stage_of(book, key) == stage for key in _tasks_of(timing))


def _stage_of(book: Playbook, key: str) -> str:
    """ "" for a step that the playbook does not have (any more)."""
    try:
        return book.task(key).stage
    except KeyError:
        return ""
