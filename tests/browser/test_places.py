"""Where somebody was: a form that leads back to its page, and a task that is closed again over its list, give the page
back where it was read."""

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
    from playwright.sync_api import Browser, Locator, Page

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


def stands_at(page: Page, place: int) -> None:
    """The browser scrolls a page back after it has drawn it: fails when it does not within half a minute."""
    page.wait_for_function("place => Math.abs(scrollY - place) <= 2", arg=place)


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
    stands_at(mara, before)
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


def opened(page: Page, world: Cast, key: str) -> Locator:
    """The task as a drawer over the plan, in which its row was scrolled to."""
    ref = task(world, key).ref
    page.goto(f"/journeys/{journey(world).ref}/plan")
    row = page.locator(f"a.name[href='/tasks/{ref}']")
    row.evaluate("row => row.scrollIntoView({ block: 'center' })")
    row.focus()
    page.keyboard.press("Enter")
    drawer = page.locator("dialog.drawer")
    expect(drawer).to_be_visible()
    return drawer


@pytest.mark.parametrize("width", [390, 1280])
def test_a_link_to_a_part_of_the_task_stays_in_the_drawer(mara: Page, world: Cast, width: int) -> None:
    # red when the drawer closes, or the part stays folded away, out of sight or without the cursor
    mara.set_viewport_size({"width": width, "height": 400})
    drawer = opened(mara, world, "call")
    path = f"/tasks/{task(world, 'call').ref}"
    for href, field in (("#starts_at", "#time"), (f"{path}#log-hours", "#hours"), (f"{path}#reason", "")):
        drawer.locator(".drawer-body").evaluate(
            "(body, href) => body.insertAdjacentHTML('afterbegin', `<a href='${href}'>To ${href}</a>`)", href
        )
        link = drawer.get_by_role("link", name=f"To {href}")
        link.focus()
        mara.keyboard.press("Enter")
        expect(drawer).to_be_visible()
        if field:
            expect(drawer.locator(field)).to_be_focused()
            expect(drawer.locator(field)).to_be_in_viewport(ratio=1)
    assert mara.url.endswith(path), "Back closes"
    mara.go_back()
    expect(drawer).to_be_hidden()
    assert mara.url.endswith("/plan")


@pytest.mark.parametrize(
    ("width", "way"), [(390, "key"), (390, "button"), (1280, "key"), (1280, "back"), (1280, "press")]
)
def test_a_closed_drawer_gives_the_list_back_as_it_was(mara: Page, world: Cast, width: int, way: str) -> None:
    # red when the page stays where it was scrolled behind the drawer, or the focus is lost to the page's beginning
    mara.set_viewport_size({"width": width, "height": 400})
    drawer = opened(mara, world, "polish")
    before = top(mara)
    assert before > 0
    drawer.locator("#log-hours > summary").click()
    drawer.get_by_label("How long").fill("1h")
    mara.keyboard.press("Enter")
    expect(drawer.locator("#spent li")).to_have_count(1)
    mara.evaluate("scrollTo(0, 0)")
    assert top(mara) != before
    if way == "key":
        drawer.locator("h2").first.focus()
        mara.keyboard.press("Escape")
    elif way == "button":
        drawer.get_by_role("button", name="Close", exact=True).first.click()
    elif way == "back":
        mara.go_back()
    else:
        mara.mouse.click(500, 350)
    expect(drawer).to_be_hidden()
    mara.wait_for_url("**/plan")
    # What was sent draws the list anew.
    mara.wait_for_timeout(500)
    stands_at(mara, before)
    expect(mara.locator(f"main a[href='/tasks/{task(world, 'polish').ref}']:focus")).to_have_count(1)


def test_what_is_told_late_of_a_closed_drawer_does_not_stop_the_next(mara: Page, world: Cast) -> None:
    # red when Forward, right after Back, names the task in the address and shows the list
    drawer = opened(mara, world, "polish")
    mara.go_back()
    expect(drawer).to_be_hidden()
    asked = []
    mara.route("**/tasks/tsk_*", lambda route: asked.append(route))
    with mara.expect_request("**/tasks/tsk_*"):
        mara.go_forward()
    drawer.dispatch_event("close")
    asked[0].continue_()
    expect(drawer).to_be_visible()


