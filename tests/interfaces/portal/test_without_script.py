"""The whole of a customer's work in a browser that runs no script, on a phone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from onward.identity.actions import contact_link
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.kernel.actor import SYSTEM
from tests.world import all_of, cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_sign_in_sign_take_back_and_ask_without_script(live_server: Any, chromium: Browser) -> None:
    world = cast()
    journey = journeys.open_journey(
        actor=world.mara,
        account_id=world.acme,
        version_id=world.version,
        signed_at=datetime.now(UTC) - timedelta(days=1),
    )
    call = next(task for task in queries.journey_view(world.mara, journey).tasks if task.key == "call").id
    journeys.pick_measure(
        actor=world.mara, journey_id=journey, milestone="first_value", measure="reports", numbers={"n": 1}
    )
    journeys.answer_form(actor=world.mara, task_id=call, values={"go_live": "2026-12-01", "migrate": False})
    journeys.hold_meeting(
        actor=world.mara, task_id=call, held_at=datetime.now(UTC) - timedelta(hours=1), attended=all_of(world)
    )
    link = contact_link(actor=SYSTEM, contact_id=world.dana_id)

    context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{live_server.url}/portal/enter/{link.secret}")
    page.get_by_role("button", name="Open my onboarding").click()
    expect(page.locator("h1")).to_contain_text("One step waits for you")
    page.get_by_role("link", name="Open and sign").click()
    page.get_by_role("button", name="Sign", exact=True).click()
    agreed = page.get_by_label("I have read it and agree")
    expect(agreed).to_be_focused()
    agreed.check()
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Sign the plan is signed with your name.")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Sign", exact=True)).to_be_visible()
    page.get_by_label("Your question to Mara").fill("Who else has to sign?")
    page.get_by_role("button", name="Send to").click()
    expect(page.locator("#help")).to_contain_text("Who else has to sign?")
    page.get_by_role("link", name="Plan", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Kickoff is under way")
    page.get_by_role("link", name="People").click()
    expect(page.locator("h1")).to_contain_text("Mara leads your onboarding")
    page.locator("summary").filter(has_text="Dana").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("h1")).to_contain_text("Your onboarding at")
    context.close()
