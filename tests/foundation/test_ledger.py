"""The ledger: facts in order, reactions exactly once, a raising reaction delays only itself."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import pytest
from django.db import connection, transaction

from onward.foundation import ledger
from onward.foundation.actions import act, action, record
from onward.foundation.ledger import Batch, draining
from onward.foundation.postgres import new_id, one_statement
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.fact import Fact
from tests.threads import together


@dataclass(frozen=True)
class Said(Fact):
    name: ClassVar[str] = "test.said"
    word: str


@dataclass(frozen=True)
class Echoed(Fact):
    name: ClassVar[str] = "test.echoed"
    word: str


@action(lambda kwargs: kwargs["stream"])
def say(*, actor: Actor, stream: str, word: str, journey: UUID | None = None) -> None:
    record(Said(word), stream=stream, journey=journey)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, str]]:
    """A subscriber that echoes each word once, and one that notes what it saw."""
    seen: list[tuple[str, int, str]] = []

    def echo(batch: Batch) -> None:
        for fact in batch.facts:
            if fact.name == "test.said":
                if fact.data["word"] == "poison":
                    raise ValueError("cannot say that")
                record(Echoed(fact.data["word"]), stream=batch.stream, journey=batch.journey)

    def note(batch: Batch) -> None:
        seen.extend((fact.name, fact.seq, fact.data["word"]) for fact in batch.facts)

    monkeypatch.setattr(draining, "_subscribers", {"echo": echo, "note": note})
    return seen


@pytest.mark.django_db
def test_reactions_run_in_order_and_their_facts_too(heard: list[tuple[str, int, str]]) -> None:
    say(actor=SYSTEM, stream="org", word="a")
    say(actor=SYSTEM, stream="org", word="b")
    assert [(name.removeprefix("test."), word) for name, _, word in heard] == [
        ("said", "a"),
        ("echoed", "a"),
        ("said", "b"),
        ("echoed", "b"),
    ]
    (row,) = one_statement("select head, drained, due_at from ledger_stream where id = 'org'")
    assert row == {"head": 4, "drained": 4, "due_at": None}
    echoed = ledger.facts_of(stream="org", names=["test.echoed"])
    assert [(fact.depth, fact.cause_seq, fact.actor) for fact in echoed] == [(1, 1, "automation"), (1, 3, "automation")]


@pytest.mark.django_db
def test_a_raising_reaction_waits_alone_and_in_order(
    heard: list[tuple[str, int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    sick, well = new_id(), new_id()
    for word, journey in [("poison", sick), ("later", sick), ("fine", well)]:
        say(actor=SYSTEM, stream="org", word=word, journey=journey)
    words = [fact.data["word"] for fact in ledger.facts_of(stream="org", names=["test.echoed"])]
    assert words == ["fine"]
    (stuck,) = ledger.stuck_rows()
    assert (stuck["subscriber"], stuck["journey"], stuck["from_seq"]) == ("echo", str(sick), 1)
    assert "cannot say that" in stuck["problem"]

    def mended(batch: Batch) -> None:
        for fact in batch.facts:
            if fact.name == "test.said":
                record(Echoed(fact.data["word"]), stream=batch.stream, journey=batch.journey)

    monkeypatch.setitem(draining.subscribers(), "echo", mended)
    assert ledger.retry_stuck(everything=True)
    assert ledger.stuck_rows() == []
    words = [fact.data["word"] for fact in ledger.facts_of(stream="org", names=["test.echoed"])]
    assert words == ["fine", "poison", "later"]


@pytest.mark.django_db
def test_what_is_not_committed_leaves_no_fact(heard: list[tuple[str, int, str]]) -> None:
    @action()
    def fail(*, actor: Actor) -> None:
        record(Said("never"))
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        fail(actor=SYSTEM)
    assert ledger.facts_of(stream="org") == []
    assert heard == []


@pytest.mark.django_db
def test_a_loop_of_reactions_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    def forever(batch: Batch) -> None:
        for fact in batch.facts:
            record(Said(fact.data["word"] + "!"), stream=batch.stream)

    monkeypatch.setattr(draining, "_subscribers", {"forever": forever})
    say(actor=SYSTEM, stream="org", word="hey")
    (stuck,) = ledger.stuck_rows()
    assert "a loop" in stuck["problem"]


@pytest.mark.django_db(transaction=True)
def test_many_writers_and_drainers_lose_and_double_nothing(heard: list[tuple[str, int, str]]) -> None:
    streams = ["acc_a", "acc_b", "acc_c"]

    def write(number: int) -> None:
        for turn in range(12):
            say(actor=SYSTEM, stream=streams[(number + turn) % 3], word=f"{number}.{turn}")

    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            ledger.drain_due()
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    together(*[lambda number=number: write(number) for number in range(4)])  # type: ignore[misc]
    stop.set()
    worker.join()
    for stream in streams:
        assert ledger.drain(stream)
    for stream in streams:
        facts = ledger.facts_of(stream=stream, limit=1000)
        assert [fact.seq for fact in facts] == list(range(1, len(facts) + 1))
    said = sorted(word for name, _, word in heard if name == "test.said")
    echoed = sorted(word for name, _, word in heard if name == "test.echoed")
    assert said == echoed == sorted(f"{number}.{turn}" for number in range(4) for turn in range(12))


@pytest.mark.django_db(transaction=True)
def test_a_touch_is_taken_up_by_the_worker_and_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []
    monkeypatch.setattr(
        draining, "_subscribers", {"look": lambda batch: looks.append(batch.stream) if batch.touched else None}
    )
    with transaction.atomic():
        ledger.touch(["acc_a", "acc_b"])
        ledger.touch(["acc_a"])
    assert ledger.drain_due()
    assert sorted(looks) == ["acc_a", "acc_b"]
    assert not ledger.drain_due()


@action(lambda kwargs: kwargs["stream"])
def hold(*, actor: Actor, stream: str, word: str) -> None:
    act().kept["read"] = word
    record(Said(word), stream=stream)


@action(lambda kwargs: kwargs["stream"])
def change_silently(*, actor: Actor, stream: str) -> None:
    """Nothing is told of it."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("between", ["nobody", "an action", "a touch", "a claim"])
