"""Journeys against their facts, and against what automation would decide now."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from onward.automation.queries.snapshot import outside
from onward.foundation.ledger import Recorded, every_fact
from onward.foundation.postgres import new_id
from onward.journeys import queries as journeys
from onward.journeys.decisions.progress import advance
from onward.journeys.decisions.state import Run
from onward.journeys.queries.signed import plan_differences
from onward.kernel.ids import format_id
from onward.playbooks import queries as playbooks

CHUNK = 200
STATES = {
    "journey.asked": "asked",
    "journey.refused": "cancelled",
    "journey.opened": "open",
    "journey.paused": "paused",
    "journey.resumed": "open",
    "journey.cancelled": "cancelled",
    "journey.completed": "completed",
    "journey.reopened": "open",
}
NAMES = (
    *STATES,
    "journey.stage.entered",
    "journey.stage.closed",
    "journey.stage.again",
    "journey.stage.reopened",
    "journey.task.completed",
    "journey.task.reopened",
    "journey.task.skipped",
    "journey.milestone.met",
    "journey.milestone.corrected",
    "journey.milestone.reopened",
    "journey.playbook.merged",
    "journey.playbook.unmerged",
)
Folded = dict[str, Any]


def differences(now: datetime) -> Iterator[str]:
    """Each journey row that its facts do not tell, and each that a fresh look would move, as a sentence."""
    told: dict[UUID, Folded] = defaultdict(dict)
    for chunk in every_fact(NAMES):
        for fact in chunk:
            if fact.journey is not None:
                fold(told[fact.journey], fact)
    ids = sorted(journeys.all_journey_ids())
    for missing in sorted(set(told) - set(ids)):
        yield f"journey {format_id('jny', missing)}: it has facts and no row"
    for start in range(0, len(ids), CHUNK):
        for journey_id, run in journeys.load_runs(ids[start : start + CHUNK]).items():
            yield from against_facts(run, told.get(journey_id, {}))
            yield from against_a_look(run, now)
    yield from plan_differences()
    for task_id in journeys.misheld():
        yield f"task {format_id('tsk', task_id)}: its holder is not who it is given to, nor who fills its role"


def fold(told: Folded, fact: Recorded) -> None:
    """What a fact says of a journey: "state", ("stage", key), ("task", id), ("milestone", key)."""
    if fact.name in STATES:
        told["state"] = STATES[fact.name]
        return
    if fact.name.startswith("journey.playbook."):
        for was, now in fact.data["renamed"].items():
            if was.replace(".", " ") in told:
                told[now.replace(".", " ")] = told.pop(was.replace(".", " "))
        told |= dict.fromkeys(
            f"{kind} {one}" for kind in ("stage", "milestone") for one in fact.data.get(f"{kind}s", ())
        )
        return
    _, kind, what = fact.name.split(".")
    key = f"{kind} {fact.data['task_id'] if kind == 'task' else fact.data[kind]}"
    if kind == "milestone":
        told[key] = None if what == "reopened" else datetime.fromisoformat(fact.data["met_at"])
    else:
        told[key] = what


def against_facts(run: Run, told: Folded) -> Iterator[str]:
    """Rows whose state is not the one that the facts end in."""
    ref = f"journey {format_id('jny', run.journey.id)}"
    if told.get("state") != run.journey.state:
        yield f"{ref}: it is {run.journey.state}, its facts say {told.get('state')}"
    for stage in run.stages:
        is_now = "closed" if stage.closed_at else "entered" if stage.entered_at else None
        said = told.get(f"stage {stage.key}")
        said = "entered" if said in {"reopened", "again"} else said
        if is_now != said:
            yield f"{ref}: stage {stage.key} is {is_now or 'waiting'}, its facts say {said or 'waiting'}"
    for task in run.tasks:
        said = told.get(f"task {task.id}")
        if (task.state == "done") != (said == "completed"):
            yield f"{ref}: task {task.key} is {task.state}, its facts say {said or 'nothing'}"
    for milestone in run.milestones:
        met = told.get(f"milestone {milestone.key}")
        if milestone.met_at != met:
            yield f"{ref}: milestone {milestone.key} was met {milestone.met_at}, its facts say {met}"


def against_a_look(run: Run, now: datetime) -> Iterator[str]:
    """What a fresh look would change, although nothing is due: it should have been seen before."""
    journey = run.journey
    if journey.state != "open" or (journey.next_check_at and journey.next_check_at <= now):
        return
    book = playbooks.version(journey.version_id)
    fresh = copy.deepcopy(run)
    happened = advance(book, fresh, outside(book, fresh, now), now, new_id)
    ref = f"journey {format_id('jny', journey.id)}"
    for item in happened:
        yield f"{ref}: {item.fact.name} follows and was not recorded: {item.fact.data()}"
    for part in ("stages", "tasks", "milestones", "check_ins"):
        for before, after in zip(getattr(run, part), getattr(fresh, part), strict=False):
            for name in moved(before, after):
                yield f"{ref}: {part} {before.key}: {name} is stored as {getattr(before, name)!r}, not as it follows"
    for name in ("pace", "checklist", "expected"):
        if _plain(getattr(journey, name)) != _plain(getattr(fresh.journey, name)):
            yield f"{ref}: its {name} is stored as {getattr(journey, name)!r}, not as it follows"


def moved(before: Any, after: Any) -> list[str]:
    """The fields that differ; readings and ages inside a verdict move with time and are no difference."""
    names = [item.name for item in fields(before)]
    return [name for name in names if _plain(getattr(before, name)) != _plain(getattr(after, name))]


def _plain(value: Any) -> Any:
    """Verdicts by their states alone."""
    if isinstance(value, list) and value and isinstance(value[0], dict) and "state" in value[0]:
        return [(item["id"], item["state"]) for item in value]
    if isinstance(value, dict) and "state" in value:
        return value["state"]
    return value
