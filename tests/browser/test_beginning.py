"""A journey that is about to begin: what is chosen in its form is told at once, and what is typed stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from onward.foundation import clock
from onward.kernel.ids import format_id
from tests.world import Cast, cast, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def begins(chromium: Browser, live_server: Any) -> Iterator[Page]:
    """The form of Globex, which has no deal."""
    world: Cast = cast()
    context = chromium.new_context(base_url=live_server.url)
    value = signed_in(world.mara).cookies["onward_session"].value
    context.add_cookies([{"name": "onward_session", "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"/journeys/new?account={format_id('acc', world.globex)}")
    yield page
    context.close()


def test_another_day_is_told_at_once_and_counting_from_today_keeps_what_was_typed(begins: Page) -> None:
    # red when the page goes on telling the dates of what is no longer chosen, or loses the title
    told, today = begins.locator("#beginning"), clock.now().date()
    expect(told).to_contain_text("no date yet")
    begins.fill("#title", "Second site")
    begins.fill("#signed_at", (today - timedelta(days=100)).isoformat())
    begins.press("#signed_at", "Tab")
    expect(told).to_contain_text("would be late at once")
    told.get_by_role("link", name="Count from today").first.click()
    expect(told).not_to_contain_text("late at once")
    expect(told).to_contain_text("30 days after day zero")
    expect(begins.locator("#title")).to_have_value("Second site")
    expect(begins.locator("#signed_at")).not_to_have_value("")
