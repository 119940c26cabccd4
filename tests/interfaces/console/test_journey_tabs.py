"""The plan as bars over time, what happened and why, and what the customer does in the product."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from onward.accounts import actions as accounts
from onward.interfaces.console.journey import ties
from onward.interfaces.ui.words import date_words, short_date
from onward.journeys import actions, queries
from onward.journeys.queries import agreed_days, calendars_of
from onward.kernel.actor import SYSTEM
from onward.kernel.clock import Span
from onward.playbooks.decisions.parts import EventSpec, Link, Where
from onward.usage import actions as usage
from onward.usage.actions import intake, rooms
from onward.usage.decisions.events import Delivery, judge
from tests.interfaces.console.test_journey_pages import address, signed_in, task_path, text, won
from tests.interfaces.console.test_task_drawer import journey, line
from tests.world import SIGNED, SMALL, Cast, cast, publish

__all__ = ["journey"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _three_hours_after_signature() -> Iterator[None]:
    with time_machine.travel(SIGNED + timedelta(hours=3), tick=False):
        yield


@pytest.fixture
def world() -> Cast:
    return cast()


def test_the_timeline_draws_bars_milestones_promises_today_and_days_off(world: Cast, journey: UUID) -> None:
    page = text(signed_in(world.mara), f"{address(journey)}/timeline")
    for part in ('class="bar us done"', 'class="today"', 'class="post"', 'class="diamond"', 'class="off"'):
        assert part in page, part
    assert "Sign the plan" in page
    assert page.count('<tr class="milestone-row') == 3
    assert "<title>Go-live: 1 Apr</title>" in page, "a day agreed in a form is a mark of its own"
    assert page.index('title="Go-live date"') < page.index(">First value</span>"), "ahead of what is due after it"


def test_a_moved_date_is_drawn_against_its_first_plan(world: Cast, journey: UUID) -> None:
    # red when the days between what was agreed at first and now are not those that the bar says
    before = agreed_days(journey)[line(world, journey, "sign_plan").id]
    for days in (2, 5):
        actions.move_task(
            actor=world.mara,
            task_id=line(world, journey, "sign_plan").id,
            due_at=before + timedelta(days=days),
            reason="later",
        )
    page = text(signed_in(world.mara), f"{address(journey)}/timeline")
    assert "+5 d" in page
    assert "+2 d" not in page
    assert 'class="first-plan"' in page


def test_what_cannot_be_kept_is_drawn_to_the_day_that_can(world: Cast) -> None:
    # red when a step that waits for a late one stands in the past as if nothing were wrong
    journey = won(world)
    with time_machine.travel(SIGNED + timedelta(days=40), tick=False):
        client = signed_in(world.mara)
        actions.pause_journey(actor=world.mara, journey_id=journey, reason="a freeze")
        actions.resume_journey(actor=world.mara, journey_id=journey)
        page = text(client, f"{address(journey)}/timeline")
        expected = queries.journey_view(world.mara, journey).later("task.sign_plan")
    assert expected is not None
    assert f"{short_date(expected.on)} at the earliest</title>" in page
    assert f"at the earliest; agreed was {date_words(expected.agreed)}" in page


def test_what_was_done_before_its_first_plan_is_not_drawn_as_later(world: Cast, journey: UUID) -> None:
    # red when a bar that has ended tells how far its date was moved
    task = line(world, journey, "sign_plan")
    assert task.due_on is not None
    actions.move_task(actor=world.mara, task_id=task.id, due_at=task.due_on + timedelta(days=5), reason="later")
    actions.complete_task(actor=world.mara, task_id=task.id, asked_by=f"contact:{world.dana.id}")
    page = text(signed_in(world.mara), f"{address(journey)}/timeline")
    early = (agreed_days(journey)[task.id] - SIGNED.date()).days
    assert early > 0
    assert re.findall(r'class="moved( early)?"[^>]*>([^<]+)<', page) == [(" early", f"-{early} d")]


def test_each_side_has_its_own_days_off(world: Cast) -> None:
    accounts.change_account(actor=world.mara, account_id=world.acme, zone="America/New_York")
    ours, theirs = calendars_of(world.acme)
    assert theirs.zone == "America/New_York"
    assert not ours.works_on(date(2026, 3, 7))
    assert theirs.works_on(date(2026, 3, 6))


def test_facts_say_who_and_because_of_what_and_are_narrowed(world: Cast, journey: UUID) -> None:
    client, path = signed_in(world.mara), f"{address(journey)}/facts"
    page = text(client, path)
    assert "opened the journey" in page
    assert "because " in page
    dates = text(client, f"{path}?kind=dates")
    assert "opened the journey" not in dates
    talk = text(client, f"{path}?kind=talk")
    assert "in the outbox" in talk or "Nothing of that kind has happened yet." in talk
    assert client.get(f"{path}?kind=rumours").status_code == 422
    for odd in ("0", "99999999999", "x", "-1"):
        assert client.get(path, {"before": odd}).status_code == 200


def test_new_tabs_cost_the_same_statements_however_much_there_is(world: Cast, journey: UUID) -> None:
    client, path = signed_in(world.mara), address(journey)
    for tab, most in (("/plan", 16), ("/timeline", 14), ("/facts", 12), ("/usage", 20)):
        client.get(path + tab)
        with CaptureQueriesContext(connection) as caught:
            client.get(path + tab)
        assert len(caught.captured_queries) <= most, (tab, len(caught.captured_queries))


def test_without_an_id_in_the_product_the_usage_page_says_what_to_connect(world: Cast) -> None:
    journey = won(world)
    accounts.change_account(actor=world.mara, account_id=world.acme, group_id="")
    page = text(signed_in(world.mara), f"{address(journey)}/usage")
    assert "Nothing is known of their use yet." in page
    assert "/edit#group_id" in page
    accounts.change_account(actor=world.mara, account_id=world.acme, group_id="acme-1")
    assert "No source delivers yet." in text(signed_in(world.mara), f"{address(journey)}/usage")


def test_people_stand_in_counting_order_and_events_of_one_name_are_told_apart(world: Cast) -> None:
    # red when "user-10" comes before "user-9", or two columns say "Report run"
    real = EventSpec(
        "real_run", "Report run", ("Report Run",), where=(Where("sample_data", (False,)),), source="server"
    )
    book = replace(SMALL, id="two_events", events=(*SMALL.events, real))
    journey = actions.open_journey(
        actor=world.mara, account_id=world.globex, version_id=publish(book), signed_at=SIGNED
    )
    rooms.forget()
    source = usage.create_source(actor=SYSTEM, name="Server").source_id
    at = SIGNED + timedelta(hours=1)
    raw = [
        json.dumps({"type": "track", "context": {"groupId": "globex"}, "userId": user, "event": "Report Run",
                    "timestamp": at.isoformat(), "properties": {"sample_data": False}}).encode()
        for user in ("user-10", "user-9", "User-11")
    ]  # fmt: skip
    rows = Delivery(judge(raw, source=source, received_at=at).rows, [])
    intake.store(connection.connection, rows, source_id=source, server=True, received_at=at)
    usage.derive_all()
    page = text(signed_in(world.mara), f"{address(journey)}/usage")
    assert re.findall(r'<th scope="row">([uU]ser-\d+)', page) == ["user-9", "user-10", "User-11"]
    assert page.count(">Report run<") == 1 + 1, "once among the events, once above the people"
    assert page.count(">Report run (sample data: no)<") >= 1


def test_the_overviews_list_leads_to_all_facts(world: Cast, journey: UUID) -> None:
    page = text(signed_in(world.mara), address(journey))
    assert f'href="{address(journey)}/facts"' in page
    assert task_path(world, journey, "sign_plan") in page
    assert queries.journey_view(world.mara, journey).state == "open"


def test_the_timeline_says_which_steps_decide_first_value_and_a_task_how_far_it_can_slip(
    world: Cast, journey: UUID
) -> None:
    # red when what decides is marked unasked, or what is put off takes part, or a task's page says other days
    client, path = signed_in(world.mara), f"{address(journey)}/timeline"
    assert "decides" not in re.sub(r"decides=\w+|What decides", "", text(client, path))
    page = text(client, f"{path}?decides=first_value")
    assert "No step decides the day of <strong>First value, Wed 1 April</strong>: the work leaves room." in page
    assert (
        "<title>Polish the settings: 21 Mar to 23 Mar, can slip 7 working days before first value moves on from 1 Apr<"
        in page
    )
    actions.defer_tasks(actor=world.mara, journey_id=journey, task_ids=[line(world, journey, "polish").id])
    connect = line(world, journey, "connect")
    actions.move_task(
        actor=world.mara, task_id=connect.id, due_at=SIGNED.replace(month=4, day=1, hour=23), reason="later"
    )
    page = text(client, f"{path}?decides=first_value")
    assert "This step decides the day of <strong>First value, Wed 1 April</strong>: " in page
    assert page.count('class="decides" x="') == 2, "its bar, and the key"
    assert "Polish the settings: 21 Mar to 23 Mar<" in page
    at_task = text(client, task_path(world, journey, "connect"))
    assert re.search(
        r"slips</dt><dd>Each working day that it slips moves <a [^>]*>first value</a> on from 1 Apr and <a ", at_task
    )
    at_plan = text(client, task_path(world, journey, "sign_plan"))
    room = (
        r"slips</dt><dd>\d+ working days to spare before <a [^>]*>first value</a> moves on from 1 Apr, \d+ before <a "
    )
    assert re.search(room, at_plan)
    with time_machine.travel(SIGNED + timedelta(days=8), tick=False):
        # red when what is late already is said to have days to spare
        client = signed_in(world.mara)
        at_plan = text(client, task_path(world, journey, "sign_plan"))
        until = (
            r"<dt>Until when</dt><dd>Late: <a [^>]*>first value</a> stays on 1 Apr if it is done by \d+ Mar, <a [^>]*>"
        )
        assert re.search(until, at_plan)
        assert "to spare" not in at_plan
        bars = text(client, f"{path}?decides=first_value")
        assert re.search(
            r"<title>Sign the plan: [^<]*, late; first value stays on 1 Apr if it is done by \d+ Mar[;<]", bars
        )
    assert "If it slips" not in text(client, task_path(world, journey, "call")), "it is done"
    assert client.get(f"{path}?decides=nothing").status_code == 200


@pytest.mark.parametrize(
    ("link", "arrow", "words", "words_of_other"),
    [
        ("finish_to_start", "M50.0 17.0H56.0V51.0H80.0m-5 ", "begins after One", "Two begins after it"),
        ("start_to_start", "M20.0 17.0H14.0V51.0H80.0m-5 ", "begins after the beginning of One",
         "Two begins after its beginning"),
        ("finish_to_finish", "M50.0 17.0H121.0V51.0H110.0m5 ", "ends after One", "Two ends after it"),
        ("start_to_finish", "M20.0 17.0H14.0V34.0H121.0V51.0H110.0m5 ", "ends after the beginning of One",
         "Two ends after its beginning"),
    ],
)  # fmt: skip
def test_each_of_the_four_links_leaves_and_reaches_the_right_ends_of_the_bars(
    link: Literal["finish_to_start", "start_to_start", "finish_to_finish", "start_to_finish"],
    arrow: str,
    words: str,
    words_of_other: str,
) -> None:
    # red when an arrow leaves from the wrong end, or the lag is not told
    places = {"one": ties.Place("One", 20, 50, 17), "two": ties.Place("Two", 80, 110, 51)}
    titles = {key: place.title for key, place in places.items()}
    for lag, told in ((None, ""), (Span(2, "wd"), "2 working days ")):
        found = ties.ties_of({"two": [Link("one", link, lag)], "three": [Link("gone")]})
        assert ties.said("two", found["two"], titles) == words.replace("after", f"{told}after")
        assert ties.said("one", found["one"], titles) == words_of_other.replace("after", f"{told}after")
        assert f'd="{arrow}' in ties.drawn("one", found["one"], places, "", 500)
    assert ties.said("three", found["three"], titles) == ""


def test_a_bar_reaches_to_what_it_is_linked_to_and_says_so(world: Cast, journey: UUID) -> None:
    page = text(signed_in(world.mara), f"{address(journey)}/timeline")
    assert "Sign the plan: 2 Mar to 5 Mar; begins after Kickoff call</title>" in page
    # Pointing at the call shows where it leads, pointing at the plan from where it comes.
    assert page.count('</a><g class="ties"') == 2
