"""What would follow if a day were moved: the rule of journeys, over the whole snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from onward.automation.queries.snapshot import outside
from onward.foundation import clock
from onward.identity.decisions import Thing, require
from onward.journeys import queries as journeys
from onward.journeys.decisions.critical import slack_of
from onward.journeys.decisions.graph import graph_of
from onward.journeys.decisions.outside import Outside
from onward.journeys.decisions.readings import Readings
from onward.journeys.decisions.rescheduling import Shift, cascade, movable
from onward.journeys.decisions.state import Run
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import not_found
from onward.playbooks import queries as playbooks
from onward.playbooks.decisions.definition import Playbook


def may_move(actor: Actor, journey_id: UUID) -> dict[str, tuple[str, date | None]]:
    """What of a journey can be moved, by name, with its title and day."""
    run = _run(actor, journey_id)
    return movable(playbooks.version(run.journey.version_id), run)


def what_follows(
    actor: Actor, journey_id: UUID, days: Mapping[str, date], *, held: date | None = None, along: bool = True
) -> list[Shift]:
    """The days that would move, and those that could not be kept; see `rescheduling.cascade`. Nothing is written."""
    book, run, world, now = _plan(actor, journey_id)
    if unknown := set(days) - movable(book, run).keys():
        raise not_found("open date", sorted(unknown)[0][:80])
    return cascade(book, run, world, now, days, held=held, along=along)


@dataclass(frozen=True, slots=True)
class Next:
    """An open step right after one that is moved. `room`: the working days that the moved one can still slip before
    this one moves; None where it has no date."""

    title: str
    room: int | None


def comes_next(actor: Actor, journey_id: UUID, name: str, day: date) -> tuple[Next, ...]:
    """The steps right after the one that would be moved to `day`, in the order of the plan."""
    book, run, world, now = _plan(actor, journey_id)
    things = graph_of(book, run, world, Readings(book, run, world, now), [name])
    if name in things:
        things[name].to = day
    today, titles = world.ours.day_of(now), {f"task.{row.key}": row.title for row in run.tasks}
    return tuple(
        Next(titles[key], found[name].days if thing.agreed and name in found else None)
        for key, thing in things.items()
        if key in titles and not thing.over and any(one.name == name for one in thing.before)
        for found in [slack_of(things, today, key)]
    )


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
    require(actor, verb, Thing("task", run.journey.account_id, ref=ref))
    return run
