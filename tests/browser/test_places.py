"""Where somebody was: a form that leads back to its page gives that page back where it was read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from onward.accounts import actions as accounts
from onward.foundation import clock
from onward.insights import actions as insights
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.kernel.actor import SYSTEM, Actor
from tests.world import Cast, cast, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(live_server: Any) -> Cast:
    """Acme's journey, in which the settings are Mara's to polish."""
    made: Cast = cast()
    deal = accounts.open_deal(actor=made.mara, account_id=made.acme, name="First year", amount="12000")
    accounts.win_deal(actor=made.mara, deal_id=deal, signed_at=clock.now() - timedelta(days=20))
    for check in ("goal", "signed"):
        journeys.waive_check(
            actor=made.mara, journey_id=journey(made).id, stage="kickoff", check=check, reason="In the contract"
        )
    insights.rebuild(actor=SYSTEM)
    return made


@pytest.fixture
def mara(chromium: Browser, world: Cast, live_server: Any) -> Iterator[Page]:
    """A low window, so that every page is longer than it."""
    context = chromium.new_context(viewport={"width": 1280, "height": 400}, base_url=live_server.url)
    page = context.new_page()
    enter(page, world.mara, live_server.url)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors, errors


def enter(page: Page, who: Actor, url: str) -> None:
    value = signed_in(who).cookies["onward_session"].value
    page.context.add_cookies([{"name": "onward_session", "value": value, "url": url}])


def journey(world: Cast) -> queries.JourneyLine:
    (line,) = queries.journeys_of(world.mara, world.acme)
    return line


def task(world: Cast, key: str) -> Any:
    return next(row for row in queries.journey_view(world.mara, journey(world).id).tasks if row.key == key)


def top(page: Page) -> int:
    return int(page.evaluate("Math.round(scrollY)"))


@pytest.mark.parametrize("width", [390, 1280])
def test_a_form_that_leads_back_keeps_the_place_once(mara: Page, world: Cast, width: int) -> None:
    # red when the page comes back at its top, or stays down when it is opened anew
    path = f"/tasks/{task(world, 'polish').ref}"
    mara.set_viewport_size({"width": width, "height": 400})
    mara.goto(path)
    mara.locator("#log-hours > summary").click()
    mara.get_by_label("How long").fill("1h 30")
    before = top(mara)
    assert before > 100
    with mara.expect_event("load"):
        mara.keyboard.press("Enter")
    expect(mara.locator(".toast")).to_be_visible()
    assert mara.url.endswith(path)
    assert top(mara) == pytest.approx(before, abs=2)
    mara.goto("/journeys")
    mara.goto(path)
    assert top(mara) == 0


def test_a_named_part_and_what_is_shown_only_now_come_before_the_place(
    mara: Page, world: Cast, live_server: Any
) -> None:
    # red when a form that leads to a part of its page, or to a secret at its top, leaves the page where it was
    mara.goto(f"/tasks/{task(world, 'polish').ref}")
    mara.locator("#composer textarea").fill("Dana is away")
    with mara.expect_event("load"):
        mara.locator("#composer").evaluate(
            "form => { scrollTo(0, 0); form.requestSubmit(form.querySelector('.if-internal[value]')); }"
        )
    assert mara.url.endswith("#composer")
    expect(mara.locator("#composer textarea")).to_be_in_viewport()
    enter(mara, world.admin, live_server.url)
    mara.goto("/sources")
    mara.get_by_label("Name").fill("Product")
    mara.get_by_role("button", name="Set it up").click()
    mara.wait_for_url("**/sources/src_*")
    assert top(mara) == 0, "where a form leads elsewhere it opens at its top"
    again = mara.locator("form[action$='/keys'] button")
    again.scroll_into_view_if_needed()
    assert top(mara) > 100
    with mara.expect_event("load"):
        again.click()
    expect(mara.locator("#write-key")).to_be_in_viewport()
