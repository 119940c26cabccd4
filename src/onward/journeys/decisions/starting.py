"""When something may begin: `starts` of a stage or task, and the lag of what it comes after."""

from __future__ import annotations

from datetime import datetime

from onward.journeys.decisions.moments import Moments
from onward.journeys.decisions.opening import role_side
from onward.journeys.decisions.outside import Outside
from onward.journeys.decisions.readings import Readings
from onward.journeys.decisions.state import Run, StageRow, TaskRow
from onward.kernel.clock import Span, WorkingCalendar
from onward.playbooks.decisions.definition import Playbook, Task
from onward.playbooks.decisions.parts import Timing
from onward.playbooks.decisions.timing import due


def begins(timing: Timing, book: Playbook, readings: Readings, role: str, stage: StageRow | None) -> datetime | None:
    """The instant from which it may begin: a day begins with its morning. None while that is not known.

    What begins after something waits until that has come: its planned day alone starts nothing.
    """
    outside = readings.outside
    calendar = _calendar(book, outside, role)
    moments = Moments(book, readings.run, outside, stage)
    found = due(timing, moments=moments, readings=readings, calendar=calendar, day_one=book.day_one)
    if found.at is None or (found.planned and timing.word != "before"):
        return None
    day = calendar.day_of(found.at)
    if found.at != calendar.end_of(day):
        return found.at
    return _morning(calendar, found.at)


def lag_over(lag: Span, moment: datetime, book: Playbook, outside: Outside, role: str) -> datetime:
    """When so long has gone by since a moment: working days of the side that waits are over with the morning of the
    last, all else by the clock."""
    if lag.unit != "wd":
        return moment + lag.exact
    calendar = _calendar(book, outside, role)
    return _morning(calendar, calendar.end_of(calendar.shift(calendar.day_of(moment), lag)))


def _morning(calendar: WorkingCalendar, moment: datetime) -> datetime:
    return calendar.local(moment).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)


def _calendar(book: Playbook, outside: Outside, role: str) -> WorkingCalendar:
    return outside.theirs if role_side(book, role) == "theirs" else outside.ours


def before_it(book: Playbook, run: Run, spec: Task, key: str) -> TaskRow | None:
    """The turn of a task that another waits for: of one that comes again it is enough that it was done once, unless
    both lie in the stage that is entered anew."""
    newest = run.task(key)
    if newest is None or newest.is_over or newest.cycle == 1 or not newest.is_written:
        return newest
    other = book.task(key)
    if other.every is None and other.stage == spec.stage:
        return newest
    over = [row for row in run.tasks if row.key == key and row.is_over]
    return max(over, key=lambda row: row.cycle) if over else newest


def starts_ahead(book: Playbook, run: Run, readings: Readings, now: datetime) -> list[datetime]:
    """The known moments still to come at which a stage or a task may begin."""
    found = [
        begins(timing, book, readings, row.owner_role, row)
        for row in run.stages
        if row.entered_at is None and (timing := book.stage(row.key).starts)
    ]
    for task in run.tasks:
        if task.state != "waiting" or not task.is_written:
            continue
        spec, stage = book.task(task.key), run.stage(task.stage)
        if spec.starts:
            found.append(begins(spec.starts, book, readings, spec.by, stage))
        for link in spec.after:
            before = before_it(book, run, spec, link.id)
            moment = None if before is None else before.opened_at if link.link == "start_to_start" else before.done_at
            if link.lag and moment:
                found.append(lag_over(link.lag, moment, book, readings.outside, spec.by))
    return [moment for moment in found if moment and moment > now]
