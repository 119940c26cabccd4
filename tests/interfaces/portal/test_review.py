"""The review document: the same for both sides, and nothing in it that is only ours."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from onward.foundation import clock
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.kernel.ids import format_id, parse_id
from tests.interfaces.portal.visits import enter
from tests.world import SMALL, cast, publish, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_both_sides_read_what_was_reached() -> None:
    world = cast()
    first = SMALL.stages[0]
    call = replace(first.tasks[0], document="onboarding_review")
    book = replace(SMALL, id="looked_back", stages=(replace(first, tasks=(call, *first.tasks[1:])), *SMALL.stages[1:]))
    journey = journeys.open_journey(
        actor=world.mara, account_id=world.acme, version_id=publish(book), signed_at=clock.now()
    )
    task = next(one.id for one in queries.journey_view(world.mara, journey).tasks if one.key == "call")
    answers = {"go_live": "2027-04-01", "migrate": True, "margin": 4711, "people": 12}
    journeys.answer_form(actor=world.mara, task_id=task, values=answers)
    goal = journeys.write_objective(
        actor=world.mara,
        journey_id=journey,
        outcome="One report",
        due_on=date(2027, 4, 1),
        owner_contact_id=world.dana_id,
    )
    journeys.agree_objective(actor=world.dana, objective_id=goal)
    journeys.meet_objective(actor=world.mara, objective_id=goal, evidence="Seen on Monday")
    ref = format_id("jny", journey)
    inside = signed_in(world.mara)
    for page in (
        inside.get(f"/journeys/{ref}/review"),
        inside.get(f"/portal/preview/{ref}/review"),
        enter(world.dana_id).get(f"/portal/journeys/{ref}/review"),
    ):
        assert page.status_code == 200
        words = page.content.decode()
        assert "1 of 1 reached" in words
        assert "as seen: Seen on Monday" in words
        assert "People to train" in words
        assert "4711" not in words, "what is only ours stays with us"
        assert "Mara" in words
    assert enter(parse_id("con", world.eve.id)).get(f"/portal/journeys/{ref}/review").status_code == 404
