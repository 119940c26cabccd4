"""On a phone everything in the portal is large enough for a thumb, and what opens over the page closes again."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from onward.conversation.actions import write_comment
from onward.identity.actions import contact_link
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id
from tests.interfaces.portal.visits import kicked_off, line
from tests.world import cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
#: What a finger can hit of each control: its own box, its label's, its row's, or what it lays over itself.
SMALL = """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea, summary')]
  .filter((item) => item.offsetParent && !item.classList.contains('skip'))
  .map((item) => {
    const box = (item.closest('label.check') || item).getBoundingClientRect();
    const over = getComputedStyle(item, '::after');
    const laid = over.position === 'absolute' && over.content !== 'none' ? parseFloat(over.height) || 0 : 0;
    return [item.outerHTML.slice(0, 120), Math.round(Math.max(box.height, laid))];
  })
  .filter(([, height]) => height < 44)"""


def test_touch_targets_are_44_pixels_high(live_server: Any, chromium: Browser) -> None:
    # red when a link or button of the portal is smaller on a phone
    world = cast()
    journey = kicked_off(world)
    link = contact_link(actor=SYSTEM, contact_id=world.dana_id)
    page = chromium.new_context(viewport={"width": 390, "height": 780}).new_page()
    page.goto(f"{live_server.url}/portal/enter/{link.secret}")
    page.get_by_role("button", name="Open my onboarding").click()
    page.wait_for_url("**/portal/journeys/**")
    ref = format_id("jny", journey)
    tasks = [line(world, journey, key).ref for key in ("sign_plan", "call")]
    paths = [f"/portal/journeys/{ref}{rest}" for rest in ("", "/plan", "/people")]
    for path in (*paths, *(f"/portal/tasks/{one}" for one in tasks)):
        page.goto(f"{live_server.url}{path}")
        assert page.evaluate(SMALL) == [], path
    page.context.close()


def test_a_sheet_closes_and_an_empty_message_stays(live_server: Any, chromium: Browser) -> None:
    # red when there is no way out of the sheet, or an empty message is sent and the page begins at its top
    world = cast()
    journey = kicked_off(world)
    write_comment(actor=world.dana, journey_id=journey, channel="shared", text="Thank you.")
    link = contact_link(actor=SYSTEM, contact_id=world.dana_id)
    page = chromium.new_context(viewport={"width": 390, "height": 780}, has_touch=True).new_page()
    page.goto(f"{live_server.url}/portal/enter/{link.secret}")
    page.get_by_role("button", name="Open my onboarding").click()
    page.wait_for_url("**/portal/journeys/**")
    page.goto(f"{live_server.url}/portal/journeys/{format_id('jny', journey)}/conversation")
    sheet = page.locator("details.change")
    for close in (
        lambda: sheet.get_by_role("button", name="Close").tap(),
        lambda: page.keyboard.press("Escape"),
        lambda: page.touchscreen.tap(200, 120),
    ):
        sheet.locator("summary").tap()
        expect(page.locator("details.change[open]")).to_have_count(1)
        close()
        expect(page.locator("details.change[open]")).to_have_count(0)
    page.get_by_role("button", name="Send to").tap()
    expect(page.locator("#text")).to_be_focused()
    assert page.locator("#text").evaluate("one => one.validationMessage").startswith("Write a sentence")
    assert page.url.endswith("/conversation")
    page.get_by_label("Write to").fill("Where do we begin?")
    page.get_by_role("button", name="Send to").tap()
    page.get_by_role("paragraph").filter(has_text="Where do we begin?").wait_for()
    page.context.close()
