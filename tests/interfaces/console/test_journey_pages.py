"""What a colleague sees and does with journeys in the console: pages answer, one action a post, refusals in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from onward.accounts import actions as accounts
from onward.foundation import ledger
from onward.foundation.postgres import one_statement
from onward.insights import actions as insights
from onward.insights.decisions.urgency import PRESSING
from onward.insights.queries import lines_by_ids
from onward.interfaces.console.order import why_here
from onward.interfaces.ui.fact_words import SENTENCES
from onward.journeys import actions, queries
from onward.journeys.models import Journey
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id, parse_id
from onward.playbooks.decisions.definition import Task
from tests.world import SIGNED, SMALL, Cast, after, all_of, cast, publish, signed_in

pytestmark = pytest.mark.django_db

TABS = ["", "/plan", "/success", "/people", "/timeline", "/completion"]


@pytest.fixture(autouse=True)
def _three_hours_after_signature() -> Iterator[None]:
    with time_machine.travel(SIGNED + timedelta(hours=3), tick=False):
        yield


@pytest.fixture
def world() -> Cast:
    return cast()


def won(world: Cast, account: UUID | None = None) -> UUID:
    """A won deal; the journey that it opened, in the portfolio too."""
    deal = accounts.open_deal(actor=world.mara, account_id=account or world.acme, name="First year", amount="12000")
    accounts.win_deal(actor=world.mara, deal_id=deal, signed_at=SIGNED)
    insights.rebuild(actor=SYSTEM)
    (line, *_) = queries.journeys_of(world.mara, account or world.acme)
    return line.id


def address(journey: UUID) -> str:
    return f"/journeys/{format_id('jny', journey)}"


def task_path(world: Cast, journey: UUID, key: str) -> str:
    view = queries.journey_view(world.mara, journey)
    return f"/tasks/{next(row.ref for row in view.tasks if row.key == key)}"


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_answers_whole_and_as_the_fragment_that_changes(world: Cast, tab: str) -> None:
    path = address(won(world)) + tab
    client = signed_in(world.mara)
    page = text(client, path)
    assert 'data-live="journey:' in page
    fragment = client.get(path, headers={"X-Fragment": "1"}).content.decode()
    assert "<html" not in fragment
    assert fragment.strip()


def test_a_tab_costs_the_same_statements_however_far_the_journey_is(world: Cast) -> None:
    path, client = address(won(world)), signed_in(world.mara)
    for tab in TABS:
        client.get(path + tab)
        with CaptureQueriesContext(connection) as caught:
            client.get(path + tab)
        assert len(caught.captured_queries) <= 16, (tab, len(caught.captured_queries))


def test_the_end_is_that_of_a_last_stage_without_a_date_too(world: Cast) -> None:
    # red when the head names an earlier stage that has a date, and what decides the end another
    review = Task("review", "Review call", "meeting", "value", "csm", due=after(60, "d", "signed"), must=("csm",))
    *others, value = SMALL.stages
    book = replace(SMALL, id="undated", stages=(*others, replace(value, tasks=(review,))))
    journey = actions.open_journey(actor=world.mara, account_id=world.acme, version_id=publish(book), signed_at=SIGNED)
    ends = text(signed_in(world.mara), address(journey)).split("The end (no day")[1].split("</dd>")[0]
    assert "First value" in ends
    assert "1 May as things stand" in ends


def test_the_journey_says_where_it_stands_and_who_waits_on_whom(world: Cast) -> None:
    path = address(won(world))
    page = text(signed_in(world.mara), path)
    ends = page.split("The end (no day of go-live is agreed)")[1].split("</dd>")[0]
    assert "First value<small>1 Apr as things stand" in ends, "the stage with which it ends, where others find go-live"
    assert "/timeline?decides=end" in ends
    assert f'Acme Freight is in <a href="{path}#criteria">Kickoff</a>' in page
    assert "A shared, written success goal" in page
    assert "Kickoff closes when all 2 are proven" in page
    assert 'class="title next"' in page


def test_the_header_says_how_late_first_value_is(world: Cast) -> None:
    journey = won(world)
    due = queries.journey_view(world.mara, journey).first_value
    assert due
    assert due.due_at
    late = r'<dt>First value</dt>[\s\S]*?<small class="bad">17 days late</small>'
    assert not re.search(late, text(signed_in(world.mara), address(journey)))
    with time_machine.travel(due.due_at + timedelta(days=17), tick=False):
        assert re.search(late, text(signed_in(world.mara), address(journey)))


def test_what_cannot_be_kept_is_not_shown_as_if_all_were_well(world: Cast) -> None:
    # red when the head, the list or the line of an agreed day names the day in the plan alone
    journey, client = won(world), signed_in(world.mara)
    late = {"on": "2026-06-21", "due": "2026-03-02"}
    expected = {
        "task.call": {**late, "by": "today"},
        "milestone.first_value": {**late, "by": "task.call"},
        "answer.kickoff.go_live": {**late, "by": "task.call"},
    }
    answers = {"kickoff": {"values": {"go_live": "2026-04-01"}, "complete": True}}
    Journey.objects.filter(id=journey).update(expected=expected, answers=answers)
    page = text(client, address(journey))
    assert re.search(r'<dt>First value</dt>[\s\S]*?<small class="bad">21 Jun at the earliest</small>', page)
    assert "it has gone by" not in page
    assert page.count('<span class="bad">21 Jun at the earliest</span>') == 1, "go-live, among the milestones"
    for at in ("why-first-value", "why-kickoff-go_live"):
        assert "Kickoff call" in page.split(f'id="{at}"')[1].split("</details>")[0], at
    assert '<small class="bad">21 Jun at the earliest</small>' in text(client, "/journeys")
    bars = text(client, f"{address(journey)}/timeline")
    assert re.search(
        r'class="diamond was"[^>]*><title>[^<]+, as agreed: [^<]+</title></path><path class="diamond"', bars
    )
    drawn = text(client, "/journeys?as=timeline")
    assert 'class="to-come was"' in drawn, "the day agreed and, after it, the one that can be kept"
    assert '<path class="to-come kept"' in drawn.split("<tbody>")[1]
    assert '<span class="bad">21 Jun at the earliest</span>' in drawn


def test_a_day_of_silence_is_one_day_on_every_page(world: Cast) -> None:
    line = lines_by_ids(world.mara, [won(world)]).popitem()[1]
    still = "No step was taken on either side since 8 Nov 2026."
    stalled = replace(
        line,
        pace="stalled",
        pace_reason=still,
        urgency=PRESSING,
        first_value_due_at=SIGNED,
        first_value_due_on=SIGNED.date(),
    )
    assert why_here(stalled).split("; ")[0].endswith("late, no step was taken on either side since 8 Nov 2026")


def test_the_days_since_signing_are_those_of_the_calendar(world: Cast) -> None:
    # red when 46 hours are one day
    journey = won(world)
    with time_machine.travel(SIGNED + timedelta(days=2, hours=-2), tick=False):
        client = signed_in(world.mara)
        assert "<small>2 days ago</small>" in text(client, address(journey)).split("<dt>Signed</dt>")[1][:200]
        assert "<small>2 days ago</small>" in text(client, "/journeys?cols=signed")
    met = {
        "title": "First value",
        "how": "proven",
        "signed_at": str(SIGNED),
        "met_at": str(SIGNED + timedelta(hours=46)),
    }
    assert "2 days after signing" in SENTENCES["journey.milestone.met"]("", met, {})


def test_a_criterion_is_waived_by_name_and_with_a_reason(world: Cast) -> None:
    journey = won(world)
    client = signed_in(world.mara)
    answer = client.post(f"{address(journey)}/waivers", {"stage": "kickoff", "check": "goal", "reason": ""})
    assert answer.status_code == 422
    assert "The reason is missing." in answer.content.decode()
    client.post(f"{address(journey)}/waivers", {"stage": "kickoff", "check": "goal", "reason": "They sent it by mail"})
    page = text(client, address(journey))
    assert "Waived by Mara: They sent it by mail" in page


def test_a_kickoff_is_held_filled_in_and_measured_and_the_goal_agreed(world: Cast) -> None:
    # covers 51, 55
    journey = won(world)
    path, client = address(journey), signed_in(world.mara)
    call = task_path(world, journey, "call")
    refused = client.post(f"{call}/completion", {})
    assert refused.status_code == 422
    assert "say when it was held" in refused.content.decode()
    said = {"held_at": "2026-03-02T10:30", "attended": all_of(world)}
    assert client.post(f"{call}/meeting", said).status_code == 302
    unfinished = client.post(f"{call}/form", {"field.go_live": "", "field.migrate": "no"})
    assert unfinished.status_code == 422
    assert "Go-live date is still to answer." in unfinished.content.decode()
    client.post(f"{call}/form", {"field.go_live": "2026-04-01", "field.migrate": "no"})
    client.post(f"{path}/measures", {"milestone": "first_value", "measure": "reports", "reports.n": "3"})
    client.post(
        f"{path}/objectives",
        {"outcome": "Late trucks by nine", "due_on": "2026-04-01", "owner": format_id("con", world.dana_id)},
    )
    goal = queries.journey_view(world.mara, journey).objectives[0].ref
    client.post(f"{path}/objectives/{goal}/agreement", {})
    view = queries.journey_view(world.mara, journey)
    assert next(row for row in view.tasks if row.key == "call").state == "done"
    assert "Report run by 3 people" in text(client, f"{path}/success")
    assert "Late trucks by nine" in text(client, path)
    client.post(f"{task_path(world, journey, 'sign_plan')}/completion", {})
    assert queries.journey_view(world.mara, journey).stages[0].state == "closed"
    assert "Closed stages" in text(client, path)


def test_a_task_is_done_reopened_moved_given_away_and_left_out(world: Cast) -> None:
    journey = won(world)
    client = signed_in(world.tomas)
    for key in ("goal", "signed"):
        client.post(f"{address(journey)}/waivers", {"stage": "kickoff", "check": key, "reason": "known"})
    connect, polish = (task_path(world, journey, key) for key in ("connect", "polish"))
    assert client.post(f"{connect}/completion", {"note": "by phone"}).status_code == 302
    assert client.post(f"{connect}/completion", {}).status_code == 409
    assert "is already done" in client.post(f"{connect}/completion", {}).content.decode()
    client.post(f"{connect}/reopening", {"reason": "Broke again"})
    client.post(f"{polish}/date", {"due_at": "2026-03-20", "reason": "Holidays", "scope": "only"})
    client.post(f"{polish}/person", {"person": f"user:{world.mara.id}"})
    page = text(client, polish)
    assert "Fri 20 March" in page
    assert "Mara" in page
    stale = client.post(f"{polish}/skipping", {"reason": "No need", "edition": "1"})
    assert stale.status_code == 412
    assert client.post(f"{polish}/skipping", {"reason": "No need"}).status_code == 302
    assert "left out: No need" in text(client, f"{address(journey)}/plan")


def test_a_journey_is_paused_resumed_and_cancelled(world: Cast) -> None:
    journey = won(world)
    path, client = address(journey), signed_in(world.mara)
    assert client.post(f"{path}/pause", {"reason": ""}).status_code == 422
    client.post(f"{path}/pause", {"reason": "They move offices"})
    assert "is paused" in text(client, path)
    client.post(f"{path}/resumption", {})
    client.post(f"{path}/cancellation", {"reason": "They were bought"})
    page = text(client, path)
    assert "left onboarding on" in page
    assert "They were bought" in page
    assert client.post(f"{path}/resumption", {}).status_code == 409


def test_nobody_hurries_a_paused_journey(world: Cast) -> None:
    journey = won(world)
    path, all_of_them = address(journey), "/journeys?state=all"
    with time_machine.travel(SIGNED + timedelta(days=40), tick=False):
        client = signed_in(world.mara)
        assert "days late" in text(client, path)
        assert 'class="bad' in text(client, f"{path}/plan")
        assert "days late" in text(client, all_of_them)
        client.post(f"{path}/pause", {"reason": "They move offices"})
        insights.rebuild(actor=SYSTEM)
        rows = text(client, all_of_them).split("<tbody")[1]
        for page in (rows, *(text(client, path + tab) for tab in TABS)):
            assert not [words for words in ("days late", 'class="bad') if words in page]
        assert re.search(r">Paused</span></a><small[^>]*>Kickoff<", text(client, "/accounts"))


def test_roles_are_filled_by_people_of_the_right_side(world: Cast) -> None:
    journey = won(world)
    path, client = address(journey), signed_in(world.mara)
    client.post(f"{path}/roles", {"role": "csm", "person": f"user:{world.tomas.id}"})
    assert "Tomas" in text(client, path)
    wrong = client.post(f"{path}/roles", {"role": "champion", "person": f"user:{world.tomas.id}"})
    assert wrong.status_code == 422


def test_a_viewer_sees_everything_and_changes_nothing(world: Cast) -> None:
    journey = won(world)
    path, client = address(journey), signed_in(world.viewer)
    for tab in TABS:
        assert 'method="post" action="/journeys' not in text(client, path + tab)
    before = len(ledger.facts_of(journey=journey))
    assert client.post(f"{path}/pause", {"reason": "x"}).status_code == 403
    assert client.post(f"{task_path(world, journey, 'call')}/skipping", {"reason": "x"}).status_code == 403
    assert len(ledger.facts_of(journey=journey)) == before


def test_strangers_are_sent_to_sign_in_and_unknown_journeys_do_not_exist(world: Cast) -> None:
    path = address(won(world))
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in?next=")
    client = signed_in(world.mara)
    for wrong in ("/journeys/jny_x", "/tasks/tsk_00000000000000000000000000", f"{path}/nothing"):
        assert client.get(wrong).status_code == 404


def test_a_meeting_without_those_who_had_to_be_there_is_asked_about(world: Cast) -> None:
    # covers 52; red when an empty or short list of attendees counts in silence
    journey = won(world)
    client, call = signed_in(world.mara), task_path(world, journey, "call")
    said = {"held_at": "2026-03-02T10:30", "note": "Half an hour on the phone"}
    empty = client.post(f"{call}/meeting", said)
    assert empty.status_code == 422
    assert "Nobody was there." in empty.content.decode()
    short = client.post(f"{call}/meeting", {**said, "attended": all_of(world)[:1]})
    assert short.status_code == 422
    page = short.content.decode()
    assert "is not among those who came: Champion." in page
    assert "Half an hour on the phone" in page
    assert page.count('name="attended"') > len(re.findall(r'name="attended"[^>]* checked', page)) == 1
    assert queries.task_view(world.mara, parse_id("tsk", call.rpartition("/")[2])).line.held_at is None
    counted = client.post(f"{call}/meeting", {**said, "attended": all_of(world)[:1], "even_without": "1"})
    assert counted.status_code == 302
    assert "Without Champion, who had to be there." in text(client, call)


def test_a_waiver_is_counted_as_what_it_is(world: Cast) -> None:
    # red when a waived criterion reads as proven
    journey = won(world)
    client, path = signed_in(world.mara), address(journey)
    client.post(f"{path}/waivers", {"stage": "kickoff", "check": "goal", "reason": "They sent it by mail"})
    assert "0 of 2 proven, 1 waived" in text(client, path)
    client.post(f"{path}/waivers", {"stage": "kickoff", "check": "signed", "reason": "On paper"})
    assert "2 waived" in text(client, path)


def test_the_styleguide_shows_every_component(world: Cast) -> None:
    page = text(signed_in(world.mara), "/styleguide")
    assert "color only echoes" in page


def test_a_reaction_that_is_stuck_is_listed_with_its_reason(world: Cast) -> None:
    journey = won(world)
    manager, viewer = signed_in(world.mara), signed_in(world.viewer)
    assert "Everything that happened was carried through." in text(manager, "/stuck")
    one_statement(
        "insert into ledger_stuck (subscriber, stream, journey, from_seq, tries, next_at, problem)"
        " values ('automation', %s, %s, 3, 2, now() + interval '1 hour', 'ZeroDivisionError: <b>')",
        (format_id("acc", world.acme), str(journey)),
    )
    page = text(viewer, "/stuck")
    assert "1 reaction is stuck." in page
    assert "ZeroDivisionError: &lt;b&gt;" in page
    assert '<a href="/stuck" aria-current="page">Stuck reactions</a>' in page, "beside the other settings"
    assert address(journey) in page
    assert 'action="/stuck/retries"' not in page
    assert viewer.post("/stuck/retries").status_code == 403


def test_a_deal_signed_anew_leaves_the_dates_and_the_page_says_which_day_counts(world: Cast) -> None:
    journey = won(world)
    client, path = signed_in(world.mara), address(journey)
    assert "dates count from this day" not in text(client, path)
    assert '“<a href="/tasks/' in text(client, path), "a title stands as it was written"
    deal = queries.journey_view(world.mara, journey).deal_id
    assert deal is not None
    accounts.win_deal(actor=world.mara, deal_id=deal, signed_at=SIGNED - timedelta(days=2))
    assert "dates count from this day, its deal says 28 Feb" in text(client, path)
