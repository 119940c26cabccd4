"""Order, duplication and splitting of deliveries never change the result; late identities move history exactly.

A naive oracle recomputes everything from the list of messages alone. covers R4
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onward.accounts.models import Account
from onward.usage import actions
from onward.usage.actions import intake
from onward.usage.decisions.events import judge

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOURCE = UUID(int=77)
RECEIVED = datetime(2026, 6, 1, tzinfo=UTC)
TABLES = {
    "usage_daily": "who, grp, name, day, server, n, first_at, last_at",
    "usage_identity": "who, person, at, key",
    "usage_membership": "who, grp, at, key",
    "usage_person": "who, grp, person, group_id, account_id",
    "usage_account_person": "account_id, name, person, server, n, first_at, last_at",
    "usage_account": "account_id, name, n, users, first_at, last_at",
    "usage_event": "at, key, who, grp, name, type, link",
}

USERS, VISITORS, GROUPS, NAMES = ["ann", "bob"], ["v1", "v2"], ["g1", "g2", "lost"], ["Run", "Run", "Save"]
TYPES = ["track", "track", "track", "identify", "group", "group", "page", "alias"]


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Messages with ids of SDKs and of their own, at times round midnights, with few people who change names."""
    messages = []
    for index in range(draw(st.integers(4, 24))):
        at = BEGIN + timedelta(hours=draw(st.sampled_from([0, 1, 11, 12, 13, 36, 37, 100])), seconds=index)
        own = draw(st.booleans())
        message: dict[str, Any] = {
            "messageId": f"own-{index}" if own else str(UUID(int=index + 1)),
            "timestamp": at.isoformat(),
            "type": draw(st.sampled_from(TYPES)),
        }
        user, visitor = draw(st.sampled_from(USERS)), draw(st.sampled_from(VISITORS))
        match message["type"]:
            case "identify":
                message |= {"userId": user, "anonymousId": visitor}
            case "alias":
                message |= {"userId": user, "previousId": draw(st.sampled_from([visitor, *USERS]))}
            case "group":
                message |= draw(st.sampled_from([{"userId": user}, {"anonymousId": visitor}]))
                message["groupId"] = draw(st.sampled_from(GROUPS))
            case _:
                message |= draw(st.sampled_from([{"userId": user}, {"anonymousId": visitor}]))
                message["event"] = draw(st.sampled_from(NAMES))
                if draw(st.sampled_from([True, True, False])):
                    message["context"] = {"groupId": draw(st.sampled_from(GROUPS))}
        messages.append(message)
    return messages


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[tuple[list[dict[str, Any]], bool]]]:
    """A history, and one way to send it: repeated, shuffled, cut into batches, the deriver at random points."""
    history = draw(histories())
    sent = draw(st.permutations(history + draw(st.lists(st.sampled_from(history), max_size=8))))
    batches, left = [], list(sent)
    while left:
        size = draw(st.integers(1, len(left)))
        batches.append((left[:size], draw(st.booleans())))
        left = left[size:]
    return history, batches


def oracle(history: list[dict[str, Any]], accounts: dict[str, UUID]) -> dict[tuple[UUID, str], tuple[Any, ...]]:
    """Account and name -> events, users, first, last, from the messages alone."""
    edges: dict[str, tuple[Any, ...]] = {}
    belongs: dict[str, tuple[Any, ...]] = {}
    rows = {row.m: row for row in judge_all(history)}
    for row in rows.values():
        named = []
        if row.t in ("identify", "alias") and row.l:
            named.append(f"a:{row.l}")
        if row.t == "alias":
            named.append(f"u:{row.l}")
        for name in named:
            if row.w.startswith("u:") and name != row.w:
                edges[name] = min(edges.get(name, (row.a, row.k, row.w)), (row.a, row.k, row.w))
        if row.t == "group":
            belongs[row.w] = max(belongs.get(row.w, (row.a, row.k, row.l)), (row.a, row.k, row.l))

    def person(who: str) -> str:
        for _ in range(2):
            who = edges[who][2] if who in edges else who
        return who

    found: dict[tuple[UUID, str], list[tuple[datetime, str]]] = defaultdict(list)
    for row in rows.values():
        if row.n is None:
            continue
        groups = [belongs[who] for who in belongs if person(who) == person(row.w)]
        group = row.g or (max(groups)[2] if groups else "")
        if group in accounts:
            found[accounts[group], row.n].append((row.a, person(row.w)))
    return {
        key: (len(hits), len({who for _, who in hits}), min(hits)[0], max(at for at, _ in hits))
        for key, hits in found.items()
    }


