"""When what is open ends as things stand, and what holds it there.

Two days belong to each step: the one that was agreed and the one that can still be kept. The second is the earliest
day that the order of the plan allows: what has not come by today comes today at the earliest; what waits begins when
the last thing before it ends, and takes the days of its effort, or one where the plan gave it any; nothing comes
earlier than agreed. The slack that a plan has is used up first, so nothing moves before it must. A day follows from
exactly one thing (its own date, today, its own beginning, or one thing before it), and going back along those gives its
whole cause. Doing a step never makes any day later, and time alone makes none earlier.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import ceil

from onward.journeys.decisions.opening import role_side
from onward.journeys.decisions.outside import Outside
from onward.journeys.decisions.state import Run, StageRow, TaskRow
from onward.kernel.clock import Span, WorkingCalendar
from onward.kernel.expressions import Value
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import Check, Expr, Timing
from onward.playbooks.decisions.timing import resolved

AGREED, TODAY, BEGUN, HELD = "", "today", "begun", "held"
#: What holds a day without anything before it.
OWN = (AGREED, TODAY, BEGUN, HELD)
#: What stands for work that a reader does not see.
UNSEEN = "unseen"
#: Of a working day.
HOURS = 8


@dataclass(frozen=True, slots=True)
class Expected:
    """`on`: the earliest day as things stand; `agreed`: the day in the plan; `by`: what holds it there: AGREED its own
    date, TODAY, BEGUN (its effort since it could begin), HELD (they pause until a day), or the thing before it, like
    "task.connect"."""

    on: date
    agreed: date | None = None
    by: str = AGREED

    @property
    def days(self) -> int:
        """How many days later than agreed."""
        return (self.on - self.agreed).days if self.agreed else 0


@dataclass(slots=True)
class _Before:
    """Something before: its end (or start) plus a lag is the earliest start (or end) of what comes after."""

    name: str
    lag: Span | None = None
    of_start: bool = False
    to_end: bool = False


@dataclass(slots=True)
class Thing:
    """`over`: the day it ended, of what has ended. `start`: the day it could begin, of what could. `effort` in days.
    `to`: the day it is moved to, instead of `agreed`; `held`: nothing is done on it up to that day; `took`: the working
    days that the plan as agreed gave it, once they are known."""

    name: str
    agreed: date | None
    calendar: WorkingCalendar
    over: date | None = None
    start: date | None = None
    effort: int = 0
    before: list[_Before] = field(default_factory=list)
    to: date | None = None
    held: date | None = None
    took: int | None = None


def forecast(
    book: Playbook, run: Run, outside: Outside, today: date, readings: Mapping[str, Value | None]
) -> dict[str, Expected]:
    """The days of everything that is open: "task.KEY" (the newest turn), "stage.KEY", "milestone.KEY", and the dates
    that forms fixed, "answer.FORM.FIELD". What has no date and nothing before it is left out."""
    return days_of(graph_of(book, run, outside, readings), today, over=True)


def graph_of(book: Playbook, run: Run, outside: Outside, readings: Mapping[str, Value | None]) -> dict[str, Thing]:
    """All of the plan by name, each with what is before it and after all of that."""
    things = {thing.name: thing for thing in _things(book, run, outside, readings)}
    return {thing.name: thing for thing in _in_order(things)}


def chain(found: Mapping[str, Expected], name: str) -> list[str]:
    """What a day follows from, the nearest first, down to what is late by itself; [] when it stands as agreed."""
    out: list[str] = []
    while (one := found.get(name)) is not None and one.by not in OWN and one.by not in out:
        name = one.by
        out.append(name)
    return out


def days_of(things: Mapping[str, Thing], today: date, over: bool = False) -> dict[str, Expected]:
    """The days of a graph, in its order; with `over` also what ended late because it could only begin late."""
    found: dict[str, Expected] = {}
    starts: dict[str, date] = {}
    for thing in things.values():
        if thing.over:
            is_late = over and thing.agreed is not None and thing.over > thing.agreed
            because = _late_start(thing, things, found, starts) if is_late else AGREED
            found[thing.name] = Expected(thing.over, thing.agreed, because)
            starts[thing.name] = thing.start or thing.over
            continue
        start, by, took = _start(thing, things, found, starts)
        starts[thing.name] = max(filter(None, (start, thing.start)), default=today)
        day, because = thing.to or thing.agreed, AGREED
        for at, why in _ends(thing, found, starts, today, start, by, took):
            if day is None or at > day:
                day, because = at, why
        if day is not None:
            found[thing.name] = Expected(day, thing.to or thing.agreed, because)
    return {
        name: one
        for name, one in found.items()
        if (one.by not in OWN if things[name].over else one.agreed is not None or one.by not in OWN)
    }


def _late_start(
    thing: Thing, things: Mapping[str, Thing], found: Mapping[str, Expected], starts: Mapping[str, date]
) -> str:
    """What let it begin only after its day, if that is so."""
    start, by, _ = _start(thing, things, found, starts)
    return by if start is not None and thing.agreed is not None and start > thing.agreed else AGREED


def _ends(
    thing: Thing, found: Mapping[str, Expected], starts: Mapping[str, date], today: date,
    start: date | None, by: str, took: int,
) -> Iterator[tuple[date, str]]:  # fmt: skip
    """The earliest ends that each reason allows; the first of the latest is told."""
    if thing.start is not None:
        began_late = start is not None and thing.agreed is not None and start > thing.agreed
        yield thing.calendar.later(thing.start, took), by if began_late else BEGUN
    elif start is not None:
        yield thing.calendar.next_working(thing.calendar.later(start, took)), by
    for one in thing.before:
        if one.to_end and (day := _moment(one, found, starts)):
            yield thing.calendar.next_working(_lagged(thing, day, one.lag)), one.name
    if thing.held is not None:
        yield thing.calendar.later(thing.held, max(1, took)), HELD
    agreed = thing.to or thing.agreed
    if agreed is None or agreed < today:
        yield today, TODAY


def _start(
    thing: Thing, things: Mapping[str, Thing], found: Mapping[str, Expected], starts: Mapping[str, date]
) -> tuple[date | None, str, int]:
    """When it can begin and because of what, and how many working days it takes: no more than the plan gave it."""
    start: date | None = None
    by = AGREED
    for one in thing.before:
        if one.to_end or (day := _moment(one, found, starts)) is None:
            continue
        day = _lagged(thing, day, one.lag)
        if start is None or day > start:
            start, by = day, one.name
    if thing.took is None:
        thing.took = _given(thing, things)
    return start, by, thing.took


def _given(thing: Thing, things: Mapping[str, Thing]) -> int:
    """The working days that the plan gave, as far as its effort needs them: by the days agreed alone, so that it takes
    no longer once something is done."""
    planned: date | None = None
    for one in thing.before:
        before = None if one.to_end else things.get(one.name)
        if before is not None and (agreed := before.agreed):
            agreed = _lagged(thing, agreed, one.lag)
            planned = max(planned or agreed, agreed)
    planned = planned or thing.start
    if planned is None or thing.agreed is None:
        return 0
    room = thing.calendar.working_days(planned, thing.agreed)
    return max(0, min(room, max(1, thing.effort)))


def _moment(one: _Before, found: Mapping[str, Expected], starts: Mapping[str, date]) -> date | None:
    if one.of_start:
        return starts.get(one.name)
    at = found.get(one.name)
    return at.on if at else None


def _lagged(thing: Thing, day: date, lag: Span | None) -> date:
    if lag is None or lag.unit == "h":
        return day
    return thing.calendar.shift(day, lag)


def _in_order(things: Mapping[str, Thing]) -> Iterator[Thing]:
    """Each after all that is before it. Where they go round in a circle, which the linter refuses, the first stands by
    itself: a page has to stand all the same."""
    after: dict[str, list[Thing]] = {}
    left: dict[str, set[str]] = {}
    for thing in things.values():
        left[thing.name] = {one.name for one in thing.before if one.name in things}
        for name in left[thing.name]:
            after.setdefault(name, []).append(thing)
    ready = deque(thing for thing in things.values() if not left[thing.name])
    rest = iter(things.values())
    while left:
        if not ready:
            first = next(thing for thing in rest if thing.name in left)
            first.before = [one for one in first.before if one.name not in left[first.name]]
            ready.append(first)
        thing = ready.popleft()
        if left.pop(thing.name, None) is None:
            continue
        yield thing
        for later in after.get(thing.name, ()):
            if (names := left.get(later.name)) is not None:
                names.discard(thing.name)
                if not names:
                    ready.append(later)


def _things(book: Playbook, run: Run, outside: Outside, readings: Mapping[str, Value | None]) -> Iterator[Thing]:
    def calendar(role: str, person: str = "") -> WorkingCalendar:
        return outside.calendar(role_side(book, role), person)

    answers: dict[str, Thing] = {}
    for form in book.forms:
        for item in form.fields:
            given = run.journey.answers.get(form.id, {}).get("values", {}).get(item.id)
            if item.type == "date" and isinstance(given, str):
                name = f"answer.{form.id}.{item.id}"
                answers[name] = Thing(name, date.fromisoformat(given), outside.ours)
    newest = {row.key: row for row in run.tasks}
    for row in newest.values():
        if row.deferred_at and not row.is_over:
            continue
        yield _task(book, run, row, calendar(row.role, run.doer_of(row)), answers, readings)
    for stage in run.stages:
        yield _stage(book, run, stage, newest, calendar(stage.owner_role), readings)
    for milestone in run.milestones:
        spec, own = book.milestone(milestone.key), calendar(milestone.owner_role)
        over = own.day_of(milestone.met_at) if milestone.met_at else None
        before = [_Before(name, to_end=True) for name in _named(spec.when)]
        closes = [stage for stage in book.stages if f"milestone.{milestone.key}.met" in _read(stage.exit)]
        before += [_Before(f"stage.{name}", to_end=True) for stage in closes for name in stage.after]
        before += _counted(book, run, spec.due, "", readings)
        yield Thing(f"milestone.{milestone.key}", milestone.due_on, own, over, before=before)
    yield from answers.values()


def _task(
    book: Playbook, run: Run, row: TaskRow, calendar: WorkingCalendar, answers: Mapping[str, Thing],
    readings: Mapping[str, Value | None],
) -> Thing:  # fmt: skip
    over = _over(row, calendar)
    start = calendar.day_of(row.opened_at) if row.opened_at else None
    thing = Thing(f"task.{row.key}", row.due_on, calendar, over, start)
    if not row.is_written:
        return thing
    spec = book.task(row.key)
    thing.effort = ceil(spec.effort_hours / HOURS)
    stage = run.stage(row.stage)
    if stage is not None and stage.entered_at is None:
        thing.before += [_Before(f"stage.{name}") for name in book.stage(stage.key).after]
    for link in spec.after:
        of_start, to_end = link.link.startswith("start_"), link.link.endswith("_finish")
        thing.before.append(_Before(f"task.{link.id}", link.lag, of_start, to_end))
    timing = spec.due
    if not row.due_by_hand:
        dated = timing or book.stage(row.stage).due
        thing.before += _counted(book, run, dated, row.stage, readings)
    if timing is not None and timing.moment in answers and timing.word in {"before", "after"} and not row.due_by_hand:
        if timing.word == "after":
            thing.before.append(_Before(timing.moment, timing.span, to_end=True))
        elif row.counts:
            answers[timing.moment].before.append(_Before(thing.name, timing.span, to_end=True))
    return thing


def _over(row: TaskRow, calendar: WorkingCalendar) -> date | None:
    """The day it ended; what was left out holds up nothing, and ended when it was planned."""
    if not row.is_over:
        return None
    return calendar.day_of(row.done_at) if row.done_at and row.state == "done" else row.due_on or date.min


def _counted(
    book: Playbook, run: Run, timing: Timing | None, stage: str, readings: Mapping[str, Value | None]
) -> list[_Before]:
    """What a date is counted from that is still to come: it moves with that, as the date itself will."""
    line = resolved(timing, readings) if timing else None
    if line is None or line.word not in {"after", "within", "at"}:
        return []
    kind, _, rest = line.moment.partition(".")
    key, _, what = rest.rpartition(".")
    if line.moment == "entered" or (kind, what) == ("stage", "entered"):
        entered = run.stage(key or stage)
        after = book.stage(entered.key).after if entered and entered.entered_at is None else ()
        return [_Before(f"stage.{name}", line.span, to_end=True) for name in after]
    if kind in {"task", "stage", "milestone"}:
        return [_Before(f"{kind}.{key}", line.span, of_start=what == "started", to_end=True)]
    return []


def _stage(
    book: Playbook, run: Run, row: StageRow, newest: Mapping[str, TaskRow], calendar: WorkingCalendar,
    readings: Mapping[str, Value | None],
) -> Thing:  # fmt: skip
    over = calendar.day_of(row.closed_at) if row.closed_at else None
    start = calendar.day_of(row.entered_at) if row.entered_at else None
    thing = Thing(f"stage.{row.key}", row.due_on, calendar, over, start)
    spec = book.stage(row.key)
    if row.entered_at is None:
        thing.before += [_Before(f"stage.{name}") for name in spec.after]
    # What is still open goes first: of two that end on the same day it is the cause.
    own = sorted(
        (task for task in newest.values() if task.stage == row.key and task.counts), key=lambda task: task.is_over
    )
    inside = [f"task.{task.key}" for task in own]
    read = [name for check in spec.exit for name in _named(check.when)]
    thing.before += [_Before(name, to_end=True) for name in dict.fromkeys([*inside, *read]) if name != thing.name]
    thing.before += _counted(book, run, spec.due, row.key, readings)
    return thing


def _read(checks: Iterable[Check]) -> set[str]:
    return {name for check in checks if check.when for name in check.when.names}


def _named(expr: Expr | None) -> Iterator[str]:
    """The tasks, stages and milestones whose end an expression reads: `task.uat.done` names "task.uat"."""
    ends = {"task": {"done", "held"}, "stage": {"closed"}, "milestone": {"met"}}
    for name in expr.names if expr else ():
        kind, _, rest = name.partition(".")
        key, _, what = rest.rpartition(".")
        if what in ends.get(kind, ()):
            yield f"{kind}.{key}"
