"""My work, the palette and the keys in a real browser: done in place, undone, found without a mouse, told offline."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from onward.accounts import actions as accounts
from onward.conversation import actions as conversation
from onward.foundation import clock
from onward.insights import actions as insights
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id
from onward.playbooks.decisions.parts import Link
from tests.world import SMALL, Cast, cast, publish, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(live_server: Any) -> Cast:
    """Two journeys, each with a kickoff call of Mara's; in Acme's the data and the settings are hers to do."""
    made: Cast = cast()
    for account in (made.acme, made.globex):
        deal = accounts.open_deal(actor=made.mara, account_id=account, name="First year", amount="12000")
        accounts.win_deal(actor=made.mara, deal_id=deal, signed_at=clock.now() - timedelta(days=20))
    (line,) = queries.journeys_of(made.mara, made.acme)
    for check in ("goal", "signed"):
        journeys.waive_check(
            actor=made.mara, journey_id=line.id, stage="kickoff", check=check, reason="In the contract"
        )
    insights.rebuild(actor=SYSTEM)
    return made


@pytest.fixture
def mara(chromium: Browser, world: Cast, live_server: Any) -> Iterator[Page]:
    client = signed_in(world.mara)
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, base_url=live_server.url)
    context.add_cookies(
        [{"name": "onward_session", "value": client.cookies["onward_session"].value, "url": live_server.url}]
    )
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto("/")
    yield page
    context.close()
    assert not errors, errors


def state(world: Cast, key: str) -> str:
    (line,) = queries.journeys_of(world.mara, world.acme)
    return next(row.state for row in queries.journey_view(world.mara, line.id).tasks if row.key == key)


def due(world: Cast, key: str) -> date | None:
    (line,) = queries.journeys_of(world.mara, world.acme)
    return next(row.due_on for row in queries.journey_view(world.mara, line.id).tasks if row.key == key)


def test_a_task_is_done_in_place_by_keys_and_undone(mara: Page, world: Cast) -> None:
    title = "Polish the settings"
    row = mara.locator("[data-row]", has_text=title)
    row.locator("a.name").focus()
    mara.keyboard.press("x")
    toast = mara.locator(".toast")
    toast.get_by_text(f"{title} is done.").wait_for()
    row.wait_for(state="detached")
    assert state(world, "polish") == "done"
    # red when the focus leaves the list
    mara.locator(".name:focus").wait_for()
    mara.keyboard.press("z")
    mara.get_by_text(f"{title} is open again.").wait_for()
    row.wait_for()
    assert state(world, "polish") == "open"


def test_a_toast_covers_nothing_that_was_just_changed_and_goes_by_a_click(mara: Page, world: Cast) -> None:
    # red when the toast floats over the row, or only its small button sends it away
    mara.set_viewport_size({"width": 390, "height": 560})
    task = mara.locator("[data-row]", has_text="Polish the settings")
    task.locator(".change > summary").click()
    task.get_by_label("Move it to").fill((clock.now() + timedelta(days=1)).date().isoformat())
    task.get_by_label("Because").fill("Dana is away")
    task.get_by_role("button", name="Move", exact=True).click()
    toast = mara.locator(".toast")
    toast.wait_for()
    mara.wait_for_timeout(200)
    row = mara.locator("[data-row]:focus-within").bounding_box()
    foot, above = mara.locator(".rail").bounding_box(), toast.bounding_box()
    assert row
    assert foot
    assert above
    assert row["y"] + row["height"] <= above["y"] + 1
    assert above["y"] + above["height"] <= foot["y"] + 1, "it stands above the foot"
    mara.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    foot = mara.locator("main > :last-child").bounding_box()
    toast.locator("span").first.click()
    toast.wait_for(state="detached")
    # red when what stands at the foot of the page slides away as the toast goes
    assert mara.locator("main > :last-child").bounding_box() == foot


def test_the_box_of_a_reply_has_the_cursor(mara: Page, world: Cast) -> None:
    (line,) = queries.journeys_of(world.mara, world.acme)
    conversation.write_comment(
        actor=world.dana, journey_id=line.id, channel="shared", text="Which fields?", question=True
    )
    mara.goto("/")
    mara.get_by_text("Reply to Dana", exact=True).click()
    mara.locator("textarea:focus").wait_for()
    mara.keyboard.type("Name and region.")
    assert mara.get_by_label("Your answer").input_value() == "Name and region."
    mara.goto(f"/journeys/{line.ref}/conversation?answer=1#composer")
    mara.locator("textarea:focus").wait_for()
    mara.keyboard.type("Both, then.")
    mara.get_by_role("button", name="Send to Acme Freight").click()
    said = mara.locator(".said", has_text="Both, then.")
    # red when what was sent is out of sight
    mara.wait_for_function("one => one.getBoundingClientRect().top >= 0", arg=said.element_handle())


def test_what_a_colleague_did_meanwhile_is_said_and_offline_nothing_is_lost(mara: Page, world: Cast) -> None:
    (line,) = queries.journeys_of(world.mara, world.acme)
    tasks = {row.key: row for row in queries.journey_view(world.mara, line.id).tasks}
    row = mara.locator(f"#{tasks['polish'].ref}")
    mara.context.set_offline(True)
    row.locator(".tick").click()
    row.get_by_text("You are offline, so nothing was changed.").wait_for()
    mara.context.set_offline(False)
    row.locator("summary").click()
    row.get_by_label("Because").fill("Dana is away")
    journeys.complete_task(actor=world.tomas, task_id=tasks["polish"].id)
    row.get_by_role("button", name="Move").click()
    mara.get_by_text("Tomas did “Polish the settings” already").wait_for()


def test_a_task_that_cannot_be_opened_offline_says_so_where_it_was_pressed(mara: Page, world: Cast) -> None:
    # red when the list is left for the browser's own page
    (line,) = queries.journeys_of(world.mara, world.acme)
    polish = next(row for row in queries.journey_view(world.mara, line.id).tasks if row.key == "polish")
    row = mara.locator(f"#{polish.ref}")
    link = row.locator(f"a[href^='/tasks/{polish.ref}']").first
    mara.context.set_offline(True)
    link.click()
    row.get_by_text("You are offline, so this was not opened.").wait_for()
    assert mara.locator("dialog.drawer[open]").count() == 0
    mara.context.set_offline(False)
    link.click()
    mara.locator("dialog.drawer[open]").wait_for()
    assert row.get_by_text("You are offline").count() == 0


def test_a_form_sent_offline_keeps_its_words_and_goes_when_the_server_is_reached(mara: Page, world: Cast) -> None:
    # red when the browser's own page comes instead, or a machine without a network cannot use its own Onward
    mara.goto("/wins")
    mara.locator("#win-new summary").click()
    mara.get_by_label("Whose win it is").fill("Acme Freight")
    mara.get_by_label("What they won, in their words").fill("Fewer late trucks")
    mara.context.set_offline(True)
    mara.get_by_role("button", name="Write the win down").click()
    mara.get_by_text("You are offline, so nothing was sent.").wait_for()
    assert mara.get_by_label("What they won, in their words").input_value() == "Fewer late trucks"
    assert queries.wins(world.mara) == []
    mara.context.set_offline(False)
    mara.evaluate("Object.defineProperty(navigator, 'onLine', { value: false })")
    mara.get_by_role("button", name="Write the win down").click()
    mara.get_by_text("Noted.").wait_for()
    assert [win.title for win in queries.wins(world.mara)] == ["Fewer late trucks"]


def test_a_bar_is_dragged_to_another_day_and_nothing_changes_before_the_reason(mara: Page, world: Cast) -> None:
    (line,) = queries.journeys_of(world.mara, world.acme)
    polish = next(row for row in queries.journey_view(world.mara, line.id).tasks if row.key == "polish")
    journeys.move_task(actor=world.mara, task_id=polish.id, due_at=clock.now() + timedelta(days=5), reason="Holidays")
    mara.goto(f"/journeys/{line.ref}/timeline")
    bar = mara.locator(f"[data-move='{polish.ref}']")
    first = date.fromisoformat(bar.get_attribute("data-due") or "")
    wide = float(mara.locator("svg[data-day]").get_attribute("data-day") or 0)

    def drag(days: int) -> None:
        bar.scroll_into_view_if_needed()
        box = bar.locator("rect").first.bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        mara.mouse.move(x, y)
        mara.mouse.down()
        mara.mouse.move(x + days * wide, y, steps=4)
        bar.locator("text.to").wait_for()

    drag(3)
    mara.keyboard.press("Escape")
    mara.mouse.up()
    assert bar.get_attribute("transform") is None
    assert mara.url.endswith("/timeline"), "letting go of what was put back opens nothing"
    drag(3)
    mara.mouse.up()
    asked = mara.locator("#move")
    asked.get_by_label("Because").wait_for()
    assert asked.get_by_label("To").input_value() == (first + timedelta(days=3)).isoformat()
    assert mara.evaluate("document.activeElement.name") == "reason"
    asked.get_by_role("button", name="Leave it").click()
    assert bar.get_attribute("transform") is None
    drag(3)
    mara.mouse.up()
    assert due(world, "polish") == first
    mara.keyboard.type("They asked for it")
    mara.keyboard.press("Enter")
    mara.locator(".toast").wait_for()
    assert mara.url.endswith(f"/timeline#{polish.ref}"), "whoever dragged a bar comes back to it"
    assert due(world, "polish") == first + timedelta(days=3)


def with_a_chain(world: Cast) -> queries.JourneyLine:
    """A journey of Acme's whose settings are polished once the systems are connected."""
    chained = {"polish": (Link("connect"),)}
    stages = [
        replace(stage, tasks=tuple(replace(task, after=chained.get(task.id, task.after)) for task in stage.tasks))
        for stage in SMALL.stages
    ]
    publish(replace(SMALL, stages=tuple(stages)))
    deal = accounts.open_deal(actor=world.mara, account_id=world.acme, name="Second year", amount="12000")
    accounts.win_deal(actor=world.mara, deal_id=deal, signed_at=clock.now() - timedelta(days=20))
    (line,) = (row for row in queries.journeys_of(world.mara, world.acme) if row.stages == ("Kickoff",))
    for check in ("goal", "signed"):
        journeys.waive_check(
            actor=world.mara, journey_id=line.id, stage="kickoff", check=check, reason="In the contract"
        )
    return line


