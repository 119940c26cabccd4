"""What is planned for our people: their loads, and the tasks behind each number. Six statements, whoever they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from onward.foundation import clock
from onward.foundation.postgres import one_statement
from onward.identity import queries as identity
from onward.identity.decisions import require
from onward.identity.queries import UserRow
from onward.journeys.decisions.capacity import AHEAD, HOURS_A_DAY, Load, Person, Work, by_room, loads
from onward.journeys.decisions.hours import usual
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.clock import WorkingCalendar
from onward.kernel.ids import format_id
from onward.playbooks import queries as playbooks

#: What Onward sends by itself, and what is said with a click: without an effort of their own they take no time.
BY_ITSELF = frozenset({"mail", "invite", "fill_role", "approve"})
_OURS = "t.side <> 'theirs' and t.deferred_at is null and not t.reported ? t.role"
_WORK = f"""
select t.id, t.journey_id, t.account_id, t.key, t.title, t.kind, t.state, t.holder, t.due_on, t.starts_at,
  j.version_id, j.playbook, j.title as journey_title, j.calendars = '' as is_new,
  (j.expected -> ('task.' || t.key) ->> 'on')::date as ends_on,
  (j.expected -> (j.expected -> ('task.' || t.key) ->> 'by') ->> 'on')::date as begins_on,
  (select sum(minutes) from journeys_hours h where h.task_id = t.id and h.withdrawn_at is null) as minutes
from journeys_taskrun t join journeys_journey j on j.id = t.journey_id
where j.state = 'open' and t.state in ('open', 'waiting') and t.holder like 'user:%%' and {_OURS}
  and (%(holders)s::text[] is null or t.holder = any(%(holders)s))
order by t.due_on, t.id
"""
_USUAL = """
select j.playbook, t.key, array_agg(spent.minutes / 60.0) as hours
from (select task_id, sum(minutes)::float as minutes from journeys_hours where withdrawn_at is null group by 1) spent
join journeys_taskrun t on t.id = spent.task_id and t.state = 'done'
join journeys_journey j on j.id = t.journey_id
group by 1, 2
"""
_ROLES = """
select holder.value ->> 'person' as person, count(*) as held
from journeys_journey, jsonb_each(roles) holder where state = 'open' group by 1
"""


@dataclass(frozen=True, slots=True)
class Planned:
    """A task behind a number. `source` of its effort: "playbook", "usual" (the median of like ones), "" unknown."""

    work: Work
    title: str
    journey_id: UUID
    journey_title: str
    account_id: UUID
    source: str

    @property
    def ref(self) -> str:
        return format_id("tsk", self.work.id)


@dataclass(frozen=True)
class Workload:
    """The loads of `people` by name, and every task that is in one of them by its id."""

    today: date
    loads: list[Load]
    tasks: Mapping[UUID, Planned]
    teams: list[str]
    day_hours: float


def workload(actor: Actor, *, teams: Collection[str] = (), weeks: int = AHEAD) -> Workload:
    """Who has how much, week by week: everybody who may work, or these teams of them. Viewers count once they hold
    work."""
    require(actor, "see", "task")
    ours, away = identity.our_days()
    day_hours = identity.organization().settings.get("day_hours", HOURS_A_DAY)
    users = identity.users(SYSTEM, include_revoked=False)
    named = {team.lower() for team in teams}
    wanted = [row for row in users if not named or row.team.lower() in named]
    people = [_person(row, ours, away.get(f"user:{row.ref}", frozenset()), day_hours) for row in wanted]
    today = ours.day_of(clock.now())
    tasks = _tasks([one.ref for one in people] if named else None, ours, today)
    found = loads(people, (one.work for one in tasks), today, max(weeks, AHEAD))
    held = {one.work.person for one in tasks}
    viewers = {f"user:{row.ref}" for row in wanted if row.role == "viewer"} - held
    return Workload(
        today,
        [one for one in found if one.person.ref not in viewers],
        {one.work.id: one for one in tasks},
        sorted({row.team for row in users if row.team}, key=str.lower),
        day_hours,
    )


def team_loads(teams: Collection[str]) -> dict[str, list[Load]]:
    """Of each team who has the most room over the coming four weeks first, with the roles that they hold in open
    journeys; an empty list for a team of nobody."""
    if not teams:
        return {}
    found = workload(SYSTEM, teams=teams).loads
    held = {row["person"]: row["held"] for row in one_statement(_ROLES)}
    for one in found:
        one.roles = held.get(one.person.ref, 0)
    return {team: by_room(one for one in found if one.person.team.lower() == team.lower()) for team in teams}


def _person(row: UserRow, ours: WorkingCalendar, away: frozenset[date], day_hours: float) -> Person:
    return Person(f"user:{row.ref}", row.name, row.team, ours.without(away), day_hours * row.share / 100)


def _tasks(holders: list[str] | None, ours: WorkingCalendar, today: date) -> list[Planned]:
    rows = one_statement(_WORK, {"holders": holders})
    efforts = playbooks.efforts({row["version_id"] for row in rows})
    taken = {(row["playbook"], row["key"]): usual(row["hours"]) for row in one_statement(_USUAL)}
    return list(_planned(rows, efforts, taken, ours, today))


def _planned(
    rows: Iterable[dict[str, Any]],
    efforts: Mapping[tuple[UUID, str], playbooks.Effort],
    taken: Mapping[tuple[str, str], float | None],
    ours: WorkingCalendar,
    today: date,
) -> Iterable[Planned]:
    for row in rows:
        effort, source = effort_of(row, efforts, taken)
        starts: datetime | None = row["starts_at"]
        due = row["due_on"]
        if due is None and row["is_new"]:
            # Its journey has only just opened: nobody has looked yet when it is due, and it is work all the same.
            due = today + timedelta(weeks=AHEAD, days=-1)
        work = Work(
            row["id"],
            row["holder"],
            due,
            row["state"] == "open",
            effort,
            (row["minutes"] or 0) / 60,
            ours.day_of(starts) if starts and row["kind"] == "meeting" else None,
            row["begins_on"],
            row["ends_on"],
        )
        yield Planned(work, row["title"], row["journey_id"], row["journey_title"], row["account_id"], source)


def effort_of(
    row: Mapping[str, Any],
    efforts: Mapping[tuple[UUID, str], playbooks.Effort],
    taken: Mapping[tuple[str, str], float | None],
) -> tuple[float | None, str]:
    """The hours that a task takes, and how that is known; (None, "") where too few were logged to tell."""
    said = efforts.get((row["version_id"], row["key"]))
    if said and (said.hours or said.minutes):
        return said.hours or said.minutes / 60, "playbook"
    if row["kind"] in BY_ITSELF:
        return 0.0, "playbook"
    known = taken.get((row["playbook"], row["key"]))
    return known, "usual" if known is not None else ""
