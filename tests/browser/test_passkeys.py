"""Passkeys in a real browser, with an authenticator of the browser's own in place of a finger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from onward.foundation.ledger import facts_of
from onward.identity import actions
from onward.identity.models import Factor, User
from onward.kernel.actor import SYSTEM

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page

pytestmark = [pytest.mark.django_db(transaction=True)]
MAIL = "priya@example.com"


@pytest.fixture
def device(page: Page) -> CDPSession:
    """A device that keeps passkeys and verifies its person, as a phone does."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devices


def come_in(page: Page, server: str) -> None:
    link = actions.invite_user(actor=SYSTEM, mail=MAIL)
    page.goto(f"{server}/invite/{link.secret}")
    page.get_by_role("button").first.click()
    page.wait_for_url(f"{server}/**")


def add(page: Page, server: str, name: str) -> None:
    page.goto(f"{server}/me")
    page.get_by_label("What you call it").fill(name)
    page.get_by_role("button", name="Add a passkey").click()


def test_a_passkey_is_added_signs_in_and_is_removed(page: Page, device: CDPSession, live_server: Any) -> None:
    actions.add_user(actor=SYSTEM, name="Priya Raman", role="admin", mail=MAIL)
    come_in(page, live_server.url)
    add(page, live_server.url, "Priya's laptop")
    page.get_by_role("heading", name="Keep these ten codes").wait_for()
    page.goto(f"{live_server.url}/me")
    assert "Priya's laptop" in page.inner_text("#passkeys")
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/sign-in?next=/team")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{live_server.url}/team")
    row = Factor.objects.get()
    assert row.used_at is not None
    assert row.sign_count > 0
    assert facts_of(stream="org", names=["person.signed_in"])[-1].data["by"] == "passkey"
    page.goto(f"{live_server.url}/me")
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("#passkeys").get_by_role("button", name="Remove").click()
    page.get_by_text("It opens nothing any more.").wait_for()
    page.context.clear_cookies()
    page.goto(f"{live_server.url}/sign-in")
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("alert").filter(has_text="This passkey opens nothing here.").wait_for()


def test_a_passkey_is_the_second_factor_of_who_must_have_one(page: Page, device: CDPSession, live_server: Any) -> None:
    actions.add_user(actor=SYSTEM, name="Priya Raman", role="admin", mail=MAIL)
    actions.demand_factor(actor=SYSTEM, roles=["admin"])
    come_in(page, live_server.url)
    page.goto(f"{live_server.url}/team")
    assert page.url == f"{live_server.url}/me"
    add(page, live_server.url, "Phone")
    page.get_by_role("link", name="I have kept them").click()
    page.goto(f"{live_server.url}/team")
    assert page.url == f"{live_server.url}/team"
    page.context.clear_cookies()
    come_in(page, live_server.url)
    assert page.url == f"{live_server.url}/sign-in/second"
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{live_server.url}/")
    assert facts_of(stream="org", names=["person.signed_in"])[-1].data["by"] == "invite and passkey"


def test_somebody_elses_passkey_is_no_second_factor(page: Page, device: CDPSession, live_server: Any) -> None:
    actions.add_user(actor=SYSTEM, name="Priya Raman", role="admin", mail=MAIL)
    come_in(page, live_server.url)
    add(page, live_server.url, "Mine")
    page.get_by_role("link", name="I have kept them").wait_for()
    other = User.objects.get(id=actions.add_user(actor=SYSTEM, name="Mara", role="manager", mail="mara@example.com"))
    Factor.objects.create(user=other, kind="passkey", name="Hers", credential="AAAA", created_at=other.created_at)
    actions.demand_factor(actor=SYSTEM, roles=["manager"])
    page.context.clear_cookies()
    link = actions.invite_user(actor=SYSTEM, mail="mara@example.com")
    page.goto(f"{live_server.url}/invite/{link.secret}")
    page.get_by_role("button").first.click()
    page.wait_for_url(f"{live_server.url}/sign-in/second")
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("alert").filter(has_text="This passkey opens nothing here.").wait_for()
    page.goto(f"{live_server.url}/team")
    assert "/sign-in" in page.url


def test_an_address_that_cannot_have_passkeys_says_so(chromium: Browser, live_server: Any, settings: Any) -> None:
    settings.PUBLIC_URL = ""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{live_server.url.replace('localhost', '127.0.0.1')}/sign-in")
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("alert").filter(has_text="ONWARD_PUBLIC_URL").wait_for()
    context.close()
