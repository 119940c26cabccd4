"""What both sides aim for, and when: the same days on the first page, the plan and the timeline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from django.test import Client

from onward.interfaces.portal.sight import before_next, next_stage
from onward.journeys import actions as journeys
from onward.journeys import queries as journeys_read
from onward.kernel.clock import Span
from onward.kernel.ids import format_id
from onward.playbooks.decisions.definition import Task
from onward.playbooks.decisions.parts import Link, Timing
from tests.interfaces.console.test_journey_pages import signed_in
from tests.interfaces.portal.visits import days_after, enter, line, text
from tests.world import SIGNED, SMALL, Cast, all_of, cast, contact, publish, within

pytestmark = pytest.mark.django_db(transaction=True)
DATED = Timing("before", "5d before answer.kickoff.go_live", Span(5, "d"), "answer.kickoff.go_live")


@pytest.fixture
def world() -> Iterator[Cast]:
    with time_machine.travel(SIGNED, tick=False):
        yield cast()


def begun(world: Cast, dated: Timing = DATED, *ours: Task) -> UUID:
    """Signed on Mon 2 March, the kickoff held the next day: go-live on 16 March, connecting dated before it. `ours`:
    more steps of its stage."""
    kickoff, setup, value = SMALL.stages
    connect = replace(setup.tasks[0], due=dated, after=(Link("sign_plan"),))
    book = replace(SMALL, stages=(kickoff, replace(setup, tasks=(connect, *setup.tasks[1:], *ours)), value))
    with time_machine.travel(SIGNED + timedelta(days=1), tick=False):
        journey = journeys.open_journey(
            actor=world.mara, account_id=world.acme, version_id=publish(book), signed_at=SIGNED
        )
        journeys.fill_role(actor=world.mara, journey_id=journey, role="champion", person=f"contact:{world.dana.id}")
        journeys.pick_measure(
            actor=world.mara, journey_id=journey, milestone="first_value", measure="reports", numbers={"n": 2}
        )
        call = line(world, journey, "call").id
        journeys.answer_form(actor=world.mara, task_id=call, values={"go_live": "2026-03-16", "migrate": True})
        journeys.hold_meeting(
            actor=world.mara, task_id=call, held_at=datetime.now(SIGNED.tzinfo), attended=all_of(world)
        )
    return journey


def words(client: Client, path: str) -> str:
    """The text of a page, its marks taken out."""
    return words_of(text(client, path))


def words_of(found: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", found.replace("<title>", "[").replace("</title>", "]")).split())


def test_every_page_tells_the_same_days_and_what_they_were(world: Cast) -> None:
    # red when a page keeps the promised day where another tells the expected one
    journey = begun(world)
    with days_after(SIGNED, 10):
        dana, home = enter(world.dana_id), f"/portal/journeys/{format_id('jny', journey)}"
        first, plan, line_ = (words(dana, f"{home}{rest}") for rest in ("", "/plan", "/plan?as=timeline"))
    for page in (first, plan):
        assert (
            "Go-live Wed 18 March was Mon 16 March 2 days later: your side: 6 days from “Sign the plan”, yours to do"
            " less 4 days that the plan had to spare"
        ) in page
        assert "Fri 13 March at the earliest, was Wed 11 March" in page, "the step between them"
        assert "First value Report run by 2 people Wed 1 April" in page, "what has room does not move"
    assert "Go-live: Wed 18 March at the earliest was Mon 16 March" in first
    assert "First value: Wed 1 April" in plan
    assert "Kickoff now, by Thu 12 March was Mon 9 March" in plan, "a stage ends no sooner than its last step"
    assert "Measured: Report run by 2 people. No step is asked of Acme Freight for it." in plan
    moved = plan.partition("Dates that moved")[2].partition("What we aim for")[0]
    assert moved.startswith(" 1 "), "one that no hand moved moved with a late step"
    assert "Go-live Wed 18 March was Mon 16 March 2 days later: your side: 6 days from “Sign the plan”" in moved
    assert "[Go-live, Wed 18 March, was Mon 16 March]" in line_
    assert "[Connect your systems, due Fri 13 March, was Wed 11 March" in line_
    assert "Technical" not in line_


def test_the_team_reads_the_day_that_the_customer_reads(world: Cast) -> None:
    # red when the console knows the promised day alone
    journey = begun(world)
    with days_after(SIGNED, 10):
        page, plan = (
            words(signed_in(world.mara), f"/journeys/{format_id('jny', journey)}{one}") for one in ("", "/plan")
        )
        asked = f"/journeys/{format_id('jny', journey)}/timeline?decides=answer.kickoff.go_live"
        decides = words(signed_in(world.mara), asked)
        connect = words(signed_in(world.mara), f"/tasks/{line(world, journey, 'connect').ref}")
    assert "Due Wed 11 March" in connect
    assert "late" not in connect.partition("What happened")[0], "what cannot begin yet is not late by itself"
    assert "Go-live 16 Mar 18 Mar at the earliest what decides it agree another day" in page
    why = "Why Wed 18 March at the earliest Sign the plan 6 Mar to 12 Mar (+6 d): its day has gone by"
    assert f"Go-live 18 Mar at the earliest · what decides it · agree another day {why}" in page
    assert "Go-live date 16 Mar to 18 Mar (+2 d): after the one above 16 Mar" in page, "by its name, to its day"
    assert "What decides the end These 2 steps decide the day of Go-live, Wed 18 March : Sign the plan and" in decides
    assert "Connect your systems: 11 Mar to 13 Mar" in decides, "its bar stands where the list says that it ends"
    assert "0 of 2 proven, promised Mon 9 March · 12 Mar at the earliest" in plan
    assert "waits for Sign the plan; starts with Setup · 13 Mar at the earliest 11 Mar" in plan
    assert "Connect your systems 11 Mar to 13 Mar (+2 d): after the one above" in connect, "back to the first cause"
    way = "Why Thu 12 March at the earliest Sign the plan 6 Mar to 12 Mar (+6 d): its day has gone by"
    assert f"{way} Kickoff 9 Mar to 12 Mar (+3 d): after the one above" in plan
    with days_after(SIGNED, 11):
        journeys.complete_task(actor=world.dana, task_id=line(world, journey, "sign_plan").id)
        assert "Sign the plan done 13 Mar, 7 days late" in words(
            signed_in(world.mara), f"/journeys/{format_id('jny', journey)}"
        )
        journeys.reopen_task(actor=world.mara, task_id=line(world, journey, "sign_plan").id, reason="by mistake")
    with days_after(SIGNED, 35):
        page = words(signed_in(world.mara), f"/journeys/{format_id('jny', journey)}")
        theirs = words(enter(world.dana_id), f"/portal/journeys/{format_id('jny', journey)}")
    assert "20 Apr at the earliest; their portal says so too" in page
    assert "Report run by 2 people Mon 20 April was Wed 1 April 19 days later" in theirs


def test_what_the_customer_does_not_see_moves_their_days_without_being_named(world: Cast) -> None:
    # red when the two sides reckon from other steps, or when a step of ours is told by its name
    stock = Task("stock", "Stock the shelf", "to_do", "setup", "csm", due=within(2, "d"))
    journey = begun(world, DATED, stock)
    home = f"/portal/journeys/{format_id('jny', journey)}"
    with days_after(SIGNED, 35):
        dana = enter(world.dana_id)
        page = words(dana, home)
        assert "was Wed 1 April 19 days later: your side: 31 days from “Sign the plan”" in page
        journeys.complete_task(actor=world.dana, task_id=line(world, journey, "sign_plan").id)
        goal = journeys.write_objective(
            actor=world.mara, journey_id=journey, outcome="Reports", due_on=date(2026, 5, 1),
            owner_contact_id=world.dana_id,
        )  # fmt: skip
        journeys.agree_objective(actor=world.dana, objective_id=goal)
        page = words(dana, home)
        assert "28 days later: your side: 31 days from “Sign the plan”, done late less 3 days that the plan had" in page
        assert "19 days later: it comes after “Setup”, planned for Mon 20 April Late at the" in page
        both = "“Connect your systems”, yours to do, 26 days late, could begin only today; Onward’s own preparation, 33"
        assert f"{both} days late" in page, "no side is told alone"
        journeys.complete_task(actor=world.dana, task_id=line(world, journey, "connect").id)
        page = words(dana, home)
        assert "Setup”, planned for Mon 20 April Late at the same time: Onward’s own preparation, 33 days late" in page
        assert "Stock the shelf" not in page
        ours = words(signed_in(world.mara), f"/journeys/{home.rpartition('/')[2]}")
        assert "20 Apr at the earliest; their portal says so too" in ours


def test_a_step_whose_day_cannot_hold_says_what_comes_first(world: Cast) -> None:
    journey = begun(world)
    with days_after(SIGNED, 10):
        dana, connect = enter(world.dana_id), line(world, journey, "connect")
        plan = text(dana, f"/portal/journeys/{format_id('jny', journey)}/plan")
        (row,) = [one for one in plan.split("<li ") if ">Connect your systems</a>" in one]
        assert "You, after “Sign the plan”" in words_of(row)
        assert re.search(r"<s><time[^>]*>Wed 11 March</time></s>", row)
        page = words(dana, f"/portal/tasks/{connect.ref}")
        assert "Fri 13 March at the earliest, was Wed 11 March · yours to do" in page
        assert "Fri 13 March at the earliest, was Wed 11 March . It begins after “Sign the plan”, with Setup." in page


def test_a_step_whose_day_can_hold_says_nothing_of_it(world: Cast) -> None:
    journey = begun(world)
    with days_after(SIGNED, 3):
        connect = line(world, journey, "connect")
        page = words(enter(world.dana_id), f"/portal/tasks/{connect.ref}")
        assert "It begins after “Sign the plan”" in page
        assert "at the earliest" not in page


def test_doing_a_step_never_makes_a_day_later(world: Cast) -> None:
    # red when a step whose day passed while it waited counts as late only once it opens
    journey = begun(world, Timing("before", "12d before answer.kickoff.go_live", Span(12, "d"), DATED.moment))
    home = f"/portal/journeys/{format_id('jny', journey)}"
    with days_after(SIGNED, 10):
        dana = enter(world.dana_id)
        goal = journeys.write_objective(
            actor=world.mara, journey_id=journey, outcome="Reports", due_on=date(2026, 5, 1),
            owner_contact_id=world.dana_id,
        )  # fmt: skip
        journeys.agree_objective(actor=world.dana, objective_id=goal)
        page = words(dana, home)
        moved, told = (
            "Tue 24 March was Mon 16 March",
            "yours to do 2 days more for “Connect your systems”, which comes",
        )
        assert f"{moved} 8 days later: your side: 6 days from “Sign the plan”, {told} after that" in page
        journeys.complete_task(actor=world.dana, task_id=line(world, journey, "sign_plan").id)
        connect = line(world, journey, "connect")
        assert connect.state == "open"
        page = words(dana, home)
        why = "6 days from “Sign the plan”, done late 2 days more for “Connect your systems”, which comes after that"
        assert f"{moved} 8 days later: your side: {why}" in page, "doing it does not make one forget why"
        assert page.count("8 days late, could begin only today") == 2, "in the row and in the large words above"
        journeys.complete_task(actor=world.dana, task_id=connect.id)
        page = words(dana, home)
        why = "6 days from “Sign the plan”, done late 2 days more for “Connect your systems”, which comes after that"
        assert f"{moved} 8 days later: your side: {why}" in page, "doing it does not make one forget why"
    with days_after(SIGNED, 30):
        # red when the day that is over leaves the head, or nobody is named who agrees a new one
        passed = "Go-live the agreed day has gone by, Mara agrees a new day with you Ask Mara “The agreed day of"
        dana = enter(world.dana_id)
        for rest in ("", "/plan"):
            page = words(dana, home + rest)
            assert passed in page
            assert "Go-live: to be agreed anew" in page
            assert page.index("Go-live: to be agreed anew") < page.index(passed)
        (row,) = [one for one in text(dana, home).split("<li ") if "a new day with you" in one]
        at, asked = re.search(r'action="([^"]+)"', row), re.search(r'name="text" value="([^"]+)"', row)
        assert at
        assert asked
        dana.post(at[1], {"text": asked[1], "channel": "shared", "question": "1"})
        assert "Which day do we agree on now?" in words(signed_in(world.mara), f"/journeys/{home.rpartition('/')[2]}")


def test_a_step_that_was_moved_shows_its_old_day_in_the_plan(world: Cast) -> None:
    journey = begun(world)
    with days_after(SIGNED, 2):
        sign = line(world, journey, "sign_plan")
        assert sign.due_at is not None
        dana, home = enter(world.dana_id), f"/portal/journeys/{format_id('jny', journey)}"
        assert "was Fri 6 March" not in words(dana, f"{home}/plan")
        later = sign.due_at + timedelta(days=4)
        journeys.move_task(actor=world.mara, task_id=sign.id, due_at=later, reason="their freeze")
        for rest in ("", "/plan", "/plan?whose=me"):
            assert "Tue 10 March was Fri 6 March" in words(dana, home + rest)
        assert "due Tue 10 March, was Fri 6 March" in words(dana, f"{home}/plan?as=timeline")
        assert words(dana, f"/portal/tasks/{sign.ref}").lower().count("their freeze") == 1, "the reason is said once"


def test_the_way_back_leads_to_where_one_came_from(world: Cast) -> None:
    journey = begun(world)
    dana, home = enter(world.dana_id), f"/portal/journeys/{format_id('jny', journey)}"
    for rest, back in (("", home), ("/plan", f"{home}/plan"), ("/plan?as=timeline", f"{home}/plan?as=timeline")):
        page = text(dana, home + rest)
        svg = page.partition('<svg class="chart')[2] if "timeline" in rest else page
        link = re.search(r'href="(/portal/tasks/tsk_[^"/]+)"', svg)
        assert link is not None
        assert f'<a class="back" href="{back}">' in text(dana, link[1].replace("&amp;", "&"))


def test_what_became_late_since_the_last_visit_is_news(world: Cast) -> None:
    # red when only facts are news: no fact is written when a day goes by
    journey = begun(world)
    home = f"/portal/journeys/{format_id('jny', journey)}"
    sign = line(world, journey, "sign_plan")
    assert sign.due_on
    with days_after(SIGNED, 2):
        words(enter(world.dana_id), home)
    with days_after(SIGNED, 10):
        page = words(enter(world.dana_id), home)
        assert "Since your last visit" in page
        assert "Sign the plan is late; it was due on Fri 6 March" in page
    with days_after(SIGNED, 11):
        page = words(enter(world.dana_id), home)
        assert "Since your last visit" in page
        assert "is late; it was due" not in page, "once"


def test_who_only_decides_reads_what_is_late_and_when_it_goes_live(world: Cast) -> None:
    # red when the short page drops the days from its head, or says that all is well while a step is late
    journey = begun(world)
    joel_id, _ = contact(world.acme, "Joel", "sponsor")
    home = f"/portal/journeys/{format_id('jny', journey)}"
    joel = f"contact:{format_id('con', joel_id)}"
    with days_after(SIGNED, 10):
        page = words(enter(joel_id), home)
        assert "Go-live: Wed 18 March at the earliest was Mon 16 March" in page
        assert "Late 1 Sign the plan Dana, 6 days late" in page
        assert "are at work" not in page
        journeys.assign_task(actor=world.mara, task_id=line(world, journey, "sign_plan").id, person=joel)
        page = words(enter(joel_id), home)
        assert "One decision waits" in page
        assert "Late 1" not in page, "what is theirs to decide stands above"


def test_what_comes_next_comes_after_only_what_ends_before(world: Cast) -> None:
    # red when a stage is said to come after one that ends later
    view = journeys_read.journey_view(world.dana, begun(world))
    kickoff, setup, _ = view.stages
    now = replace(view, stages=(replace(kickoff, state="entered"), *view.stages[1:]))
    for ends, comes, said in ((3, 4, kickoff.title), (4, 4, kickoff.title), (4, 3, "")):
        days = {kickoff.key: date(2026, 3, ends), setup.key: date(2026, 3, comes)}
        assert before_next(now, next_stage(now), days) == said
