"""The deriver: from people as sent to accounts, by the difference to what was counted before.

One at a time, by an advisory lock: a merge touches two persons. It claims dirty rows by deleting them, reads in new
statements (so that all that the claimed rows announce is visible), and commits everything at once: a kill repeats it.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction

from onward.accounts import queries as accounts
from onward.foundation import ledger
from onward.foundation.ledger.draining import LIVE
from onward.foundation.ledger.writing import Pending, append
from onward.foundation.postgres import Statement, notify, one_statement, pipelined
from onward.kernel.actor import SYSTEM
from onward.kernel.fact import Fact
from onward.usage.decisions.identity import Belonging, group_of, person_of
from onward.usage.facts import AccountConnected, EventFirstSeen, PersonJoined

DERIVING = 7_310_002
BATCHES = 100
KEPT_SIGHTINGS = 200
DRAINED_AT_ONCE = 8

Pair = tuple[str, str]


class Counted(NamedTuple):
    """What is counted for one person, event and kind of source."""

    account_id: UUID
    name: str
    person: str
    server: bool
    n: int
    first_at: datetime
    last_at: datetime


@dataclass
class Claim:
    """What the claimed dirty rows ask for."""

    touched: dict[Pair, set[str]] = field(default_factory=lambda: defaultdict(set))
    moved: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    sources: dict[UUID, datetime] = field(default_factory=dict)
    counts: dict[UUID, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    sightings: list[tuple[Any, ...]] = field(default_factory=list)


def derive() -> bool:
    """Work off what intake has marked. False when there was nothing, or another deriver is at it."""
    with transaction.atomic():
        if not one_statement("select pg_try_advisory_xact_lock(%s) as mine", (DERIVING,))[0]["mine"]:
            return False
        claim = _claim()
        if claim is None:
            return False
        keys = _resolve(claim)
        streams = _recount(keys) if keys else set()
        _count_sources(claim)
    for stream in sorted(streams)[:DRAINED_AT_ONCE]:
        ledger.drain(stream, wait_ms=20)
    return True


def derive_all() -> None:
    """Derive until nothing is left (imports, tests)."""
    while derive():
        pass


def _claim() -> Claim | None:
    rows = one_statement(
        "delete from usage_dirty where id in (select id from usage_dirty order by id limit %s for update skip locked)"
        " returning id, source_id, received_at, touched::text, moved, groups, counts::text, sample::text",
        (BATCHES,),
    )
    if not rows:
        return None
    claim = Claim()
    for row in sorted(rows, key=lambda row: row["id"]):
        for who, grp, name in _read(row["touched"]):
            claim.touched[who, grp].add(name)
        claim.moved.update(row["moved"] or ())
        claim.groups.update(row["groups"] or ())
        source = row["source_id"]
        if source is not None:
            claim.counts[source].update(dict(_read(row["counts"])))
            claim.sources[source] = max(row["received_at"], claim.sources.get(source, row["received_at"]))
            claim.sightings += [_sighting(source, row["received_at"], seen) for seen in _read(row["sample"])]
    return claim


def _read(document: str | None) -> Any:
    return json.loads(document) if document else ()


# --------------------------------------------------------------------------------------------- who belongs to whom


def _resolve(claim: Claim) -> set[tuple[UUID, str, str]]:
    """Bring usage_person up to date; the (account, person, name) that have to be counted anew."""
    touched = claim.touched
    moved_names = _everyone_moved(claim.moved) if claim.moved else set()
    rows = one_statement(
        """select who, grp, person, group_id, account_id from usage_person where group_id = any(%(groups)s)
        union select who, grp, person, group_id, account_id from usage_person where who = any(%(moved)s)
        union select p.who, p.grp, person, group_id, account_id from usage_person p
          join unnest(%(who)s::text[], %(grp)s::text[]) as t (who, grp) on t.who = p.who and t.grp = p.grp""",
        {
            "groups": sorted(claim.groups),
            "moved": sorted(moved_names),
            "who": [pair[0] for pair in touched],
            "grp": [pair[1] for pair in touched],
        },
    )
    before = {(row["who"], row["grp"]): row for row in rows}
    again = {
        pair
        for pair in before.keys() | touched.keys()
        if pair not in before or pair[0] in moved_names or before[pair]["group_id"] in claim.groups
    }
    after = _resolved(again) if again else {}
    changed = {pair for pair, now in after.items() if pair not in before or now != _state(before[pair])}
    pipelined(
        [
            Statement(
                "insert into usage_person (who, grp, person, group_id, account_id) values (%s, %s, %s, %s, %s)"
                " on conflict (who, grp) do update set person = excluded.person, group_id = excluded.group_id,"
                " account_id = excluded.account_id",
                [(*pair, *after[pair]) for pair in sorted(changed)],
                many=True,
            )
        ]
        if changed
        else []
    )
    keys: set[tuple[UUID, str, str]] = set()
    everything = _names_of({pair for pair in changed if pair in before})
    for pair in before.keys() | after.keys():
        states = {_state(before[pair])} if pair in before else set()
        states |= {after[pair]} if pair in after else set()
        names = touched.get(pair, set()) | everything.get(pair, set())
        keys |= {(account, person, name) for person, _, account in states if account for name in names}
    return keys


def _state(row: dict[str, Any]) -> tuple[str, str, UUID | None]:
    return row["person"], row["group_id"], row["account_id"]


def _everyone_moved(moved: set[str]) -> set[str]:
    """All names of the persons that these names lead to now or led to before: an edge or a group call changed."""
    rows = one_statement(
        """with recursive below as (
          select who, 0 as hop from unnest(%(moved)s::text[]) as t (who)
          union select i.who, below.hop + 1 from usage_identity i join below on i.person = below.who
          where below.hop < %(hops)s
        ), person as (
          select coalesce(i2.person, i.person, below.who) as person from below
          left join usage_identity i on i.who = below.who left join usage_identity i2 on i2.who = i.person
          union select p.person from usage_person p join below on below.who = p.who
        )
        select who from below union select p.who from usage_person p join person on person.person = p.person""",
        {"moved": sorted(moved), "hops": 2},
    )
    return {row["who"] for row in rows}


def _resolved(pairs: set[Pair]) -> dict[Pair, tuple[str, str, UUID | None]]:
    """Person, group and account of each pair, from the edges and group calls as they stand."""
    edges = _edges({who for who, _ in pairs})
    persons = {who: person_of(who, edges) for who, _ in pairs}
    without_group = {persons[who] for who, grp in pairs if not grp}
    groups = _groups(without_group) if without_group else {}
    effective = {(who, grp): grp or groups.get(persons[who], "") for who, grp in pairs}
    known = accounts.account_by_group({group for group in effective.values() if group})
    return {pair: (persons[pair[0]], group, known.get(group)) for pair, group in effective.items()}


def _edges(names: Iterable[str]) -> dict[str, str]:
    rows = one_statement(
        """select who, person from usage_identity where who = any(%(names)s) or who in
        (select person from usage_identity where who = any(%(names)s))""",
        {"names": sorted(names)},
    )
    return {row["who"]: row["person"] for row in rows}


def _groups(persons: set[str]) -> dict[str, str]:
    """The group of each person by the latest group call under any of its names."""
    rows = one_statement(
        """with recursive below as (
          select who, who as root, 0 as hop from unnest(%s::text[]) as t (who)
          union select i.who, below.root, below.hop + 1 from usage_identity i join below on i.person = below.who
          where below.hop < 2
        )
        select distinct below.who, below.root, m.grp, m.at, m.key from below
        left join usage_membership m on m.who = below.who""",
        (sorted(persons),),
    )
    edges = _edges({row["who"] for row in rows})
    belongings = {row["who"]: Belonging(row["at"], row["key"], row["grp"]) for row in rows if row["grp"] is not None}
    names: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        names[person_of(row["who"], edges)].add(row["who"])
    return {person: group_of(names[person], belongings) for person in persons}


def _names_of(pairs: set[Pair]) -> dict[Pair, set[str]]:
    found: dict[Pair, set[str]] = defaultdict(set)
    if pairs:
        rows = one_statement(
            "select distinct d.who, d.grp, d.name from usage_daily d"
            " join unnest(%s::text[], %s::text[]) as t (who, grp) on t.who = d.who and t.grp = d.grp",
            ([pair[0] for pair in pairs], [pair[1] for pair in pairs]),
        )
        for row in rows:
            found[row["who"], row["grp"]].add(row["name"])
    return found


# ------------------------------------------------------------------------------------------------- what is counted


def _recount(keys: set[tuple[UUID, str, str]]) -> set[str]:
    """Move usage_account_person and usage_account by the difference; the streams that were told."""
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
        return set()
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


def _counted(sql: str, params: Any) -> dict[tuple[Any, ...], Counted]:
    return {tuple(row.values())[:4]: Counted(**row) for row in one_statement(sql, params)}


Rows = dict[tuple[Any, ...], Counted]


def _move_totals(old: Rows, new: Rows) -> set[str]:
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
    return _tell(new, known, set(events))


def _tell(new: Rows, known: set[tuple[UUID, str]], changed: set[tuple[UUID, str]]) -> set[str]:
    """Facts of what was crossed, and a fresh look for who watches; the streams concerned."""
    accounts_changed = sorted({account for account, _ in changed})
    watches = {
        row["account_id"]: set(row["names"])
        for row in one_statement(
            "select account_id, names from usage_watch where account_id = any(%s)", (accounts_changed,)
        )
    }
    facts: list[tuple[UUID, Fact, datetime]] = []
    connected = {account for account, _ in known}
    first: dict[UUID, datetime] = {}
    first_named: dict[tuple[UUID, str], Counted] = {}
    for row in sorted(new.values(), key=lambda row: (row.first_at, row.person)):
        first.setdefault(row.account_id, row.first_at)
        first_named.setdefault((row.account_id, row.name), row)
    for account in sorted(first.keys() - connected):
        facts.append((account, AccountConnected(account, first[account]), first[account]))
    for (account, name), row in first_named.items():
        if (account, name) not in known and watches.get(account, set()) & {name, "*"}:
            fact = EventFirstSeen(account, name, row.person, row.first_at)
            facts.append((account, fact, row.first_at))
    facts += _joined(new, set(watches))
    touched = {
        account
        for account, name in changed
        if watches.get(account, set()) & {name, "*"} or (account in watches and account not in connected)
    }
    heads = ledger.lock({ledger.stream_of(account) for account, _, _ in facts}) if facts else {}
    append(
        [Pending(ledger.stream_of(account), None, fact, 0, None, SYSTEM.ref, at) for account, fact, at in facts],
        heads,
        due_in=0.0,
    )
    streams = {ledger.stream_of(account) for account in touched}
    ledger.touch(streams)
    return streams | set(heads)


def _joined(new: Rows, watched: set[UUID]) -> list[tuple[UUID, Fact, datetime]]:
    """Persons of watched accounts who have not been told of."""
    first: dict[tuple[UUID, str], datetime] = {}
    for row in new.values():
        if row.account_id in watched:
            key = (row.account_id, row.person)
            first[key] = min(row.first_at, first.get(key, row.first_at))
    if not first:
        return []
    ordered = sorted(first)
    fresh = one_statement(
        "insert into usage_joined (account_id, person) select * from unnest(%s::uuid[], %s::text[])"
        " on conflict do nothing returning account_id, person",
        ([key[0] for key in ordered], [key[1] for key in ordered]),
    )
    keys = sorted((row["account_id"], row["person"]) for row in fresh)
    return [
        (account, PersonJoined(account, person, first[account, person]), first[account, person])
        for account, person in keys
    ]


# -------------------------------------------------------------------------------------------- counters, the debugger


def _sighting(source: UUID, received_at: datetime, seen: dict[str, Any]) -> tuple[Any, ...]:
    outcome = (source, received_at, seen["o"], seen.get("r", ""))
    return (*outcome, *(seen.get(key, "") for key in ("t", "n", "w", "g", "m")), seen.get("a"), seen["e"])


def _count_sources(claim: Claim) -> None:
    if not claim.sources:
        return
    before = one_statement("select 1 as one from usage_source_count where what = 'stored' and n > 0 limit 1")
    pipelined(
        [
            Statement(
                "insert into usage_source_count as kept (source_id, what, n, last_at) values (%s, %s, %s, %s)"
                " on conflict (source_id, what) do update set n = kept.n + excluded.n,"
                " last_at = greatest(kept.last_at, excluded.last_at)",
                [
                    (source, what, n, claim.sources[source])
                    for source, counts in claim.counts.items()
                    for what, n in counts.items()
                    if n
                ],
                many=True,
            ),
            Statement(
                "insert into usage_sighting (source_id, received_at, outcome, reason, type, name, who, group_id,"
                " message_id, at, excerpt) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                claim.sightings[-KEPT_SIGHTINGS:],
                many=True,
            ),
            Statement(
                "delete from usage_sighting s using (select source_id, outcome, id, row_number() over"
                " (partition by source_id, outcome order by id desc) as place from usage_sighting"
                " where source_id = any(%s)) old where s.id = old.id and old.place > %s",
                (list(claim.sources), KEPT_SIGHTINGS),
            ),
        ]
    )
    if not before and any(counts["stored"] for counts in claim.counts.values()):
        # "No source delivers" was the reason why metrics were unknown, for every account.
        ledger.touch(
            [ledger.stream_of(row["account_id"]) for row in one_statement("select account_id from usage_watch")]
        )
    notify(LIVE, " ".join(f"source:{source}" for source in claim.sources))
