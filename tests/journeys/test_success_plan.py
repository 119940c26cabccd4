"""The success plan: proposed by one side, agreed by the other by name; changed by both; what stands, stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onward.foundation import ledger
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.journeys.decisions import success
from onward.journeys.decisions.state import ObjectiveRow
from onward.journeys.decisions.success import Known, Party, Stated, Wanted
from onward.journeys.queries.success import plan_facts, success_plan
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal
from onward.playbooks.decisions.parts import Expr, Figure
from tests.journeys.test_journey import won
from tests.world import SIGNED, SMALL, Cast, cast, contact

DAY = date(2026, 4, 1)
DANA, MARA = Party("contact:con_1", "Dana"), Party("user:usr_1", "Mara")
ON_TIME = Stated("obj_1", "Drivers are on time", DAY, DANA, MARA, target=80.0, unit="%", tasks=(("call", "Call"),))
REPORTS = Stated("obj_2", "Reports by nine", DAY, DANA, MARA, measure="the morning mail", start=12.0, target=2.0)


@pytest.fixture
def world(db: None) -> Iterator[Cast]:
    with time_machine.travel(SIGNED + timedelta(hours=3), tick=False):
        yield cast()


def wanted(world: Cast, outcome: str = "Drivers are on time", ref: str = "", **more: object) -> Wanted:
    theirs, ours = f"contact:{format_id('con', world.dana_id)}", f"user:{world.mara.id}"
    return replace(Wanted(ref, outcome, DAY, theirs, ours, target=80.0, unit="%", tasks=("call",)), **more)  # type: ignore[arg-type]


def propose(world: Cast, journey: UUID, *objectives: Wanted) -> int:
    return journeys.propose_plan(actor=world.mara, journey_id=journey, objectives=objectives)


def names(journey: UUID) -> list[str]:
    return [fact.name.removeprefix("journey.") for fact in plan_facts(journey)]


def test_a_plan_is_proposed_by_us_agreed_by_them_and_becomes_the_objectives(world: Cast) -> None:
    # covers 54, 55, 56, 60, 62
    journey = won(world)
    assert propose(world, journey, wanted(world), wanted(world, "Reports by nine", measure="mail", target=None)) == 1
    assert success_plan(world.mara, journey).objectives == ()
    journeys.answer_plan(actor=world.dana, journey_id=journey, number=1, agreed=True)
    plan = success_plan(world.dana, journey)
    assert plan.agreed is not None
    assert plan.agreed.answer is not None
    assert (plan.agreed.number, plan.agreed.answer.by.name) == (1, "Dana")
    assert plan.agreed.answer.by.mail == "dana@customer.example"
    first = plan.objectives[0]
    assert first.stated.tasks == (("call", "Kickoff call"),)
    assert first.stated == plan.agreed.said.objectives[0]
    assert names(journey).count("objective.agreed") == 2
    assert [stage.checks[0].state for stage in queries.journey_view(world.mara, journey).stages[:1]] == ["met"]


def test_what_is_agreed_stands_until_both_agree_to_its_change(world: Cast) -> None:
    journey = won(world)
    propose(world, journey, wanted(world), wanted(world, "Reports by nine"))
    journeys.answer_plan(actor=world.dana, journey_id=journey, number=1, agreed=True)
    one, two = (item.ref for item in success_plan(world.mara, journey).objectives)
    changed = wanted(world, ref=one, target=90.0), wanted(world, "No calls at night")
    assert journeys.propose_plan(actor=world.dana, journey_id=journey, objectives=changed, after=1) == 2
    plan = success_plan(world.mara, journey)
    assert plan.waiting is not None
    assert plan.waiting.differs == (
        "“Drivers are on time”: the target is 90 %, not 80 %.",
        "New: “No calls at night”, 80 % by 1 April 2026, owned by Dana and Mara.",
        "“Reports by nine” is left out.",
    )
    assert [item.stated.target for item in plan.objectives] == [80, 80]
    journeys.answer_plan(actor=world.mara, journey_id=journey, number=2, agreed=False, words="Not before May.")
    assert [item.stated.target for item in success_plan(world.mara, journey).objectives] == [80, 80]
    journeys.propose_plan(actor=world.dana, journey_id=journey, objectives=changed, after=2)
    journeys.answer_plan(actor=world.mara, journey_id=journey, number=3, agreed=True)
    plan = success_plan(world.mara, journey)
    assert [(item.stated.outcome, item.stated.target) for item in plan.objectives] == [
        ("Drivers are on time", 90),
        ("No calls at night", 80),
    ]
    assert [row.state for row in plan.versions] == ["agreed", "refused", "agreed"]
    for before, after in zip(plan.versions, plan.versions[1:], strict=False):
        assert after.said.before == success.digest(before.answer_text)
    assert two not in {item.ref for item in plan.objectives}


def test_before_anybody_answers_it_is_taken_back(world: Cast) -> None:
    journey = won(world)
    propose(world, journey, wanted(world))
    with pytest.raises(Refusal, match="waits for an answer"):
        propose(world, journey, wanted(world, "Another"))
    with pytest.raises(Refusal, match="Only the side that proposed"):
        journeys.withdraw_plan(actor=world.dana, journey_id=journey, number=1)
    journeys.withdraw_plan(actor=world.mara, journey_id=journey, number=1)
    with pytest.raises(Refusal, match="withdrawn already"):
        journeys.answer_plan(actor=world.dana, journey_id=journey, number=1, agreed=True)
    with pytest.raises(Refusal, match="changed since"):
        journeys.propose_plan(actor=world.mara, journey_id=journey, objectives=[wanted(world)], after=0)
    assert propose(world, journey, wanted(world)) == 2
    assert names(journey) == ["success_plan.proposed", "success_plan.withdrawn", "success_plan.proposed"]


def test_who_signs(world: Cast) -> None:
    journey = won(world)
    propose(world, journey, wanted(world))
    nobody = contact(world.acme, "Nils")[1]
    stranger = contact(world.globex, "Gus")[1]
    for actor, code in ((world.mara, "forbidden"), (nobody, "forbidden"), (stranger, "not_found")):
        with pytest.raises(Refusal) as refused:
            journeys.answer_plan(actor=actor, journey_id=journey, number=1, agreed=True)
        assert refused.value.code == code
    with pytest.raises(Refusal, match="What should be different is missing"):
        journeys.answer_plan(actor=world.dana, journey_id=journey, number=1, agreed=False)


def test_what_both_agreed_is_not_rewritten_by_one(world: Cast) -> None:
    journey = won(world)
    propose(world, journey, wanted(world))
    journeys.answer_plan(actor=world.dana, journey_id=journey, number=1, agreed=True)
    (now,) = queries.journey_view(world.mara, journey).objectives
    with pytest.raises(Refusal, match="both sides agreed"):
        journeys.write_objective(actor=world.mara, journey_id=journey, objective_id=now.id, outcome="Less")
    with pytest.raises(Refusal, match="Nothing differs"):
        propose(world, journey, wanted(world, ref=now.ref))


def test_how_far_it_is_comes_from_people_or_from_a_figure_of_the_product(world: Cast) -> None:
    # covers 99
    journey = won(world)
    read = wanted(world, "Tasks done", metric="event.report_run.users", target=4.0, tasks=())
    propose(world, journey, wanted(world), read)
    journeys.answer_plan(actor=world.dana, journey_id=journey, number=1, agreed=True)
    by_hand, by_itself = queries.journey_view(world.mara, journey).objectives
    journeys.measure_objective(actor=world.dana, objective_id=by_hand.id, value=60, note="March report")
    with pytest.raises(Refusal, match="by the product"):
        journeys.measure_objective(actor=world.mara, objective_id=by_itself.id, value=60, note="x")
    course = success_plan(world.mara, journey).objectives[0].course
    assert course is not None
    assert (course.done, course.due, course.is_behind) == (0.75, 0.0, False)
    assert "objective.measured" in names(journey)


def test_the_figure_that_measures_it_is_read_at_every_look(world: Cast) -> None:
    run = queries.load_run(won(world))
    assert run is not None
    seats = Expr("account.seats", (("account.seats", "number"),))
    used = Expr("usage.active_share", (("usage.active_share", "number"),))
    book = replace(SMALL, figures=(Figure("used", "Used", part=used, whole=seats),))
    now = datetime(2026, 3, 5, tzinfo=UTC)
    rows = [
        ObjectiveRow(uuid5(run.journey.id, m), run.journey.id, run.journey.account_id, m, None, None, "", "", now, None,
                     "", None, "", "", 1, metric=m)
        for m in ("usage.active_share", "figure.used", "usage.users", "usage.days")
    ]  # fmt: skip
    run.objectives = rows
    success.measure(book, run, {"usage.active_share": 0.375, "figure.used": 0.5, "usage.users": 7.0}, now)
    assert [(row.reading, row.read_at) for row in rows] == [(37.5, now), (50.0, now), (7.0, now), (None, None)]


@pytest.mark.parametrize(
    ("start", "target", "value", "passed", "done", "due", "value_due"),
    [
        (None, 80, 40, 15, 0.5, 0.5, 40),
        (12, 2, 7, 30, 0.5, 1, 2),
        (12, 2, 14, 60, 0, 1, 2),
        (None, 80, 200, 0, 1, 0, 0),
        (None, 80, None, 15, None, 0.5, 40),
    ],
)
def test_where_it_is_and_where_it_should_be(
    start: float | None, target: float, value: float | None, passed: int, done: float, due: float, value_due: float
) -> None:
    begun = date(2026, 3, 2)
    course = success.course_of(start, target, value, begun, begun + timedelta(30), begun + timedelta(passed))
    assert course is not None
    assert (course.done, course.due, course.value_due) == (done, due, value_due)


CHANGES = [
    (replace(ON_TIME, outcome="Trucks are on time"), "“Drivers are on time” now reads “Trucks are on time”."),
    (replace(ON_TIME, due_on=date(2026, 5, 1)), "“Drivers are on time”: the day is 1 May 2026, not 1 April 2026."),
    (replace(ON_TIME, start=40.0), "“Drivers are on time”: the target is from 40 to 80 %, not 80 %."),
    (replace(ON_TIME, ours=Party("user:usr_2", "Sam")),
     "“Drivers are on time”: the owner on the vendor’s side is Sam, not Mara."),
    (replace(ON_TIME, tasks=()), "“Drivers are on time”: “Call” serves it no more."),
    (replace(ON_TIME, metric="usage.days"),
     "“Drivers are on time”: it is measured by a figure of the product, not a figure by hand."),
]  # fmt: skip


@pytest.mark.parametrize(("after", "words"), CHANGES)
def test_what_differs_in_words(after: Stated, words: str) -> None:
    assert success.differences([ON_TIME, REPORTS], [REPORTS, after]) == [words]


KNOWN = Known({"usage.days": ""}, {"contact:con_1": DANA, "user:usr_1": MARA}, {"call": "Call"})
GOOD = Wanted("", "On time", DAY, "contact:con_1", "user:usr_1", target=80.0)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (replace(GOOD, outcome=""), "outcome"),
        (replace(GOOD, outcome="x" * 501), "outcome"),
        (replace(GOOD, due_on=None), "due_on"),
        (replace(GOOD, theirs="user:usr_1"), "theirs"),
        (replace(GOOD, ours="contact:con_1"), "ours"),
        (replace(GOOD, ours=""), "ours"),
        (replace(GOOD, target=None), "target"),
        (replace(GOOD, target=float("nan")), "target"),
        (replace(GOOD, target=0.0), "target"),
        (replace(GOOD, target=None, measure="m", metric="usage.days"), "target"),
        (replace(GOOD, metric="usage.events"), "metric"),
        (replace(GOOD, tasks=("secret",)), "tasks"),
    ],
)
def test_what_a_proposal_lacks(asked: Wanted, field: str) -> None:
    assert success.wrong([GOOD], KNOWN) == {}
    assert list(success.wrong([GOOD, asked], KNOWN)) == [f"1.{field}"]


WORDS = st.text('aß“\\"\n☃', max_size=6)


# What other work on the same machine slows down is no fault of the draw.
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.builds(
            Stated, WORDS, WORDS, st.none() | st.dates(), st.just(DANA) | st.none(), st.just(MARA), WORDS, WORDS,
            st.none() | st.floats(allow_nan=False, allow_infinity=False), st.none() | st.just(3.5), WORDS,
            st.lists(st.tuples(WORDS, WORDS), max_size=2).map(tuple),
        ),
        max_size=3,
    )
)  # fmt: skip
def test_a_version_reads_back_as_it_was_written_and_its_text_never_changes(objectives: list[Stated]) -> None:
    said = success.Version(
        "jny_1", "Acme", "Northwind", 1, "", MARA, "2026-03-02T09:00:00+00:00", "", tuple(objectives)
    )
    text = success.version_text(said)
    assert success.read_version(text) == said
    assert success.version_text(success.read_version(text)) == text


def test_each_fact_names_the_bytes_that_were_signed(world: Cast) -> None:
    journey = won(world)
    propose(world, journey, wanted(world))
    journeys.answer_plan(actor=world.dana, journey_id=journey, number=1, agreed=True)
    (row,) = success_plan(world.mara, journey).versions
    told = {fact.name: fact for fact in ledger.facts_of(journey=journey)}
    agreed = told["journey.success_plan.agreed"]
    assert (agreed.data["hash"], agreed.data["answer"]) == (success.digest(row.text), success.digest(row.answer_text))
    assert agreed.data["mail"] == "dana@customer.example"


def test_a_customer_names_whom_of_ours_they_know_and_nothing_twice(world: Cast) -> None:
    # red when anybody who works here can be put into a customer's plan, or one objective overwrites itself
    journey = won(world)
    stranger = wanted(world, ours=f"user:{world.tomas.id}")
    with pytest.raises(Refusal) as caught:
        journeys.propose_plan(actor=world.dana, journey_id=journey, objectives=[stranger])
    assert "0.ours" in caught.value.details["fields"]
    propose(world, journey, wanted(world))
    journeys.answer_plan(actor=world.dana, journey_id=journey, number=1, agreed=True)
    (row,) = success_plan(world.mara, journey).objectives
    with pytest.raises(Refusal, match="twice"):
        propose(world, journey, wanted(world, ref=row.ref), wanted(world, "Later", ref=row.ref))


def test_a_key_answers_for_nobody_but_whom_it_names(world: Cast) -> None:
    journey = won(world)
    number = journeys.propose_plan(actor=world.dana, journey_id=journey, objectives=[wanted(world)])
    key = Actor("key", "key_x", "Sync", scopes=frozenset({"read", "write"}))
    with pytest.raises(Refusal, match="answered by people"):
        journeys.answer_plan(actor=key, journey_id=journey, number=number, agreed=True)
    named = parse_id("usr", world.mara.id)
    journeys.answer_plan(actor=key, journey_id=journey, number=number, agreed=True, user_id=named)