def judge_all(messages: list[dict[str, Any]]) -> list[Any]:
    import json

    raw = [json.dumps(message).encode() for message in messages]
    delivery = judge(raw, source=SOURCE, received_at=RECEIVED)
    assert not delivery.refused
    return delivery.rows


def send(messages: list[dict[str, Any]]) -> None:
    from django.db import connection

    from onward.usage.decisions.events import Delivery

    rows = judge_all(messages)
    for place, row in enumerate(rows):
        row.i = place
    connection.ensure_connection()
    intake.store(connection.connection, Delivery(rows, []), source_id=SOURCE, server=True, received_at=RECEIVED)


@pytest.fixture
def mapped(db: None) -> dict[str, UUID]:
    made = {}
    for group in ("g1", "g2"):
        account = Account.objects.create(name=group, group_id=group, created_at=BEGIN, updated_at=BEGIN)
        made[group] = account.id
    from onward.usage.actions import rooms

    rooms.forget()
    return made


def wipe() -> None:
    """All examples share a transaction, in which deleted rows stay in the way of every scan: now and then truncate."""
    from django.db import connection

    tables = (*TABLES, "usage_key", "usage_dirty", "usage_joined")
    with connection.cursor() as cursor:
        if next(WIPES) % 40 == 0:
            cursor.execute(f"truncate {', '.join(tables)}")
        else:
            for table in tables:
                cursor.execute(f"delete from {table}")


WIPES = itertools.count(1)


def state(rows: Callable[..., list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    return {
        table: sorted(
            rows(f"select {columns} from {table}" + (" where n > 0" if table == "usage_account" else "")), key=str
        )
        for table, columns in TABLES.items()
    }


def compare(
    sent: tuple[list[dict[str, Any]], list[tuple[list[dict[str, Any]], bool]]],
    mapped: dict[str, UUID],
    rows: Callable[..., list[tuple[Any, ...]]],
) -> None:
    """Send a history at once, then in the drawn way; the state must be the oracle's, and twice the same."""
    history, batches = sent
    wipe()
    send(history)
    actions.derive_all()
    at_once = state(rows)
    totals = {(row[0], row[1]): tuple(row[2:]) for row in at_once["usage_account"]}
    assert totals == oracle(history, mapped)
    wipe()
    for messages, derive in batches:
        send(messages)
        if derive:
            actions.derive()
    actions.derive_all()
    assert state(rows) == at_once


LOOSE = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
Rows = Callable[..., list[tuple[Any, ...]]]


@settings(max_examples=60, deadline=None, suppress_health_check=LOOSE)
@given(sent=deliveries())
def test_any_order_gives_the_same_as_the_messages_alone(sent: Any, mapped: dict[str, UUID], rows: Rows) -> None:
    compare(sent, mapped, rows)


# Each statement a transaction of its own: what thousands of examples delete in one stays in the way of the next.
@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@settings(max_examples=2000, deadline=None, suppress_health_check=LOOSE)
@given(sent=deliveries())
def test_two_thousand_histories(sent: Any, mapped: dict[str, UUID], rows: Rows) -> None:
    compare(sent, mapped, rows)


def test_a_group_that_is_mapped_later_brings_its_people(
    mapped: dict[str, UUID], rows: Callable[..., list[tuple[Any, ...]]]
) -> None:
    who = {"userId": "ann", "event": "Run", "type": "track", "timestamp": BEGIN.isoformat()}
    send([{**who, "messageId": "m1", "context": {"groupId": "lost"}}])
    actions.derive_all()
    assert rows("select * from usage_account") == []
    assert rows("select count(*) from accounts_account") == [(2,)]
    late = Account.objects.create(name="Late", group_id="lost", created_at=BEGIN, updated_at=BEGIN)
    actions.remap("lost")
    actions.derive_all()
    assert rows("select account_id, name, n, users from usage_account") == [(late.id, "Run", 1, 1)]


def test_the_sweep_finds_a_mapping_that_nobody_told_of(
    mapped: dict[str, UUID], rows: Callable[..., list[tuple[Any, ...]]]
) -> None:
    who = {"userId": "ann", "event": "Run", "type": "track", "timestamp": BEGIN.isoformat()}
    send([{**who, "messageId": "m1", "context": {"groupId": "g1"}}])
    actions.derive_all()
    Account.objects.filter(group_id="g1").update(group_id=None)
    Account.objects.filter(group_id="g2").update(group_id="g1")
    assert actions.sweep_mapping()
    actions.derive_all()
    assert rows("select account_id, n from usage_account where n > 0") == [(mapped["g2"], 1)]
    assert not actions.sweep_mapping()
