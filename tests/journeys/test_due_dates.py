"""A due date is one calendar date, where the work is done, whoever reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from onward.accounts import actions as accounts
from onward.identity import actions as identity
from onward.identity import queries as people
from onward.insights import actions as insights
from onward.insights.queries import portfolio
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id, parse_id
from tests.interfaces.portal.visits import enter
from tests.journeys.test_journey import task, won
from tests.world import SIGNED, Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _three_hours_after_signature() -> Iterator[None]:
    with time_machine.travel(SIGNED + timedelta(hours=3), tick=False):
        yield


@pytest.fixture
def world() -> Cast:
    """Northwind sits in Auckland, Acme in Los Angeles: their days overlap for three hours."""
    found = cast()
    identity.change_organization(actor=found.admin, zone="Pacific/Auckland")
    accounts.change_account(actor=found.admin, account_id=found.acme, zone="America/Los_Angeles")
    return found


def staff_browser(world: Cast) -> Client:
    client = Client()
    user = people.signed_in_user(parse_id("usr", world.mara.id))
    assert user is not None
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def date_of(page: Any, title: str) -> list[str]:
    """The dates that a page gives beside a title."""
    text = page.content.decode()
    row = text[text.index(f">{title}</a>") :].partition("</li>")[0].partition("</tr>")[0]
    return re.findall(r'<time datetime="([\d-]+)"', row)


def test_their_date_is_the_same_on_the_console_and_in_the_portal(world: Cast) -> None:
    # red when a page shows `due_at` in its reader's zone
    journey = won(world)
    connect = task(queries.journey_view(world.mara, journey), "sign_plan")
    journeys.move_task(actor=world.mara, task_id=connect.id, due_at=date(2026, 3, 13))
    line = task(queries.journey_view(world.mara, journey), "sign_plan")
    assert line.due_at == datetime(2026, 3, 14, 6, 59, 59, tzinfo=UTC)
    assert line.due_on == date(2026, 3, 13)
    address = f"/journeys/{format_id('jny', journey)}"
    assert set(date_of(staff_browser(world).get(f"{address}/plan"), "Sign the plan")) == {"2026-03-13"}
    there = date_of(enter(world.dana_id).get(f"/portal{address}/plan"), "Sign the plan")
    assert there == ["2026-03-13", "2026-03-12"], "the day it has, and the day it had"


def test_our_date_is_ours_for_them_too(world: Cast) -> None:
    journey = won(world)
    line = task(queries.journey_view(world.mara, journey), "call")
    # Signed on 2 March at 22:00 in Auckland; a week later is the 9th there, still the 9th's morning in Los Angeles.
    assert line.due_on == date(2026, 3, 9)
    assert line.due_at == datetime(2026, 3, 9, 10, 59, 59, tzinfo=UTC)
    plan = f"/journeys/{format_id('jny', journey)}/plan"
    shown = [date_of(browser, "Kickoff call") for browser in (
        staff_browser(world).get(plan), enter(world.dana_id).get(f"/portal{plan}"))]  # fmt: skip
    assert shown == [["2026-03-09"], ["2026-03-09"]]


def test_a_task_due_with_its_stage_takes_the_stages_date(world: Cast) -> None:
    journey = won(world)
    view = queries.journey_view(world.mara, journey)
    journeys.waive_check(actor=world.mara, journey_id=journey, stage="kickoff", check="goal", reason="agreed on paper")
    journeys.waive_check(actor=world.mara, journey_id=journey, stage="kickoff", check="signed", reason="on paper")
    view = queries.journey_view(world.mara, journey)
    setup = next(stage for stage in view.stages if stage.key == "setup")
    connect = task(view, "connect")
    assert setup.due_on is not None
    assert connect.due_on == setup.due_on
    assert connect.due_at != setup.due_at


def test_the_portfolio_holds_the_same_date(world: Cast) -> None:
    journey = won(world)
    line = task(queries.journey_view(world.mara, journey), "sign_plan")
    journeys.move_task(actor=world.mara, task_id=line.id, due_at=date(2026, 3, 4))
    insights.rebuild(actor=SYSTEM)
    (row, *_) = portfolio(world.mara).rows
    value = queries.journey_view(world.mara, journey).first_value
    assert value is not None
    assert row.first_value_due_on == value.due_on
    assert row.next_due_on == min(line.due_on for line in queries.journey_view(world.mara, journey).tasks
                                  if line.state == "open" and line.due_on)  # fmt: skip
