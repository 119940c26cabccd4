"""Dates: when each stage, task, milestone and check-in is due, and why that date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from onward.journeys.decisions.fitting import A_DAY, Fitting
from onward.journeys.decisions.moments import Moments
from onward.journeys.decisions.opening import role_side
from onward.journeys.decisions.outside import Outside
from onward.journeys.decisions.readings import Readings
from onward.journeys.decisions.state import CheckInRow, Run, StageRow, TaskRow
from onward.kernel.clock import WorkingCalendar
from onward.playbooks.decisions.definition import CheckIn, Playbook
from onward.playbooks.decisions.parts import Timing
from onward.playbooks.decisions.timing import Due, due

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Schedule:
    """Sets the dates of what is still open. What is over keeps the date it had."""

    def __init__(self, book: Playbook, run: Run, outside: Outside, readings: Readings) -> None:
        self.book, self.run, self.outside, self.readings = book, run, outside, readings
        self.moments = Moments(book, run, outside)
        self.calendars: dict[tuple[str, str], WorkingCalendar] = {}
        self.fitting = Fitting(self)

    def set_dates(self) -> bool:
        """Whether any date moved."""
        moved = False
        self.fitting = Fitting(self)
        for stage in self.run.stages:
            if not stage.closed_at:
                moved |= _apply(stage, self._stage(stage), self.calendar(stage.owner_role))
        for task in self.run.tasks:
            if not task.due_by_hand and not task.locked and not task.is_over:
                moved |= _apply(task, self._task(task), self.calendar(task.role, self.run.doer_of(task)))
            elif task.due_at and task.due_on is None and not task.is_over:
                # The next turn of a repeated task is made with its moment alone.
                task.due_on, moved = _day(task.due_at, self.calendar(task.role, self.run.doer_of(task))), True
        for milestone in self.run.milestones:
            if not milestone.met_at:
                found = self._milestone(milestone.key, milestone.owner_role)
                moved |= _apply(milestone, found, self.calendar(milestone.owner_role))
        for check_in in self.run.check_ins:
            spec = self.book.find("check_in", check_in.key)
            if not check_in.held_at and spec.at is not None:
                at = self.talk(spec)
                on = _day(at, self.calendar(spec.by))
                moved |= (at, on) != (check_in.due_at, check_in.due_on)
                check_in.due_at, check_in.due_on = at, on
        return moved

    def timed(self, timing: Timing | None, role: str, stage: StageRow | None = None, person: str = "") -> Due:
        """A timing by the calendar of whoever does it: of the role's side, or of one person there."""
        return due(
            timing,
            moments=self.moments.within(stage),
            readings=self.readings,
            calendar=self.calendar(role, person),
            day_one=self.book.day_one,
        )

    def talk(self, spec: CheckIn) -> datetime | None:
        """When a single check-in is due: on a day on which whoever holds it works."""
        return _on_working_day(self.timed(spec.at, spec.by), self.calendar(spec.by)).at

    def calendar(self, role: str, person: str = "") -> WorkingCalendar:
        found = self.calendars.get((role, person))
        if found is None:
            found = self.outside.calendar(role_side(self.book, role), person)
            self.calendars[role, person] = found
        return found

    def _stage(self, stage: StageRow) -> Due:
        return self.timed(self.book.stage(stage.key).due, stage.owner_role, stage)

    def _task(self, task: TaskRow) -> Due:
        stage = self.run.stage(task.stage)
        timing = None
        if task.kind != "fill_role":
            timing = self.book.task(task.key).due
        elif (asked := next((item for item in self.book.roles if f"fill_{item.id}" == task.key), None)) is not None:
            timing = asked.fill_due
        if timing is None:
            return self._with_stage(stage, task)
        doer = self.run.doer_of(task)
        return _on_working_day(self.timed(timing, task.role, stage, doer), self.calendar(task.role, doer))

    def _with_stage(self, stage: StageRow | None, task: TaskRow) -> Due:
        if stage is None or stage.due_at is None:
            return Due(None, because="no date")
        owners, doers = self.calendar(stage.owner_role), self.calendar(task.role, self.run.doer_of(task))
        day = owners.day_of(stage.due_at)
        # The stage's last day is the task's last day, wherever it is done, or the last on which its doer works before
        # that; a moment stays that moment.
        ends_with_day = owners.end_of(day) == stage.due_at
        end = doers.last_working(day)
        if task.is_written:
            fits, because = self.fitting.last_day(task, stage, day), f"early enough for what follows in {stage.title}"
        else:
            fits, because = self._before_theirs(task, doers, end), "before what is theirs to do"
        if fits < end:
            return Due(doers.end_of(fits), planned=True, because=because)
        at = doers.end_of(end) if ends_with_day else stage.due_at
        return Due(at, planned=True, because=f"with the stage {stage.title}")

    def _before_theirs(self, task: TaskRow, doers: WorkingCalendar, end: date) -> date:
        """The last day for naming somebody: a working day before that role's first step, once the journey began."""
        role = task.key.removeprefix("fill_")
        days = [row.due_on for row in self.run.tasks if row.is_written and row.role == role and row.due_on]
        if not days:
            return end
        began = doers.next_working(doers.day_of(self.run.journey.started_at))
        return min(end, max(began, doers.shift(min(days), A_DAY, -1)))

    def _milestone(self, key: str, role: str) -> Due:
        spec = self.book.milestone(key)
        timing = spec.due
        if timing is None and spec.first_value:
            timing = self.book.targets.first_value
        return self.timed(timing, role)


