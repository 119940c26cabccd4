"""Where something is said or kept: a journey, or one of its tasks. For apps above that hang things there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from onward.foundation.postgres import one_statement
from onward.identity.decisions import Thing, require
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import not_found

_PLACE = """
select j.id, j.account_id, j.title, j.owner_id, j.roles, j.is_demo, j.silent_before,
       t.id as task_id, t.title as task_title, t.shared, t.person, t.role
from journeys_journey j left join journeys_taskrun t on t.journey_id = j.id and t.id = %(task)s
where j.id = coalesce(%(journey)s::uuid, (select journey_id from journeys_taskrun where id = %(task)s))
"""


@dataclass(frozen=True, slots=True)
class Place:
    """`people` hold the journey's roles, by reference; `doer` has the task. `is_shared`: contacts may see it."""

    journey_id: UUID
    journey_ref: str
    journey_title: str
    account_id: UUID
    owner: str
    people: tuple[str, ...]
    is_demo: bool
    silent_before: datetime | None
    task_id: UUID | None
    title: str
    doer: str
    is_shared: bool


@dataclass(frozen=True, slots=True)
class TaskName:
    ref: str
    title: str
    is_shared: bool


def place_of(actor: Actor, *, journey_id: UUID | None = None, task_id: UUID | None = None) -> Place:
    """The journey or task; Refusal "not_found" also for those that the actor may not see."""
    rows = one_statement(_PLACE, {"journey": journey_id, "task": task_id})
    row: dict[str, Any] = rows[0] if rows else {"task_id": None}
    if task_id is not None and (row["task_id"] is None or (actor.is_contact and not row["shared"])):
        raise not_found("task", format_id("tsk", task_id))
    if not rows:
        raise not_found("journey", format_id("jny", journey_id) if journey_id else "")
    ref = format_id("jny", row["id"])
    require(actor, "see", Thing("journey", row["account_id"], is_shared=True, ref=ref))
    return _place(row, ref)


_PARTS = {
    "obj": ("journeys_objective", "objective"),
    "chk": ("journeys_checkinrun", "check-in"),
    "log": ("journeys_logentry", "log entry"),
}


def part_of(journey: str, part: str, prefix: str) -> UUID:
    """The id of an objective ("obj"), a check-in ("chk") or a line of the log ("log") of that journey, both by their
    external ids; Refusal "not_found" where it is another's."""
    table, noun = _PARTS[prefix]
    found = parse_id(prefix, part)
    sql = f"select 1 as one from {table} where id = %s and journey_id = %s"
    if not one_statement(sql, (found, parse_id("jny", journey))):
        raise not_found(noun, format_id(prefix, found))
    return found


def task_names(actor: Actor, journey_id: UUID) -> dict[UUID, TaskName]:
    """The journey's tasks that the actor may see, by id."""
    rows = one_statement(
        "select id, title, shared, account_id from journeys_taskrun where journey_id = %s", (journey_id,)
    )
    return {
        row["id"]: TaskName(format_id("tsk", row["id"]), row["title"], row["shared"])
        for row in rows
        if not actor.is_contact or (row["shared"] and row["account_id"] == actor.account_id)
    }


def _place(row: dict[str, Any], ref: str) -> Place:
    holders = {role: (held or {}).get("person") or "" for role, held in row["roles"].items()}
    return Place(
        row["id"],
        ref,
        row["title"],
        row["account_id"],
        f"user:{format_id('usr', row['owner_id'])}" if row["owner_id"] else "",
        tuple(dict.fromkeys(person for person in holders.values() if person)),
        row["is_demo"],
        row["silent_before"],
        row["task_id"],
        row["task_title"] or "",
        (row["person"] or holders.get(row["role"], "")) if row["task_id"] else "",
        bool(row["shared"]) if row["task_id"] else True,
    )
