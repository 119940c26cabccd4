"""What is on whose hands: open tasks by who holds them, and what is asked of customers. Walks of an index each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from onward.foundation.postgres import one_statement
from onward.identity.decisions import require
from onward.journeys.decisions.opening import role_side
from onward.journeys.decisions.saying import also_needed, turn
from onward.journeys.decisions.tasks import chosen_time
from onward.journeys.decisions.wording import UNDECIDED
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import not_found
from onward.playbooks import queries as playbooks

_COLUMNS = f"""t.id, t.journey_id, t.account_id, t.stage, t.title, t.kind, t.side, t.role, t.person, t.holder,
    t.shared, t.required, t.due_at, t.due_on, t.due_why, t.due_by_hand, t.promise,
    t.opened_at, t.starts_at, t.edition, t.key, t.reported, j.version_id, j.roles,
    case when t.cycle > 1 and t.starts_at is not null then (select b.done_at from journeys_taskrun b
      where b.journey_id = t.journey_id and b.key = t.key and b.cycle = t.cycle - 1) end as before,
    (select s.title from journeys_stagerun s where s.journey_id = t.journey_id and s.key = t.stage) as stage_title,
    coalesce(t.waits_for[1] ^@ '{UNDECIDED}', false) as undecided"""
_FROM = "journeys_taskrun t join journeys_journey j on j.id = t.journey_id"
_NOT_OVER = "t.state in ('open', 'waiting')"
#: Tasks that both sides, or several people, have to say done: whose turn they are, their playbook says. Of these the
#: soonest are looked at.
_SEVERAL = "(t.side = 'both' or not t.reported = '{}'::jsonb)"
_LOOKED_AT = 500


@dataclass(frozen=True, slots=True)
class WorkTask:
    """An open task. `turn` is the side that still has to act: ours, theirs or both. `holder` is who has it
    ("user:usr_...", "contact:con_..."), "" nobody yet; of a task of both sides, who of ours while it is our turn.
    `person` only who was named for this task alone;
    `starts_at`: the time that somebody chose for it; `undecided`: nobody can say yet whether it is needed at all."""

    id: UUID
    journey_id: UUID
    account_id: UUID
    stage: str
    stage_title: str
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
    undecided: bool
    turn: str

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


@dataclass(frozen=True, slots=True)
class TalkDue:
    """A check-in whose day has come and that nobody has held. `internal`: without the customer."""

    id: UUID
    journey_id: UUID
    title: str
    internal: bool
    due_at: datetime
    due_on: date
    holder: str

    @property
    def ref(self) -> str:
        """The check-in's external id."""
        return format_id("chk", self.id)


def talks_due(actor: Actor, *, holders: Sequence[str] | None, until: date, limit: int = 50) -> list[TalkDue]:
    """The check-ins of open journeys up to a day, the latest first; of these people, by the role that holds each, or
    the journey's owner where nobody of ours has it. `holders` None: everybody's."""
    require(actor, "see", "task")
    person = "coalesce(j.roles -> c.role ->> 'person', '')"
    rows = one_statement(
        f"""select c.id, c.journey_id, c.title, c.internal, c.due_at, c.due_on, {person} as holder
            from journeys_checkinrun c join journeys_journey j on j.id = c.journey_id
            where c.held_at is null and c.due_on <= %(until)s and j.state = 'open'
              and (%(holders)s::text[] is null or {person} = any(%(holders)s)
                   or {person} not like 'user:%%' and j.owner_id = any(%(owners)s::uuid[]))
            order by c.due_on, c.id limit %(limit)s""",
        {
            "until": until,
            "holders": None if holders is None else list(holders),
            "owners": [parse_id("usr", one.removeprefix("user:")) for one in holders or ()],
            "limit": limit,
        },
    )
    return [TalkDue(**row) for row in rows]


def tasks_at_hand(actor: Actor, *, holders: Sequence[str] | None, limit: int = 50) -> WorkPage:
    """Open tasks in journeys under way that are our turn: what is due first comes first, what has no date last.

    `holders` None: everybody's. Tasks that were put off are left out.
    """
    require(actor, "see", "task")
    # One walk a person: a union of their indexes stops at the limit, an "any" would sort all that a team holds.
    is_at_hand = """t.state = 'open' and t.deferred_at is null
        and (j.state = 'open' or j.state = 'asked' and t.kind = 'approve')"""
    walk = f"""select {_COLUMNS} from {_FROM} where {is_at_hand} and t.side = 'ours' and t.reported = '{{}}'::jsonb
          {"" if holders is None else "and t.holder = h"} order by t.due_at, t.id limit %(limit)s"""
    ours = walk if holders is None else f"select w.* from unnest(%(holders)s::text[]) h cross join lateral ({walk}) w"
    takes_part = """(t.holder = any(%(holders)s)
                     or exists (select from jsonb_each(j.roles) r where r.value ->> 'person' = any(%(holders)s)))"""
    sql = f"""({ours}) union all
        (select {_COLUMNS} from {_FROM} where {is_at_hand} and {_SEVERAL}
           {"" if holders is None else f"and {takes_part}"} order by t.due_at, t.id limit {_LOOKED_AT})
        order by due_at, id"""
    found = one_statement(sql, {"holders": list(holders or ()), "limit": limit + 1})
    rows = [row for row in map(_task, found) if row.turn != "theirs" and (holders is None or row.holder in holders)]
    return WorkPage(rows[:limit], len(rows) > limit)


