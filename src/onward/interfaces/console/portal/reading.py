"""From pages that were opened to what they say: who comes, what is done once it was seen, where people stop. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from onward.accounts.queries import ContactRow
from onward.engagement.queries import Opened
from onward.foundation.clock import now
from onward.journeys.queries import JourneyView, TaskLine

QUIET = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Opening:
    """A task of the customer's: who opened it, when first, and how long after that it was done."""

    task: TaskLine
    stage: str
    milestone: str
    names: tuple[str, ...]
    first_at: datetime | None
    last_at: datetime | None
    times: int
    to_done: timedelta | None
    stopped: bool


@dataclass(frozen=True, slots=True)
class Reader:
    """A person of the customer's, and what they opened; `last_at` None: never here."""

    person: ContactRow
    days: int
    tasks: int
    last_at: datetime | None


def openings(view: JourneyView, opened: Sequence[Opened], names: Mapping[UUID, str]) -> list[Opening]:
    """The customer's shared tasks in the plan's order. Stopped: opened, not done, and not looked at for three days."""
    titles = {stage.key: stage.title for stage in view.stages}
    out = []
    for task in view.tasks:
        if not task.shared or task.side == "ours" or task.state in {"withdrawn", "skipped"}:
            continue
        seen = [row for row in opened if row.task_id == task.id]
        first = min((row.first_at for row in seen), default=None)
        last = max((row.last_at for row in seen), default=None)
        took = task.done_at - first if first and task.done_at and task.done_at >= first else None
        stopped = bool(task.state == "open" and last and now() - last > QUIET)
        who = tuple(dict.fromkeys(names.get(row.contact_id, "Somebody") for row in seen))
        times = sum(row.times for row in seen)
        milestone = _milestone(view, task)
        out.append(Opening(task, titles.get(task.stage, ""), milestone, who, first, last, times, took, stopped))
    return out


def _milestone(view: JourneyView, task: TaskLine) -> str:
    """The next milestone after the task is due: what it serves."""
    dated = sorted((row for row in view.milestones if row.due_on), key=lambda row: (row.due_on is None, row.due_on))
    return next((row.title for row in dated if task.due_on and row.due_on and row.due_on >= task.due_on), "")


def readers(opened: Sequence[Opened], people: Sequence[ContactRow]) -> list[Reader]:
    """Everybody who may come, who came last ahead; then those who never did."""
    out = []
    for person in people:
        own = [row for row in opened if row.contact_id == person.id]
        last = max((row.last_at for row in own), default=None)
        tasks = len({row.task_id for row in own if row.task_id})
        if last or person.revoked_at is None:
            out.append(Reader(person, max((row.days for row in own), default=0), tasks, last))
    return sorted(out, key=lambda row: (row.last_at is None, -(row.last_at.timestamp() if row.last_at else 0)))
