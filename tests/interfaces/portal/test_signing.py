"""Ways into the portal, and the ways that must not be: another's code, a used link, a revoked contact, guessing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.test import Client

from onward.accounts import actions as accounts
from onward.engagement.models import Message
from onward.foundation.ledger import facts_of
from onward.foundation.secrets import digest
from onward.journeys import actions as journeys
from tests.interfaces.portal.visits import code_for, enter
from tests.world import Cast, cast, contact

pytestmark = pytest.mark.django_db(transaction=True)
DANA = "dana@customer.example"


@pytest.fixture
def world() -> Cast:
    made = cast()
    journeys.open_journey(
        actor=made.mara,
        account_id=made.acme,
        version_id=made.version,
        signed_at=datetime.now(UTC),
        title="Acme rollout",
    )
    return made


def test_six_digits_open_the_portal_and_the_device_is_remembered(world: Cast, settings: Any) -> None:
    settings.EMAIL_HOST = "mail.example"
    client = Client()
    assert "Send me six digits" in client.get("/portal/sign-in").content.decode()
    asked = client.post("/portal/sign-in", {"mail": DANA})
    assert "Six digits" in asked.content.decode()
    code = code_for(world.dana_id)
    answer = client.post(
        "/portal/sign-in", {"mail": DANA, "step": "code", "code": f"{code[:3]} {code[3:]}", "remember": "1"}
    )
    assert answer.headers["Location"] == "/portal/"
    cookie = answer.cookies["onward_portal"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/portal", True, "Lax")
    assert cookie["max-age"] == 30 * 24 * 3600
    home = client.get("/portal/", follow=True)
    assert "Hello Dana." in home.content.decode()
    client.post("/portal/sign-out")
    client.cookies["onward_portal"] = cookie.value
    assert client.get("/portal/").headers["Location"].startswith("/portal/sign-in")


def test_without_mail_no_digits_are_offered(world: Cast) -> None:
    # red when a page asks for an address, or for digits, that nobody can be sent
    asked, sent = Client().get("/portal/sign-in"), Client().post("/portal/sign-in", {"mail": DANA})
    for page in (asked, sent):
        main = page.content.decode().split("<main")[1]
        assert "No mail leaves from here yet" in main
        assert "for a sign-in link" in main
        assert "<button" not in main
        assert "<input" not in main
    closed = Client().get("/portal/enter/used-long-ago")
    assert closed.status_code == 404
    assert 'href="/portal/sign-in">Go to sign-in</a>' in closed.content.decode(), "and does not end there"


def test_a_stranger_gets_the_same_answer(world: Cast, settings: Any) -> None:
    settings.EMAIL_HOST = "mail.example"
    known = Client().post("/portal/sign-in", {"mail": DANA})
    unknown = Client().post("/portal/sign-in", {"mail": "nobody@nowhere.example"})
    assert known.status_code == unknown.status_code == 200
    same = [
        page.content.decode().replace(DANA, "X").replace("nobody@nowhere.example", "X") for page in (known, unknown)
    ]
    assert same[0].split("<main")[1].count("<input") == same[1].split("<main")[1].count("<input")
    tried = [
        Client().post("/portal/sign-in", {"mail": mail, "step": "code", "code": "000001"})
        for mail in (DANA, "no@x.example")
    ]
    assert [page.status_code for page in tried] == [422, 422]
    assert all("This code does not fit" in page.content.decode() for page in tried)
    assert Message.objects.filter(to_mail="nobody@nowhere.example").count() == 0


def test_the_outbox_holds_no_code(world: Cast) -> None:
    Client().post("/portal/sign-in", {"mail": DANA})
    kept = Message.objects.get(kind="code")
    assert (kept.state, kept.secret) == ("written", "")
    assert "••••••" in kept.text


def test_guessing_ends_after_five_tries(world: Cast) -> None:
    client = Client()
    client.post("/portal/sign-in", {"mail": DANA})
    code = code_for(world.dana_id)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(5):
        assert client.post("/portal/sign-in", {"mail": DANA, "step": "code", "code": wrong}).status_code == 422
    assert client.post("/portal/sign-in", {"mail": DANA, "step": "code", "code": code}).status_code == 422
    statuses = {
        client.post("/portal/sign-in", {"mail": DANA, "step": "code", "code": wrong}).status_code for _ in range(8)
    }
    assert 429 in statuses
    held = client.post("/portal/sign-in", {"mail": DANA, "step": "code", "code": wrong})
    assert 0 < int(held.headers["Retry-After"]) <= 3600, "programs are told as well as people"
    assert "The next attempt works in" in held.content.decode()


def test_a_strangers_slips_do_not_hold_up_a_device_that_was_let_in_before(world: Cast) -> None:
    # red when ten wrong codes from anywhere shut the owner out, or a remembered device may guess on and on
    home = enter(world.dana_id)
    home.post("/portal/sign-out")
    assert "Path=/portal/sign-in" in str(home.cookies["onward_known"])
    assert DANA not in home.cookies["onward_known"].value

    def guess(client: Client, code: str = "000000", mail: str = DANA) -> int:
        return client.post("/portal/sign-in", {"mail": mail, "step": "code", "code": code, "remember": "1"}).status_code

    def asks(client: Client) -> int:
        return client.post("/portal/sign-in", {"mail": DANA}).status_code

    assert {asks(Client()) for _ in range(6)} == {200, 429}
    assert 429 in {guess(Client()) for _ in range(12)}
    held = Client().post("/portal/sign-in", {"mail": DANA, "step": "code", "code": "000000"})
    assert "A link from whoever leads your onboarding lets you in at once." in held.content.decode()
    forged = Client()
    forged.cookies["onward_known"] = signing.dumps([digest(DANA), "made"], salt="another")
    assert (guess(forged), asks(forged)) == (429, 429)
    assert asks(home) == 200
    assert guess(home, code_for(world.dana_id)) == 302
    assert guess(Client()) == 429, "that the owner is in frees no stranger"
    assert 429 in {guess(home) for _ in range(12)}, "guessing is held on a known device as well"
    assert guess(home, mail="other@customer.example") == 422, "another address is counted on its own"


def test_asking_for_codes_is_throttled(world: Cast) -> None:
    statuses = [Client().post("/portal/sign-in", {"mail": DANA}).status_code for _ in range(7)]
    assert statuses[:5] == [200] * 5
    assert statuses[5:] == [429, 429]
    held = Client().post("/portal/sign-in", {"mail": DANA})
    assert held.headers["Retry-After"] == "900"
    assert "Wait a quarter of an hour" in held.content.decode()


def test_a_code_is_old_after_half_an_hour(world: Cast) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False) as clock:
        client = Client()
        client.post("/portal/sign-in", {"mail": DANA})
        code = code_for(world.dana_id)
        clock.shift(timedelta(minutes=31))
        assert client.post("/portal/sign-in", {"mail": DANA, "step": "code", "code": code}).status_code == 422


def test_a_code_of_one_contact_does_not_open_another_account(world: Cast) -> None:
    client = Client()
    client.post("/portal/sign-in", {"mail": DANA})
    code = code_for(world.dana_id)
    answer = client.post("/portal/sign-in", {"mail": "eve@customer.example", "step": "code", "code": code})
    assert answer.status_code == 422
    assert "onward_portal" not in answer.cookies


def test_a_link_needs_a_post_and_works_once(world: Cast) -> None:
    link = accounts.invite_contact(actor=world.mara, contact_id=world.dana_id)
    address = f"/portal/enter/{link.secret}"
    for _ in range(3):
        assert "Welcome, Dana." in Client().get(address).content.decode()
    client = Client()
    assert client.post(address, {"remember": "1"}).headers["Location"] == "/portal/"
    assert client.get("/portal/", follow=True).status_code == 200
    assert Client().post(address).status_code == 404
    assert Client().get(address).status_code == 404
    assert client.get(address)["Location"] == "/portal/", "they are in already"
    assert "link.used" in [fact.name for fact in facts_of(stream="org")]


def test_a_link_is_old_after_half_an_hour(world: Cast) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False) as clock:
        link = accounts.invite_contact(actor=world.mara, contact_id=world.dana_id)
        clock.shift(timedelta(minutes=31))
        assert Client().post(f"/portal/enter/{link.secret}").status_code == 404


@pytest.mark.parametrize("secret", ["x", "0" * 43, "..", "%00", "A" * 2000])
def test_a_made_up_link_opens_nothing(world: Cast, secret: str) -> None:
    assert Client().post(f"/portal/enter/{secret}").status_code == 404


def test_a_revoked_contact_is_out_at_once_everywhere(world: Cast) -> None:
    client = enter(world.dana_id)
    unused = accounts.invite_contact(actor=world.mara, contact_id=world.dana_id)
    assert client.get("/portal/", follow=True).status_code == 200
    accounts.revoke_contact(actor=world.mara, contact_id=world.dana_id)
    assert client.get("/portal/").headers["Location"].startswith("/portal/sign-in")
    assert Client().post(f"/portal/enter/{unused.secret}").status_code == 404
    Client().post("/portal/sign-in", {"mail": DANA})
    assert Message.objects.filter(kind="code").count() == 0


def test_sign_in_leads_back_only_into_the_portal(world: Cast) -> None:
    for hostile in (
        "https://evil.example/",
        "//evil.example",
        "/portal/../sign-in",
        "/accounts",
        "javascript:alert(1)",
    ):
        client = Client()
        link = accounts.invite_contact(actor=world.mara, contact_id=world.dana_id)
        client.post(f"/portal/enter/{link.secret}")
        page = client.get("/portal/sign-in", {"next": hostile})
        assert page.headers["Location"] in {"/portal/", "/portal/../sign-in"}


def test_a_contact_is_nobody_in_the_console_and_staff_nobody_in_the_portal(world: Cast) -> None:
    client = enter(world.dana_id)
    for path in ("/", "/journeys", "/accounts", "/team", "/outbox"):
        assert client.get(path).status_code in {302, 404}
        assert "/sign-in" in client.get(path).headers.get("Location", "/sign-in")
    assert client.get("/api/v1/accounts").status_code in {401, 404}


def test_a_contact_of_two_accounts_sees_the_one_that_they_entered(world: Cast) -> None:
    twin_id, _ = contact(world.globex, "Dana")
    client = enter(twin_id)
    page = client.get("/portal/", follow=True).content.decode()
    assert "Globex" in page
    assert "Acme" not in page


def test_a_form_of_another_site_signs_nobody_out(world: Cast) -> None:
    client = enter(world.dana_id, enforce_csrf_checks=True)
    assert client.post("/portal/sign-out").status_code == 403
    assert client.get("/portal/", follow=True).status_code == 200


def test_pages_are_not_kept_by_caches_and_run_no_foreign_code(world: Cast) -> None:
    page: Any = enter(world.dana_id).get("/portal/", follow=True)
    assert page.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert " style=" not in page.content.decode()
    assert "<script>" not in page.content.decode()