def _task(row: dict[str, Any]) -> WorkTask:
    key, reported, version_id, roles = (row.pop(name) for name in ("key", "reported", "version_id", "roles"))
    if before := row.pop("before"):
        row["starts_at"] = chosen_time(playbooks.version(version_id).task(key), row["starts_at"], before)
    if row["side"] != "both" and not reported:
        return WorkTask(**row, turn=row["side"])
    book = playbooks.version(version_id)
    side = turn(book, key, row["side"], reported)
    people = {role: filled.get("person", "") for role, filled in roles.items()} | {row["role"]: row["holder"]}
    whose = "theirs" if side == "theirs" else "ours"
    left = [role for role in also_needed(book.task(key), reported) if role_side(book, role) == whose]
    if left:
        row["holder"] = next((people[role] for role in left if people.get(role)), "")
    return WorkTask(**row, turn=side)


def misheld() -> list[UUID]:
    """Tasks whose stored holder is not their own person, else who fills their role: there is none, says the audit."""
    rows = one_statement(
        """select t.id from journeys_taskrun t join journeys_journey j on j.id = t.journey_id
           where t.holder <> coalesce(nullif(t.person, ''), j.roles -> t.role ->> 'person', '') order by t.id"""
    )
    return [row["id"] for row in rows]


def tasks_left_in(actor: Actor, journey_ids: Collection[UUID], *, limit: int = 300) -> list[WorkTask]:
    """Every task of these journeys that is not over, of either side; what is open comes first."""
    require(actor, "see", "task")
    rows = one_statement(
        f"""select {_COLUMNS} from {_FROM} where t.journey_id = any(%s) and {_NOT_OVER}
            order by t.state, t.due_at, t.id limit %s""",
        (list(journey_ids), limit),
    )
    return [_task(row) for row in rows]


def task_titles(actor: Actor) -> list[str]:
    """The titles of tasks that are not over, each once; the first two thousand. Reads a row a title, however many tasks
    share it."""
    require(actor, "see", "task")
    rows = one_statement(
        f"""with recursive one(title) as (
              (select t.title from journeys_taskrun t where {_NOT_OVER} order by t.title limit 1)
              union all
              select (select t.title from journeys_taskrun t where {_NOT_OVER} and t.title > one.title
                      order by t.title limit 1)
              from one where one.title is not null)
            select title from one where title is not null limit 2000"""
    )
    return [row["title"] for row in rows]


def tasks_titled(actor: Actor, titles: Collection[str], *, limit: int = 20) -> list[WorkTask]:
    """Tasks of either side with one of these titles that are not over, in open journeys, what is due first ahead."""
    require(actor, "see", "task")
    rows = one_statement(
        f"""select w.* from unnest(%(titles)s::text[]) called cross join lateral (
              select {_COLUMNS} from {_FROM} where {_NOT_OVER} and t.title = called and j.state = 'open'
              order by t.due_on, t.id limit %(limit)s) w
            order by w.due_on, w.id limit %(limit)s""",
        {"titles": list(titles), "limit": limit},
    )
    return [_task(row) for row in rows]


def asked_of_customers(
    actor: Actor, journey_ids: Collection[UUID], *, task_ids: Collection[UUID] = (), whole: Collection[UUID] = ()
) -> dict[UUID, list[WorkTask]]:
    """What each of these journeys waits for from its customer, what is due first before the others; of the tasks named
    by id those of either side that are not over yet; and all that is open in the `whole` ones."""
    require(actor, "see", "task")
    is_asked = f"""t.journey_id = any(%(journeys)s) and t.state = 'open' and t.required and t.deferred_at is null
        and (t.side = 'theirs' or {_SEVERAL})"""
    rows = one_statement(
        f"""select {_COLUMNS} from {_FROM} where {is_asked}
            union all
            select {_COLUMNS} from {_FROM} where t.id = any(%(tasks)s) and t.state in ('open', 'waiting')
              and not ({is_asked})
            union
            select {_COLUMNS} from {_FROM} where t.journey_id = any(%(whole)s) and t.state = 'open'
              and t.deferred_at is null
            order by due_at, id""",
        {"journeys": list(journey_ids), "tasks": list(task_ids), "whole": list(whole)},
    )
    found: dict[UUID, list[WorkTask]] = {}
    for task in map(_task, rows):
        if task.turn == "theirs" or task.id in task_ids or task.journey_id in whole:
            found.setdefault(task.journey_id, []).append(task)
    return found


def work_task(actor: Actor, task_id: UUID) -> WorkTask:
    """One task, whatever its state; Refusal "not_found"."""
    require(actor, "see", "task")
    rows = one_statement(f"select {_COLUMNS} from {_FROM} where t.id = %s", (task_id,))
    if not rows:
        raise not_found("task", format_id("tsk", task_id))
    return _task(rows[0])
