"""What somebody types is theirs: a change elsewhere never draws over it, and says that it is there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from onward.identity import queries as identity
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.kernel.ids import parse_id
from tests.live.conftest import Web
from tests.world import Cast, cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
CHANGED = "Something changed here."


def opened(web: Web, chromium: Browser) -> tuple[Cast, UUID, str, Page]:
    """Mara looks at the kickoff call of a journey that has just been opened."""
    world = cast()
    signed = datetime.now(UTC) - timedelta(days=1)
    journey = journeys.open_journey(actor=world.mara, account_id=world.acme, version_id=world.version, signed_at=signed)
    call = next(row for row in queries.journey_view(world.mara, journey).tasks if row.key == "call")
    client = Client()
    user = identity.signed_in_user(parse_id("usr", world.mara.id))
    assert user is not None
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    context = chromium.new_context()
    context.add_cookies(
        [{"name": "onward_session", "value": client.cookies["onward_session"].value, "url": web.address}]
    )
    page = context.new_page()
    with page.expect_request("**/live?**"):
        page.goto(f"{web.address}/tasks/{call.ref}")
    page.wait_for_function("() => document.querySelector('[data-live]') !== null")
    return world, call.id, f"/tasks/{call.ref}", page


def test_a_form_with_words_in_it_is_not_drawn_over(web: Web, chromium: Browser) -> None:
    # red when a dirty form is redrawn, or when nobody is told
    world, call, _, page = opened(web, chromium)
    page.get_by_text("Record that it was held").click()
    note = page.get_by_label("What came of it")
    note.fill("They want it before summer")
    note.blur()
    journeys.schedule_meeting(actor=world.tomas, task_id=call, starts_at=datetime.now(UTC) + timedelta(days=2))
    expect(page.get_by_role("status").filter(has_text=CHANGED)).to_be_visible()
    expect(note).to_have_value("They want it before summer")
    # Once the words are gone the page catches up by itself.
    note.fill("")
    note.blur()
    expect(page.get_by_text("Planned for")).to_be_visible()
    expect(page.get_by_text(CHANGED)).to_have_count(0)
    page.context.close()


def test_a_refused_form_keeps_its_words_until_it_is_sent_or_left(web: Web, chromium: Browser) -> None:
    # red when a page that shows a refusal is redrawn: its words are the fields' own values by then
    world, call, path, page = opened(web, chromium)
    page.get_by_label("People to train").fill("-3")
    with page.expect_request("**/live?**"):
        page.get_by_role("button", name="Send it in").click()
    expect(page.get_by_role("alert")).to_contain_text("write a number from 0 to 500")
    journeys.schedule_meeting(actor=world.tomas, task_id=call, starts_at=datetime.now(UTC) + timedelta(days=2))
    expect(page.get_by_role("status").filter(has_text=CHANGED)).to_be_visible()
    expect(page.get_by_label("People to train")).to_have_value("-3")
    page.get_by_role("link", name="reload the page").click()
    expect(page.get_by_text("Planned for")).to_be_visible()
    assert page.url.endswith(path)
    page.context.close()
