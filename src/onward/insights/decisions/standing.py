"""Where a journey stands, as one row: its stage, who holds it up, what is due, how urgent it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from onward.insights.decisions.urgency import Situation, urgency


class Stage(Protocol):
    """`met` of `checks` exit criteria of a stage under way are settled."""

    @property
    def key(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def rank(self) -> int: ...
    @property
    def entered_at(self) -> datetime | None: ...
    @property
    def closed_at(self) -> datetime | None: ...
    @property
    def how(self) -> str: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def due_on(self) -> date | None: ...
    @property
    def met(self) -> int: ...
    @property
    def checks(self) -> int: ...


class Task(Protocol):
    """An open task that counts. `turn`: ours, theirs or both, whoever still has to act."""

    @property
    def title(self) -> str: ...
    @property
    def stage(self) -> str: ...
    @property
    def turn(self) -> str: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def due_on(self) -> date | None: ...
    @property
    def opened_at(self) -> datetime | None: ...
    @property
    def rank(self) -> int: ...


class Milestone(Protocol):
    @property
    def title(self) -> str: ...
    @property
    def first_value(self) -> bool: ...
    @property
    def due_at(self) -> datetime | None: ...
    @property
    def due_on(self) -> date | None: ...
    @property
    def met_at(self) -> datetime | None: ...


class Journey(Protocol):
    """What journeys tell of one journey."""

    @property
    def state(self) -> str: ...
    @property
    def pace(self) -> str: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def ended_at(self) -> datetime | None: ...
    @property
    def judged_on(self) -> datetime | None: ...
    @property
    def stages(self) -> Sequence[Stage]: ...
    @property
    def open_tasks(self) -> Sequence[Task]: ...
    @property
    def milestones(self) -> Sequence[Milestone]: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """`cells` has a letter a stage: p proven, w waived, c current, f still to come. `waiting_on`: ours, theirs or
    nobody. `stage_number` counts from 1."""

    stage: str
    stage_title: str
    stage_number: int
    stage_count: int
    stage_due_at: datetime | None
    stage_due_on: date | None
    cells: str
    checks_met: int
    checks_total: int
    waiting_on: str
    waiting_what: str
    waiting_since: datetime | None
    next_due_at: datetime | None
    next_due_on: date | None
    next_due_what: str
    first_value_due_at: datetime | None
    first_value_due_on: date | None
    first_value_met_at: datetime | None
    completion_due_at: datetime | None
    completion_due_on: date | None
    overdue_ours: int
    overdue_theirs: int
    urgency: int
    urgency_at: datetime


def standing(
    journey: Journey, pace_since: datetime | None, now: datetime, *, arr: Decimal | None = None, asked: bool = False
) -> Standing:
    """The row of one journey. Late steps are counted at `judged_on` where an import set it, else now; first value is
    late by now alone, as lists have it. `arr` of its account; `asked`: a question of the customer waits for an answer.
    """
    judged = journey.judged_on or now
    stages = sorted(journey.stages, key=lambda stage: stage.rank)
    current = _current(stages)
    tasks = _pressing(journey, stages) if journey.state == "open" else []
    waiting = tasks[0] if tasks else None
    next_at, next_on, next_what = _next_due(journey, tasks)
    completion = _completion(journey, stages)
    value = next((one for one in journey.milestones if one.first_value), None)
    late = [task for task in tasks if task.due_at is not None and task.due_at < judged]
    case = Situation(
        journey.state,
        journey.pace,
        pace_since,
        value.due_at if value else None,
        value.met_at if value else None,
        next_at,
        journey.started_at,
        journey.ended_at,
        sum(task.turn in {"ours", "both"} for task in late),
        sum(task.turn in {"theirs", "both"} for task in late),
        asked,
        arr,
    )
    rank = urgency(now, case)
    return Standing(
        stage=current.key if current else "",
        stage_title=current.title if current else "",
        stage_number=stages.index(current) + 1 if current else 0,
        stage_count=len(stages),
        stage_due_at=current.due_at if current else None,
        stage_due_on=current.due_on if current else None,
        cells="".join(_cell(stage) for stage in stages),
        checks_met=current.met if current else 0,
        checks_total=current.checks if current else 0,
        waiting_on="nobody" if waiting is None else "theirs" if waiting.turn == "theirs" else "ours",
        waiting_what=waiting.title if waiting else "",
        waiting_since=waiting.opened_at if waiting else None,
        next_due_at=next_at,
        next_due_on=next_on,
        next_due_what=next_what,
        first_value_due_at=case.first_value_due_at,
        first_value_due_on=value.due_on if value else None,
        first_value_met_at=case.first_value_met_at,
        completion_due_at=completion.due_at if completion else None,
        completion_due_on=completion.due_on if completion else None,
        overdue_ours=case.overdue_ours,
        overdue_theirs=case.overdue_theirs,
        urgency=rank.rank,
        urgency_at=rank.at,
    )


def _current(stages: Sequence[Stage]) -> Stage | None:
    """The earliest stage under way; before the first the first, after the last the last."""
    under_way = next((stage for stage in stages if stage.entered_at and not stage.closed_at), None)
    closed = [stage for stage in stages if stage.closed_at]
    if under_way is None and stages:
        return closed[-1] if closed else stages[0]
    return under_way


def _cell(stage: Stage) -> str:
    if stage.closed_at:
        return "w" if stage.how == "waived" else "p"
    return "c" if stage.entered_at else "f"


def _pressing(journey: Journey, stages: Sequence[Stage]) -> list[Task]:
    """Open tasks, the soonest due first; those of stages not entered yet only when there are no others."""
    entered = {stage.key for stage in stages if stage.entered_at}
    tasks = sorted(
        journey.open_tasks, key=lambda task: (task.due_at is None, task.due_at or journey.started_at, task.rank)
    )
    return [task for task in tasks if task.stage in entered] or tasks


def _next_due(journey: Journey, tasks: Sequence[Task]) -> tuple[datetime | None, date | None, str]:
    if journey.ended_at is not None:
        return None, None, ""
    ahead: list[Task | Milestone] = [*tasks, *(one for one in journey.milestones if not one.met_at)]
    dated = [(one.due_at, one.title, one.due_on) for one in ahead if one.due_at]
    if not dated:
        return None, None, ""
    at, title, on = min(dated, key=lambda one: one[:2])
    return at, on, title


def _completion(journey: Journey, stages: Sequence[Stage]) -> Stage | Milestone | None:
    """What ends it: the last stage when it has a date, or else the last milestone."""
    if stages and stages[-1].due_at:
        return stages[-1]
    dated = [(one.due_at, one) for one in journey.milestones if one.due_at]
    return max(dated, key=lambda pair: pair[0], default=(None, None))[1]
