"""Eight tabs of one browser share one stream, and all of them show what changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page

from onward.identity.actions import contact_link
from onward.journeys import actions as journeys
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id
from tests.live.conftest import Web
from tests.processes import wait_until
from tests.world import cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_eight_tabs_share_one_stream_and_all_show_the_change(web: Web, chromium: Browser) -> None:
    world = cast()
    journey = journeys.open_journey(
        actor=world.mara,
        account_id=world.acme,
        version_id=world.version,
        signed_at=datetime.now(UTC) - timedelta(days=1),
    )
    link = contact_link(actor=SYSTEM, contact_id=world.dana_id)
    context = chromium.new_context()
    door = context.new_page()
    door.goto(f"{web.address}/portal/enter/{link.secret}")
    door.click("button")
    door.wait_for_url("**/portal/journeys/**")
    door.close()
    streams: list[str] = []
    context.on("request", lambda request: streams.append(request.url) if "/live?" in request.url else None)

    def heard(tab: Page) -> int:
        # What the browser tells is taken in while it is waited for.
        tab.wait_for_timeout(50)
        return len(streams)

    tabs = [context.new_page() for _ in range(8)]
    for tab in tabs:
        tab.goto(f"{web.address}/portal/journeys/{format_id('jny', journey)}")
        assert "Hello Dana." in tab.inner_text("h1")
    wait_until(lambda: heard(tabs[0]) == 1)
    journeys.pause_journey(actor=world.mara, journey_id=journey, reason="their freeze")
    for tab in tabs:
        tab.locator("h1", has_text="paused").wait_for()
    assert len(streams) == 1
    # The leading tab goes; another takes the stream over.
    tabs[0].close()
    wait_until(lambda: heard(tabs[1]) == 2)
    journeys.resume_journey(actor=world.mara, journey_id=journey)
    for tab in tabs[1:]:
        tab.locator("h1", has_not_text="paused").wait_for()
    assert len(streams) == 2
    context.close()
