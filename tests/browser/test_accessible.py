"""Every page that Django answers, in a real browser: no violation of WCAG 2.2 AA, nothing lost on a screen of 320 px.

The pages are generated from the URL list, with the ids of the isolation test's world. An address that leads to no page
fails until PASSED names why. 320 px is also a screen of 1280 px at 400 %. The short form looks at each page in one
theme and width, `--long` in all.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.test import Client
from playwright.sync_api import expect

from onward.accounts import actions as accounts
from onward.conversation import actions as conversation
from onward.engagement import queries as engagement
from onward.identity import actions as identity
from onward.identity.models import User
from onward.insights import actions as insights
from onward.journeys.queries import journey_view
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.ids import format_id
from tests.interfaces.guarded import Guarded, enter, filled, guarded, patterns
from tests.world import contact

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

__all__ = ["guarded"]
pytestmark = [pytest.mark.django_db(transaction=True)]

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOKS = [("light", 1280), ("dark", 390), ("light", 390), ("dark", 1280)]
# The line is a list there, rows have no columns, and the sentence sorts them and chooses the stage. A playbook's file
# stands behind its own tab.
OTHERWISE = ("as=timeline", "?cols=", "?sort=", "?stage=", "playbook-text")
ASKED = {"/insights/records": "?what=entered&on=small&stage=kickoff"}
# Addresses that show no page of their own to whoever asks, and why.
PASSED = {
    "/welcome/<str:secret>": "only before the first admin",
    "/journeys/<str:ref>/check-ins/<str:check_in>": "the playbook of this world has no check-ins",
    "/me/app/code.svg": "an image",
    "/portal/logo": "an image",
    "/portal/people/<str:user>/photo": "an image",
    "/portal/tasks/<str:task>/meeting.ics": "a calendar's file",
    "/portal/space/<str:secret>": "leads to the portal's own pages, or to its sign-in",
    "/portal/embed": "needs a token that the vendor's product signs; the portal's own pages stand in it",
    "/portal/embed/tab": "only from the page in the frame",
    "/sign-in/second": "only between a password and its second factor",
    "/sign-in/provider": "leads to the provider",
    "/sign-in/provider/back": "comes from the provider",
    "/me/app": "only while an app is being added",
    "/me/recovery-codes": "shown once, after they were made",
    "/portal/embed/ready": "only in a frame",
    "/portal/<path:rest>": "nothing is there: what is refused is looked at below",
    "/portal/preview/": "nothing is there",
    "/portal/preview/<path:rest>": "nothing is there",
}
#: Ours is not the customer's to give away.
GIVEN_AWAY = "/portal/tasks/<str:task>/colleague"
STRANGERS = ("/sign-in", "/welcome/", "/invite/", "/portal/sign-in", "/portal/enter/", "/portal/space/")
WIDE = """() => {
  const lost = [];
  const scrolls = (at) => {
    for (at = at.parentElement; at && at !== document.body; at = at.parentElement)
      if (/auto|scroll/.test(getComputedStyle(at).overflowX) && at.scrollWidth > at.clientWidth) return true;
    return false;
  };
  for (const one of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
    const box = one.getBoundingClientRect();
    if (box.width < 2 || one.closest(".skip, .sr, [popover]")) continue;
    if ((box.right > 321 || box.left < -1) && !scrolls(one)) lost.push(one.outerHTML.slice(0, 90));
  }
  return [document.documentElement.scrollWidth, lost.slice(0, 4)];
}"""
REACHED = """() => {
  for (const fold of document.querySelectorAll("details")) fold.open = true;
  const found = new Set();
  for (const one of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea")) {
    const box = one.getBoundingClientRect();
    if (box.width > 1 && box.height > 1) found.add(one.name || one.getAttribute("href") || one.textContent.trim());
  }
  return [...found];
}"""


@dataclass(frozen=True)
class Place:
    """A page, and who looks at it; `status` is what the server answers."""

    route: str
    path: str
    who: str
    status: int


@pytest.fixture
def places(guarded: Guarded) -> list[Place]:
    """Every address that answers a GET with a page of its own."""
    world = guarded.world
    insights.rebuild(actor=SYSTEM)
    staff = guarded.ids | {"versions": "1", "outbox": engagement.outbox(world.admin)[0].ref}
    staff["invite"] = identity.invite_user(actor=SYSTEM, mail="tomas@northwind.example").secret
    clients = {who: _client(guarded, who) for who in ("staff", "contact", "stranger")}
    ids = {"staff": staff, "stranger": staff, "contact": staff | _theirs(guarded)}
    staff["enter"] = accounts.invite_contact(actor=SYSTEM, contact_id=_another(guarded)).secret
    found = []
    for _, route in patterns():
        if route.startswith("/api/") or route in PASSED:
            continue
        who = "stranger" if route.startswith(STRANGERS) else "contact" if _is_portal(route) else "staff"
        try:
            chosen = {"tasks": _theirs_to_do(guarded)} if route == GIVEN_AWAY else {}
            path = filled(route, ids[who] | chosen) + ASKED.get(route, "")
        except AssertionError:
            found.append(Place(route, "", who, 0))
            continue
        answer = clients[who].get(path)
        kind = answer.headers.get("Content-Type", "")
        if answer.status_code in {302, 405} or not kind.startswith("text/html"):
            continue
        if answer.status_code != 200 or b"<html" in answer.content:
            found.append(Place(route, path, who, answer.status_code))
    return found


def _theirs(guarded: Guarded) -> dict[str, str]:
    """What the contact wrote and shared themselves."""
    dora = Actor("contact", format_id("con", guarded.contact_id), "Dora", account_id=guarded.world.globex)
    place: dict[str, Any] = {"actor": dora, "journey_id": guarded.journey_id, "channel": "shared"}
    comment = conversation.write_comment(**place, text="Who else has to sign?")
    file = format_id("fil", conversation.add_file(**place, name="notes.txt", content=b"What we agreed"))
    return {"comments": format_id("cmt", comment), "files": file, file: "notes.txt"}


def _theirs_to_do(guarded: Guarded) -> str:
    view = journey_view(guarded.world.mara, guarded.journey_id)
    return next(task.ref for task in view.tasks if task.shared and task.side == "theirs")


def _another(guarded: Guarded) -> UUID:
    """A link ends the one before; the signed-in contact keeps theirs."""
    return contact(guarded.world.globex, "Nils", "sponsor")[0]


def _is_portal(path: str) -> bool:
    return path.startswith("/portal/") and not path.startswith("/portal/preview/")


def _client(guarded: Guarded, who: str) -> Client:
    client = Client(raise_request_exception=False)
    if who == "staff":
        client.force_login(User.objects.get(mail="ada@northwind.example"), "django.contrib.auth.backends.ModelBackend")
    if who == "contact":
        client.cookies["onward_portal"] = enter(guarded.contact_id)
    return client


@pytest.fixture
def look(chromium: Browser, guarded: Guarded, live_server: Any) -> Iterator[Any]:
    """A page for somebody, in a theme and a width; each pair of them has one browser context."""
    contexts: dict[tuple[str, str, int], BrowserContext] = {}

    def at(who: str, theme: str, width: int) -> Page:
        key = (who, theme, width)
        if key not in contexts:
            made = chromium.new_context(
                viewport={"width": width, "height": 900},
                color_scheme=theme,  # type: ignore[arg-type]
                base_url=live_server.url,
                reduced_motion="reduce",
            )
            made.add_init_script(path=AXE)
            names = {"staff": "onward_session", "contact": "onward_portal"}
            if who in names:
                value = _client(guarded, who).cookies[names[who]].value
                made.add_cookies([{"name": names[who], "value": value, "url": live_server.url}])
            made.new_page()
            contexts[key] = made
        return contexts[key].pages[0]

    yield at
    for context in contexts.values():
        context.close()


def violations(page: Page, what: str) -> list[str]:
    """What axe finds wrong in the page as it stands."""
    found = page.evaluate("rules => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)
    return [
        f"{what}: {problem['id']} at {node['target']}: {node['failureSummary'][:200]} {node['html'][:120]}"
        for problem in found["violations"]
        for node in problem["nodes"][:3]
    ]


def too_wide(page: Page, what: str) -> list[str]:
    """What a screen of 320 px cuts off or does not offer any more."""
    page.set_viewport_size({"width": 1280, "height": 900})
    before = set(page.evaluate(REACHED))
    page.set_viewport_size({"width": 320, "height": 800})
    wide, lost = page.evaluate(WIDE)
    gone = {one for one in before - set(page.evaluate(REACHED)) if not any(part in one for part in OTHERWISE)}
    found = [f"{what}: {wide} px wide on a screen of 320"] if wide > 320 else []
    found += [f"{what}: cut off on a screen of 320: {one}" for one in lost]
    return found + [f"{what}: not offered on a screen of 320: {one}" for one in sorted(gone)]


def test_no_page_keeps_anybody_out(look: Any, places: list[Place], is_long: bool) -> None:
    found: list[str] = []
    for place in places:
        if place.status != 200:
            found.append(f"{place.route} as {place.who}: {place.status}; give it a page here, or say in PASSED why not")
            continue
        # A page that is added moves no other page's turn.
        drawn = zlib.crc32(place.route.encode())
        turn = drawn % len(LOOKS)
        # The long form looks at all of them in every look, the short one at a third of them in one.
        if not is_long and drawn // len(LOOKS) % 3:
            continue
        for theme, width in LOOKS if is_long else [LOOKS[turn]]:
            page = look(place.who, theme, width)
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(place.path)
            what = f"{place.route} ({theme}, {width})"
            found += violations(page, what)
            if (theme, width) == LOOKS[turn]:
                found += too_wide(page, what)
    assert not found, f"{len(found)} in {len(places)} pages\n" + "\n".join(found)


def test_what_opens_is_refused_or_is_missing_keeps_nobody_out(look: Any, guarded: Guarded) -> None:
    """States that no address shows by itself."""
    journey = f"/journeys/{guarded.ids['journeys']}"
    found: list[str] = []
    for theme, width in (("light", 1280), ("dark", 390)):
        page = look("staff", theme, width)
        page.goto("/nowhere")
        found += violations(page, "404")
        page.goto(journey)
        page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
        found += violations(page, f"all of a journey opened ({theme}, {width})")
        page.goto("/journeys")
        page.wait_for_load_state("load")
        page.keyboard.press("Control+k")
        page.locator("#palette-q").wait_for()
        page.keyboard.type("glob")
        page.locator("#palette-options [role=option]").first.wait_for()
        found += violations(page, f"the palette ({theme}, {width})")
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        page.locator("#keys").wait_for()
        found += violations(page, f"the keys ({theme}, {width})")
        page.goto("/team")
        page.locator("form[action='/team/invites'] input[name=mail]").first.evaluate("one => { one.type = 'text'; }")
        page.locator("form[action='/team/invites'] input[name=mail]").first.fill("nobody")
        page.get_by_role("button", name="Make an invite link").click()
        expect(page.get_by_role("alert").first, "it comes up where it says why").to_be_focused()
        found += violations(page, f"a refused form ({theme}, {width})")
        page.goto("/playbooks/sheet")
        page.locator("textarea[name=sheet]").fill("Task,Due,Owner\nCall,day 5,IT\nList,soon,us\n")
        page.get_by_role("button", name="Look at it").click()
        page.locator("#out").wait_for()
        found += violations(page, f"a sheet as it would be read ({theme}, {width})")
        page = look("contact", theme, width)
        page.goto("/portal/nowhere")
        found += violations(page, f"nothing in the portal ({theme}, {width})")
    assert not found, "\n".join(found)


def test_every_page_is_looked_at(places: list[Place]) -> None:
    """Else the test above would prove nothing."""
    routes = {place.route for place in places}
    assert {"/", "/journeys", "/accounts", "/sign-in", "/portal/sign-in", "/styleguide"} <= routes
    assert len(places) >= 55
    assert {place.who for place in places} == {"staff", "contact", "stranger"}
