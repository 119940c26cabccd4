"""What the portfolio's read model is made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from onward.foundation.postgres import one_statement
from onward.journeys.decisions.judging import GOOD
from onward.journeys.decisions.saying import turn
from onward.journeys.decisions.state import Run, StageRow, TaskRow
from onward.journeys.queries.loading import held_runs, load_runs
from onward.playbooks.queries import version


@dataclass(frozen=True, slots=True)
class StageSource:
    """`met` of `checks` exit criteria are met or waived (counted for stages under way only)."""

    key: str
    title: str
    rank: int
    entered_at: datetime | None
    closed_at: datetime | None
    how: str
    due_at: datetime | None
    due_on: date | None
    met: int
    checks: int


@dataclass(frozen=True, slots=True)
class TaskSource:
    """A task that is open and counts: required, wanted and not put off. `turn`: the side that still has to act."""

    title: str
    stage: str
    turn: str
    due_at: datetime | None
    due_on: date | None
    opened_at: datetime | None
    rank: int


@dataclass(frozen=True, slots=True)
class MilestoneSource:
    key: str
    title: str
    rank: int
    first_value: bool
    due_at: datetime | None
    due_on: date | None
    met_at: datetime | None


@dataclass(frozen=True, slots=True)
class PortfolioSource:
    """A journey as its row in the portfolio needs it. `judged_on` is the moment that pace is judged at, None: now."""

    journey_id: UUID
    account_id: UUID
    deal_id: UUID | None
    owner_id: UUID | None
    version_id: UUID
    playbook: str
    title: str
    state: str
    signed_at: datetime | None
    started_at: datetime
    ended_at: datetime | None
    judged_on: datetime | None
    active_at: datetime
    pace: str
    pace_reason: str
    is_demo: bool
    tasks_done: int
    tasks_total: int
    stages: tuple[StageSource, ...]
    open_tasks: tuple[TaskSource, ...]
    milestones: tuple[MilestoneSource, ...]


def portfolio_source(
    journey_ids: Iterable[UUID] = (), *, account_id: UUID | None = None, after: UUID | None = None, limit: int = 1000
) -> list[PortfolioSource]:
    """These journeys, or all of an account, or with neither the next `limit` of all after `after`; in id order.

    For read models: it takes no actor and shows everything. Those named are taken as the running reaction holds them.
    """
    wanted = list(journey_ids)
    if wanted:
        runs = held_runs(wanted)
    elif account_id is not None:
        runs = load_runs(_ids("account_id = %s order by id", (account_id,)))
    else:
        runs = load_runs(_ids("%s::uuid is null or id > %s order by id limit %s", (after, after, limit)))
    return [source_of(runs[one]) for one in sorted(runs)]


def _ids(where: str, params: tuple[Any, ...]) -> list[UUID]:
    return [row["id"] for row in one_statement(f"select id from journeys_journey where {where}", params)]


def source_of(run: Run) -> PortfolioSource:
    """One journey as its row in the portfolio needs it."""
    journey = run.journey
    counted = [task for task in run.tasks if task.counts]
    pressing = sorted((task for task in counted if task.state == "open"), key=_by_date)
    return PortfolioSource(
        journey.id,
        journey.account_id,
        journey.deal_id,
        journey.owner_id,
        journey.version_id,
        journey.playbook,
        journey.title,
        journey.state,
        journey.signed_at,
        journey.started_at,
        journey.ended_at,
        journey.judged_on,
        run.active_at,
        journey.pace,
        journey.pace_reason,
        journey.is_demo,
        sum(task.state == "done" for task in counted),
        len(counted),
        tuple(_stage(row) for row in run.stages),
        tuple(
            TaskSource(task.title, task.stage, _turn(run, task), task.due_at, task.due_on, task.opened_at, task.rank)
            for task in pressing
        ),
        tuple(
            MilestoneSource(row.key, row.title, row.rank, row.first_value, row.due_at, row.due_on, row.met_at)
            for row in run.milestones
        ),
    )


def _turn(run: Run, task: TaskRow) -> str:
    # The playbook is asked only where somebody has spoken: most tasks are one side's.
    return turn(version(run.journey.version_id), task.key, task.side, task.reported) if task.reported else task.side


def _stage(row: StageRow) -> StageSource:
    checks = row.checks if row.entered_at and not row.closed_at else []
    met = sum(record["state"] in GOOD for record in checks)
    return StageSource(
        row.key,
        row.title,
        row.rank,
        row.entered_at,
        row.closed_at,
        row.how,
        row.due_at,
        row.due_on,
        met,
        len(checks),
    )


def _by_date(task: TaskRow) -> tuple[bool, datetime, int]:
    return task.due_at is None, task.due_at or _NEVER, task.rank


_NEVER = datetime.max.replace(tzinfo=UTC)


def milestone_titles() -> dict[str, str]:
    """Every milestone that a journey has, by key."""
    rows = one_statement("select key, min(title) as title from journeys_milestonerun group by key order by key")
    return {row["key"]: row["title"] for row in rows}