def plan_check_ins(book: Playbook, run: Run, schedule: Schedule, now: datetime, new_id: Callable[[], UUID]) -> None:
    """Keep one planned check-in of each kind ahead; a repeated one is made when the last was held or has passed."""
    for spec in book.check_ins:
        mine = [row for row in run.check_ins if row.key == spec.id]
        if spec.every is None:
            if not mine:
                at = schedule.talk(spec)
                run.check_ins.append(_check_in(run, spec, 1, at, schedule.calendar(spec.by), new_id()))
            continue
        start = schedule.moments.at(spec.since) if spec.since else run.journey.started_at
        over = bool(spec.until and schedule.moments.at(spec.until))
        if start is None:
            continue
        ahead = [row for row in mine if not row.held_at and row.due_at and row.due_at >= now]
        if over:
            run.check_ins = [row for row in run.check_ins if row not in ahead]
        elif not ahead:
            at = _next(spec, start, now, schedule.calendar(spec.by))
            if all(row.due_at != at for row in mine):
                cycle = max((row.cycle for row in mine), default=0) + 1
                run.check_ins.append(_check_in(run, spec, cycle, at, schedule.calendar(spec.by), new_id()))


def _next(spec: CheckIn, start: datetime, now: datetime, calendar: WorkingCalendar) -> datetime:
    """The first turn of a repeated check-in that is not over yet."""
    every = spec.every.exact if spec.every else timedelta(days=7)
    turns = max(1, -(-(now - start) // every))
    day = calendar.day_of(start + turns * every)
    if spec.on in WEEKDAYS:
        day += timedelta(days=(WEEKDAYS.index(spec.on) - day.weekday()) % 7)
    return calendar.end_of(calendar.next_working(day))


def _check_in(
    run: Run, spec: CheckIn, cycle: int, at: datetime | None, calendar: WorkingCalendar, check_in_id: UUID
) -> CheckInRow:
    ids = (check_in_id, run.journey.id, run.journey.account_id)
    on = _day(at, calendar)
    return CheckInRow(*ids, spec.id, cycle, spec.title, spec.by, spec.internal, due_at=at, due_on=on)


def _apply(row: Any, found: Due, calendar: WorkingCalendar) -> bool:
    before = (row.due_at, row.due_on, row.due_why, row.promise)
    row.due_at, row.due_on = found.at, _day(found.at, calendar)
    row.due_why, row.promise = found.because, found.promise
    return before != (row.due_at, row.due_on, row.due_why, row.promise)


def _on_working_day(found: Due, calendar: WorkingCalendar) -> Due:
    """A day that was only counted falls on one on which its doer works. A promise stands, and so does a moment."""
    if found.at is None or found.promise:
        return found
    day = calendar.day_of(found.at)
    if calendar.works_on(day) or calendar.end_of(day) != found.at:
        return found
    because = f"{found.because}, moved on from a day off"
    return replace(found, at=calendar.end_of(calendar.next_working(day)), because=because)


def _day(at: datetime | None, calendar: WorkingCalendar) -> date | None:
    """The calendar date of a due date: its doer's, whoever reads it."""
    return calendar.day_of(at) if at else None
