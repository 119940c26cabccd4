"""Every console page in a real browser: nothing that keeps anybody out, nothing wider than a small phone, no error."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from onward.accounts import actions as accounts
from onward.foundation import clock
from onward.identity import queries as identity
from onward.insights import actions as insights
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id, parse_id
from tests.world import Cast, cast

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# test_accessible looks at every address, in one theme and width; here more stands on them, in all: the long form.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest.fixture
def pages(live_server: Any) -> tuple[str, str, list[str]]:
    """The server's address, a manager's session, and the pages with something on them."""
    world: Cast = cast()
    signed = clock.now() - timedelta(days=20)
    deal = accounts.open_deal(actor=world.mara, account_id=world.acme, name="First year", amount="12000")
    accounts.win_deal(actor=world.mara, deal_id=deal, signed_at=signed)
    (line,) = queries.journeys_of(world.mara, world.acme)
    journeys.waive_check(
        actor=world.mara, journey_id=line.id, stage="kickoff", check="goal", reason="It stands in the contract"
    )
    journeys.write_objective(actor=world.mara, journey_id=line.id, outcome="Know by nine which trucks will be late")
    insights.rebuild(actor=SYSTEM)
    view = queries.journey_view(world.mara, line.id)
    client = Client()
    user = identity.signed_in_user(parse_id("usr", world.mara.id))
    assert user is not None
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    journey = f"/journeys/{view.ref}"
    addresses = [
        "/journeys",
        *(f"{journey}{tab}" for tab in ("", "/plan", "/success", "/people", "/timeline", "/completion")),
        *(f"/tasks/{task.ref}" for task in view.tasks[:2]),
        f"/journeys/new?account={format_id('acc', world.globex)}",
        "/journeys/waiting",
        "/styleguide",
    ]
    return live_server.url, client.cookies["onward_session"].value, addresses


@pytest.fixture(params=[("light", 1280), ("dark", 390)], ids=lambda given: f"{given[0]}-{given[1]}")
def looking(chromium: Browser, pages: tuple[str, str, list[str]], request: Any) -> Iterator[Page]:
    theme, width = request.param
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, bypass_csp=True)
    context.add_cookies([{"name": "onward_session", "value": pages[1], "url": pages[0]}])
    yield context.new_page()
    context.close()


def test_pages_keep_nobody_out_and_fit_a_small_phone(looking: Page, pages: tuple[str, str, list[str]]) -> None:
    server, _, addresses = pages
    errors: list[str] = []
    looking.on("pageerror", lambda error: errors.append(str(error)))
    found: list[str] = []
    for address in addresses:
        looking.goto(server + address)
        looking.add_script_tag(path=AXE)
        result = looking.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)
        found += [
            f"{address}: {problem['id']} at {node['target']}: {node['failureSummary'][:160]}"
            for problem in result["violations"]
            for node in problem["nodes"][:3]
        ]
        looking.set_viewport_size({"width": 320, "height": 800})
        wide = looking.evaluate("document.documentElement.scrollWidth")
        if wide > 320:
            found.append(f"{address}: {wide} px wide on a phone of 320")
        looking.set_viewport_size(looking.viewport_size or {"width": 1280, "height": 900})
    assert not found, "\n".join(found)
    assert not errors


def test_a_strict_policy_holds_with_nothing_inline(chromium: Browser, pages: tuple[str, str, list[str]]) -> None:
    server, session, addresses = pages
    context = chromium.new_context()
    context.add_cookies([{"name": "onward_session", "value": session, "url": server}])
    page = context.new_page()
    blocked: list[str] = []
    page.on("console", lambda said: blocked.append(said.text) if "Content Security Policy" in said.text else None)
    for address in addresses[:4]:
        page.goto(server + address)
        page.wait_for_load_state("load")
    context.close()
    assert not blocked
