"""When what is left will likely end: by hand for what the rule says; too little history tells nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
import time_machine

from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.journeys.decisions.graph import Thing, graph_of
from onward.journeys.decisions.likely import Likely, likely
from onward.playbooks.decisions.definition import Playbook, Stage
from tests.interfaces.portal.visits import line
from tests.journeys.test_forecast import OUTSIDE, TODAY_IS, begin, book_of, plan, running, task
from tests.world import SIGNED, Cast, all_of, cast

ONE_TO_FIVE = [1, 2, 3, 4, 5]


def things_of(book: Playbook, began: date | None = None) -> dict[str, Thing]:
    run = running(book)
    if began:
        begin(plan(run, connect=date(2026, 5, 1))["connect"], began)
    return graph_of(book, run, OUTSIDE, {})


TWO_STEPS = book_of(
    Stage("one", "One", "csm", tasks=(task("connect"), task("check", "connect"))),
    Stage("two", "Two", "csm", after=("one",), tasks=(replace(task("train"), stage="two"),)),
    Stage("proof", "Proof", "csm", after=("two",)),
)


def test_steps_follow_one_another_and_the_day_agreed_holds_nothing_back() -> None:
    # red when a plan that is agreed for May cannot be done in March
    things = things_of(TWO_STEPS, TODAY_IS)
    took = {"task.connect": [2] * 5, "task.check": [3] * 9, "task.train": [1] * 5}
    found = likely(things, TODAY_IS, took, ["stage.one", "stage.two"], Random(1).choice)
    # Monday the 16th, two and three working days, around the holiday on Friday the 20th.
    assert found["stage.one"] == Likely(date(2026, 3, 24), date(2026, 3, 24), 5, ())
    assert found["stage.two"].half == date(2026, 3, 25)


def test_a_step_under_way_takes_no_less_than_it_has_already() -> None:
    # red when what has been open for two weeks is said to take one day
    book = book_of(Stage("one", "One", "csm", tasks=(task("connect"),)))
    began = things_of(book, date(2026, 3, 9))
    assert likely(began, TODAY_IS, {"task.connect": [1, 1, 1, 1, 7]}, ["stage.one"], Random(1).choice)[
        "stage.one"
    ].half == date(2026, 3, 18)
    slow = likely(began, TODAY_IS, {"task.connect": [1] * 5}, ["stage.one"], Random(1).choice)["stage.one"]
    assert slow.half == TODAY_IS, "longer than any: today at the earliest"


def test_half_and_four_of_five_differ_as_the_history_does_and_are_the_same_each_time() -> None:
    things = things_of(TWO_STEPS, TODAY_IS)
    took = {"task.connect": ONE_TO_FIVE, "task.check": ONE_TO_FIVE}
    found = likely(things, TODAY_IS, took, ["stage.one"], Random(1).choice)["stage.one"]
    assert found.half is not None
    assert found.most is not None
    assert date(2026, 3, 17) < found.half < found.most <= date(2026, 3, 31)
    assert likely(things, TODAY_IS, took, ["stage.one"], Random(1).choice)["stage.one"] == found


def test_too_few_and_what_only_the_product_tells_is_said() -> None:
    # red when four journeys are taken for a rule, or a stage without steps ends today
    things = things_of(TWO_STEPS, TODAY_IS)
    took = {"task.connect": [1] * 5, "task.check": [1] * 4, "task.train": [1] * 5}
    found = likely(things, TODAY_IS, took, ["stage.one", "stage.two", "stage.proof"], Random(1).choice)
    assert found["stage.one"] == Likely(None, None, 4, ("task.check",))
    assert found["stage.two"].few == ("task.check",)
    took["task.check"] = [1] * 5
    found = likely(things, TODAY_IS, took, ["stage.two", "stage.proof"], Random(1).choice)
    assert found["stage.two"].few == ()
    alone = book_of(Stage("proof", "Proof", "csm"))
    assert likely(things_of(alone), TODAY_IS, {}, ["stage.proof"], Random(1).choice)["stage.proof"].few == (
        "stage.proof",
    )


@pytest.mark.django_db(transaction=True)
def test_the_history_is_that_of_the_same_playbook_and_of_other_journeys() -> None:
    # red when a journey tells of itself, or how long a step took is not read from those that did it
    with time_machine.travel(SIGNED, tick=False):
        world: Cast = cast()
        others = [opened(world) for _ in range(5)]
        mine = opened(world)
        (first, *_) = queries.likely_ends(world.mara, mine)
        assert first.few == ("Kickoff call", "Sign the plan")
    with time_machine.travel(SIGNED + timedelta(days=2), tick=False):
        for journey in others:
            call = line(world, journey, "call").id
            journeys.pick_measure(
                actor=world.mara, journey_id=journey, milestone="first_value", measure="reports", numbers={"n": 2}
            )
            journeys.hold_meeting(
                actor=world.mara, task_id=call, held_at=datetime.now(SIGNED.tzinfo), attended=all_of(world)
            )
            journeys.answer_form(actor=world.mara, task_id=call, values={"go_live": "2026-04-16", "migrate": True})
    with time_machine.travel(SIGNED + timedelta(days=7), tick=False):
        for journey in others:
            journeys.complete_task(actor=world.mara, task_id=line(world, journey, "sign_plan").id)
    with time_machine.travel(SIGNED, tick=False):
        kickoff, *_ = queries.likely_ends(world.mara, mine)
        assert (kickoff.title, kickoff.few) == ("Kickoff", ())
        # Two working days for the call and three for the signature, from Monday the 2nd.
        assert kickoff.likely == Likely(date(2026, 3, 9), date(2026, 3, 9), 5, ())


def opened(world: Cast) -> UUID:
    return journeys.open_journey(actor=world.mara, account_id=world.acme, version_id=world.version, signed_at=SIGNED)
