"""The pages through which people come in, look after the team, and know their accounts."""

from __future__ import annotations

import re
from decimal import Decimal
from uuid import UUID

import pytest
from django.test import Client

from onward.accounts import actions as accounts
from onward.accounts import queries as account_queries
from onward.accounts.jobs import run_imports
from onward.accounts.models import Account
from onward.foundation.ledger import facts_of
from onward.identity import actions, queries
from onward.identity.models import User
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> UUID:
    return actions.add_user(actor=SYSTEM, name="Priya Raman", role="admin", mail="priya@example.com")


def signed_in(user_id: UUID) -> Client:
    client = Client()
    client.force_login(User.objects.get(id=user_id))
    return client


def test_a_stranger_gets_sign_in_and_nothing_else(client: Client) -> None:
    answer = client.get("/accounts?state=active")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in?next=%2Faccounts%3Fstate%3Dactive")
    assert client.post("/team/invites", {"mail": "x@example.com"}).status_code == 401
    assert client.get("/sign-in").status_code == 200


def test_an_admin_says_who_somebody_is_and_reads_what_cannot_be(admin: UUID) -> None:
    nora = actions.add_user(actor=SYSTEM, name="Nora", mail="nora@example.com")
    actions.add_user(actor=SYSTEM, name="Ida", mail="ida@example.com")
    page, client = f"/team/{format_id('usr', nora)}", signed_in(admin)
    told = {"name": "Nora Lind", "mail": "nora@example.com", "team": " Specialists ", "region": "North"}
    assert client.post(page, told | {"manager": format_id("usr", admin)}).status_code == 302
    row = queries.user(SYSTEM, nora)
    assert (row.name, row.team, row.region, row.manager_id) == ("Nora Lind", "Specialists", "North", admin)
    assert queries.team_members("specialists") == [nora]
    for wrong, why in (
        ({"mail": "ida@example.com"}, "ida@example.com is another user."),
        ({"team": "x" * 121}, "A team has 1 to 120 characters."),
        ({"manager": format_id("usr", nora)}, "Nobody is their own manager."),
    ):
        answer = client.post(page, told | wrong)
        assert answer.status_code in {409, 422}
        assert why in answer.content.decode()
    assert queries.user(SYSTEM, nora) == row
    assert signed_in(nora).post(page, told).status_code == 403


def test_first_link_sets_the_organization_up_once(client: Client) -> None:
    path = f"/welcome/{actions.first_link(actor=SYSTEM).secret}"
    for _ in range(2):
        assert "Set up our organization" in client.get(path).content.decode()
    typed = {"choice": "setup", "name": "Northwind", "zone": "Mars/Olympus", "admin_name": "Priya Raman",
             "admin_mail": "priya@example.com"}  # fmt: skip
    answer = client.post(path, typed)
    assert answer.status_code == 422
    assert "no time zone" in answer.content.decode()
    answer = client.post(path, {**typed, "zone": "Europe/Berlin"})
    assert answer.status_code == 302
    assert "Priya Raman" in client.get("/team").content.decode()
    assert Client().get(path).status_code == 404
    assert queries.organization().zone == "Europe/Berlin"
    assert [fact.data["kind"] for fact in facts_of(stream="org", names=["link.used"])] == ["first"]