def test_a_dragged_end_says_what_speaks_against_the_day_and_offers_the_next(mara: Page, world: Cast) -> None:
    # red when the whole bar is drawn as moving, or a day off or a step planned earlier is passed over in silence
    line = with_a_chain(world)
    tasks = {row.key: row for row in queries.journey_view(world.mara, line.id).tasks}
    friday = clock.now().date() + timedelta(days=11 - clock.now().date().weekday())
    for key, to in (("connect", friday), ("polish", friday)):
        journeys.move_task(actor=world.mara, task_id=tasks[key].id, due_at=to, reason="Holidays")
    mara.goto(f"/journeys/{line.ref}/timeline")
    bar = mara.locator(f"[data-move='{tasks['connect'].ref}']")
    wide = float(mara.locator("svg[data-day]").get_attribute("data-day") or 0)
    bar.scroll_into_view_if_needed()
    box = bar.locator("rect").first.bounding_box()
    assert box
    x, y = box["x"] + box["width"] - 2, box["y"] + box["height"] / 2
    mara.mouse.move(x, y)
    mara.mouse.down()
    mara.mouse.move(x + 2 * wide, y, steps=4)
    bar.locator("text.to").wait_for()
    drawn = bar.locator("rect").first.bounding_box()
    assert drawn
    assert drawn["x"] == pytest.approx(box["x"], abs=1), "its beginning stays"
    assert drawn["width"] == pytest.approx(box["width"] + 2 * wide, abs=1)
    mara.mouse.up()
    asked, sunday, monday = mara.locator("#move"), friday + timedelta(days=2), friday + timedelta(days=3)
    asked.get_by_text(f"Sunday {sunday.day} {sunday:%B} is no working day for Acme Freight.").wait_for()
    asked.get_by_text("1 step after it is planned earlier: Polish the settings.").wait_for()
    asked.get_by_role("button", name=f"Take Monday {monday.day} {monday:%B}").click()
    assert asked.get_by_label("To").input_value() == monday.isoformat()
    assert asked.locator("[data-off]").is_hidden()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_days_of_the_timeline_stay_in_sight_while_its_rows_scroll(mara: Page, world: Cast, width: int) -> None:
    (line,) = queries.journeys_of(world.mara, world.acme)
    mara.set_viewport_size({"width": width, "height": 320})
    mara.goto(f"/journeys/{line.ref}/timeline")
    mara.locator("#bars").evaluate("box => { box.scrollIntoView(); box.scrollTo(60, 400); }")
    ruler, box = mara.locator(".bars-ruler").bounding_box(), mara.locator("#bars").bounding_box()
    names = mara.locator(".bars-table").bounding_box()
    assert mara.locator("#bars").evaluate("box => box.scrollTop") > 0
    assert ruler is not None
    assert box is not None
    assert names is not None
    assert ruler["y"] == pytest.approx(box["y"], abs=1)
    assert names["x"] == pytest.approx(box["x"], abs=1)


