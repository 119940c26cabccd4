"""Recomputes all that is derived of usage from the raw events alone, and names each difference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from onward.accounts import queries as accounts
from onward.foundation.postgres import one_statement

SHOWN = 100

_EDGES = """
select distinct on (who) who, person, at, key from (
  select 'a:' || link as who, who as person, at, key from usage_event
    where type in ('identify', 'alias') and link <> ''
  union all select 'u:' || link, who, at, key from usage_event where type = 'alias'
) e where who <> person and person like 'u:%%' order by who, at, key
"""
_PERSON = """
select {columns}, coalesce(second.person, first.person, {who}) as person from {table}
left join usage_identity first on first.who = {who} left join usage_identity second on second.who = first.person
"""
_PERSONS = f"""
with pair as (select distinct who, grp from usage_daily),
named as ({_PERSON.format(columns="pair.who, pair.grp", who="pair.who", table="pair")}),
member as ({_PERSON.format(columns="m.grp, m.at, m.key", who="m.who", table="usage_membership m")}),
latest as (select distinct on (person) person, grp from member order by person, at desc, key desc),
known as (select * from unnest(%(groups)s::text[], %(accounts)s::uuid[]) as k (group_id, account_id)),
effective as (
  select named.who, named.grp, named.person, coalesce(nullif(named.grp, ''), latest.grp, '') as group_id
  from named left join latest on latest.person = named.person
) select who, grp, person, group_id, account_id from effective left join known using (group_id)
"""
_TOTALS = """
select account_id, name, sum(n)::bigint, count(distinct person)::int, min(first_at), max(last_at)
from usage_account_person group by 1, 2
"""

# What is stored, and what it has to be; each as rows of which the first columns name the thing.
CHECKS: dict[str, tuple[str, str]] = {
    "message id": ("select day, key from usage_key", "select day, key from usage_event"),
    "daily count": (
        "select who, grp, name, day, server, n::bigint, first_at, last_at from usage_daily",
        (
            "select who, grp, name, (at at time zone 'UTC')::date, server, count(*), min(at), max(at)"
            " from usage_event where name is not null group by 1, 2, 3, 4, 5"
        ),
    ),
    "identity": ("select who, person, at, key from usage_identity", _EDGES),
    "membership": (
        "select who, grp, at, key from usage_membership",
        (
            "select distinct on (who) who, link, at, key from usage_event where type = 'group'"
            " order by who, at desc, key desc"
        ),
    ),
    "person": ("select who, grp, person, group_id, account_id from usage_person", _PERSONS),
    "person's count": (
        "select account_id, name, person, server, n::bigint, first_at, last_at from usage_account_person",
        (
            "select p.account_id, d.name, p.person, d.server, sum(d.n)::bigint, min(d.first_at), max(d.last_at)"
            " from usage_daily d join usage_person p on p.who = d.who and p.grp = d.grp"
            " where p.account_id is not null group by 1, 2, 3, 4"
        ),
    ),
    "account's count": (
        "select account_id, name, n, users, first_at, last_at from usage_account where n <> 0 or users <> 0",
        _TOTALS,
    ),
    "source's count": (
        "select source_id, n from usage_source_count where what = 'stored' and n > 0",
        "select source_id, count(*) from usage_event group by 1",
    ),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is stored and should not be, or should be and is not."""

    what: str
    is_stored: bool
    row: tuple[Any, ...]

    def __str__(self) -> str:
        shown = ", ".join(str(value) for value in self.row)
        return f"usage {self.what}: {shown} {'is stored but does not follow' if self.is_stored else 'is missing'}"


def differences() -> Iterator[Difference]:
    """Every difference (at most 100 of a kind and side). Run the deriver to its end first: what waits is no error."""
    groups = [row["group_id"] for row in one_statement("select distinct group_id from usage_person")]
    groups += [row["grp"] for row in one_statement("select distinct grp from usage_membership")]
    groups += [row["grp"] for row in one_statement("select distinct grp from usage_daily")]
    known = accounts.account_by_group(groups)
    params = {"groups": list(known), "accounts": list(known.values())}
    for what, (stored, expected) in CHECKS.items():
        for is_stored, left, right in ((True, stored, expected), (False, expected, stored)):
            rows = one_statement(f"({left}) except all ({right}) limit {SHOWN}", params)
            yield from (Difference(what, is_stored, tuple(row.values())) for row in rows)
