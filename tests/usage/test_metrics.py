"""Usage metrics against a naive reading of the same events: windows, moments, filters, people, and what is unknown."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onward.accounts.models import Account
from onward.kernel.actor import SYSTEM
from onward.usage import actions, queries
from onward.usage.actions import intake, rooms
from onward.usage.decisions.events import Delivery, judge

ZERO = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)  # a Monday
NOW = datetime(2026, 3, 20, 15, tzinfo=UTC)


@dataclass(frozen=True)
class Where:
    property: str
    values: tuple[str | float | bool, ...]


@dataclass(frozen=True)
class Spec:
    track: tuple[str, ...]
    where: tuple[Where, ...] = ()
    distinct: str = ""
    sum: str = ""
    source: str = "any"


EVENTS = {
    "run": Spec(("Run", "Report Run"), distinct="kind", sum="rows"),
    "real": Spec(("Run",), where=(Where("sample", (False,)),)),
    "safe": Spec(("Run",), source="server"),
}


class World:
    """One linked account, a source of each kind, and a way to send."""

    def __init__(self) -> None:
        rooms.forget()
        self.account: UUID = Account.objects.create(name="Acme", group_id="acme", created_at=ZERO, updated_at=ZERO).id
        self.server = actions.create_source(actor=SYSTEM, name="Server").source_id
        self.browser = actions.create_source(actor=SYSTEM, name="Browser", kind="browser").source_id

    def send(self, *messages: dict[str, Any], server: bool = True) -> None:
        from django.db import connection

        source = self.server if server else self.browser
        raw = [
            json.dumps({"type": "track", "context": {"groupId": "acme"}, **message}).encode() for message in messages
        ]
        delivery = judge(raw, source=source, received_at=NOW)
        assert not delivery.refused
        connection.ensure_connection()
        intake.store(
            connection.connection, Delivery(delivery.rows, []), source_id=source, server=server, received_at=NOW
        )

    def ask(self, *names: str, until: datetime | None = None, **more: Any) -> dict[str, Any]:
        actions.derive_all()
        given = {"since": ZERO, "now": NOW, "seats": 10, **more}
        return queries.metrics_for(self.account, EVENTS, names, until=until, **given)


@pytest.fixture
def world(db: None) -> World:
    return World()


def run(user: str, at: datetime, event: str = "Run", **properties: Any) -> dict[str, Any]:
    return {"userId": user, "event": event, "timestamp": at.isoformat(), "properties": properties}


def hours(number: float) -> datetime:
    return ZERO + timedelta(hours=number)


def test_unknown_until_linked_and_delivering(world: World) -> None:
    names = ("event.run.count", "usage.users", "usage.connected", "days_since.last_seen", "event.run.first")
    assert world.ask(*names) == {"usage.connected": False}
    world.send(run("ann", hours(1), event="Other"))
    assert world.ask(*names) == {
        "usage.connected": True, "event.run.count": 0.0, "usage.users": 1.0, "days_since.last_seen": 18.0,
    }  # fmt: skip
    assert queries.metrics_for(world.account, EVENTS, ["event.safe.count"], since=ZERO, now=NOW, seats=None) == {
        "event.safe.count": 0.0
    }
    Account.objects.update(group_id=None)
    assert world.ask(*names) == {"usage.connected": False}


def test_a_check_that_demands_a_server_does_not_take_a_browsers_word(world: World) -> None:
    world.send(run("ann", hours(1)), server=False)
    assert world.ask("event.run.count", "event.safe.count") == {"event.run.count": 1.0}
    world.send(run("bob", hours(2)))
    assert world.ask("event.run.users", "event.safe.users") == {"event.run.users": 2.0, "event.safe.users": 1.0}


def test_filters_distinct_values_and_sums(world: World) -> None:
    world.send(
        run("ann", hours(1), sample=True, kind="a", rows=5),
        run("ann", hours(2), sample=False, kind="b", rows=2.5),
        run("bob", hours(3), sample=0, kind="b", rows="7"),
        run("bob", hours(4), event="Report Run", kind=None),
        run("bob", hours(-5), kind="before day zero", rows=100),
    )
    assert world.ask("event.run.count", "event.run.distinct", "event.run.sum", "event.real.count") == {
        "event.run.count": 4.0, "event.run.distinct": 2.0, "event.run.sum": 7.5, "event.real.count": 1.0,
    }  # fmt: skip


def test_moments_and_whole_days(world: World) -> None:
    world.send(run("ann", hours(-1)), run("ann", hours(1)), run("bob", hours(30)))
    found = world.ask("event.run.first", "event.run.last", "days_since.event.run.last", "days_since.event.run.first")
    assert found == {
        "event.run.first": hours(1),
        "event.run.last": hours(30),
        "days_since.event.run.last": 16.0,
        "days_since.event.run.first": 18.0,
    }


def test_the_third_users_first_time_is_found_and_moves_when_an_earlier_event_comes_late(world: World) -> None:
    def third() -> datetime:
        actions.derive_all()
        moments = queries.instants(world.account, EVENTS, ["event.run.users"], ZERO, NOW)
        return next(at for at in moments if world.ask("event.run.users", until=at)["event.run.users"] >= 3)

    world.send(*[run(user, hours(at)) for user, at in [("ann", 1), ("bob", 5), ("cy", 100), ("dan", 200), ("ann", 3)]])
    assert third() == hours(100)
    world.send(run("eve", hours(50)))
    assert third() == hours(50)
    world.send({"type": "identify", "userId": "bob", "anonymousId": "v"}, run("fay", hours(49.5)))
    assert third() == hours(49.5)


def test_people_one_by_one(world: World) -> None:
    world.send(run("ann", hours(1), kind="a"), run("ann", hours(24 * 15), kind="b"), run("bob", hours(48), kind="a"))
    actions.derive_all()
    names = ["person.event.run.distinct", "person.event.run.count", "person.last_seen_days", "person.joined"]
    found = queries.persons_metrics(world.account, EVENTS, names, since=ZERO, now=NOW)
    assert found["u:ann"] == {
        "person.event.run.distinct": 2.0, "person.event.run.count": 2.0, "person.last_seen_days": 3.0,
        "person.joined": hours(1),
    }  # fmt: skip
    assert found["u:bob"]["person.event.run.distinct"] == 1.0
    within = queries.persons_metrics(world.account, EVENTS, names, since=ZERO, now=NOW, within=timedelta(days=14))
    assert within["u:ann"]["person.event.run.distinct"] == 1.0


WINDOWS = ["", "last_7d.", "prev_7d.", "first_3d.", "in_stage.", "last_1d."]
ENTERED = datetime(2026, 3, 14, 11, tzinfo=UTC)


def naive(events: list[tuple[str, datetime, str]], until: datetime) -> dict[str, float]:
    """All windows and counts by looking at every event; what came before day zero is in none of them."""
    found: dict[str, float] = {}
    today = datetime(until.year, until.month, until.day, tzinfo=UTC)
    day = timedelta(days=1)
    first_day = datetime(ZERO.year, ZERO.month, ZERO.day, tzinfo=UTC)
    bounds = {
        "": (ZERO, None), "last_7d.": (today - 6 * day, None), "prev_7d.": (today - 13 * day, today - 6 * day),
        "first_3d.": (first_day, first_day + 3 * day), "in_stage.": (ENTERED, None), "last_1d.": (today, None),
    }  # fmt: skip
    for window, (low, high) in bounds.items():
        seen = [e for e in events if e[1] >= max(low, ZERO) and (high is None or e[1] < high) and e[1] <= until]
        named = [e for e in seen if e[2] in EVENTS["run"].track]
        days = {at.date() for _, at, _ in seen}
        found[f"event.run.{window}count"] = len(named)
        found[f"event.run.{window}users"] = len({user for user, _, _ in named})
        found[f"event.run.{window}days"] = len({at.date() for _, at, _ in named})
        found[f"usage.{window}events"] = len(seen)
        found[f"usage.{window}users"] = len({user for user, _, _ in seen})
        found[f"usage.{window}days"] = len(days)
        found[f"usage.{window}weekdays"] = sum(1 for each in days if each.weekday() < 5)
        found[f"usage.{window}active_share"] = len({user for user, _, _ in seen}) / 10
    return found


moments = st.integers(-24 * 4, 24 * 18).flatmap(
    lambda h: st.sampled_from([0, 29, 30, 31]).map(lambda m: hours(h) - timedelta(minutes=m))
)
timelines = st.lists(
    st.tuples(st.sampled_from("abc"), moments, st.sampled_from(["Run", "Report Run", "Other"])), min_size=1, max_size=15
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(events=timelines, until=moments | st.none())
def test_every_window_equals_a_naive_reading(
    world: World, events: list[tuple[str, datetime, str]], until: datetime | None
) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("event", "key", "daily", "dirty", "person", "account_person", "account", "joined"):
            cursor.execute(f"delete from usage_{table}")
    world.send(*[run(user, at, name) for user, at, name in events])
    expected = naive(list(dict.fromkeys(events)), until or NOW)
    assert world.ask(*expected, until=until, entered=ENTERED) == expected


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(events=timelines)
def test_between_two_instants_nothing_changes(world: World, events: list[tuple[str, datetime, str]]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("event", "key", "daily", "dirty", "person", "account_person", "account", "joined"):
            cursor.execute(f"delete from usage_{table}")
    world.send(*[run(user, at, name) for user, at, name in events])
    names = ["event.run.count", "usage.last_7d.users", "usage.prev_7d.days", "event.run.days"]
    actions.derive_all()
    found = queries.instants(world.account, EVENTS, names, ZERO, NOW)
    for low, high in zip(found, [*found[1:], NOW + timedelta(microseconds=1)], strict=True):
        before = high - timedelta(microseconds=1)
        if before > low:
            assert world.ask(*names, until=low) == world.ask(*names, until=before), (low, high)
