"""The insights page: it answers in a sentence, and every figure opens exactly its records."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client

from onward.foundation.clock import now
from onward.foundation.postgres import new_id, one_statement
from onward.identity.queries import signed_in_user
from onward.insights.decisions import Stand
from onward.insights.decisions.keeping import STATES, Kept, by_segment, state_of
from onward.insights.queries import Filters, keeping, stages, stands, ttfv
from onward.insights.queries.records import WHAT, records
from onward.interfaces.console.held import holds_us_up, of_stage
from onward.journeys.actions import cancel_journey, complete_task, pause_journey, record_milestone
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


def plain(page: object) -> str:
    """A page without its tags."""
    html = page if isinstance(page, str) else page.content.decode()  # type: ignore[attr-defined]
    return re.sub(r"<[^>]+>", "", html)


def test_an_empty_page_says_what_comes_first(staff: Client) -> None:
    page = staff.get("/insights")
    assert page.status_code == 200
    assert "Nobody has signed yet" in page.content.decode()


@pytest.mark.parametrize(
    ("signed", "reached", "said"),
    [
        (1, 0, "The one signed journey has not reached first value yet."),
        (3, 0, "None of 3 signed journeys has reached first value yet."),
        (3, 1, "1 of 3 signed journeys has reached first value, fewer than half."),
        (5, 2, "2 of 5 signed journeys have reached first value, fewer than half."),
        (1, 1, "The one signed journey reached first value after 10 days."),
        (2, 1, "first value within 10 days, where those still on their way count up to today; 1 of 2 has so far."),
        (3, 3, "Half our customers reach first value within 10 days; all 3 have so far."),
    ],
)
def test_the_sentence_reads_for_none_one_some_and_all(
    staff: Client, sign: Sign, signed: int, reached: int, said: str
) -> None:
    # red when "0 of 3 our customers have reached first value"
    at = now()
    for number in range(signed):
        journey = sign(f"Account {number}", at - 40 * DAY)
        if number < reached:
            record_milestone(actor=STAFF, journey_id=journey, milestone="first_value", met_at=at - 30 * DAY, note="ran")
    assert said in plain(staff.get("/insights"))


def test_every_figure_opens_its_records(staff: Client, sign: Sign) -> None:
    lives(sign)
    page = staff.get("/insights")
    assert page.status_code == 200
    html = page.content.decode()
    assert "reach first value within" in html
    assert "where those still on their way count up to today; " in html
    assert '<path class="curve' in html
    links = re.findall(r'<a href="(/insights/records[^"]*)"[^>]*>([\d,]+)</a>', html)
    assert len(links) >= 6
    for address, figure in links:
        found = staff.get(unescape(address))
        assert found.status_code == 200
        assert found.content.decode().count('class="name"') == int(figure.replace(",", "")), address
    assert "<b>" not in staff.get("/insights/records?what=signed").content.decode().split('class="name"', 1)[1]


def test_a_share_beyond_what_was_followed_is_not_known_yet(staff: Client, sign: Sign) -> None:
    def by() -> list[tuple[str, str]]:
        return re.findall(r'data-label="By day (\d+)">([^<]+)<', staff.get("/insights").content.decode())[:3]

    lives(sign)
    assert by() == [("30", "too few to tell"), ("60", "not known yet"), ("90", "not known yet")]
    sign("Six", now() - 35 * DAY)
    assert by()[0] == ("30", "50 %")


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
        "stand": sum(one.timed for one in stands(SYSTEM, Filters(), now=at)),
        **{state: sum(one.state == state for one in keeping(SYSTEM, as_of=at)) for state in STATES},
    }


def test_the_share_within_target_counts_no_day_that_is_still_to_come() -> None:  # covers 31
    # red when who completed early is counted although those who signed with them may still be late
    signed, day = date(2026, 3, 2), timedelta(days=1)

    def state(completed: int | None, cancelled: int | None, today: int) -> str:
        done, gone = (None if one is None else signed + one * day for one in (completed, cancelled))
        return state_of(signed, done, gone, 30, signed + today * day)

    assert [state(30, None, 31), state(31, None, 31), state(None, None, 31)] == ["kept", "missed", "missed"]
    assert [state(12, None, 30), state(None, None, 30)] == ["early", "ahead"]
    assert [state(None, 30, 40), state(None, 31, 40), state(12, 20, 40)] == ["gone", "missed", "kept"]
    states = ("kept", "kept", "missed", "early", "ahead", "gone")
    rows = [Kept(new_id(), "enterprise" if one == "gone" else "mid_market", 90, one) for one in states]
    every, mid, enterprise = by_segment(rows)
    assert (every.segment, every.judged, every.share) == ("", 3, 2 / 3)
    assert (mid.judged, mid.share, enterprise.judged, enterprise.share) == (3, 2 / 3, 0, None)


def test_insights_tell_who_kept_their_target(staff: Client, sign: Sign) -> None:  # covers 31
    lives(sign)
    assert sorted(one.state for one in keeping(SYSTEM, as_of=now())) == ["ahead", "missed", "missed", "missed"]
    html = staff.get("/insights").content.decode().partition('id="targets"')[2].partition("</section>")[0]
    assert [words in html for words in (">0 %<", "not known yet")] == [True, True]
    missed = staff.get("/insights/records?what=missed").content.decode()
    assert missed.count('class="name"') == 3
    assert missed.count('data-label="Target">30 days') == 3


def test_filters_are_checked(staff: Client, sign: Sign) -> None:
    lives(sign)
    assert staff.get("/insights?in=enterprise&on=two_steps").status_code == 200
    for wrong in ("in=x", "on=x"):
        assert staff.get(f"/insights?{wrong}").status_code == 422
    assert staff.get("/insights/records?what=x").status_code == 422
    assert staff.get("/insights/records?what=closed&stage=none&after=x").status_code == 404
    assert staff.get("/insights/records?what=closed&stage=%00").status_code < 500
    assert Client().get("/insights").status_code == 302


def test_what_holds_us_up_is_one_answer_on_insights_and_board(staff: Client, sign: Sign) -> None:
    # red when a paused journey is counted, a figure is not in the table, or the figures are not those of one journey
    noon = now().replace(hour=12)
    with time_machine.travel(noon - 16 * DAY, tick=False) as clock:
        waits, *_ = [sign(name, now() - 40 * DAY) for name in ("Paused", "Closed")]
        clock.shift(DAY)
        closed = sign("Done", now() - DAY)
        complete_task(
            actor=STAFF, task_id=next(line.id for line in journey_view(SYSTEM, closed).tasks if line.key == "call")
        )
        pause_journey(actor=STAFF, journey_id=waits, reason="summer")
        for name, days in (("Anna", 7 + 1 / 3), ("Bert", 2 - 1 / 3), ("Cleo", 6)):
            clock.shift(days * DAY)
            sign(name, now() - DAY)
        (stand,) = [one for one in stands(SYSTEM, Filters(state="all"), now=now()) if one.stage == "kickoff"]
        for name, days in (("Closed", 3), ("Anna", 5), ("Bert", 9)):
            one_statement(
                """update insights_portfolio p set stage_due_at = s.entered_at + make_interval(days => %s, hours => 3),
                     stage_due_on = (s.entered_at + make_interval(days => %s))::date
                   from insights_stagestay s where s.journey_id = p.journey_id and p.account_name = %s""",
                (days, days, name),
            )
        page = staff.get("/insights").content.decode()
        board = plain(staff.get("/journeys?as=board"))
        behind = staff.get("/insights/records?what=stand&stage=kickoff").content.decode()
    assert (stand.timed, stand.stayed) == (4, 8), "where nothing was promised the middle is that of the stays"
    said = "Kickoff holds us up by 3 days: 4 open journeys stand in it, the one in the middle for 8 days"
    assert f"{said}, promised in 5 days." in plain(page), "by how much is said first"
    assert f"{said}, promised in 5 days." in board
    assert "In the middle: 8 days here, promised in 5 days" in board
    for days in ("16 days here", "8 days here", "6 days here", "since today"):
        assert days in board, "a card counts as its column's head does"
    link = '<a href="/insights/records?what=stand&amp;stage=kickoff">'
    assert page.count(f"{link}4 open journeys</a>") == 1
    assert said in plain(behind), "the rows have the sentence that led to them"
    assert len(re.findall(r'<tr class="chosen">', behind)) == 1
    assert "The figures are those of <strong>Anna</strong>, in the middle of them" in behind
    assert re.findall(r'data-label="In it for"><span[^>]*>(\d+) days', behind) == ["16", "8", "6", "0"]
    assert re.findall(r'data-label="Promised in">(\d+ days|nothing)', behind)[:3] == ["3 days", "5 days", "9 days"]
    assert re.findall(r'data-label="Beyond">([^<]+)<', behind)[:3] == ["13 days", "3 days", "within it"]
    assert "Kickoff call" in behind, "on what it waits"
    assert f"{link}4</a>" in page
    assert [f"{link}{days}</a>" in page for days in ("8 days", "5 days")] == [True, True]
    assert re.findall(r'class="name"[^>]*>([^<]+)', behind) == ["Closed", "Anna", "Bert", "Cleo"]
    assert "Open journeys that stand in Kickoff" in behind


def test_what_holds_us_up_names_its_playbook_among_several() -> None:
    # red when nobody can tell which of two kickoffs it is
    kickoff = Stand("kickoff", "Kickoff", ["B2B, <seven> stages"], 4, 0, 4, 8, 5, 3)
    trial = Stand("trial", "Trial", ["Self-serve"], 4, 0, 4, 2, 5, -3)

    def said(*stands: Stand) -> str:
        return holds_us_up(stands, lambda _: "/")

    assert said(kickoff).startswith("Kickoff holds us up by 3 days: ")
    assert said(kickoff, replace(trial, books=kickoff.books)).startswith("Kickoff holds us up by 3 days: ")
    assert said(kickoff, trial).startswith("Kickoff in “B2B, &lt;seven&gt; stages” holds us up by 3 days: ")
    assert of_stage([kickoff, trial], "trial", lambda _: "/").startswith("Trial in “Self-serve”: ")
    assert "No stage takes longer than was promised." in said(trial)
    few = replace(kickoff, timed=1)
    assert "No stage with 3 open journeys in it takes longer than was promised." in said(trial, few), "one does"
    shared = replace(kickoff, books=["A", "B"])
    assert said(shared).startswith("Kickoff in “A” and “B” holds us up by 3 days: ")


def test_the_longest_comes_first_from_page_to_page(sign: Sign) -> None:
    lives(sign)
    at = now()
    whole = [row.account_name for row in records(SYSTEM, "signed", as_of=at).rows]
    assert whole == ["Three", "Two", "One", "Five <b>"]
    for n, name in enumerate(whole[:-1]):
        cursor = next(row.ref for row in records(SYSTEM, "signed", as_of=at).rows if row.account_name == name)
        assert [row.account_name for row in records(SYSTEM, "signed", as_of=at, after=cursor).rows] == whole[n + 1 :]
