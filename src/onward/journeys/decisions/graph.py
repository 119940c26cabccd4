"""The plan of a journey as a graph: each step with its day and what is before it, laid out in order.

All of it, or only what a few days can move with what those rest on: a plan of thousands of steps is asked about one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from math import ceil

from onward.journeys.decisions.moments import Moments
from onward.journeys.decisions.opening import role_side
from onward.journeys.decisions.outside import Outside
from onward.journeys.decisions.state import MilestoneRow, Run, StageRow, TaskRow
from onward.kernel.clock import Span, WorkingCalendar
from onward.kernel.expressions import Value
from onward.playbooks.decisions.definition import Playbook, Task
from onward.playbooks.decisions.parts import Timing
from onward.playbooks.decisions.resting import ends_named, resting
from onward.playbooks.decisions.timing import due, resolved

#: Of a working day.
HOURS = 8


@dataclass(slots=True)
class Before:
    """Something before: its end (or start) plus a lag is the earliest start (or end) of what comes after."""

    name: str
    lag: Span | None = None
    of_start: bool = False
    to_end: bool = False


@dataclass(slots=True)
class Thing:
    """`over`: the day it ended, of what has ended. `start`: the day it could begin, of what could. `effort` in days.
    `to`: the day it is moved to, instead of `agreed`; `held`: nothing is done on it up to that day; `not_before`: the
    day from which on it may begin; `took`: the working days that the plan as agreed gave it, once they are known."""

    name: str
    agreed: date | None
    calendar: WorkingCalendar
    over: date | None = None
    start: date | None = None
    effort: int = 0
    before: list[Before] = field(default_factory=list)
    to: date | None = None
    held: date | None = None
    not_before: date | None = None
    took: int | None = None


def graph_of(
    book: Playbook, run: Run, outside: Outside, readings: Mapping[str, Value | None], moving: Iterable[str] = ()
) -> dict[str, Thing]:
    """The plan by name, each with what is before it and after all of that: "task.KEY" (the newest turn), "stage.KEY",
    "milestone.KEY", and the dates that forms fixed, "answer.FORM.FIELD". With `moving` only what these days can move,
    and what that rests on."""
    plan = _Plan(book, run, outside, readings)
    return {thing.name: thing for thing in _in_order(plan.around(moving) if moving else plan.all())}


def answers_of(
    things: Mapping[str, Thing], book: Playbook, run: Run, outside: Outside, readings: Mapping[str, Value | None]
) -> dict[str, Thing]:
    """The dates of forms with what is before them laid out anew: steps were moved, and leave less or more."""
    found = {name: (thing, day) for name, day in _dates(book, run) if (thing := things.get(name))}
    if not found:
        return {}
    plan = _Plan(book, run, outside, readings)
    return {
        name: replace(thing, before=plan.of_answer(name, thing.to or day).before)
        for name, (thing, day) in found.items()
    }


class _Plan:
    """Makes the things of a journey, each when it is asked for."""

    def __init__(self, book: Playbook, run: Run, outside: Outside, readings: Mapping[str, Value | None]) -> None:
        self.book, self.run, self.outside, self.readings = book, run, outside, readings
        self.tasks = {f"task.{row.key}": row for row in run.tasks}
        self.stages = {f"stage.{row.key}": row for row in run.stages}
        self.milestones = {f"milestone.{row.key}": row for row in run.milestones}
        self.rows: dict[str, TaskRow | StageRow | MilestoneRow] = {**self.tasks, **self.stages, **self.milestones}
        self.answers = dict(_dates(book, run))
        self.resting = resting(book)
        self.calendars: dict[tuple[str, str], WorkingCalendar] = {}

    def all(self) -> dict[str, Thing]:
        return {name: thing for name in self.names() if (thing := self.thing(name))}

    def around(self, moving: Iterable[str]) -> dict[str, Thing]:
        made: dict[str, Thing | None] = {}
        ahead = list(self.followers(moving))
        while ahead:
            name = ahead.pop()
            if name not in made:
                thing = made[name] = self.thing(name)
                ahead += [one.name for one in thing.before] if thing else ()
        return {name: thing for name in self.names() if (thing := made.get(name))}

    def names(self) -> Iterator[str]:
        """Of two that end on the same day the first is told as the cause of what follows."""
        yield from self.tasks
        yield from self.stages
        yield from self.milestones
        yield from self.answers

    def followers(self, names: Iterable[str]) -> set[str]:
        found: set[str] = set()
        ahead = list(names)
        while ahead:
            name = ahead.pop()
            if name not in found:
                found.add(name)
                ahead += self.resting.get(name, ())
                if row := self.tasks.get(name):
                    ahead.append(f"stage.{row.stage}")
        return found

    def thing(self, name: str) -> Thing | None:
        """None for what is put off, and for what this journey does not have."""
        if task := self.tasks.get(name):
            return None if task.deferred_at and not task.is_over else self.of_task(name, task)
        if stage := self.stages.get(name):
            return self.of_stage(name, stage)
        if milestone := self.milestones.get(name):
            return self.of_milestone(name, milestone)
        return self.of_answer(name, self.answers[name]) if name in self.answers else None

    def calendar(self, role: str, person: str = "") -> WorkingCalendar:
        found = self.calendars.get((role, person))
        if found is None:
            found = self.outside.calendar(role_side(self.book, role), person)
            self.calendars[role, person] = found
        return found

    def of_task(self, name: str, row: TaskRow) -> Thing:
        calendar = self.calendar(row.role, self.run.doer_of(row))
        start = calendar.day_of(row.opened_at) if row.opened_at else None
        thing = Thing(name, row.due_on, calendar, _over(row, calendar) if row.is_over else None, start)
        if not row.is_written:
            return thing
        spec = self.book.task(row.key)
        thing.effort = ceil(spec.effort_hours / HOURS)
        stage = self.stages.get(f"stage.{row.stage}")
        if stage is not None and stage.entered_at is None:
            thing.before += [Before(f"stage.{one}") for one in self.book.stage(stage.key).after]
            self.wait(thing, self.book.stage(stage.key).starts, stage)
        if row.opened_at is None:
            self.wait(thing, spec.starts, stage)
        for link in spec.after:
            of_start, to_end = link.link.startswith("start_"), link.link.endswith("_finish")
            thing.before.append(Before(f"task.{link.id}", link.lag, of_start, to_end))
        if row.due_by_hand:
            return thing
        timing = self.due_of(spec)
        thing.before += self.counted(timing, row.stage) if timing else self.with_stage(row, stage)
        if timing is not None and timing.word == "after" and timing.moment in self.answers:
            thing.before.append(Before(timing.moment, timing.span, to_end=True))
        return thing

    def wait(self, thing: Thing, timing: Timing | None, stage: StageRow | None) -> None:
        """What `starts:` keeps from beginning: until a day, or so long after something that is still to come."""
        if timing is None or thing.over:
            return
        if ahead := self.counted(timing, stage.key if stage else ""):
            thing.before += [replace(one, to_end=False) for one in ahead]
            return
        moments = Moments(self.book, self.run, self.outside, stage)
        found = due(timing, moments=moments, readings=self.readings, calendar=thing.calendar, day_one=self.book.day_one)
        if found.at is not None:
            day = thing.calendar.day_of(found.at)
            thing.not_before = max(day, thing.not_before or day)

    def with_stage(self, row: TaskRow, stage: StageRow | None) -> list[Before]:
        """What moves a step without a date of its own: what moves its stage's, by as much less as it is due before."""
        found = self.counted(self.book.stage(row.stage).due, row.stage)
        if stage is None or not row.due_on or not stage.due_on or row.due_on >= stage.due_on:
            return found
        for one in found:
            if (other := self.rows.get(one.name)) and other.due_on:
                one.lag = Span(max(0, (row.due_on - other.due_on).days), "d")
        return found

    def of_stage(self, name: str, row: StageRow) -> Thing:
        calendar = self.calendar(row.owner_role)
        over = calendar.day_of(row.closed_at) if row.closed_at else None
        start = calendar.day_of(row.entered_at) if row.entered_at else None
        thing = Thing(name, row.due_on, calendar, over, start)
        spec = self.book.stage(row.key)
        if row.entered_at is None:
            thing.before += [Before(f"stage.{one}") for one in spec.after]
            self.wait(thing, spec.starts, row)
        # What is still open goes first: of two that end on the same day it is the cause.
        own = ((one, task) for one, task in self.tasks.items() if task.stage == row.key and task.counts)
        inside = [one for one, _ in sorted(own, key=lambda pair: pair[1].is_over)]
        if not inside:
            # No work of its own: it can close on the day on which it begins, with the milestone that proves it.
            thing.took = 0
        read = [one for check in spec.exit for one in ends_named(check.when)]
        thing.before += [Before(one, to_end=True) for one in dict.fromkeys([*inside, *read]) if one != name]
        thing.before += self.counted(spec.due, row.key)
        return thing

    def of_milestone(self, name: str, row: MilestoneRow) -> Thing:
        spec, calendar = self.book.milestone(row.key), self.calendar(row.owner_role)
        over = calendar.day_of(row.met_at) if row.met_at else None
        before = [Before(one, to_end=True) for one in ends_named(spec.when)]
        closes = (stage for stage in self.book.stages if any(name in ends_named(check.when) for check in stage.exit))
        before += [Before(f"stage.{one}", to_end=True) for stage in closes for one in stage.after]
        before += self.counted(spec.due, "")
        return Thing(name, row.due_on, calendar, over, before=before)

    def of_answer(self, name: str, day: date) -> Thing:
        thing = Thing(name, day, self.outside.ours)
        for one, row in self.tasks.items():
            if name not in self.resting.get(one, ()) or not row.counts:
                continue
            timing = self.due_of(self.book.task(row.key))
            if timing is not None and timing.word == "before" and timing.moment == name:
                thing.before.append(Before(one, self.left_before(day, row, timing.span), to_end=True))
        return thing

    def left_before(self, day: date, row: TaskRow, span: Span | None) -> Span | None:
        """What a step leaves before the day that it is counted back from: less, where somebody moved it nearer; not
        where it only followed what came later."""
        if not row.due_by_hand or row.due_follows or row.due_on is None or span is None:
            return span
        is_nearer = self.calendar(row.role).shift(day, span, -1) < row.due_on <= day
        return Span((day - row.due_on).days, "d") if is_nearer else span

    def due_of(self, spec: Task) -> Timing | None:
        """Its timing, in days where it counts those of the organization's table."""
        return resolved(spec.due, self.readings) if spec.due and spec.due.counts_days else spec.due

    def counted(self, timing: Timing | None, stage: str) -> list[Before]:
        """What a date is counted from that is still to come: it moves with that, as the date itself will."""
        line = resolved(timing, self.readings) if timing else None
        if line is None or line.word not in {"after", "within", "at"}:
            return []
        kind, _, rest = line.moment.partition(".")
        key, _, what = rest.rpartition(".")
        if line.moment == "entered" or (kind, what) == ("stage", "entered"):
            entered = self.stages.get(f"stage.{key or stage}")
            after = self.book.stage(entered.key).after if entered and entered.entered_at is None else ()
            return [Before(f"stage.{one}", line.span, to_end=True) for one in after]
        if kind in {"task", "stage", "milestone"}:
            return [Before(f"{kind}.{key}", line.span, of_start=what == "started", to_end=True)]
        return []


def _dates(book: Playbook, run: Run) -> Iterator[tuple[str, date]]:
    for form in book.forms:
        given = run.journey.answers.get(form.id, {}).get("values", {})
        for item in form.fields:
            if item.type == "date" and isinstance(day := given.get(item.id), str):
                yield f"answer.{form.id}.{item.id}", date.fromisoformat(day)


def _over(row: TaskRow, calendar: WorkingCalendar) -> date:
    """The day it ended; what was left out holds up nothing, and ended when it was planned."""
    return calendar.day_of(row.done_at) if row.done_at and row.state == "done" else row.due_on or date.min


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
