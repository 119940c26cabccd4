"""An account's use as its page shows it, and the groups that wait for an account."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from onward.accounts import queries as accounts
from onward.foundation.postgres import one_statement
from onward.identity.decisions import Thing, require
from onward.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class EventTotals:
    """How often an event came from an account, by how many people, when first and last."""

    name: str
    n: int
    users: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody seen at the account. `id` is as sent; `is_visitor` when they never said who they are."""

    id: str
    is_visitor: bool
    events: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class AccountUsage:
    """`is_linked`: the account has its id in the product. Without events all the rest is empty."""

    is_linked: bool
    events: tuple[EventTotals, ...]
    people: tuple[PersonRow, ...]
    users: int
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class WaitingGroup:
    """A groupId that no account has: its people and events wait until one gets it."""

    group_id: str
    people: int


def account_usage(actor: Actor, account_id: UUID, *, people: int = 50) -> AccountUsage:
    """Events by name (the most frequent first) and the people seen last."""
    require(actor, "see", Thing("account", account_id))
    events = one_statement(
        "select name, n, users, first_at, last_at from usage_account where account_id = %s and n > 0"
        " order by n desc, name",
        (account_id,),
    )
    persons = one_statement(
        "select substr(person, 3) as id, person like 'a:%%' as is_visitor, sum(n)::int as events,"
        " min(first_at) as first_at, max(last_at) as last_at, count(*) over () as users"
        " from usage_account_person where account_id = %s group by person order by max(last_at) desc, person limit %s",
        (account_id, people),
    )
    users = int(persons[0]["users"]) if persons else 0
    return AccountUsage(
        is_linked=bool(accounts.group_ids([account_id])),
        events=tuple(EventTotals(**row) for row in events),
        people=tuple(PersonRow(**{key: row[key] for key in row if key != "users"}) for row in persons),
        users=users,
        last_at=max((row["last_at"] for row in events), default=None),
    )


def waiting_groups(actor: Actor, limit: int = 50) -> list[WaitingGroup]:
    """The groups without an account, those with the most people first."""
    require(actor, "see", "source")
    rows = one_statement(
        "select group_id, count(distinct person) as people from usage_person where account_id is null"
        " and group_id <> '' group by group_id order by people desc, group_id limit %s",
        (limit,),
    )
    return [WaitingGroup(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class WeekOfUse:
    """How many people of the account did something in the week that begins on this Monday, and how often."""

    begins: date
    users: int
    n: int


def weekly_use(actor: Actor, account_ids: Collection[UUID], since: date, until: date) -> dict[UUID, list[WeekOfUse]]:
    """Every week from `since` on for each account, those without use too; in one statement."""
    for account_id in account_ids:
        require(actor, "see", Thing("account", account_id))
    rows = one_statement(
        """select p.account_id, date_trunc('week', d.day)::date as begins, count(distinct p.person)::int as users,
                  sum(d.n)::int as n
           from usage_person p join usage_daily d on d.who = p.who and d.grp = p.grp
           where p.account_id = any(%(accounts)s) and d.day >= %(since)s and d.day <= %(until)s
           group by 1, 2""",
        {"accounts": list(account_ids), "since": since - timedelta(days=since.weekday()), "until": until},
    )
    known = {(row["account_id"], row["begins"]): WeekOfUse(row["begins"], row["users"], row["n"]) for row in rows}
    monday, mondays = since - timedelta(days=since.weekday()), []
    while monday <= until:
        mondays.append(monday)
        monday += timedelta(days=7)
    return {one: [known.get((one, day), WeekOfUse(day, 0, 0)) for day in mondays] for one in account_ids}
