"""The pages of ways in: sessions seen and ended, second factors, roles as rights, and what is asked anew."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pyotp
import pytest
import time_machine
from django.test import Client

from onward.foundation.clock import now
from onward.foundation.ledger import facts_of
from onward.identity import actions, queries
from onward.identity.models import Factor, Session, User
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id
from tests.world import Cast, cast

pytestmark = pytest.mark.django_db
PRIYA = "priya@example.com"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def priya() -> UUID:
    return actions.add_user(actor=SYSTEM, name="Priya Raman", role="admin", mail=PRIYA)


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    """Digits hold for half a minute, however long a test takes."""
    with time_machine.travel(now(), tick=False) as found:
        yield found


def by_code(mail: str = PRIYA, client: Client | None = None, **headers: str) -> tuple[Client, Any]:
    """Sign in with the digits of the mail, as a person does."""
    client = client or Client(headers=headers)
    issued = actions.request_code(mail=mail, address="127.0.0.9")
    assert issued
    return client, client.post("/sign-in", {"step": "code", "mail": mail, "code": issued.code})


def test_digits_are_offered_only_where_a_mail_leaves(priya: UUID, settings: Any) -> None:
    # red when a page says "We mail you six digits" and no mail server is set up
    for page in (Client().get("/sign-in"), Client().post("/sign-in", {"mail": PRIYA})):
        said = page.content.decode()
        assert "No mail leaves from here yet" in said
        assert 'name="password"' in said
        assert "Use a passkey" in said
        assert not re.search(r"mail you|We sent|Send me|Get six digits", said)
    settings.EMAIL_HOST = "mail.example"
    assert "Send me six digits" in Client().get("/sign-in").content.decode()
    said = Client().get("/sign-in?step=password").content.decode()
    assert "Get six digits by mail instead" in said
    assert "No mail leaves" not in said


def with_app(client: Client) -> tuple[str, list[str]]:
    """Set an authenticator app up through the pages; its secret and the recovery codes."""
    page = client.get("/me/app").content.decode()
    found = re.search(r'id="app-key"[^>]*>([A-Z2-7 ]+)<', page)
    assert found
    secret = found[1].replace(" ", "")
    answer = client.post("/me/app", {"code": pyotp.TOTP(secret).at(now()), "name": "Phone"}).content.decode()
    codes = re.search(r'id="recovery-codes"[^>]*>([^<]+)<', answer)
    assert codes, answer
    return secret, codes[1].split()


def test_a_person_sees_their_browsers_and_ends_one_or_all_others(priya: UUID) -> None:
    first, _ = by_code(**{"User-Agent": FIREFOX})
    second, _ = by_code()
    third, _ = by_code()
    page = second.get("/me").content.decode()
    assert "Firefox on Linux" in page
    assert "from 127.0.0.1" in page
    assert "this one" in page
    row = Session.objects.get(device=FIREFOX)
    assert second.post(f"/me/sessions/{format_id('ses', row.id)}/revocation").status_code == 302
    assert first.get("/me")["Location"] == "/sign-in?next=%2Fme"
    assert second.post("/me/sessions/revocation").status_code == 302
    assert (second.get("/me").status_code, third.get("/me").status_code) == (200, 302)
    facts = facts_of(stream="org", names=["session.revoked"])
    assert [(fact.data["which"], fact.data["count"]) for fact in facts] == [("one", 1), ("others", 1)]
    assert "127.0.0.1" not in str([fact.data for fact in facts])


def test_an_admin_ends_anybodys_sessions_and_others_do_not(priya: UUID) -> None:
    mara_id = actions.add_user(actor=SYSTEM, name="Mara", role="member", mail="mara@example.com")
    admin, _ = by_code()
    mara, _ = by_code("mara@example.com")
    ref, own = format_id("usr", mara_id), format_id("usr", priya)
    assert mara.get(f"/team/{own}").status_code == 403
    assert mara.post(f"/team/{own}/sessions/revocation").status_code == 403
    assert "signed in on 1 browser" in admin.get(f"/team/{ref}").content.decode()
    assert admin.post(f"/team/{ref}/sessions/revocation").status_code == 302
    assert mara.get("/me").status_code == 302
    mara, _ = by_code("mara@example.com")
    assert mara.post("/settings/sign-in/sessions/revocation").status_code == 403
    assert admin.post("/settings/sign-in/sessions/revocation").status_code == 302
    assert (admin.get("/me").status_code, mara.get("/me").status_code) == (200, 302)


def test_a_contacts_browsers_stand_on_their_page_and_can_be_signed_out(db: None) -> None:
    world: Cast = cast()
    link = actions.contact_link(actor=SYSTEM, contact_id=world.dana_id)
    entered = actions.enter_by_link(actor=SYSTEM, secret=link.secret, device=FIREFOX)
    member = Client()
    member.force_login(User.objects.get(mail="tomas@northwind.example"))
    path = f"/contacts/{format_id('con', world.dana_id)}"
    page = member.get(path).content.decode()
    assert "Firefox on Linux" in page
    assert "Sign out everywhere" in page
    (row,) = queries.contact_sessions(world.tomas, world.dana_id)
    assert member.post(f"{path}/sessions/{row.ref}/revocation").status_code == 302
    assert queries.contact_session(entered.token) is None
    assert facts_of(stream="org", names=["contact.session_revoked"])[0].data["device"] == FIREFOX
    viewer = Client()
    viewer.force_login(User.objects.get(mail="vic@northwind.example"))
    assert "Firefox" not in viewer.get(path).content.decode()
    assert viewer.post(f"{path}/sessions/revocation").status_code == 403


def test_signing_in_gives_a_fresh_session_id_and_ends_the_one_before(priya: UUID) -> None:
    client = Client()
    client.cookies["onward_session"] = "planted-by-somebody-else"
    by_code(client=client)
    first = client.cookies["onward_session"].value
    assert first != "planted-by-somebody-else"
    assert len(first) >= 43
    by_code(client=client)
    assert client.cookies["onward_session"].value != first
    stale = Client()
    stale.cookies["onward_session"] = first
    assert stale.get("/me").status_code == 302
    assert not Session.objects.filter(digest=first).exists()


def test_a_session_ends_when_idle_and_after_its_life(priya: UUID, settings: Any) -> None:
    start = now()
    with time_machine.travel(start, tick=False):
        client, _ = by_code()
    for hours in (23, 46, 69):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            assert client.get("/me").status_code == 200, hours
    with time_machine.travel(start + timedelta(hours=69 + 24), tick=False):
        assert client.get("/me").status_code == 302
    with time_machine.travel(start, tick=False):
        busy, _ = by_code()
    for hours in range(20, 7 * 24, 20):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            assert busy.get("/me").status_code == 200, hours
    with time_machine.travel(start + timedelta(days=7), tick=False):
        assert busy.get("/me").status_code == 302


def test_an_app_is_set_up_and_asked_for_after_the_code(priya: UUID, clock: time_machine.Coordinates) -> None:
    client, _ = by_code()
    assert client.get("/me/app").status_code == 200
    image = client.get("/me/app/code.svg")
    assert (image["Content-Type"], image["Cache-Control"]) == ("image/svg+xml", "no-store")
    assert b"style=" not in image.content
    assert b"<svg" in image.content
    secret, codes = with_app(client)
    assert len(codes) == len(set(codes)) == 10
    assert secret not in str(Factor.objects.values_list("secret", flat=True))
    other, answer = by_code()
    assert answer["Location"] == "/sign-in/second"
    assert other.get("/me").status_code == 302
    assert other.post("/sign-in/second", {"code": "000000"}).status_code == 422
    again = pyotp.TOTP(secret).at(now())
    assert other.post("/sign-in/second", {"code": again}).status_code == 422, "the digits that set it up work once"
    clock.shift(60)
    assert other.post("/sign-in/second", {"code": pyotp.TOTP(secret).at(now())}).status_code == 302
    assert other.get("/me").status_code == 200
    names = {fact.name for fact in facts_of(stream="org")}
    assert {"factor.added", "recovery_codes.made"} <= names
    assert facts_of(stream="org", names=["person.signed_in"])[-1].data["by"] == "code and app"


def test_an_invite_link_and_a_password_do_not_get_around_the_app(priya: UUID) -> None:
    client, _ = by_code()
    with_app(client)
    link = actions.invite_user(actor=SYSTEM, mail=PRIYA)
    assert Client().post(f"/invite/{link.secret}")["Location"] == "/sign-in/second"
    own = queries.actor_of(priya)
    assert own
    actions.set_password(actor=own, user_id=priya, password="a quiet orchard, late")
    typed = {"step": "password", "mail": PRIYA, "password": "a quiet orchard, late"}
    stranger = Client()
    assert stranger.post("/sign-in", typed)["Location"] == "/sign-in/second"
    assert stranger.get("/team").status_code == 302


def test_a_recovery_code_lets_in_once(priya: UUID) -> None:
    client, _ = by_code()
    _, codes = with_app(client)
    lost, _ = by_code()
    assert lost.post("/sign-in/second", {"code": codes[3].upper().replace("-", " ")}).status_code == 302
    assert "9 codes left" in lost.get("/me").content.decode()
    again, _ = by_code()
    assert again.post("/sign-in/second", {"code": codes[3]}).status_code == 422
    page = lost.post("/me/recovery-codes").content.decode()
    assert codes[4] not in page
    assert again.post("/sign-in/second", {"code": codes[4]}).status_code == 422


def test_an_admin_removes_a_lost_factor(priya: UUID) -> None:
    mara_id = actions.add_user(actor=SYSTEM, name="Mara", role="member", mail="mara@example.com")
    mara, _ = by_code("mara@example.com")
    with_app(mara)
    admin, _ = by_code()
    path = f"/team/{format_id('usr', mara_id)}"
    row = Factor.objects.get()
    assert "Phone" in admin.get(path).content.decode()
    assert admin.post(f"{path}/factors/{format_id('fct', row.id)}/removal").status_code == 302
    assert queries.recovery_codes_left(mara_id) == 0
    _, answer = by_code("mara@example.com")
    assert answer["Location"] == "/"
    (fact,) = facts_of(stream="org", names=["factor.removed"])
    assert fact.actor == f"staff:{format_id('usr', priya)}"


def test_a_role_that_must_prove_two_factors_adds_one_first(priya: UUID) -> None:
    admin, _ = by_code()
    assert admin.post("/settings/sign-in/factors", {"roles": ["admin"]}).status_code == 302
    assert facts_of(stream="org", names=["sign_in.factor_demanded"])[0].data["roles"] == ["admin"]
    client, answer = by_code()
    assert answer["Location"] == "/me"
    assert client.get("/team")["Location"] == "/me"
    assert "One thing first" in client.get("/me").content.decode()
    with_app(client)
    assert client.get("/team").status_code == 200


def test_what_opens_doors_asks_who_came_in_long_ago_to_sign_in_once_more(priya: UUID) -> None:
    start = now()
    with time_machine.travel(start, tick=False):
        client, _ = by_code()
    with time_machine.travel(start + timedelta(minutes=31), tick=False):
        asked = client.post("/me", {"password": "a quiet orchard, late"}, headers={"Referer": "http://testserver/me"})
        assert asked["Location"] == "/sign-in?again=1&next=%2Fme"
        assert not queries.user(SYSTEM, priya).has_password
        assert "Sign in once more" in client.get(asked["Location"]).content.decode()
        assert client.post("/me", {"name": "Priya R."})["Location"] == "/me"
        by_code(client=client)
        assert client.post("/me", {"password": "a quiet orchard, late"})["Location"] == "/me"
        assert queries.user(SYSTEM, priya).has_password
        wrong = client.post("/me", {"password": "another orchard, late", "current": "not that"})
        assert wrong.status_code == 422
        assert client.post("/me/password/removal").status_code == 302
        assert not queries.user(SYSTEM, priya).has_password


def test_ten_slips_hold_a_person_and_the_page_says_how_to_get_in_all_the_same(priya: UUID) -> None:
    client = Client()
    typed = {"step": "password", "mail": PRIYA, "password": "wrong"}
    for _ in range(10):
        assert client.post("/sign-in", typed).status_code == 422
    held = client.post("/sign-in", typed)
    assert held.status_code == 429
    assert 0 < int(held["Retry-After"]) <= 60
    page = held.content.decode()
    assert "works in a minute" in page
    assert "A passkey lets you in at once" in page
    link = actions.invite_user(actor=SYSTEM, mail=PRIYA)
    assert client.post(f"/invite/{link.secret}")["Location"] == "/"
    assert Client().post("/sign-in", {**typed, "mail": "other@example.com"}).status_code == 422


def test_every_page_of_a_colleague_has_sign_out(priya: UUID) -> None:
    client, _ = by_code()
    for path in ("/journeys", "/accounts", "/playbooks", "/insights", "/team", "/me", "/settings/roles", "/me/app"):
        assert 'action="/sign-out"' in client.get(path).content.decode(), path