def test_the_palette_finds_by_typing_alone_and_says_what_it_found(mara: Page, world: Cast) -> None:
    mara.keyboard.press("Control+k")
    field = mara.get_by_role("combobox")
    field.wait_for()
    assert mara.evaluate("document.activeElement.id") == "palette-q"
    mara.keyboard.type("acmé freigth")
    option = mara.get_by_role("option").filter(has_text="Acme Freight").first
    option.wait_for()
    mara.locator("#palette .found[aria-busy]").wait_for(state="detached")
    assert "answer" in mara.locator("#palette .said").inner_text()
    assert field.get_attribute("aria-activedescendant") == option.get_attribute("id")
    mara.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") != option.get_attribute("id")
    mara.keyboard.press("ArrowUp")
    mara.keyboard.press("Enter")
    mara.wait_for_url(f"**/accounts/{format_id('acc', world.acme)}")
    mara.keyboard.press("/")
    mara.get_by_text("Seen lately").wait_for()
    mara.keyboard.press("Escape")
    field.wait_for(state="hidden")
    mara.keyboard.press("Control+k")
    mara.keyboard.type("zzzzqq")
    mara.get_by_text("Nothing is called “zzzzqq”.").wait_for()


def test_enter_means_what_was_typed_and_not_the_answer_before(mara: Page, world: Cast) -> None:
    mara.keyboard.press("Control+k")
    mara.get_by_role("combobox").fill("acme")
    mara.get_by_role("option").filter(has_text="Acme Freight").first.wait_for()
    mara.get_by_role("combobox").fill("globex")
    mara.keyboard.press("Enter")
    mara.wait_for_url(f"**/accounts/{format_id('acc', world.globex)}")


