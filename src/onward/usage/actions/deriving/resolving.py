"""Who belongs to whom: usage_person brought up to date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from onward.accounts import queries as accounts
from onward.foundation.postgres import Statement, one_statement, pipelined
from onward.usage.actions.deriving.claims import Claim, Pair
from onward.usage.decisions.identity import Belonging, group_of, person_of


def resolve(claim: Claim) -> set[tuple[UUID, str, str]]:
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
