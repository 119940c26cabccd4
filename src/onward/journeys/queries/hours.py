"""Hours planned and spent: the lines of a task, and sums by person and by journey."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from onward.foundation.postgres import one_statement
from onward.identity.decisions import require
from onward.journeys.queries.lines import names_of
from onward.journeys.queries.workload import BY_ITSELF
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.playbooks import queries as playbooks


@dataclass(frozen=True, slots=True)
class HoursLine:
    """Time spent on a task on one day, in minutes. `person` is a reference, `name` theirs."""

    ref: str
    person: str
    name: str
    minutes: int
    worked_on: date
    note: str
    written_at: datetime


@dataclass(slots=True)
class HoursSum:
    """Minutes planned and spent; `unknown` tasks of which nothing says how long they take."""

    ref: str
    name: str
    planned: int = 0
    spent: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class AccountHours:
    """An account's hours: in all, by person (most spent first, then most planned), and by journey."""

    total: HoursSum
    people: list[HoursSum]
    journeys: list[HoursSum]


def hours_of_task(actor: Actor, task_id: UUID) -> list[HoursLine]:
    """What was spent on one task, newest day first; nothing for a contact."""
    if actor.is_contact:
        return []
    require(actor, "see", "task")
    rows = one_statement(
        """select id, person, minutes, worked_on, note, written_at from journeys_hours
           where task_id = %s and withdrawn_at is null order by worked_on desc, written_at desc""",
        (task_id,),
    )
    names = names_of({row["person"] for row in rows})
    return [_line(row, names) for row in rows]


def _line(row: dict[str, Any], names: dict[str, str]) -> HoursLine:
    values = {name: row[name] for name in ("person", "minutes", "worked_on", "note", "written_at")}
    return HoursLine(ref=format_id("hrs", row["id"]), name=names.get(row["person"], "Somebody"), **values)


def hours_of_account(actor: Actor, account_id: UUID, journey_id: UUID | None = None) -> AccountHours:
    """Planned: the effort of our tasks, open or done, that were not left out. Spent: what was logged, on any task. Of
    one journey, or of all that the account has but cancelled ones; those count with what was spent on them."""
    require(actor, "see", "task")
    of = {"account": account_id, "journey": journey_id}
    tasks = one_statement(_PLANNED, of)
    efforts = playbooks.efforts({row["version_id"] for row in tasks})
    total, people, journeys = HoursSum("", ""), _sums(), _sums()
    for row in tasks:
        said = efforts.get((row["version_id"], row["key"]))
        planned = round(said.hours * 60) or said.minutes if said else 0
        for one in (total, people[row["holder"]], journeys[format_id("jny", row["journey_id"])]):
            one.planned += planned
            one.unknown += not planned and row["kind"] not in BY_ITSELF
    for row in one_statement(_SPENT, of):
        for one in (total, people[row["person"]], journeys[format_id("jny", row["journey_id"])]):
            one.spent += row["minutes"]
    names = names_of(people) | {format_id("jny", row["id"]): row["title"] for row in one_statement(_TITLES, of)}
    return AccountHours(total, _named(people, names), _named(journeys, names))


def _sums() -> defaultdict[str, HoursSum]:
    found: defaultdict[str, HoursSum] = defaultdict()
    found.default_factory = lambda: HoursSum("", "")
    return found


def _named(sums: dict[str, HoursSum], names: dict[str, str]) -> list[HoursSum]:
    for ref, one in sums.items():
        one.ref, one.name = ref, names.get(ref, "Nobody yet" if not ref else "Somebody")
    return sorted(
        (one for one in sums.values() if one.planned or one.spent),
        key=lambda one: (-one.spent, -one.planned, one.name.lower()),
    )


_OF = "account_id = %(account)s and (%(journey)s::uuid is null or {} = %(journey)s)"
_PLANNED = f"""
select t.journey_id, t.key, t.kind, j.version_id, case when t.holder like 'user:%%' then t.holder else '' end as holder
from journeys_taskrun t join journeys_journey j on j.id = t.journey_id
where t.{_OF.format("t.journey_id")} and j.state <> 'cancelled' and t.side <> 'theirs'
  and t.state not in ('skipped', 'withdrawn')
"""
_SPENT = f"""
select journey_id, person, sum(minutes)::int as minutes from journeys_hours
where {_OF.format("journey_id")} and withdrawn_at is null group by 1, 2
"""
_TITLES = f"select id, title from journeys_journey where {_OF.format('id')}"