def test_a_code_from_the_mail_lets_in_and_the_page_never_tells_who_is_here(client: Client, admin: UUID) -> None:
    issued = actions.request_code(mail="priya@example.com", address="127.0.0.1")
    assert issued
    here = client.post("/sign-in", {"step": "mail", "mail": "priya@example.com"}).content.decode()
    gone = client.post("/sign-in", {"step": "mail", "mail": "nobody@example.com"}).content.decode()
    strip = re.compile(r'priya|nobody|name="csrfmiddlewaretoken" value="[^"]+"')
    assert strip.sub("", here) == strip.sub("", gone)
    issued = actions.request_code(mail="priya@example.com", address="127.0.0.1")
    assert issued
    answer = client.post("/sign-in", {"step": "code", "mail": "priya@example.com", "code": "12", "next": "/team"})
    assert answer.status_code == 422
    answer = client.post(
        "/sign-in", {"step": "code", "mail": "Priya@Example.com ", "code": issued.code, "next": "//evil.example"}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/team").status_code == 200
    assert client.post("/sign-out").status_code == 302
    assert client.get("/team").status_code == 302


def test_inviting_shows_the_link_once_and_revoking_ends_the_session_at_once(admin: UUID) -> None:
    page = signed_in(admin).post("/team/invites", {"mail": "Mara@example.com", "role": "member"}).content.decode()
    link = re.search(r"http://testserver(/invite/[\w-]+)", page)
    assert link
    assert link[1] not in signed_in(admin).get("/team").content.decode()
    mara = Client()
    assert "you are in" in mara.get(link[1]).content.decode()
    assert mara.post(link[1], {"password": "short"}).status_code == 422
    assert mara.post(link[1], {"password": "a quiet orchard, late"}).status_code == 302
    assert mara.get("/accounts").status_code == 200
    assert mara.post(link[1]).status_code == 404
    ref = format_id("usr", User.objects.get(mail="mara@example.com").id)
    assert mara.post(f"/team/{ref}/role", {"role": "admin"}).status_code == 403
    assert signed_in(admin).post(f"/team/{ref}/revocation").status_code == 302
    assert mara.get("/accounts").status_code == 302
    step = {"step": "password", "mail": "mara@example.com", "password": "a quiet orchard, late"}
    assert mara.post("/sign-in", step).status_code == 422
    own = format_id("usr", admin)
    assert signed_in(admin).post(f"/team/{own}/role", {"role": "viewer"}).status_code == 409


def test_a_second_account_of_a_name_is_asked_about_once(admin: UUID) -> None:
    client = signed_in(admin)
    path = client.post("/accounts", {"name": "Acme Freight"})["Location"]
    twin = client.post("/accounts", {"name": "acme  freight", "seats": "25"})
    assert twin.status_code == 409
    assert "There is an account called Acme Freight already." in twin.content.decode()
    assert f'href="{path}"' in twin.content.decode()
    assert 'name="again"' in twin.content.decode()
    assert client.post("/accounts", {"name": "Acme Freight", "again": "1"}).status_code == 302


def test_an_account_its_people_and_its_deal(admin: UUID) -> None:
    client = signed_in(admin)
    assert client.get("/accounts").status_code == client.get("/accounts/new").status_code == 200
    answer = client.post("/accounts", {"name": "Acme Freight", "group_id": "acme", "seats": "25"})
    path = answer["Location"]
    assert "Acme Freight" in client.get(path).content.decode()
    assert client.post("/accounts", {"name": "Other", "group_id": "acme"}).status_code == 409
    answer = client.post(f"{path}/contacts", {"name": "Dana Whitfield", "mail": "dana@acme.example",
                                              "roles": ["champion"], "further_roles": "Data owner"})  # fmt: skip
    assert answer.status_code == 302
    page = client.get(path).content.decode()
    assert "Champion, Data owner" in page
    person = account_queries.contacts(SYSTEM)[0]
    assert client.get(f"/contacts/{person.ref}").status_code == 200
    assert "/portal/enter/" in client.post(f"/contacts/{person.ref}/invites").content.decode()
    assert client.post(f"/contacts/{person.ref}/revocation").status_code == 302
    assert client.post(f"/contacts/{person.ref}/invites").status_code == 409
    assert client.post(f"/contacts/{person.ref}/restoration").status_code == 302
    answer = client.post(f"{path}/deals", {"name": "Acme, year one", "amount": "84000"})
    assert answer.status_code == 302
    deal = account_queries.deals(SYSTEM)[0]
    assert client.post(f"/deals/{deal.ref}/signature", {"signed": "yesterday"}).status_code == 422
    assert client.post(f"/deals/{deal.ref}/signature", {"signed": "2026-02-17"}).status_code == 302
    account = Account.objects.get()
    assert (account.state, account.segment, account.arr) == ("onboarding", "enterprise", Decimal(84000))
    stale = client.post(path, {"name": "Acme", "version": "1"})
    assert stale.status_code == 412
    assert client.post(path, {"name": "Acme", "version": str(account.version)}).status_code == 302
    assert "Acme" in client.get(path + "/edit").content.decode()
    assert client.get("/accounts?q=acm&segment=enterprise&state=onboarding").content.decode().count('class="name"') == 1
    assert "No account fits" in client.get("/accounts?q=cme").content.decode()


def test_segments_keys_and_organization(admin: UUID) -> None:
    account = accounts.open_account(actor=SYSTEM, name="Acme", arr="60000")
    client = signed_in(admin)
    for path in ("/settings/segments", "/settings/keys", "/settings/organization", "/me"):
        assert client.get(path).status_code == 200, path
    rules = {"use_self_serve": "1", "self_serve": "", "use_strategic": "1", "strategic": "50,000"}
    assert client.post("/settings/segments", {**rules, "self_serve": "1"}).status_code == 422
    assert client.post("/settings/segments", rules).status_code == 302
    assert account_queries.account(SYSTEM, account).segment == "strategic"
    page = client.post("/settings/keys", {"name": "CRM", "scopes": ["read"], "expires": "90d"}).content.decode()
    secret = re.search(r"onw_[\w-]{20,}", page)
    assert secret
    actor = queries.key_actor(secret[0])
    assert actor
    assert actor.scopes == {"read"}
    assert secret[0] not in client.get("/settings/keys").content.decode()
    assert client.post(f"/settings/keys/{actor.id}/revocation").status_code == 302
    assert queries.key_actor(secret[0]) is None
    week = {"name": "Northwind", "zone": "Asia/Dubai", "working_week": ["sun", "mon"], "journeys": "account"}
    assert client.post("/settings/organization", week).status_code == 302
    assert queries.organization().settings["journeys"] == "account"
    assert queries.organization().working_week == ["mon", "sun"]


def test_an_import_is_seen_mapped_confirmed_and_carried_out(admin: UUID) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = signed_in(admin)
    accounts.open_account(actor=SYSTEM, name="Acme")
    text = (
        'id,account,stage,amount,close date\n1,Acme,Won,"1,054.50",3/4/2026\n2,Nobody,Won,5,5/6/2026\n3,Acme,Lost,,\n'
    )
    upload = SimpleUploadedFile("deals.csv", text.encode())
    path = client.post("/imports", {"kind": "deals", "file": upload})["Location"]
    page = client.get(path).content.decode()
    assert "can be read in two ways" in page
    chosen = {"date-4": "D/M/YYYY", "journeys": "account", "as_of": "2026-04-30"}
    assert client.post(path + "/mapping", chosen).status_code == 302
    page = client.get(path).content.decode()
    assert "There is no account Nobody" in page
    assert "stays out" in page
    assert "3,account,error,There is no account Nobody." in client.get(path + "/problems.csv").content.decode()
    assert client.post(path + "/confirmation").status_code == 302
    assert client.post(path + "/mapping", chosen).status_code == 409
    assert "0 of 3" in client.get(path).content.decode()
    assert run_imports()
    assert "2 new, 0 changed" in client.get(path).content.decode()
    won = facts_of(names=["deal.won"])
    assert [(fact.data["signed_at"][:10], fact.data["journeys"], fact.data["is_silent"]) for fact in won] == [
        ("2026-04-03", "account", True)
    ]
    assert client.get("/imports").content.decode().count("deals.csv") == 1
