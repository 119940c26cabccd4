"""A change by somebody else never takes away what one is in the middle of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from django.test import Client
from playwright.sync_api import Browser, Route

from onward.identity import queries as identity
from onward.journeys import actions as journeys
from onward.kernel.ids import format_id, parse_id
from tests.live.conftest import Web
from tests.world import cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


def test_a_form_opened_while_news_is_on_its_way_stays_open(web: Web, chromium: Browser) -> None:
    world = cast()
    journey = journeys.open_journey(
        actor=world.mara,
        account_id=world.acme,
        version_id=world.version,
        signed_at=datetime.now(UTC) - timedelta(days=1),
    )
    client = Client()
    user = identity.signed_in_user(parse_id("usr", world.mara.id))
    assert user is not None
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    context = chromium.new_context()
    session = client.cookies["onward_session"].value
    context.add_cookies([{"name": "onward_session", "value": session, "url": web.address}])
    page = context.new_page()
    held: list[Route] = []
    asked = Event()

    def hold(route: Route) -> None:
        if not asked.is_set() and route.request.headers.get("x-fragment"):
            asked.set()
            held.append(route)
        else:
            route.continue_()

    page.route("**/people", hold)
    with page.expect_response(lambda answer: "/live?" in answer.url):
        page.goto(f"{web.address}/journeys/{format_id('jny', journey)}/people")
    with page.expect_request(lambda request: "x-fragment" in request.headers):
        journeys.pause_journey(actor=world.mara, journey_id=journey, reason="their freeze")
    form = page.locator("[data-live] details.popover").first
    form.locator("summary").click()
    with page.expect_response(lambda answer: "x-fragment" in answer.request.headers) as answered:
        held[0].continue_()
    answered.value.finished()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert form.get_attribute("open") is not None
    context.close()
