"""What would follow if a day were moved: the rule of journeys, over the whole snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from uuid import UUID

from onward.automation.queries.deciding import Goal, goals_of
from onward.automation.queries.snapshot import outside
from onward.foundation import clock
from onward.identity.decisions import Thing as Rights
from onward.identity.decisions import require
from onward.journeys import queries as journeys
from onward.journeys.decisions.critical import slack_of
from onward.journeys.decisions.forecast import reckoned, took_of
from onward.journeys.decisions.graph import Thing, graph_of
from onward.journeys.decisions.outside import Outside
from onward.journeys.decisions.readings import Readings
from onward.journeys.decisions.rescheduling import Shift, cascade, movable, with_day
from onward.journeys.decisions.state import Run
from onward.kernel.actor import Actor
from onward.kernel.clock import Span
from onward.kernel.ids import format_id
from onward.kernel.refusals import not_found
from onward.playbooks import queries as playbooks
from onward.playbooks.decisions.definition import Playbook


def what_follows(
    actor: Actor, journey_id: UUID, days: Mapping[str, date], *, held: date | None = None, along: bool = True
) -> list[Shift]:
    """The days that would move, and those that could not be kept; see `rescheduling.cascade`. Nothing is written."""
    return plan_of(actor, journey_id).follows(days, held, along=along)


@dataclass(frozen=True, slots=True)
class Step:
    """What can be moved: its `agreed` day, the one where it `stands` (the earliest that its order allows),
    and of a task the working days that the plan counts for it."""

    title: str
    agreed: date | None
    stands: date | None
    takes: int = 0


@dataclass(frozen=True, slots=True)
class Next:
    """An open step right after one that is moved. `room`: the working days that the moved one can still slip before
    this one moves; None where it has no date."""

    title: str
    room: int | None


@dataclass(frozen=True, slots=True)
class Room:
    """What a move does to a goal that waits for the moved step: it comes on `after` then, and the step can slip `days`
    working days more before that moves."""

    goal: Goal
    after: date
    days: int


class Plan:
    """A journey loaded once, to ask what of it can be moved and what would follow. Nothing is written."""

    def __init__(self, book: Playbook, run: Run, world: Outside, now: datetime) -> None:
        self.book, self.run, self.world, self.now = book, run, world, now
        self.today = world.ours.day_of(now)

    @cached_property
    def readings(self) -> Readings:
        return Readings(self.book, self.run, self.world, self.now)

    @cached_property
    def things(self) -> dict[str, Thing]:
        return graph_of(self.book, self.run, self.world, self.readings)

    @cached_property
    def steps(self) -> dict[str, Step]:
        """What of the journey can be moved, by name."""
        ends, _, _ = reckoned(self.things, self.today)
        found = {}
        for name, (title, on) in movable(self.book, self.run).items():
            thing = self.things.get(name)
            if thing is None or not name.startswith("task."):
                found[name] = Step(title, on, on)
            else:
                found[name] = Step(title, on, ends.get(name, on), took_of(thing, self.things))
        return found

    def begins(self, name: str, end: date | None) -> date | None:
        """The day by which a task has to begin to end on that one; None for what is no task."""
        if end is None or not name.startswith("task.") or name not in self.things or name not in self.steps:
            return None
        return self.things[name].calendar.shift(end, Span(self.steps[name].takes, "wd"), -1)

    def ends(self, name: str, start: date) -> date:
        """When a task ends that can begin only on that day: not before it does as things stand."""
        step, calendar = self.steps[name], self.things[name].calendar
        end = calendar.next_working(calendar.later(start, step.takes))
        return max([day for day in (end, step.stands, step.agreed) if day])

    def follows(self, days: Mapping[str, date], held: date | None = None, *, along: bool = True) -> list[Shift]:
        """The days that would move, and those that could not be kept; see `rescheduling.cascade`."""
        if unknown := set(days) - movable(self.book, self.run).keys():
            raise not_found("open date", sorted(unknown)[0][:80])
        return cascade(self.book, self.run, self.world, self.now, days, held=held, along=along)

    def next(self, name: str, day: date) -> tuple[Next, ...]:
        """The steps right after the one that would be moved to `day`, in the order of the plan."""
        things = self._with(name, day)
        titles = {f"task.{row.key}": row.title for row in self.run.tasks}
        return tuple(
            Next(titles[key], found[name].days if thing.agreed and name in found else None)
            for key, thing in things.items()
            if key in titles and not thing.over and any(one.name == name for one in thing.before)
            for found in [slack_of(things, self.today, key)]
        )

    def rooms(self, name: str, day: date | None = None) -> tuple[Room, ...]:
        """First value, the agreed days and the end, as far as they wait for a step: as things stand, or once it is
        moved to `day`."""
        key, agreed = name.removeprefix("task."), journeys.agreed_dates_of(self.book, self.run, inside=True)
        before = [goal for goal in goals_of(self.run, agreed, self.things, self.today) if key in goal.slack]
        moved = {goal.kind: goal for goal in goals_of(self.run, agreed, self._with(name, day), self.today)}
        return tuple(
            Room(goal, then.on, then.slack[key].days)
            for goal in before
            if (then := moved.get(goal.kind)) and key in then.slack
        )

    def _with(self, name: str, day: date | None) -> dict[str, Thing]:
        if day is None or name not in self.things:
            return self.things
        return with_day(self.things, self.book, self.run, self.world, self.readings, name, day)


def plan_of(actor: Actor, journey_id: UUID) -> Plan:
    """The plan of a journey, for whoever may move it."""
    return Plan(*_plan(actor, journey_id))


def held_back(actor: Actor, journey_id: UUID, name: str, day: date) -> Shift | None:
    """What the plan says to an open task on a day that it cannot keep: it has the `earliest` that it can, and `by`
    what holds it there; None where the day can be kept. For all who see the task."""
    shifts = cascade(*_plan(actor, journey_id, "see"), {name: day}, along=False)
    return next((one for one in shifts if one.name == name and one.earliest), None)


def _plan(actor: Actor, journey_id: UUID, verb: str = "move") -> tuple[Playbook, Run, Outside, datetime]:
    run = _run(actor, journey_id, verb)
    book, now = playbooks.version(run.journey.version_id), clock.now()
    return book, run, outside(book, run, now), now


def _run(actor: Actor, journey_id: UUID, verb: str = "move") -> Run:
    run = journeys.load_run(journey_id)
    ref = format_id("jny", journey_id)
    if run is None:
        raise not_found("journey", ref)
    require(actor, verb, Rights("task", run.journey.account_id, ref=ref))
    return run
