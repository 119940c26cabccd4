"""What the portfolio's read model is made of: one statement for many journeys."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from onward.foundation.postgres import one_statement


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
    """A task that is open and counts: required, wanted and not put off."""

    title: str
    stage: str
    side: str
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


_SQL = """
select j.id as journey_id, j.account_id, j.deal_id, j.owner_id, j.version_id, j.playbook, j.title, j.state,
       j.signed_at, j.started_at, j.ended_at, j.judged_on, j.active_at, j.pace, j.pace_reason, j.is_demo,
       t.done as tasks_done, t.total as tasks_total, s.stages, t.open_tasks, m.milestones
from journeys_journey j
cross join lateral (
  select jsonb_agg(jsonb_build_array(r.key, r.title, r.rank, r.entered_at, r.closed_at, r.how, r.due_at, r.due_on,
                                     c.met, c.checks) order by r.rank) as stages
  from journeys_stagerun r cross join lateral (
    select count(*) filter (where e.value ->> 'state' in ('met', 'waived')) as met, count(*) as checks
    from jsonb_array_elements(
      case when r.entered_at is not null and r.closed_at is null then r.checks else '[]'::jsonb end) e
  ) c
  where r.journey_id = j.id
) s
cross join lateral (
  select count(*) filter (where k.counts) as total, count(*) filter (where k.counts and k.state = 'done') as done,
         jsonb_agg(jsonb_build_array(k.title, k.stage, k.side, k.due_at, k.due_on, k.opened_at, k.rank)
                   order by k.due_at, k.rank) filter (where k.counts and k.state = 'open') as open_tasks
  from (select *, required and state not in ('skipped', 'withdrawn') and deferred_at is null as counts
        from journeys_taskrun where journey_id = j.id) k
) t
cross join lateral (
  select jsonb_agg(jsonb_build_array(r.key, r.title, r.rank, r.first_value, r.due_at, r.due_on, r.met_at)
                   order by r.rank) as milestones
  from journeys_milestonerun r where r.journey_id = j.id
) m
"""


def portfolio_source(
    journey_ids: Iterable[UUID] = (), *, account_id: UUID | None = None, after: UUID | None = None, limit: int = 1000
) -> list[PortfolioSource]:
    """These journeys, or all of an account, or with neither the next `limit` of all after `after`; in id order.

    For read models: it takes no actor and shows everything.
    """
    wanted = list(journey_ids)
    if account_id is not None:
        where = "where j.account_id = %(account)s order by j.id"
    elif wanted:
        where = "where j.id = any(%(ids)s) order by j.id"
    else:
        where = "where (%(after)s::uuid is null or j.id > %(after)s) order by j.id limit %(limit)s"
    rows = one_statement(_SQL + where, {"ids": wanted, "account": account_id, "after": after, "limit": limit})
    return [_source(row) for row in rows]


def _source(row: dict[str, Any]) -> PortfolioSource:
    stages = tuple(
        StageSource(key, title, rank, _at(entered), _at(closed), how, _at(due), _on(day), met, checks)
        for key, title, rank, entered, closed, how, due, day, met, checks in _array(row.pop("stages"))
    )
    tasks = tuple(
        TaskSource(title, stage, side, _at(due), _on(day), _at(opened), rank)
        for title, stage, side, due, day, opened, rank in _array(row.pop("open_tasks"))
    )
    milestones = tuple(
        MilestoneSource(key, title, rank, first_value, _at(due), _on(day), _at(met))
        for key, title, rank, first_value, due, day, met in _array(row.pop("milestones"))
    )
    return PortfolioSource(**row, stages=stages, open_tasks=tasks, milestones=milestones)


def _array(value: Any) -> Any:
    # Django's connection hands jsonb over as text.
    return json.loads(value) if isinstance(value, str) else value or ()


def _at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _on(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def milestone_titles() -> dict[str, str]:
    """Every milestone that a journey has, by key."""
    rows = one_statement("select key, min(title) as title from journeys_milestonerun group by key order by key")
    return {row["key"]: row["title"] for row in rows}
