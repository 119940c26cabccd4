"""What is planned for our people: their loads, and the tasks behind each number. Six statements, whoever they are;
thousands of tasks that are alike are one row, and only those of one person are read one by one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
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
_FROM = f"""
from journeys_taskrun t join journeys_journey j on j.id = t.journey_id
left join (select task_id, sum(minutes) as minutes from journeys_hours where withdrawn_at is null group by 1) h
  on h.task_id = t.id
cross join lateral (select
  case when t.kind = 'meeting' then (t.starts_at at time zone %(zone)s::text)::date end as held_on,
  -- Its journey has only just opened: nobody has looked yet when it is due, and it is work all the same.
  coalesce(t.due_on, case when j.calendars = '' then %(ahead)s::date end) as due_on) d
cross join lateral (select
  case when t.state = 'waiting' then (j.expected -> ('task.' || t.key) ->> 'on')::date end as ends_on,
  case when t.state = 'waiting' then (j.expected -> (j.expected -> ('task.' || t.key) ->> 'by') ->> 'on')::date end
    as begins_on) e
where j.state = 'open' and t.state in ('open', 'waiting') and t.holder like 'user:%%' and {_OURS}
  and (%(holders)s::text[] is null or t.holder = any(%(holders)s))
"""
_TASKS = f"""
select array[t.id] as ids, t.journey_id, t.account_id, t.key, t.title, t.kind, t.state, t.holder, d.due_on, d.held_on,
  e.begins_on, e.ends_on, j.version_id, j.playbook, j.title as journey_title, coalesce(h.minutes, 0)::int as minutes
{_FROM} order by t.due_on, t.id
"""
# Days up to today count as today's: what is late for a year and what is late for a day is one to whoever plans.
_LIKE = f"""
select array_agg(t.id) as ids, t.key, t.kind, t.state, t.holder, j.version_id, j.playbook,
  case when d.due_on < %(today)s::date then %(today)s::date else d.due_on end as due_on,
  case when d.held_on < %(today)s::date then %(today)s::date else d.held_on end as held_on,
  case when e.begins_on > %(today)s::date then e.begins_on end as begins_on,
  case when e.ends_on > %(today)s::date then e.ends_on end as ends_on, coalesce(h.minutes, 0)::int as minutes
{_FROM} group by 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
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
    """The loads of the people asked for, by name."""

    today: date
    loads: list[Load]
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
    rows, how_long = _read(_LIKE, [one.ref for one in people] if named else None, ours, today)
    works = [_work(row, how_long(row)[0]) for row in rows]
    found = loads(people, works, today, max(weeks, AHEAD))
    held = {one.person for one in works}
    viewers = {f"user:{row.ref}" for row in wanted if row.role == "viewer"} - held
    return Workload(
        today,
        [one for one in found if one.person.ref not in viewers],
        sorted({row.team for row in users if row.team}, key=str.lower),
        day_hours,
    )


def planned_tasks(actor: Actor, person: str) -> list[Planned]:
    """All that is in the load of one person, "user:usr_...", the soonest due first."""
    require(actor, "see", "task")
    ours, _ = identity.our_days()
    rows, how_long = _read(_TASKS, [person], ours, ours.day_of(clock.now()))
    found = []
    for row in rows:
        effort, source = how_long(row)
        work = _work(row, effort)
        found.append(Planned(work, row["title"], row["journey_id"], row["journey_title"], row["account_id"], source))
    return found


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


def _read(
    sql: str, holders: list[str] | None, ours: WorkingCalendar, today: date
) -> tuple[list[dict[str, Any]], Callable[[Mapping[str, Any]], tuple[float | None, str]]]:
    """The rows, and what says how long the task of a row takes."""
    ahead = today + timedelta(weeks=AHEAD, days=-1)
    rows = one_statement(sql, {"holders": holders, "zone": ours.zone, "today": today, "ahead": ahead})
    efforts = playbooks.efforts({row["version_id"] for row in rows})
    taken = {(row["playbook"], row["key"]): usual(row["hours"]) for row in one_statement(_USUAL)}
    return rows, lambda row: effort_of(row, efforts, taken)


def _work(row: Mapping[str, Any], effort: float | None) -> Work:
    first, *like = row["ids"]
    return Work(
        first,
        row["holder"],
        row["due_on"],
        row["state"] == "open",
        effort,
        row["minutes"] / 60,
        row["held_on"],
        row["begins_on"],
        row["ends_on"],
        tuple(like),
    )


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
