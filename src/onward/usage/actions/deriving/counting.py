"""What is counted for whom, moved by the difference."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from onward.foundation.postgres import Statement, one_statement, pipelined


class Counted(NamedTuple):
    """What is counted for one person, event and kind of source."""

    account_id: UUID
    name: str
    person: str
    server: bool
    n: int
    first_at: datetime
    last_at: datetime


Rows = dict[tuple[Any, ...], Counted]


class Moved(NamedTuple):
    """What is counted now for those looked at, the (account, name) that moved, and those that existed before."""

    rows: Rows
    changed: set[tuple[UUID, str]]
    known: set[tuple[UUID, str]]


def recount(keys: set[tuple[UUID, str, str]]) -> Moved | None:
    """Count these (account, person, name) anew and move all totals by the difference; None when nothing moved."""
    if not keys:
        return None
    ordered = sorted(keys)
    params = ([key[0] for key in ordered], [key[1] for key in ordered], [key[2] for key in ordered])
    wanted = "unnest(%s::uuid[], %s::text[], %s::text[]) as k (account_id, person, name)"
    old = _counted(
        f"select c.account_id, c.name, c.person, server, n, first_at, last_at from {wanted} join usage_account_person c"
        " on c.account_id = k.account_id and c.person = k.person and c.name = k.name",
        params,
    )
    new = _counted(
        f"select k.account_id, k.name, k.person, d.server, sum(d.n)::int as n, min(d.first_at) as first_at,"
        f" max(d.last_at) as last_at from {wanted} join usage_person p on p.account_id = k.account_id"
        " and p.person = k.person join usage_daily d on d.who = p.who and d.grp = p.grp and d.name = k.name"
        " group by 1, 2, 3, 4",
        params,
    )
    gone = [row[:4] for key, row in old.items() if key not in new]
    moved = [row for key, row in new.items() if old.get(key) != row]
    if not gone and not moved:
        return None
    pipelined(
        [
            Statement(
                "delete from usage_account_person where account_id = %s and name = %s and person = %s and server = %s",
                gone,
                many=True,
            ),
            Statement(
                "insert into usage_account_person (account_id, name, person, server, n, first_at, last_at)"
                " values (%s, %s, %s, %s, %s, %s, %s) on conflict (account_id, name, person, server) do update set"
                " n = excluded.n, first_at = excluded.first_at, last_at = excluded.last_at",
                moved,
                many=True,
            ),
        ]
    )
    return _move_totals(old, new)


def _counted(sql: str, params: Any) -> Rows:
    return {tuple(row.values())[:4]: Counted(**row) for row in one_statement(sql, params)}


def _move_totals(old: Rows, new: Rows) -> Moved:
    events: Counter[tuple[UUID, str]] = Counter()
    for rows, sign in ((old, -1), (new, 1)):
        for row in rows.values():
            events[row.account_id, row.name] += sign * row.n
    was = {(row.account_id, row.name, row.person) for row in old.values()}
    now = {(row.account_id, row.name, row.person) for row in new.values()}
    users = Counter((account, name) for account, name, _ in now - was)
    users.subtract((account, name) for account, name, _ in was - now)
    known = {
        (row["account_id"], row["name"])
        for row in one_statement(
            "select account_id, name from usage_account where account_id = any(%s)", ([key[0] for key in events],)
        )
    }
    # Only a person who moved away can make the bounds narrower; looking at all persons each time would cost O(users).
    narrowed = {
        row[:2]
        for key, row in old.items()
        if key not in new or new[key].first_at > row.first_at or new[key].last_at < row.last_at
    }
    first: dict[tuple[UUID, str], datetime] = {}
    last: dict[tuple[UUID, str], datetime] = {}
    for row in new.values():
        key = row[:2]
        first[key] = min(row.first_at, first.get(key, row.first_at))
        last[key] = max(row.last_at, last.get(key, row.last_at))
    shrunk = sorted(narrowed)
    pipelined(
        [
            Statement(
                "insert into usage_account as kept (account_id, name, n, users, first_at, last_at)"
                " values (%s, %s, %s, %s, %s, %s) on conflict (account_id, name) do update set"
                " n = kept.n + excluded.n, users = kept.users + excluded.users,"
                " first_at = least(kept.first_at, excluded.first_at),"
                " last_at = greatest(kept.last_at, excluded.last_at)",
                [(*key, events[key], users[key], first.get(key), last.get(key)) for key in sorted(events)],
                many=True,
            ),
            Statement(
                "update usage_account t set first_at = b.first_at, last_at = b.last_at from"
                " unnest(%s::uuid[], %s::text[]) as k (account_id, name) left join lateral (select min(first_at) as"
                " first_at, max(last_at) as last_at from usage_account_person p where p.account_id = k.account_id"
                " and p.name = k.name) b on true where t.account_id = k.account_id and t.name = k.name",
                ([key[0] for key in shrunk], [key[1] for key in shrunk]),
            ),
        ]
    )
    return Moved(new, set(events), known)
