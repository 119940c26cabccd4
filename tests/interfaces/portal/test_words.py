"""The portal's words: a step once begun is continued, a signature is called one, lateness is said one way."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from onward.journeys import actions as journeys
from tests.interfaces.portal.visits import enter, kicked_off, line, text
from tests.world import SIGNED, Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Cast:
    return cast()


def test_a_signature_is_announced_and_said(world: Cast) -> None:
    # red when signing reads like ticking a box, before or after
    journey = kicked_off(world)
    sign, dana = line(world, journey, "sign_plan"), enter(world.dana_id)
    assert "puts your name and today’s date under it" in text(dana, f"/portal/tasks/{sign.ref}")
    journeys.complete_task(actor=world.dana, task_id=sign.id)
    page = " ".join(text(dana, f"/portal/tasks/{sign.ref}").split())
    assert "<strong>Signed</strong> on" in page
    assert "by you for Acme Freight." in page


def test_a_step_that_is_begun_is_continued(world: Cast) -> None:
    journey = kicked_off(world)
    dana, sign = enter(world.dana_id), line(world, journey, "sign_plan")
    assert ">Start</a>" in text(dana, "/portal/")
    assert not sign.begun
    assert line(world, journey, "call").begun


def test_lateness_is_said_the_same_way_everywhere(world: Cast) -> None:
    # red when a page says "It was due" where another says how late
    with time_machine.travel(SIGNED + timedelta(days=1), tick=False):
        journey = journeys.open_journey(
            actor=world.mara, account_id=world.acme, version_id=world.version, signed_at=SIGNED
        )
        call = line(world, journey, "call")
        journeys.skip_task(actor=world.mara, task_id=call.id, reason="held before")
        sign = line(world, journey, "sign_plan")
        journeys.move_task(actor=world.mara, task_id=sign.id, due_at=(SIGNED + timedelta(days=2)).date())
    with time_machine.travel(SIGNED + timedelta(days=6), tick=False):
        dana = enter(world.dana_id)
        assert "Wed 4 March, 4 days late" in text(dana, "/portal/")
        assert "4 days late" in text(dana, f"/portal/tasks/{sign.ref}")
