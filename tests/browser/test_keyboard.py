"""Ten core tasks of the console by keys alone, each told apart by what it changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from onward.accounts import actions as accounts
from onward.accounts import queries as account_queries
from onward.accounts.jobs import run_imports
from onward.conversation import queries as conversation
from onward.foundation import clock
from onward.identity import actions as identity
from onward.identity import queries as people
from onward.identity.models import User
from onward.insights import actions as insights
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id, parse_id
from tests.browser.keys import choose, fill, press, reach
from tests.world import Cast, cast

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(live_server: Any) -> Cast:
    """Acme is under way, Globex is not."""
    made: Cast = cast()
    deal = accounts.open_deal(actor=made.mara, account_id=made.acme, name="First year", amount="12000")
    accounts.win_deal(actor=made.mara, deal_id=deal, signed_at=clock.now() - timedelta(days=20))
    insights.rebuild(actor=SYSTEM)
    return made


@pytest.fixture
def keys(chromium: Browser, world: Cast, live_server: Any) -> Iterator[Any]:
    """A page of a colleague's, or with "" of a stranger's."""
    opened = []

    def come(who: str) -> Page:
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, base_url=live_server.url)
        opened.append(context)
        if who:
            client = Client()
            client.force_login(User.objects.get(mail=f"{who}@northwind.example"))
            value = client.cookies["onward_session"].value
            context.add_cookies([{"name": "onward_session", "value": value, "url": live_server.url}])
        return context.new_page()

    yield come
    for context in opened:
        context.close()


def journey(world: Cast) -> Any:
    (line,) = queries.journeys_of(world.mara, world.acme)
    return queries.journey_view(world.mara, line.id)


def task(world: Cast, key: str) -> Any:
    return next(row for row in journey(world).tasks if row.key == key)


def test_sign_in_find_an_account_narrow_the_portfolio_and_open_a_journey(keys: Any, world: Cast) -> None:
    identity.set_password(actor=world.mara, user_id=parse_id("usr", world.mara.id), password="a quiet orchard, late")
    page = keys("")
    page.goto("/")
    # No mail leaves from here: the password is asked for at once.
    page.get_by_role("heading", name="Sign in with your password.").wait_for()
    # The heading stands before the browser has put the cursor into the field.
    page.locator("[name=mail]:focus").wait_for()
    page.keyboard.type("mara@northwind.example")
    fill(page, "Password", "a quiet orchard, late")
    page.keyboard.press("Enter")
    page.locator(".rail").wait_for()
    page.wait_for_load_state("load")

    page.keyboard.press("Control+k")
    page.locator("#palette-q").wait_for()
    # It is no modal: the keys stay in it all the same, and Escape leaves it from anywhere.
    for name in ("Close", "An account, a person, a page or what you want to do", "Close"):
        page.keyboard.press("Tab")
        assert page.evaluate("(document.activeElement.labels?.[0] ?? document.activeElement).innerText") == name
    page.keyboard.press("Escape")
    assert page.locator("#palette").is_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.type("globex")
    page.get_by_role("option").filter(has_text="Globex").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/accounts/{format_id('acc', world.globex)}")

    page.keyboard.press("g")
    page.keyboard.press("j")
    page.wait_for_url("**/journeys")
    fill(page, "Find an account", "acme")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=acme**")
    page.locator("[data-list] a.name, td a.name").filter(has_text="Acme").first.wait_for()
    assert page.locator("a.name").filter(has_text="Globex").count() == 0

    page.goto("/journeys/new")
    fill(page, "Find an account", "globex")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=globex**")
    press(page, "Begin")
    page.get_by_role("heading", name="Globex begins.").wait_for()
    reach(page, "Signed on")
    page.keyboard.type("03022026")
    press(page, "Open the journey")
    page.wait_for_url("**/journeys/jny_*")
    (line,) = queries.journeys_of(world.mara, world.globex)
    assert page.url.endswith(line.ref)


def test_a_task_is_done_moved_and_written_about_and_a_criterion_waived(keys: Any, world: Cast) -> None:
    page = keys("mara")
    page.goto(f"/journeys/{journey(world).ref}")
    press(page, "Waive")
    fill(page, "Why", "It stands in the contract")
    page.keyboard.press("Enter")
    page.get_by_text("It stands in the contract").first.wait_for()
    waived = [check for stage in journey(world).stages for check in stage.checks if check.state == "waived"]
    assert len(waived) == 1

    sign = task(world, "sign_plan")
    page.goto(f"/tasks/{task(world, 'call').ref}")
    press(page, "Record that it was held")
    press(page, "Record the meeting")
    page.locator(".toast").wait_for()
    assert task(world, "call").held_at is not None

    journeys.waive_check(
        actor=world.mara, journey_id=journey(world).id, stage="kickoff", check="signed", reason="It stands in the mail"
    )
    page.goto(f"/tasks/{task(world, 'polish').ref}")
    press(page, "Done")
    page.locator(".toast").wait_for()
    assert task(world, "polish").state == "done"

    page.goto(f"/tasks/{sign.ref}")
    reach(page, "What you want to say")
    page.keyboard.type("Dana is away until Monday")
    press(page, "Note for")
    page.get_by_text("Dana is away until Monday").first.wait_for()
    (note,) = conversation.conversation(world.mara, journey(world).id, sign.id)
    assert (note.channel, note.text) == ("internal", "Dana is away until Monday")

    before = task(world, "sign_plan").due_at
    move(page)
    after = task(world, "sign_plan").due_at
    assert after is not None
    assert after != before


def move(page: Page) -> None:
    """The task's date, with its reason."""
    press(page, "Move its date")
    reach(page, "New date")
    page.keyboard.type("12242027")
    fill(page, "Because", "They asked for it")
    page.keyboard.press("Enter")
    page.get_by_text("They asked for it").first.wait_for()


def test_a_colleague_is_invited_and_a_file_is_read_in(keys: Any, world: Cast, tmp_path: Path) -> None:
    page = keys("ada")
    # Told at the last moment that somebody waits for its dialog, the browser may open its own.
    page.on("filechooser", lambda chooser: None)
    page.goto("/team")
    fill(page, "Mail address", "nora@northwind.example")
    fill(page, "Name", "Nora")
    choose(page, "Role", "Manager")
    press(page, "Make an invite link")
    page.get_by_text("This link lets Nora in once").wait_for()
    nora = next(row for row in people.users(world.admin) if row.mail == "nora@northwind.example")
    assert nora.role == "manager"

    file = tmp_path / "accounts.csv"
    file.write_text("name,domain\nInitech,initech.example\n")
    page.goto("/imports")
    choose(page, "What is in it", "Accounts")
    reach(page, "File")
    with page.expect_file_chooser() as choosing:
        page.keyboard.press("Space")
    choosing.value.set_files(file)
    press(page, "Look at it")
    page.get_by_role("heading", name="1 row of 1 goes in").wait_for()
    press(page, "Read in 1 row")
    page.get_by_role("heading", name="accounts.csv, 1 row of accounts").wait_for()
    while run_imports():
        pass
    names = [row.name for row in account_queries.accounts(world.admin, words="Initech", limit=5).rows]
    assert names == ["Initech"]
