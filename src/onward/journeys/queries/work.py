"""What is on whose hands: open tasks by who holds them, and what is asked of customers. Walks of an index each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from onward.foundation.postgres import one_statement
from onward.identity.decisions import require
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import not_found

_COLUMNS = """t.id, t.journey_id, t.account_id, t.stage, t.title, t.kind, t.side, t.role, t.person, t.holder,
    t.shared, t.required, t.due_at, t.due_on, t.due_why, t.due_by_hand, t.promise,
    t.opened_at, t.starts_at, t.edition"""


@dataclass(frozen=True, slots=True)
class WorkTask:
    """An open task. `holder` is who has it ("user:usr_...", "contact:con_..."), "" nobody yet; `person` only who was
    named for this task alone."""

    id: UUID
    journey_id: UUID
    account_id: UUID
    stage: str
    title: str
    kind: str
    side: str
    role: str
    person: str
    holder: str
    shared: bool
    required: bool
    due_at: datetime | None
    due_on: date | None
    due_why: str
    due_by_hand: bool
    promise: bool
    opened_at: datetime | None
    starts_at: datetime | None
    edition: int

    @property
    def ref(self) -> str:
        """The task's external id."""
        return format_id("tsk", self.id)

    @property
    def journey_ref(self) -> str:
        """Its journey's external id."""
        return format_id("jny", self.journey_id)


@dataclass(frozen=True, slots=True)
class WorkPage:
    """Tasks in order of their dates, and whether there are more than these."""

    rows: list[WorkTask]
    is_more: bool


def tasks_at_hand(actor: Actor, *, holders: Sequence[str] | None, limit: int = 50) -> WorkPage:
    """Open tasks of ours in journeys under way: what is due first comes first, what has no date last.

    `holders` None: everybody's. Tasks that were put off are left out.
    """
    require(actor, "see", "task")
    # One walk a person: a union of their indexes stops at the limit, an "any" would sort all that a team holds.
    walk = f"""select {_COLUMNS} from journeys_taskrun t join journeys_journey j on j.id = t.journey_id
        where t.state = 'open' and t.side = 'ours' and t.deferred_at is null and j.state = 'open'
          {{}}
        order by t.due_at, t.id limit %(limit)s"""
    sql = (
        walk.format("")
        if holders is None
        else f"""select w.* from unnest(%(holders)s::text[]) h cross join lateral ({walk.format("and t.holder = h")}) w
                 order by w.due_at, w.id limit %(limit)s"""
    )
    values = {"holders": list(holders or ()), "limit": limit + 1}
    rows = [WorkTask(**row) for row in one_statement(sql, values)]
    return WorkPage(rows[:limit], len(rows) > limit)


def misheld() -> list[UUID]:
    """Tasks whose stored holder is not their own person, else who fills their role: there is none, says the audit."""
    rows = one_statement(
        """select t.id from journeys_taskrun t join journeys_journey j on j.id = t.journey_id
           where t.holder <> coalesce(nullif(t.person, ''), j.roles -> t.role ->> 'person', '') order by t.id"""
    )
    return [row["id"] for row in rows]


def open_tasks_of(actor: Actor, journey_ids: Collection[UUID], *, limit: int = 300) -> list[WorkTask]:
    """Every open task of these journeys, of either side."""
    require(actor, "see", "task")
    rows = one_statement(
        f"""select {_COLUMNS} from journeys_taskrun t where t.journey_id = any(%s) and t.state = 'open'
            order by t.due_at, t.id limit %s""",
        (list(journey_ids), limit),
    )
    return [WorkTask(**row) for row in rows]


def asked_of_customers(
    actor: Actor, journey_ids: Collection[UUID], *, task_ids: Collection[UUID] = ()
) -> dict[UUID, list[WorkTask]]:
    """What each of these journeys waits for from its customer, what is due first before the others; and, of the tasks
    named by id, those of either side that are not over yet."""
    require(actor, "see", "task")
    rows = one_statement(
        f"""select {_COLUMNS} from journeys_taskrun t
            where t.journey_id = any(%(journeys)s) and t.state = 'open' and t.side = 'theirs' and t.required
              and t.deferred_at is null
            union all
            select {_COLUMNS} from journeys_taskrun t where t.id = any(%(tasks)s) and t.state in ('open', 'waiting')
              and not (t.journey_id = any(%(journeys)s) and t.state = 'open' and t.side = 'theirs' and t.required
                       and t.deferred_at is null)
            order by due_at, id""",
        {"journeys": list(journey_ids), "tasks": list(task_ids)},
    )
    found: dict[UUID, list[WorkTask]] = {}
    for row in rows:
        found.setdefault(row["journey_id"], []).append(WorkTask(**row))
    return found


def work_task(actor: Actor, task_id: UUID) -> WorkTask:
    """One task, whatever its state; Refusal "not_found"."""
    require(actor, "see", "task")
    rows = one_statement(f"select {_COLUMNS} from journeys_taskrun t where t.id = %s", (task_id,))
    if not rows:
        raise not_found("task", format_id("tsk", task_id))
    return WorkTask(**rows[0])
