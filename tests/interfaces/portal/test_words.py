"""The portal's words: a step once begun is continued, a signature is called one and whose, lateness is said one way."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from onward.accounts import actions as accounts
from onward.conversation import actions as conversation
from onward.identity.actions.preferences import offer_times
from onward.interfaces.ui.words import date_words
from onward.journeys import actions as journeys
from onward.kernel.ids import format_id
from onward.playbooks.decisions.parts import Step
from tests.interfaces.portal.visits import enter, kicked_off, line, opened, text
from tests.world import SIGNED, SMALL, Cast, cast, contact, publish, signed_in

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


def test_whose_signature_counts_is_said_once(world: Cast) -> None:
    # red when one place names who was asked to sign and another the reader
    journey = kicked_off(world)
    page = text(enter(world.dana_id), f"/portal/tasks/{line(world, journey, 'sign_plan').ref}")
    assert "Dana for Acme Freight" not in page
    assert "counts as well" not in page
    rosa_id, _ = contact(world.acme, "Rosa", "admin")
    page = text(enter(rosa_id), f"/portal/tasks/{line(world, journey, 'sign_plan').ref}")
    assert "<dd>Dana, still open; your own signature counts as well</dd>" in page
    assert "Rosa for Acme Freight" not in page


def test_a_side_that_owes_nothing_lists_nothing(world: Cast) -> None:
    journey = kicked_off(world)
    dana, sign = enter(world.dana_id), line(world, journey, "sign_plan")

    def owed() -> str:
        return text(dana, "/portal/").partition("Acme Freight owes")[2].partition("</section>")[0]

    assert "Kickoff call" not in owed(), "it was ours"
    journeys.complete_task(actor=world.dana, task_id=sign.id)
    assert "<span>0</span>" in owed()
    assert "Sign the plan" not in owed()


def test_what_can_be_left_for_later_says_how_it_is_kept(world: Cast) -> None:
    # red when the page promises to keep what was never sent
    survey = replace(SMALL.stages[0].tasks[0], id="survey", title="Tell us", kind="form", by="champion", must=())
    steps = replace(survey, id="try", title="Try it", kind="sign_off", form="", picks="", steps=(Step("one", "One"),))
    kickoff = replace(SMALL.stages[0], tasks=(*SMALL.stages[0].tasks, replace(survey, picks=""), steps))
    journey = journeys.open_journey(
        actor=world.mara,
        account_id=world.acme,
        version_id=publish(replace(SMALL, stages=(kickoff, *SMALL.stages[1:]))),
        signed_at=datetime.now(UTC),
    )
    dana = enter(world.dana_id)
    page = text(dana, f"/portal/tasks/{line(world, journey, 'survey').ref}")
    assert "You can stop and go on later: “Save, go on later” keeps what you have filled in." in page
    page = text(dana, f"/portal/tasks/{line(world, journey, 'try').ref}")
    assert "You can stop and go on later: each step that you tick is kept at once." in page
    assert 'href="#steps">Go to the steps</a>' in page
    assert 'name="agreed"' in page, "what is agreed to is seen before the last step is ticked"


def test_a_step_that_is_begun_is_continued(world: Cast) -> None:
    journey = kicked_off(world)
    dana, sign = enter(world.dana_id), line(world, journey, "sign_plan")
    assert ">Open and sign</a>" in text(dana, "/portal/"), "the button says what is done behind it"
    eric_id, _ = contact(world.acme, "Eric", "admin")
    assert ">Open it</a>" in text(enter(eric_id), "/portal/"), "a colleague's step is not theirs to start"
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


def test_both_signatures_are_told_apart_and_the_plan_is_at_hand(world: Cast) -> None:
    # red when the vendor's signature reads like the customer's, or nothing says what is signed
    kickoff, *rest = SMALL.stages
    call, sign = kickoff.tasks
    book = replace(SMALL, id="both", stages=(replace(kickoff, tasks=(call, replace(sign, also=("csm",)))), *rest))
    journey = kicked_off(replace(world, version=publish(book)))
    both, dana = line(world, journey, "sign_plan"), enter(world.dana_id)

    def page() -> str:
        return " ".join(text(dana, f"/portal/tasks/{both.ref}").split())

    assert "<dt>Your signature</dt><dd>Still open</dd>" in page()
    assert "<dt>Onward’s signature</dt><dd>Mara, still open</dd>" in page()
    assert f'href="/portal/journeys/{format_id("jny", journey)}/plan">' in page().partition("Read the plan")[0][-500:]
    journeys.complete_task(actor=world.mara, task_id=both.id)
    day = date_words(both.opened_at)
    assert f"<dt>Onward signed</dt><dd>Mara, {day}</dd>" in page()
    assert "<dt>Your signature</dt><dd>Still open</dd>" in page()
    assert "Mara did their part of <strong>Sign the plan</strong>" in text(dana, "/portal/")
    journeys.complete_task(actor=world.dana, task_id=both.id)
    assert f"<dt>Acme Freight signed</dt><dd>You, {day}</dd>" in page()
    assert "still open" not in page().lower()
    journeys.reopen_task(actor=world.dana, task_id=both.id, reason="a slip")
    assert "signed</dt>" not in page()


@time_machine.travel(datetime(2027, 1, 12, 11, 30, tzinfo=UTC), tick=False)
def test_an_hour_names_its_zone_where_the_readers_clock_is_another(world: Cast) -> None:
    # red when 12:30 here and 13:30 there look like two hours
    journey = opened(world)
    call, dana = line(world, journey, "call"), enter(world.dana_id)
    conversation.write_comment(actor=world.mara, journey_id=journey, channel="shared", text="Until then")
    talk = f"/portal/journeys/{format_id('jny', journey)}/conversation"
    assert ">11:30</time>" in text(dana, talk)
    accounts.change_account(actor=world.mara, account_id=world.acme, zone="Europe/Berlin")
    assert ">12:30 Berlin time</time>" in text(dana, talk)
    journeys.schedule_meeting(actor=world.mara, task_id=call.id, starts_at=datetime(2027, 1, 14, 13, tzinfo=UTC))
    for path in (f"/portal/journeys/{format_id('jny', journey)}", f"/portal/journeys/{format_id('jny', journey)}/plan"):
        assert "14:00 Berlin time" in text(dana, path), "a meeting has its hour in every list"
    page = " ".join(text(dana, f"/portal/tasks/{call.ref}").split())
    assert "14:00 Berlin time <span" in page
    assert "(13:00 UTC at " in page
    seen = text(signed_in(world.mara), f"/tasks/{call.ref}")
    assert re.search(r'value="2027-01-14T13:00"><span class="second">UTC</span>', seen)


def test_a_meeting_without_an_hour_says_so_and_asks_in_one_tap(world: Cast) -> None:
    # red when the page of a meeting is silent about its time
    journey = opened(world)
    call, dana = line(world, journey, "call"), enter(world.dana_id)
    page = " ".join(text(dana, f"/portal/tasks/{call.ref}").split())
    assert "<dt>When</dt><dd>No hour yet; Mara proposes one</dd>" in page
    assert "Ask Mara for a time" in page
    asked = {"text": "When do we hold “Kickoff call”? It has no time yet.", "channel": "shared", "question": "1"}
    assert all(f'value="{value}"' in page for value in asked.values())
    assert dana.post(f"/portal/tasks/{call.ref}/comments", asked).status_code == 302
    assert "Waits for an answer" in text(dana, f"/portal/tasks/{call.ref}")
    offer_times(actor=world.mara, url="https://times.example/mara")
    assert 'href="https://times.example/mara"' in text(dana, f"/portal/tasks/{call.ref}")
    journeys.schedule_meeting(actor=world.mara, task_id=call.id, starts_at=datetime(2027, 1, 12, 13, tzinfo=UTC))
    assert "No hour yet" not in text(dana, f"/portal/tasks/{call.ref}")