def test_back_forward_and_a_reload_lead_to_what_the_address_names(mara: Page, world: Cast) -> None:
    # red when a task's page stands at the plan's address, or Forward loses the place of the list
    drawer = opened(mara, world, "polish")
    before = top(mara)
    mara.evaluate("scrollTo(0, 0)")
    mara.go_back()
    expect(drawer).to_be_hidden()
    mara.go_forward()
    expect(drawer).to_be_visible()
    mara.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    mara.wait_for_url("**/plan")
    stands_at(mara, before)
    mara.go_forward()
    expect(drawer).to_be_visible()
    mara.reload()
    expect(mara.locator("h1")).to_contain_text("Polish the settings")
    mara.go_back()
    expect(mara.locator("h1")).not_to_contain_text("Polish the settings")
    assert mara.url.endswith("/plan")


def test_a_press_beside_the_drawer_closes_it_and_on_the_navigation_follows_that(mara: Page, world: Cast) -> None:
    # red when navigation needs a second press, or a row behind the drawer is opened by a press that only closes
    drawer, plan = opened(mara, world, "polish"), f"/journeys/{journey(world).ref}/plan"
    row = mara.locator("main a.name").locator("visible=true").first
    row.evaluate("row => row.scrollIntoView({ block: 'center' })")
    box = row.bounding_box()
    assert box
    mara.mouse.click(box["x"] + 4, box["y"] + box["height"] / 2)
    expect(drawer).to_be_hidden()
    mara.wait_for_url(f"**{plan}")
    drawer = opened(mara, world, "polish")
    box = mara.locator(".rail").get_by_role("link", name="Playbooks", include_hidden=True).first.bounding_box()
    assert box
    mara.mouse.click(box["x"] + 4, box["y"] + box["height"] / 2)
    mara.wait_for_url("**/playbooks")
    mara.go_back()
    mara.wait_for_url(f"**{plan}")
    drawer = opened(mara, world, "polish")
    box = mara.locator(".rail .find").bounding_box()
    assert box
    mara.mouse.click(box["x"] + 4, box["y"] + box["height"] / 2)
    expect(drawer).to_be_hidden()
    expect(mara.locator("#palette-q")).to_be_focused()
    mara.wait_for_url(f"**{plan}")


def test_the_next_task_is_that_of_the_list(mara: Page, world: Cast) -> None:
    # red when the sentence above the list, which names what is late first, decides what comes next
    mara.goto(f"/journeys/{journey(world).ref}/plan")
    rows = mara.locator("main [data-row] a.name")
    named = mara.locator("h1 a[href^='/tasks/']").first.inner_text()
    at = [row.inner_text() for row in rows.all()].index(named)
    assert at, "something stands before what the sentence names"
    rows.nth(at - 1).click()
    drawer = mara.locator("dialog.drawer")
    drawer.get_by_role("button", name="The next task").click()
    expect(drawer.get_by_role("heading", name=named)).to_be_visible()


def test_on_a_phone_a_row_of_tabs_comes_up_where_the_page_is_in_it(mara: Page, world: Cast) -> None:
    # red when the tab of the page that is open lies beyond the window's edge
    mara.set_viewport_size({"width": 390, "height": 844})
    for path, name in (("/settings/targets", "Targets"), (f"/journeys/{journey(world).ref}/completion", "Completion")):
        mara.goto(path)
        expect(mara.locator(".tabs").get_by_role("link", name=name)).to_be_in_viewport(ratio=1)
    assert mara.evaluate("document.documentElement.scrollWidth") == 390


def test_a_form_that_was_sent_from_a_drawer_is_folded_again(mara: Page, world: Cast) -> None:
    # red when the time that was set stands in an open form, as if it waited to be sent
    journeys.schedule_meeting(
        actor=world.mara, task_id=task(world, "call").id, starts_at=clock.now() + timedelta(days=1)
    )
    drawer = opened(mara, world, "call")
    drawer.get_by_text("Choose another time", exact=True).click()
    drawer.locator("#time").fill("2031-03-05T10:00")
    drawer.get_by_role("button", name="Set the time").click()
    expect(drawer.get_by_text("The meeting has its time. Acme Freight sees it on their portal.")).to_be_visible()
    expect(drawer.get_by_text("Planned for Wed 5 March 2031")).to_be_visible()
    expect(drawer.locator("#time")).to_be_hidden()
