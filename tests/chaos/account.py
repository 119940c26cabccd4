"""What must be true after any number of kills, as differences in words: none is the only good answer."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg

from tests.chaos.begin import MILESTONES


@dataclass
class Found:
    """What the database holds: events as (message, group), totals by group, times met and stages closed by group."""

    events: list[tuple[str, str]] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=dict)
    daily: int = 0
    met: list[tuple[str, str, datetime]] = field(default_factory=list)
    closed: list[tuple[str, str]] = field(default_factory=list)
    completed: list[str] = field(default_factory=list)
    stuck: int = 0


JOURNEYS = "join journeys_journey j on j.id = f.journey join accounts_account a on a.id = j.account_id"


def read(connection: psycopg.Connection[Any]) -> Found:
    """Everything that the comparison needs."""

    def rows(sql: str) -> list[tuple[Any, ...]]:
        return connection.execute(sql).fetchall()

    # Once a fact, at the time that the milestone has now: events that came late correct it in silence.
    met = (
        f"select a.group_id, m.key, m.met_at from ledger_fact f {JOURNEYS}"
        " join journeys_milestonerun m on m.journey_id = f.journey and m.key = f.data->>'milestone' where f.name = %s"
    )
    closed = f"select a.group_id, f.data->>'stage' from ledger_fact f {JOURNEYS} where f.name = 'journey.stage.closed'"
    return Found(
        events=[(id, group) for id, group in rows("select message_id, grp from usage_event")],
        totals=dict(
            rows(
                "select a.group_id, u.n from usage_account u join accounts_account a on a.id = u.account_id"
                " where u.name like '%Ran%'"
            )
        ),
        daily=rows("select coalesce(sum(n), 0)::int from usage_daily")[0][0],
        met=connection.execute(met, ["journey.milestone.met"]).fetchall(),
        closed=[(group, stage) for group, stage in rows(closed)],
        completed=[
            group
            for (group,) in rows(f"select a.group_id from ledger_fact f {JOURNEYS} where f.name = 'journey.completed'")
        ],
        stuck=rows("select count(*) from ledger_stuck")[0][0],
    )


def differences(sent: dict[str, tuple[str, datetime]], acknowledged: set[str], found: Found) -> list[str]:
    """All that is lost, doubled or untrue."""
    wrong: list[str] = []
    stored = Counter(id for id, _ in found.events)
    wrong += [f"lost: {id}" for id in sorted(acknowledged - set(stored))]
    wrong += [f"stored {n} times: {id}" for id, n in stored.items() if n > 1]
    wrong += [f"never sent: {id}" for id in sorted(set(stored) - set(sent))]
    by_group = Counter(sent[id][0] for id in stored if id in sent)
    if found.daily != len(found.events):
        wrong.append(f"the rollup counts {found.daily} of {len(found.events)} events")
    wrong += [
        f"{group}: {found.totals.get(group, 0)} counted, {n} stored"
        for group, n in by_group.items()
        if found.totals.get(group, 0) != n
    ]
    return wrong + _crossings(sent, set(stored), by_group, found)


def _crossings(
    sent: dict[str, tuple[str, datetime]], stored: set[str], by_group: Counter[str], found: Found
) -> list[str]:
    wrong = []
    met = Counter((group, key) for group, key, _ in found.met)
    closed = Counter(found.closed)
    at = {(group, key): moment for group, key, moment in found.met}
    for group, n in by_group.items():
        times = sorted(sent[id][1] for id in stored if id in sent and sent[id][0] == group)
        for need in MILESTONES:
            expected = int(n >= need)
            if met[group, f"ran_{need}"] != expected:
                wrong.append(f"{group}: milestone {need} met {met[group, f'ran_{need}']} times, expected {expected}")
            elif expected and at[group, f"ran_{need}"] != times[need - 1]:
                wrong.append(f"{group}: milestone {need} at {at[group, f'ran_{need}']}, event was at {times[need - 1]}")
            if closed[group, f"stage_{need}"] != expected:
                wrong.append(f"{group}: stage {need} closed {closed[group, f'stage_{need}']} times, not {expected}")
        if found.completed.count(group) != int(n >= max(MILESTONES)):
            wrong.append(f"{group}: completed {found.completed.count(group)} times")
    if found.stuck:
        wrong.append(f"{found.stuck} journeys are stuck")
    return wrong
