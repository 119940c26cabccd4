"""The studio in a real browser: by keys alone, without a script, no violation of WCAG 2.2 AA in any look."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from onward.kernel.actor import SYSTEM
from onward.playbooks import actions, queries
from onward.playbooks.decisions.starter import starter
from tests.browser.keys import reach
from tests.browser.test_accessible import AXE, LOOKS, violations
from tests.world import Cast, cast, signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

pytestmark = [pytest.mark.django_db(transaction=True)]
WRONG = starter("mine").replace("when: task.connect.done", "when: task.conect.done")


@pytest.fixture
def world(live_server: Any) -> Cast:
    made: Cast = cast()
    actions.begin_draft(actor=SYSTEM, key="mine", text=WRONG)
    return made


@pytest.fixture
def opened(chromium: Browser, live_server: Any, world: Cast) -> Iterator[Any]:
    """A context of the browser in which Mara is signed in."""
    made: list[BrowserContext] = []

    def open_(width: int = 1280, theme: Any = "light", script: bool = True) -> BrowserContext:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            base_url=live_server.url,
            reduced_motion="reduce",
            java_script_enabled=script,
        )
        value = signed_in(world.mara).cookies["onward_session"].value
        context.add_cookies([{"name": "onward_session", "value": value, "url": live_server.url}])
        context.set_default_timeout(30_000)
        made.append(context)
        return context

    yield open_
    for context in made:
        context.close()


def text() -> str:
    row = queries.draft(SYSTEM, "mine")
    assert row is not None
    return row.text


def test_a_playbook_is_written_by_keys_alone(opened: Any) -> None:
    page = opened().new_page()
    page.goto("/playbooks/mine/studio")
    reach(page, "Connect your data")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".tree [aria-current]")).to_contain_text("Connect your data")
    reach(page, "Title")
    page.keyboard.press("Enter")
    expect(page.locator("#f-title")).to_have_value("New task")
    expect(page.locator("#f-title")).to_be_focused()
    page.keyboard.type("Train the team")
    expect(page.locator("#file")).to_have_value(starter_with("task: train_the_team"))
    expect(page.locator("#f-title")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("[data-saved]")).to_have_text("Saved")
    page.locator('[data-address="exit.setup.connected"]').focus()
    page.keyboard.press("Enter")
    field = page.locator("#f-when")
    expect(field).to_have_value("task.conect.done")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("connect.do")
    expect(page.locator(".completions [role=option]").first).to_contain_text("Done, and confirmed")
    page.keyboard.press("Tab")
    expect(field).to_have_value("connect.do")
    field.focus()
    page.keyboard.press("End")
    page.keyboard.type("n")
    expect(page.locator(".completions [role=option]").first).to_contain_text("Done, and confirmed")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(field).to_have_value("task.connect.done")
    # red when a name takes the place of the last word alone: "task.connect.done and not is task.provision.done"
    page.keyboard.type(" and not is the provision")
    expect(page.locator(".completions [role=option]").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(field).to_have_value(re.compile(r"^task\.connect\.done and not task\.provision\.\w+$"))
    field.fill("task.connect.done")
    expect(page.locator("h1")).to_contain_text("no problem")
    assert "when: task.connect.done" in text()
    assert text().index("train_the_team") < text().index("task: connect\n")


def starter_with(words: str) -> Any:
    return re.compile(rf".*{re.escape(words)}.*", re.DOTALL)


def test_a_change_in_the_file_shows_in_the_form_and_a_mend_in_both(opened: Any) -> None:
    page = opened().new_page()
    page.goto("/playbooks/mine/studio?at=exit.setup.connected")
    page.set_viewport_size({"width": 1280, "height": 400})
    page.locator('[data-address="task.connect"]').click()
    expect(page.locator(".sheet h2")).to_have_text("Connect your data")
    page.locator("#form").evaluate("(pane) => pane.scrollTop = pane.scrollHeight")
    page.locator('[data-address="task.provision"]').click()
    # red when the form of another part is drawn where the last one was scrolled to
    expect(page.locator("#f-title")).to_have_value("Provision accounts")
    expect(page.locator(".sheet h2")).to_be_in_viewport()
    page.locator('[data-address="exit.setup.connected"]').click()
    file = page.locator("#file")
    file.fill(file.input_value().replace("title: Data is connected", "title: All of it is there"))
    expect(page.locator("#f-title")).to_have_value("All of it is there")
    page.locator(".sheet button.link").click()
    expect(page.locator("#f-when")).to_have_value("task.connect.done")
    expect(file).to_have_value(starter_with("when: task.connect.done"))
    page.get_by_role("button", name="Undo the last change").click()
    expect(page.locator("#f-when")).to_have_value("task.conect.done")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_long_choice_is_no_wider_than_its_column(opened: Any, width: int) -> None:
    # red when a field grows with the longest choice of its list and runs under the file beside it
    page = opened(width).new_page()
    page.goto("/playbooks/mine/studio?at=task.connect")
    expect(page.locator("#form select").first).to_be_visible()
    over = page.locator("#form").evaluate(
        """(pane) => {
          const lists = [...pane.querySelectorAll("select")], edge = pane.getBoundingClientRect().right;
          for (const fold of pane.querySelectorAll("details")) fold.open = true;
          for (const list of lists) list.options[0].textContent = "A choice that is told at length. ".repeat(9);
          return lists.filter((list) => list.getBoundingClientRect().right > edge).map((list) => list.name);
        }"""
    )
    assert over == []


def test_what_is_wrong_stays_readable_and_is_gone_once_it_is_mended(opened: Any) -> None:
    page = opened().new_page()
    page.goto("/playbooks/mine/studio?at=milestone.first_value")
    field, note, box = page.locator("#f-when"), page.locator("[data-note=f-when]"), page.locator(".completions")
    field.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("five different people")
    expect(note).to_contain_text("Say it like 5 people active in a week")
    for name in ("usage.users", "usage.last_7d.users", "usage.last_30d.users"):
        expect(box.locator("code", has_text=re.compile(f"^{re.escape(name)}$"))).to_have_count(1)
    # red when the list lies over what is said of the field
    below, list_ = note.bounding_box(), box.bounding_box()
    assert list_["y"] >= below["y"] + below["height"] or list_["y"] + list_["height"] <= field.bounding_box()["y"]
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    page.keyboard.type(" active in a week")
    note.get_by_role("button", name="Write “usage.last_7d.users >= 5” instead").click()
    expect(field).to_have_value("usage.last_7d.users >= 5")
    expect(field).to_be_focused()
    expect(field).not_to_have_attribute("aria-invalid", "true")
    page.keyboard.press("End")
    page.keyboard.type("x")
    expect(field).to_have_attribute("aria-invalid", "true")
    page.keyboard.press("Backspace")
    # red when the frame of a mistake stays for as long as somebody is in the field
    expect(field).not_to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    field.fill("milest")
    expect(box).to_have_count(1)
    field.blur()
    expect(box).to_have_count(0)


def test_the_list_of_names_comes_above_a_field_at_the_foot_of_the_window(opened: Any) -> None:
    page = opened(390).new_page()
    page.goto("/playbooks/mine/studio?at=milestone.first_value")
    field = page.locator("#f-when")
    field.focus()
    field.evaluate("(one) => scrollBy(0, one.getBoundingClientRect().bottom - innerHeight + 60)")
    field.fill("people")
    expect(page.locator(".completions")).to_be_in_viewport(ratio=0.9)
    list_ = page.locator(".completions").bounding_box()
    assert list_["y"] + list_["height"] <= field.bounding_box()["y"]


def test_what_is_written_in_stays_where_it_is_when_a_change_is_saved(opened: Any) -> None:
    page = opened().new_page()
    page.goto("/playbooks/mine/studio?at=playbook")
    page.locator("#f-title").fill("How we bring on those who come from another system")
    expect(page.locator("h1")).to_contain_text("another system has 1 problem")
    at = page.locator(".panes").bounding_box()["y"]
    page.locator("#f-title").fill("Mine")
    expect(page.locator("h1")).to_contain_text("Mine has 1 problem")
    assert page.locator(".panes").bounding_box()["y"] == at, "red when the columns jump at a save"
    page.locator('[data-address="task.kickoff"]').click()
    kind, pane = page.locator("#f-kind"), page.locator("#form")
    kind.select_option("to_do")
    pane.evaluate("(one) => one.scrollTop = 500")
    expect(page.locator("#f-minutes")).to_have_count(0)
    expect(kind).to_be_focused()
    assert pane.evaluate("(one) => one.scrollTop") > 300, "red when an answer brings back what was scrolled away from"
    page.locator('[data-address="task.connect"]').click()
    expect(page.locator(".sheet h2")).to_have_text("Connect your data")
    # red when the wheel ends in a box
    expect(page.locator(".ticks").first).to_have_css("overflow-y", "visible")


def test_of_two_who_write_at_once_nobody_loses_a_word(opened: Any) -> None:
    page = opened().new_page()
    page.goto("/playbooks/mine/studio?at=task.connect")
    actions.save_draft(actor=SYSTEM, key="mine", text=text().replace("takes: 3w", "takes: 5w"), edition=1)
    page.locator("#f-title").fill("Mine")
    expect(page.locator("[data-refused]")).to_contain_text("Somebody else has saved this draft")
    assert "takes: 5w" in text()
    page.get_by_role("button", name="Keep mine instead").click()
    expect(page.locator("[data-saved]")).to_have_text("Saved")
    assert "title: Mine" in text()
    page.get_by_role("button", name="Undo the last change").click()
    expect(page.locator("#file")).to_have_value(starter_with("takes: 5w"))


def test_without_a_script_the_form_posts_and_the_page_comes_again(opened: Any) -> None:
    page = opened(390, script=False).new_page()
    page.goto("/playbooks/mine/studio?at=task.connect")
    page.locator("#f-help").fill("Open it and press Connect.")
    page.locator("[data-save]").click()
    expect(page.locator("#f-help")).to_have_value("Open it and press Connect.")
    assert "help: Open it and press Connect." in text()
    page.get_by_text("Parts", exact=True).click()
    page.locator('[data-address="stage.setup"]').click()
    expect(page.locator(".sheet h2")).to_have_text("Setup")


@pytest.mark.long
def test_no_look_of_it_keeps_anybody_out(opened: Any) -> None:
    found: list[str] = []
    for theme, width in LOOKS:
        context = opened(width, theme)
        context.add_init_script(path=AXE)
        page = context.new_page()
        for path in ("?at=task.connect", "?at=exit.setup.connected", "?at=role.csm", "/preview", "/names"):
            page.goto(f"/playbooks/mine/studio{path}")
            page.evaluate("for (const fold of document.querySelectorAll('main details')) fold.open = true")
            found += violations(page, f"{path} ({theme}, {width})")
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            found += [f"{path} ({theme}, {width}): {wide} px too wide"] if wide > 0 else []
        if width < 400:
            page.goto("/playbooks/mine/studio")
            for tab in ("Parts", "File"):
                page.get_by_text(tab, exact=True).click()
                found += violations(page, f"{tab} ({theme}, {width})")
    assert not found, "\n".join(found)


def test_what_is_chosen_while_a_title_is_saved_keeps_both(opened: Any) -> None:
    # red when the second change sends the file from before the title's id was made of it: both were lost
    page = opened().new_page()
    page.goto("/playbooks/mine/studio?at=stage.setup")
    page.get_by_role("button", name="Add a task").click()
    title = page.locator("[data-title]")
    expect(title).to_be_focused()
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route) if not held else route.continue_()

    page.route("**/playbooks/mine/studio", hold)
    with page.expect_request("**/playbooks/mine/studio"):
        title.fill("Send the list")
    page.locator("#f-by").select_option("champion")
    held[0].continue_()
    expect(page.locator("#file")).to_have_value(re.compile("task: send_the_list\n[^-]*by: champion"))
    expect(page.locator(".tree [aria-current]")).to_contain_text("Send the list")


def test_words_that_mean_one_thing_are_written_right_when_their_field_is_left(opened: Any) -> None:
    page = opened().new_page()
    page.goto("/playbooks/mine/studio?at=exit.setup.connected")
    field = page.locator("#f-when")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("kickoff call held")
    note = page.locator('[data-note="f-when"]')
    expect(note).to_contain_text("becomes a condition as soon as you go on")
    expect(field).not_to_have_attribute("aria-invalid", "true")
    page.keyboard.press("Tab")
    expect(field).to_have_value("task.kickoff.done")
    expect(page.locator("#file")).to_have_value(re.compile("when: task.kickoff.done"))
    expect(note).to_contain_text("In words:")
    # What means nothing that there is stays as it was said, and wrong.
    field.fill("the moon is full")
    page.keyboard.press("Tab")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("the moon is full")
    # A date as well.
    page.goto("/playbooks/mine/studio?at=task.connect")
    page.locator("#f-due").fill("5 working days after the kickoff call")
    page.locator("#f-title").focus()
    expect(page.locator("#f-due")).to_have_value("5wd after task.kickoff.held")
