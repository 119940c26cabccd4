"""The insights page: it answers in a sentence, and every figure opens exactly its records."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client

from onward.foundation.clock import now
from onward.identity.queries import signed_in_user
from onward.insights.queries import stages, ttfv
from onward.insights.queries.records import WHAT, records
from onward.journeys.actions import cancel_journey, complete_task, record_milestone
from onward.journeys.queries import journey_view
from onward.kernel.actor import SYSTEM, Actor
from tests.insights.conftest import Sign

DAY = timedelta(days=1)
STAFF = Actor("staff", "usr_00000000000000000000000000", "Mara", role="manager")


@pytest.fixture
def staff(owner: object) -> Client:
    from uuid import UUID

    assert isinstance(owner, UUID)
    user = signed_in_user(owner)
    assert user is not None
    client = Client()
    client.force_login(user)
    return client


def lives(sign: Sign) -> None:
    at = now()
    one, two, three = (sign(name, at - 40 * DAY) for name in ("One", "Two", "Three"))
    sign("Four", None)
    sign("Five <b>", at - 3 * DAY, segment="enterprise")
    for journey, days in ((one, 30), (two, 20)):
        record_milestone(actor=STAFF, journey_id=journey, milestone="first_value", met_at=at - days * DAY, note="ran")
    task = next(line.id for line in journey_view(SYSTEM, one).tasks if line.key == "call")
    complete_task(actor=STAFF, task_id=task)
    cancel_journey(actor=STAFF, journey_id=three, reason="gone")


def test_an_empty_page_says_what_comes_first(staff: Client) -> None:
    page = staff.get("/insights")
    assert page.status_code == 200
    assert "Nobody has signed yet" in page.content.decode()


def test_every_figure_opens_its_records(staff: Client, sign: Sign) -> None:
    lives(sign)
    page = staff.get("/insights")
    assert page.status_code == 200
    html = page.content.decode()
    assert "reach first value by" in html
    assert '<path class="curve' in html
    links = re.findall(r'<a href="(/insights/records[^"]*)"[^>]*>([\d,]+)</a>', html)
    assert len(links) >= 6
    for address, figure in links:
        found = staff.get(unescape(address))
        assert found.status_code == 200
        assert found.content.decode().count('class="name"') == int(figure.replace(",", "")), address
    assert "<b>" not in staff.get("/insights/records?what=signed").content.decode().split('class="name"', 1)[1]


def test_records_are_as_many_as_the_figures_say(sign: Sign) -> None:
    lives(sign)
    at = now()
    curve, (stage,) = ttfv(SYSTEM, per="journey", as_of=at), stages(SYSTEM, as_of=at)
    counted = {what: len(records(SYSTEM, what, stage="kickoff", as_of=at).rows) for what in WHAT}
    assert counted == {
        "signed": curve.everyone.n,
        "reached": curve.everyone.reached,
        "not_yet": curve.everyone.n - curve.everyone.reached,
        "unsigned": curve.unsigned,
        "entered": stage.entered,
        "closed": stage.closed,
        "in_it": stage.in_it,
        "left": stage.left,
    }


def test_filters_are_checked(staff: Client, sign: Sign) -> None:
    lives(sign)
    assert staff.get("/insights?in=enterprise&on=two_steps").status_code == 200
    for wrong in ("in=x", "on=x"):
        assert staff.get(f"/insights?{wrong}").status_code == 422
    assert staff.get("/insights/records?what=x").status_code == 422
    assert staff.get("/insights/records?what=closed&stage=none&after=x").status_code == 404
    assert staff.get("/insights/records?what=closed&stage=%00").status_code < 500
    assert Client().get("/insights").status_code == 302


def test_the_slowest_stage_is_the_one_that_several_have_not_got_through(staff: Client, sign: Sign) -> None:
    with time_machine.travel(now() - 11 * DAY, tick=False) as clock:
        first, *_ = [sign(name, now() - 40 * DAY) for name in ("One", "Two", "Three", "Four")]
        clock.shift(DAY)
        task = next(line.id for line in journey_view(SYSTEM, first).tasks if line.key == "call")
        complete_task(actor=STAFF, task_id=task)
        clock.shift(10 * DAY)
        (stage,) = [one for one in stages(SYSTEM, as_of=now()) if one.stage == "kickoff"]
        said = re.sub(r"<[^>]+>", "", staff.get("/insights").content.decode())
        behind = staff.get("/insights/records?what=in_it&stage=kickoff").content.decode()
    assert (stage.median_days, stage.so_far_days) == (None, 11)
    assert "holds us up: 3 of 4 are still in it, for 11 days at the median so far." in said
    assert behind.count("11.0<small>so far</small>") == 3
    assert "Journeys that are in Kickoff" in behind
