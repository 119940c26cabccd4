"""Facts only on crossings; whoever watches an event is asked to look again, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from onward.foundation import ledger
from onward.kernel.actor import AUTOMATION
from onward.usage import actions
from tests.usage.test_metrics import World, hours, run


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    # Reactions would take the touch away before it can be seen.
    monkeypatch.setattr(ledger.draining, "_subscribers", {})
    monkeypatch.setattr(ledger, "drain", lambda stream, wait_ms: True)
    return World()


def told(world: World) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select name from ledger_fact where stream = %s order by seq", [ledger.stream_of(world.account)])
        return [row[0] for row in cursor.fetchall()]


def touched(world: World) -> bool:
    """Whether a fresh look was asked for since the last question."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update ledger_stream set touched = false where id = %s and touched", [ledger.stream_of(world.account)]
        )
        return bool(cursor.rowcount)


def test_the_first_event_of_an_account_is_a_fact_once(world: World) -> None:
    world.send(run("ann", hours(1)), run("bob", hours(2)))
    actions.derive_all()
    world.send(run("ann", hours(3)), run("cy", hours(0.5)))
    actions.derive_all()
    assert told(world) == ["usage.account.connected"]


def test_watched_events_are_told_of_when_first_seen_and_people_when_they_join(world: World) -> None:
    actions.set_watches(actor=AUTOMATION, account_id=world.account, names=["Run"])
    world.send(run("ann", hours(1), event="Other"))
    actions.derive_all()
    assert told(world) == ["usage.account.connected", "usage.person.joined"]
    world.send(run("ann", hours(2)), run("ann", hours(3)), run("bob", hours(4)))
    actions.derive_all()
    assert told(world)[2:] == ["usage.event.first_seen", "usage.person.joined"]
    world.send(run("ann", hours(5)), run("bob", hours(6)))
    actions.derive_all()
    assert len(told(world)) == 4


def test_only_a_change_of_what_is_watched_asks_for_a_fresh_look(world: World) -> None:
    world.send(run("ann", hours(1)))
    actions.derive_all()
    assert not touched(world)
    actions.set_watches(actor=AUTOMATION, account_id=world.account, names=["Run"])
    world.send(run("ann", hours(2), event="Other"))
    actions.derive_all()
    assert not touched(world)
    world.send(run("ann", hours(3)))
    actions.derive_all()
    assert touched(world)
    actions.set_watches(actor=AUTOMATION, account_id=world.account, names=["*"])
    world.send(run("ann", hours(4), event="Other"))
    actions.derive_all()
    assert touched(world)


def test_a_late_identify_that_moves_a_person_is_a_change(world: World) -> None:
    actions.set_watches(actor=AUTOMATION, account_id=world.account, names=["Run"])
    visit = {"anonymousId": "v", "event": "Run", "timestamp": hours(1).isoformat(), "messageId": "m", "context": {}}
    world.send(visit)
    actions.derive_all()
    assert touched(world)  # the first delivery of all: until then nothing was known of any account
    assert told(world) == []
    world.send({"type": "identify", "userId": "ann", "anonymousId": "v", "context": {}, "messageId": "i"})
    world.send({"type": "group", "userId": "ann", "groupId": "acme", "context": {}, "messageId": "g"})
    actions.derive_all()
    assert touched(world)
    assert told(world) == ["usage.account.connected", "usage.event.first_seen", "usage.person.joined"]
    assert world.ask("event.run.first") == {"event.run.first": hours(1)}


def test_a_replay_asks_for_nothing(world: World) -> None:
    actions.set_watches(actor=AUTOMATION, account_id=world.account, names=["*"])
    event = {**run("ann", hours(1)), "messageId": "m"}
    world.send(event)
    actions.derive_all()
    assert touched(world)
    for _ in range(3):
        world.send({**event, "timestamp": (hours(1) + timedelta(days=1)).isoformat()})
        actions.derive_all()
    assert not touched(world)