def test_what_was_read_is_handed_on_unless_somebody_held_the_lock_between(
    monkeypatch: pytest.MonkeyPatch, between: str
) -> None:
    found: list[Any] = []
    monkeypatch.setattr(draining, "_subscribers", {"find": lambda batch: found.append(act().kept.get("read"))})
    plain = draining.drain

    def late(stream: str, **given: Any) -> bool:
        monkeypatch.setattr(draining, "drain", plain)
        if between == "an action":
            change_silently(actor=SYSTEM, stream=stream)
        elif between == "a touch":
            ledger.touch([stream])
        elif between == "a claim":
            one_statement("update ledger_stream set tries = tries + 1 where id = %s", (stream,))
        return plain(stream, **given)

    monkeypatch.setattr(draining, "drain", late)
    hold(actor=SYSTEM, stream="acc_a", word="as it was")
    assert found[0] == ("as it was" if between == "nobody" else None)


@pytest.mark.django_db
def test_a_nested_action_empties_what_is_kept() -> None:
    @action()
    def both(*, actor: Actor) -> bool:
        act().kept["read"] = "as it was"
        change_silently(actor=actor, stream="org")
        return "read" in act().kept

    assert both(actor=SYSTEM) is False


@pytest.mark.django_db
def test_what_a_reaction_wrote_before_another_raised_is_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def raising(batch: Batch) -> None:
        raise ValueError("not today")

    def echo(batch: Batch) -> None:
        for fact in batch.facts:
            if fact.name == "test.said":
                record(Echoed(fact.data["word"]), stream=batch.stream)

    monkeypatch.setattr(draining, "_subscribers", {"echo": echo, "raising": raising})
    say(actor=SYSTEM, stream="org", word="once")
    assert [fact.name for fact in ledger.facts_of(stream="org")] == ["test.said", "test.echoed"]
    assert [row["subscriber"] for row in ledger.stuck_rows()] == ["raising"]
