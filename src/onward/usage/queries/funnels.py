"""Out of raw events, per person or account: ordered funnels, and how long something took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from onward.foundation.postgres import one_statement
from onward.kernel.refusals import invalid

Per = Literal["user", "account"]
FIRST_EVENT = "first-event"
MOST_STEPS = 30

# A person that the deriver has not looked at yet stands under the id as sent.
_EVENTS = """
select {unit} as unit, {account} as account_id, e.name, e.at from usage_event e
left join usage_person p on p.who = e.who and p.grp = e.grp
where e.name is not null {named} and (%(as_of)s::timestamptz is null or e.at <= %(as_of)s) {linked}
"""


@dataclass(frozen=True, slots=True)
class Step:
    """How many persons or accounts came as far as this step."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class FirstTime:
    """When one person or account began, and when it got there; None: not yet (censored by the reader)."""

    unit: str
    account_id: UUID | None
    begin: datetime
    end: datetime | None


def funnel(steps: Sequence[str], per: Per = "user", as_of: datetime | None = None) -> list[Step]:
    """An ordered funnel: each step counts at or after the earliest qualifying previous one.

    Step names are event names as sent. Refusal for no steps or more than 30.
    """
    names = [step.strip() for step in steps if step.strip()]
    if not names or len(names) > MOST_STEPS:
        raise invalid("A funnel has 1 to 30 steps.", mend="Name the events in order, separated by commas.")
    params: dict[str, Any] = {"as_of": as_of, "names": names}
    parts = [f"hit as materialized ({_events(per, named=True)})"]
    for place, name in enumerate(names):
        params[f"s{place}"] = name
        before = f"join t{place - 1} b on b.unit = hit.unit and hit.at >= b.at" if place else ""
        first = f"select hit.unit, min(hit.at) as at from hit {before} where hit.name = %(s{place})s group by 1"
        parts.append(f"t{place} as ({first})")
    counts = " union all ".join(
        f"select {place} as place, count(*) as n from t{place}" for place, _ in enumerate(names)
    )
    rows = one_statement(f"with {', '.join(parts)} {counts} order by place", params)
    return [Step(name, row["n"]) for name, row in zip(names, rows, strict=True)]


def first_times(
    to: str,
    *,
    begin: str | Mapping[UUID, datetime] = FIRST_EVENT,
    per: Per = "user",
    as_of: datetime | None = None,
) -> list[FirstTime]:
    """For each person or account that has begun: when, and its first `to` at or after that.

    `begin` is "first-event" (of any kind), the name of an event, or moments by account (such as signatures; a person
    then begins with their account, a `to` from before that does not count). Only events up to `as_of` are seen.
    """
    params: dict[str, Any] = {"as_of": as_of, "to": to}
    if isinstance(begin, str):
        params["names"] = [to] if begin == FIRST_EVENT else [to, begin]
        params["begin"] = begin
        among = f"({_events(per)}) e" if begin == FIRST_EVENT else "hit where name = %(begin)s"
        started = f"select unit, min(account_id::text) as account_id, min(at) as at from {among} group by 1"
    else:
        moments = {account: at for account, at in begin.items() if as_of is None or at <= as_of}
        params |= {"names": [to], "accounts": list(moments), "moments": list(moments.values())}
        signed = "unnest(%(accounts)s::uuid[], %(moments)s::timestamptz[]) as s (account_id, at)"
        started = f"select s.account_id::text as unit, s.account_id::text, s.at from {signed}"
        if per == "user":
            started = (
                f"select distinct p.person || ' ' || p.account_id as unit, s.account_id::text, s.at from {signed}"
                " join usage_person p on p.account_id = s.account_id"
            )
    unit = "hit.unit || ' ' || hit.account_id" if per == "user" and not isinstance(begin, str) else "hit.unit"
    rows = one_statement(
        f"""with hit as materialized ({_events(per, named=True)}), started as ({started})
        select s.unit, s.account_id, s.at as begin, min(hit.at) as end from started s
        left join hit on {unit} = s.unit and hit.name = %(to)s and hit.at >= s.at
        group by 1, 2, 3 order by 3, 1""",
        params,
    )
    return [
        FirstTime(row["unit"], UUID(row["account_id"]) if row["account_id"] else None, row["begin"], row["end"])
        for row in rows
    ]


def last_event_at() -> datetime | None:
    """The moment of the latest event that is stored; None without any."""
    rows = one_statement("select max(last_at) as at from usage_daily")
    found: datetime | None = rows[0]["at"]
    return found


def received() -> set[str]:
    """The names of all events that accounts have sent."""
    return {row["name"] for row in one_statement("select distinct name from usage_account where n > 0")}


def _events(per: Per, *, named: bool = False) -> str:
    return _EVENTS.format(
        unit="p.account_id::text" if per == "account" else "coalesce(p.person, e.who)",
        account="p.account_id",
        named="and e.name = any(%(names)s)" if named else "",
        linked="and p.account_id is not null" if per == "account" else "",
    )
