"""The customer's tasks in a browser that runs no script, on a phone: each told apart by what it changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from onward.accounts import actions as accounts
from onward.accounts import queries as account_queries
from onward.conversation import queries as conversation
from onward.foundation import clock
from onward.identity.models import ContactSession
from onward.insights import actions as insights
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.kernel.actor import SYSTEM
from onward.playbooks.decisions.definition import Task
from onward.playbooks.decisions.parts import Field, Form
from tests.interfaces.portal.visits import code_for
from tests.world import SMALL, Cast, all_of, cast, publish

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WITH_A_FORM = replace(
    SMALL,
    forms=(*SMALL.forms, Form("data", "Your data", (Field("people", "People to train", "number", min=0, max=500),))),
    stages=(
        replace(
            SMALL.stages[0],
            tasks=(
                *SMALL.stages[0].tasks,
                Task("data", "Say what you bring", "form", "kickoff", "champion", shared=True, form="data"),
            ),
        ),
        *SMALL.stages[1:],
    ),
)
pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(live_server: Any, settings: Any) -> Cast:
    """The kickoff call was held, so that signing the plan is Dana's; the form of the call is still empty."""
    settings.EMAIL_HOST = "mail.example"
    made: Cast = cast()
    publish(WITH_A_FORM)
    deal = accounts.open_deal(actor=made.mara, account_id=made.acme, name="First year", amount="12000")
    accounts.win_deal(actor=made.mara, deal_id=deal, signed_at=clock.now() - timedelta(days=1))
    journey = running(made)
    journeys.answer_form(
        actor=made.mara, task_id=by_key(made, "call").id, values={"go_live": "2026-12-01", "migrate": False}
    )
    journeys.pick_measure(
        actor=made.mara, journey_id=journey.id, milestone="first_value", measure="reports", numbers={"n": 1}
    )
    insights.rebuild(actor=SYSTEM)
    return made


def running(world: Cast) -> Any:
    (line,) = queries.journeys_of(world.mara, world.acme)
    return queries.journey_view(world.mara, line.id)


def by_key(world: Cast, key: str) -> Any:
    return next(row for row in running(world).tasks if row.key == key)


@pytest.fixture
def phone(chromium: Browser, live_server: Any) -> Iterator[Page]:
    context = chromium.new_context(
        java_script_enabled=False, viewport={"width": 390, "height": 844}, base_url=live_server.url
    )
    yield context.new_page()
    context.close()


def test_a_customer_does_all_of_their_part_without_script(phone: Page, world: Cast) -> None:
    page = phone
    page.goto("/portal/")
    page.get_by_label("Your mail address").fill("dana@customer.example")
    page.get_by_role("button", name="Send me six digits").click()
    page.get_by_label("Six digits").fill(code_for(world.dana_id))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/portal/journeys/jny_*")
    home = page.url

    page.get_by_role("link", name="Say what you bring").first.click()
    page.get_by_label("People to train").fill("2500")
    page.get_by_role("button", name="Save and finish").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert by_key(world, "data").state == "open"
    page.get_by_label("People to train").fill("25")
    page.get_by_role("button", name="Save and finish").click()
    expect(page.get_by_role("status")).to_contain_text("is done")
    assert by_key(world, "data").state == "done"

    journeys.hold_meeting(
        actor=world.mara,
        task_id=by_key(world, "call").id,
        held_at=clock.now() - timedelta(hours=1),
        attended=all_of(world),
    )
    sign = by_key(world, "sign_plan")
    page.goto(f"/portal/tasks/{sign.ref}")
    page.get_by_label("I have read it and agree").check()
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Sign the plan is signed with your name.")
    assert by_key(world, "sign_plan").state == "done"
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Sign", exact=True)).to_be_visible()
    assert by_key(world, "sign_plan").state == "open"

    page.get_by_label("Your question to Mara").fill("Who else has to sign?")
    page.get_by_role("button", name="Send to").click()
    expect(page.locator("#help")).to_contain_text("Who else has to sign?")
    page.get_by_label("I need an answer").uncheck()
    page.get_by_label("Your question to Mara").fill("Found it myself, thank you")
    page.get_by_role("button", name="Send to").click()
    expect(page.locator("#help")).to_contain_text("Found it myself")
    asked, said = conversation.conversation(world.mara, running(world).id, sign.id)
    assert (asked.question, said.question) == (True, False)
    assert {asked.channel, said.channel} == {"shared"}

    note = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"What we agreed"}
    page.locator("#files summary").first.click()
    page.locator("#files input[type=file]").first.set_input_files(note)  # type: ignore[arg-type]
    page.locator("#files button[type=submit]").first.click()
    expect(page.locator("#files")).to_contain_text("notes.txt")
    assert [row.name for row in conversation.files(world.mara, running(world).id, sign.id)] == ["notes.txt"]

    page.goto(home)
    page.get_by_role("link", name="People").click()
    page.locator("summary", has_text="Invite a colleague").click()
    page.get_by_label("Name", exact=True).fill("Joel")
    page.get_by_label("Mail address").fill("joel@customer.example")
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.locator(".team").last).to_contain_text("Joel")
    assert account_queries.contacts_by_mail("joel@customer.example")

    page.locator("summary").filter(has_text="Dana").first.click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("h1")).to_contain_text("Your onboarding at")
    page.goto(home)
    assert "/portal/sign-in" in page.url
    assert not ContactSession.objects.filter(contact_id=world.dana_id, expires_at__gt=clock.now(), revoked_at=None)