def test_single_keys_lead_everywhere_but_not_while_typing_and_not_when_switched_off(mara: Page) -> None:
    mara.keyboard.press("?")
    mara.get_by_role("dialog").get_by_text("The next row").wait_for()
    mara.keyboard.press("Escape")
    mara.keyboard.press("g")
    mara.keyboard.press("j")
    mara.wait_for_url("**/journeys")
    mara.keyboard.press("j")
    first = mara.evaluate("document.activeElement.textContent")
    mara.keyboard.press("j")
    assert mara.evaluate("document.activeElement.textContent") != first
    mara.keyboard.press("k")
    assert mara.evaluate("document.activeElement.textContent") == first
    mara.locator("input[name=q]").first.focus()
    mara.keyboard.type("gj?x")
    assert mara.locator("input[name=q]").first.input_value() == "gj?x"
    assert not mara.get_by_role("dialog").is_visible()
    mara.goto("/keys")
    mara.get_by_role("button", name="Switch them off").click()
    mara.get_by_text("Single keys do nothing now.").wait_for()
    mara.locator("body").click()
    mara.keyboard.press("?")
    mara.keyboard.press("g")
    mara.keyboard.press("j")
    assert mara.url.endswith("/keys")
    mara.keyboard.press("Control+k")
    mara.get_by_role("combobox").wait_for()


def test_without_javascript_all_of_it_works_too(chromium: Browser, mara: Page, live_server: Any) -> None:
    context = chromium.new_context(java_script_enabled=False, base_url=live_server.url)
    context.add_cookies(mara.context.cookies())
    page = context.new_page()
    page.goto("/")
    page.locator("[data-row]", has_text="Polish the settings").locator(".tick").click()
    page.get_by_text("Polish the settings is done.").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Polish the settings is open again.").wait_for()
    page.get_by_role("link", name="Find or do").first.click()
    page.locator("#q").fill("globex")
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("link", name="Globex", exact=True).click()
    assert "/accounts/acc_" in page.url
    context.close()
