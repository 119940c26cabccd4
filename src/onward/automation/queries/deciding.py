"""Which steps decide first value, each day agreed in a form, and the end: the rule of journeys, over the whole
snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from onward.automation.queries.snapshot import outside
from onward.foundation import clock
from onward.identity.decisions import Thing as Rights
from onward.identity.decisions import require
from onward.journeys import queries as journeys
from onward.journeys.decisions.critical import Slack, slack_of
from onward.journeys.decisions.forecast import TODAY, reckoned
from onward.journeys.decisions.graph import Thing, graph_of
from onward.journeys.decisions.readings import Readings
from onward.journeys.decisions.state import Run
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import not_found
from onward.playbooks import queries as playbooks

FIRST_VALUE, END = "first_value", "end"


@dataclass(frozen=True, slots=True)
class Goal:
    """`kind` FIRST_VALUE, END, or an agreed day by its name ("answer.kickoff.go_live"); `on` its day as things stand,
    `title` what then is. `slack` of each open step that it
    waits for, by the step's key, the first first."""

    kind: str
    title: str
    on: date
    slack: Mapping[str, Slack]

    @property
    def tightest(self) -> list[str]:
        """The keys of the steps with the least slack: those with none move it with each day that they slip."""
        least = min((one.days for one in self.slack.values()), default=0)
        return [key for key, one in self.slack.items() if one.days == least]


def goals(actor: Actor, journey_id: UUID) -> tuple[Goal, ...]:
    """First value, the days agreed in forms and the last stage, as far as they are open and have a day; () of a journey
    that is not open. For colleagues: it tells of internal steps too."""
    run, ref = journeys.load_run(journey_id), format_id("jny", journey_id)
    if run is None:
        raise not_found("journey", ref)
    require(actor, "see", Rights("task", run.journey.account_id, ref=ref))
    if run.journey.state != "open":
        return ()
    book, now = playbooks.version(run.journey.version_id), clock.now()
    world = outside(book, run, now)
    things = graph_of(book, run, world, Readings(book, run, world, now))
    agreed = journeys.agreed_dates_of(book, run, inside=True)
    return tuple(goals_of(run, agreed, things, world.ours.day_of(now)))


def goals_of(
    run: Run, agreed: Iterable[journeys.AgreedDay], things: Mapping[str, Thing], today: date
) -> Iterator[Goal]:
    """The goals of a journey by its graph."""
    value = next((row for row in run.milestones if row.first_value and row.met_at is None), None)
    if value and (found := slack_of(things, today, f"milestone.{value.key}")):
        yield _goal(FIRST_VALUE, value.title, f"milestone.{value.key}", found)
    ends, _, why = reckoned(things, today)
    for row in agreed:
        # A day that went by and that no step holds any more has come or not: nothing decides it now.
        if (name := f"answer.{row.key}") in ends and why[name] != TODAY:
            yield _goal(name, row.what, name, slack_of(things, today, name))
    stages = [(ends[name], row) for row in run.stages if not row.closed_at and (name := f"stage.{row.key}") in ends]
    if stages:
        # Of those that end on the same day the last of the plan is its end.
        _, last = max(stages, key=lambda pair: (pair[0], pair[1].rank))
        yield _goal(END, last.title, f"stage.{last.key}", slack_of(things, today, f"stage.{last.key}"))


def _goal(kind: str, title: str, name: str, found: Mapping[str, Slack]) -> Goal:
    steps = sorted((one.on, key) for key, one in found.items() if key.startswith("task."))
    return Goal(kind, title, found[name].on, {key.removeprefix("task."): found[key] for _, key in steps})
