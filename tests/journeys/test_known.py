"""What is known: who said it, who may read it, who confirmed it; and the gate that waits for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onward.foundation.ledger import facts_of
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.journeys.decisions.known import confirmed, corrected, handoff_of, keeping, source_of, told, with_values
from onward.journeys.decisions.wording import with_answers
from onward.journeys.models import Journey
from onward.kernel.refusals import Refusal
from onward.playbooks.decisions.parts import Role
from tests.journeys.handed_over import HANDED, SECRET, hand_over, opened
from tests.world import Cast, cast

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SALES, DANA = "staff:usr_1", "contact:con_1"


@pytest.mark.parametrize(
    ("fill", "shared", "found"), [("deal_owner", False, "call"), ("deal_owner", True, ""), ("account_owner", False, "")]
)
def test_the_handoff_is_found_by_what_it_is(fill: Any, shared: bool, found: str) -> None:
    assert handoff_of(HANDED) == HANDED.find("form", "handoff")
    ours = replace(HANDED.forms[-1], id="call")
    task = replace(HANDED.stages[0].tasks[0], by="seller", form="call", shared=shared)
    stages = (replace(HANDED.stages[0], tasks=(task,)), *HANDED.stages[1:])
    book = replace(HANDED, forms=(ours,), stages=stages, roles=(*HANDED.roles, Role("seller", "Seller", "ours", fill)))
    form = handoff_of(book)
    assert (form.id if form else "") == found


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        # Of the form that only we fill in, what says so; never what is internal.
        ("handoff", {"why", "promises"}),
        # Of a form that they take part in, all but what is internal.
        ("kickoff", {"go_live", "migrate", "people"}),
    ],
)
def test_what_the_customer_may_read(form: str, fields: set[str]) -> None:
    assert told(HANDED, HANDED.find("form", form)) == fields


def test_what_a_question_to_them_is_filled_in_from_is_read_by_them() -> None:
    asked = replace(HANDED.forms[0].fields[0], id="pain", type="text", prefill="answer.handoff.problems")
    book = replace(HANDED, forms=(replace(HANDED.forms[0], fields=(asked,)), *HANDED.forms[1:]))
    assert "problems" in told(book, book.find("form", "handoff"))


@pytest.mark.parametrize(
    ("told_how", "shared", "words"),
    [
        ("Live on {answer.kickoff.go_live}.", True, "Live on 6 April 2026."),
        ("Old data: {answer.kickoff.migrate}", True, "Old data: yes"),
        ("For {answer.kickoff.people} people", True, "For (not said yet) people"),
        # Red when what is typed becomes a link, or another question.
        ("{answer.handoff.why}", True, "click (https://evil.example) answer.kickoff.people"),
        ("{answer.handoff.in_confidence}", True, "(not said yet)"),
        ("{answer.handoff.in_confidence}", False, "Their boss is leaving"),
        ("{answer.nowhere.x} {else}", True, "(not said yet) {else}"),
    ],
)
def test_help_names_what_was_answered(told_how: str, shared: bool, words: str) -> None:
    answers = {
        "kickoff": {"values": {"go_live": "2026-04-06", "migrate": True, "people": None}},
        "handoff": {
            "values": {
                "why": "[click](https://evil.example)\n{answer.kickoff.people}",
                "in_confidence": "Their boss is leaving",
            }
        },
    }
    assert with_answers(told_how, HANDED, answers, shared=shared) == words


def test_an_answer_keeps_its_source() -> None:
    first = with_values({}, {"why": "Mondays", "problems": None}, SALES, NOW, {"why": ("Mondays", "from the deal")})
    assert source_of(first, "why") == {"by": SALES, "at": NOW.isoformat(), "from": "from the deal"}
    assert source_of(first, "problems") == {}
    typed = with_values({}, {"why": "Tuesdays"}, SALES, NOW, {"why": ("Mondays", "from the deal")})
    assert "from" not in source_of(typed, "why")
    sure = confirmed(first, ["why"], DANA, NOW)
    assert with_values(sure, {"why": "Mondays"}, SALES, NOW, {})["sure"], "the same words stay confirmed"
    assert not with_values(sure, {"why": "Fridays"}, SALES, NOW, {})["sure"]
    right = source_of(corrected(first, "why", "Fridays", DANA, NOW), "why")
    assert (right["by"], right["was"], right["was_by"]) == (DANA, "Mondays", SALES)
    # Of answers from before sources were kept: who filled in the form.
    assert source_of({"values": {"why": "Mondays"}, "by": SALES, "at": "then"}, "why") == {"by": SALES, "at": "then"}


words = st.text("ab", max_size=2) | st.none()


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(["why", "problems", "promises", "in_confidence"]), words), max_size=6))
def test_whatever_is_written_the_door_keeps_what_is_not_theirs(steps: list[tuple[str, str | None]]) -> None:
    answer: dict[str, object] = {}
    for name, value in steps:
        answer = corrected(answer, name, value, SALES, NOW)
    marked = keeping(HANDED, {"handoff": answer})
    assert marked["handoff"]["kept"] == ["in_confidence", "problems"]
    assert keeping(HANDED, marked) == marked
    for name, value in steps[-1:]:
        assert answer["values"][name] == value  # type: ignore[index]


@pytest.fixture
def world() -> Cast:
    return cast()


@pytest.fixture
def journey(world: Cast) -> UUID:
    return opened(world)


def known(world: Cast, journey: UUID) -> dict[str, queries.KnownView]:
    return {row.key: row for row in queries.known_views(world.dana, journey)}


def handoff(world: Cast, journey: UUID) -> queries.HandoffView:
    found = queries.handoff_view(world.mara, journey)
    assert found is not None
    return found


def last(journey: UUID, name: str) -> dict[str, object]:
    return dict(next(fact for fact in reversed(facts_of(journey=journey)) if fact.name == name).data)


@pytest.mark.django_db(transaction=True)
def test_the_customer_confirms_and_puts_right_what_sales_wrote(world: Cast, journey: UUID) -> None:
    assert known(world, journey) == {}, "nothing before it is handed over"
    hand_over(world, journey, promises="Two trainings")
    rows = known(world, journey)
    assert list(rows) == ["handoff.why", "handoff.promises"]
    seen = {key: row.stamp for key, row in rows.items()}
    journeys.correct_answer(
        actor=world.dana, journey_id=journey, answer="handoff.promises", value="Three", seen=seen["handoff.promises"]
    )
    fact = last(journey, "journey.answer.corrected")
    assert (fact["before"], fact["after"]) == ("Two trainings", "Three")
    with pytest.raises(Refusal, match="has changed since you opened the page") as stale:
        journeys.confirm_answers(actor=world.dana, journey_id=journey, seen=seen)
    assert stale.value.code == "stale"
    del seen["handoff.promises"]
    assert journeys.confirm_answers(actor=world.dana, journey_id=journey, seen=seen) == 1
    assert journeys.confirm_answers(actor=world.dana, journey_id=journey, seen=seen) == 0, "said twice it stays said"
    assert last(journey, "journey.answers.confirmed")["titles"] == ["Why did they buy?"]
    by_us = {row.field.id: row for row in handoff(world, journey).fields}
    assert by_us["why"].sure_by is not None
    assert by_us["why"].sure_by.name == "Dana"
    right = by_us["promises"]
    assert right.by is not None
    assert right.was_by is not None
    assert (right.by.side, right.was.value, right.was_by.name) == ("theirs", "Two trainings", "Mara")
    view = queries.journey_view(world.dana, journey)
    assert (view.known, view.to_confirm) == (2, 0)


REFUSED = [
    ("dana", "handoff.in_confidence", "x", "not_found"),
    ("dana", "handoff.problems", "x", "not_found"),
    ("dana", "kickoff.go_live", "2026-04-01", "not_found"),
    ("dana", "nonsense", "x", "not_found"),
    ("dana", "handoff.why", "", "invalid"),
    ("eve", "handoff.why", "x", "not_found"),
    ("viewer", "handoff.why", "x", "forbidden"),
    ("mara", "kickoff.go_live", "2026-04-01", "conflict"),
]


@pytest.mark.django_db(transaction=True)
def test_who_may_not_put_an_answer_right(world: Cast, journey: UUID) -> None:
    hand_over(world, journey)
    for who, answer, value, code in REFUSED:
        with pytest.raises(Refusal) as refused:
            journeys.correct_answer(actor=getattr(world, who), journey_id=journey, answer=answer, value=value)
        assert (who, answer, refused.value.code) == (who, answer, code)
        assert SECRET not in str(refused.value)
    with pytest.raises(Refusal, match="somebody of theirs"):
        journeys.confirm_answers(actor=world.mara, journey_id=journey, seen={})
    assert Journey.objects.get(id=journey).answers["handoff"]["values"]["why"] == "One report on Mondays"


@pytest.mark.django_db(transaction=True)
def test_the_gate_is_waived_by_name_and_shut_again(world: Cast, journey: UUID) -> None:
    (waits,) = handoff(world, journey).waits
    assert (waits.check, waits.titles, waits.is_passed) == ("handed", ("Kickoff",), False)

    def stages() -> dict[str, str]:
        return {stage.key: stage.state for stage in queries.journey_view(world.mara, journey).stages}

    journeys.waive_check(actor=world.mara, journey_id=journey, stage="before", check="handed", reason="Sales is away")
    (waits,) = handoff(world, journey).waits
    assert waits.waived_by is not None
    assert (waits.waived_by.name, waits.reason, stages()["kickoff"]) == ("Mara", "Sales is away", "entered")
    journeys.take_back_waiver(actor=world.mara, journey_id=journey, stage="before", check="handed")
    (waits,) = handoff(world, journey).waits
    assert (waits.waived_by, waits.is_passed, stages()["before"]) == (None, False, "entered")
    assert last(journey, "journey.stage.reopened")["because"] == "the waiver of Sales has handed over was taken back"
    with pytest.raises(Refusal, match="is not waived"):
        journeys.take_back_waiver(actor=world.mara, journey_id=journey, stage="before", check="handed")
    hand_over(world, journey)
    assert stages()["before"] == "closed"
    assert last(journey, "journey.stage.closed")["how"] == "proven"
