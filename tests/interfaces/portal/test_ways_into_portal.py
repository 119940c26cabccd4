"""Four levels of a workspace, its link, and the frame in the vendor's own product: who comes in, and how far."""

from __future__ import annotations

import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from onward.accounts.actions.workspaces import (
    make_embed_secret,
    make_workspace_link,
    revoke_workspace_link,
    set_portal_rules,
    set_workspace,
)
from onward.accounts.decisions.embedding import AUDIENCE, signed_token
from onward.accounts.models import Contact, Guest
from onward.engagement.models import Message
from onward.foundation import secrets
from onward.foundation.ledger import facts_of, stream_of
from onward.identity.models import SignInCode
from onward.journeys import actions as journeys
from onward.kernel.ids import format_id
from onward.kernel.refusals import Refusal
from tests.world import Cast, cast, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> Cast:
    made = cast()
    journeys.open_journey(
        actor=made.mara, account_id=made.acme, version_id=made.version, signed_at=datetime.now(UTC), title="Rollout"
    )
    return made


def linked(world: Cast, level: str, *listed: str) -> str:
    set_workspace(actor=world.mara, account_id=world.acme, level=level, listed=listed)
    return f"/portal/space/{make_workspace_link(actor=world.mara, account_id=world.acme)}"


def code() -> str:
    row = SignInCode.objects.filter(used_at=None).latest("created_at")
    row.digest = secrets.code_digest("407128", row.salt)
    row.save(update_fields=["digest"])
    return "407128"


def test_an_open_link_shows_the_plan_and_nobodys_full_name(world: Cast) -> None:
    contact = Contact.objects.get(id=world.dana_id)
    contact.name = "Dana Whitfield"
    contact.save()
    page = Client().get(linked(world, "open"))
    text = page.content.decode()
    assert page.status_code == 200
    assert "Kickoff" in text
    assert "Mara" in text
    for secret in ("Whitfield", "@", "Polish the settings", "/portal/tasks/", 'method="post"'):
        assert secret not in text.replace('href="/portal/sign-in"', "")


def test_a_link_that_is_closed_or_replaced_opens_nothing(world: Cast) -> None:
    first = linked(world, "open")
    second = linked(world, "open")
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    revoke_workspace_link(actor=world.mara, account_id=world.acme)
    closed = Client().get(second)
    assert closed.status_code == 404
    assert "Acme" not in closed.content.decode()
    assert [f.name for f in facts_of(stream=stream_of(world.acme), names=["workspace.link_revoked"])]


def test_an_address_is_asked_and_nothing_more_is_given_for_it(world: Cast) -> None:
    path, client = linked(world, "mail"), Client()
    asked = client.get(path).content.decode()
    assert "Who looks at this plan?" in asked
    assert "Acme" not in asked
    wrong = client.post(path, {"mail": "nonsense"})
    assert wrong.status_code == 422
    assert "nonsense" in wrong.content.decode()
    assert client.post(path, {"mail": "Rita@Elsewhere.example"}).status_code == 302
    assert "Kickoff" in client.get(path).content.decode()
    assert Guest.objects.get().mail == "rita@elsewhere.example"
    assert client.get("/portal/").headers["Location"].startswith("/portal/sign-in")
    make_workspace_link(actor=world.mara, account_id=world.acme)
    assert client.get(path).status_code == 404


def test_a_new_person_of_a_listed_domain_proves_the_address_and_is_a_contact(world: Cast) -> None:
    linked(world, "listed", "acme.example")
    client = Client()
    client.post("/portal/sign-in", {"mail": "nina.berg@acme.example"})
    assert Message.objects.get(kind="code").to_mail == "nina.berg@acme.example"
    assert not Contact.objects.filter(mail="nina.berg@acme.example").exists()
    wrong = client.post("/portal/sign-in", {"mail": "nina.berg@acme.example", "step": "code", "code": "000000"})
    assert wrong.status_code == 422
    came = client.post("/portal/sign-in", {"mail": "nina.berg@acme.example", "step": "code", "code": code()})
    assert came.status_code == 302
    row = Contact.objects.get(mail="nina.berg@acme.example")
    assert (row.name, row.roles, row.invited_by) == ("Nina Berg", ["end_user"], "listed")
    assert "Hello Nina" in client.get("/portal/", follow=True).content.decode()


@pytest.mark.parametrize("mail", ["x@evil.example", "x@sub.acme.example", "x@acme.example.evil.example"])
def test_who_is_not_listed_reads_the_same_and_gets_nothing(world: Cast, mail: str) -> None:
    linked(world, "listed", "acme.example")
    told = Client().post("/portal/sign-in", {"mail": mail}).content.decode().replace(mail, "-")
    known = Client().post("/portal/sign-in", {"mail": "x@acme.example"}).content.decode().replace("x@acme.example", "-")
    assert _plain(told) == _plain(known)
    assert [row.to_mail for row in Message.objects.filter(kind="code")] == ["x@acme.example"]


def test_whose_access_was_taken_away_does_not_come_back_by_the_list(world: Cast) -> None:
    linked(world, "listed", "customer.example")
    Contact.objects.filter(id=world.dana_id).update(revoked_at=datetime.now(UTC))
    Client().post("/portal/sign-in", {"mail": "dana@customer.example"})
    assert not Message.objects.filter(kind="code").exists()


def test_listing_takes_domains_and_names_what_is_none(world: Cast) -> None:
    with pytest.raises(Refusal, match="neither an address nor a domain"):
        set_workspace(actor=world.mara, account_id=world.acme, level="listed", listed=["acme"])
    with pytest.raises(Refusal, match="Nothing is listed"):
        set_workspace(actor=world.mara, account_id=world.acme, level="listed", listed=[" "])
    with pytest.raises(Refusal, match="not an origin"):
        set_portal_rules(actor=world.admin, level="verified", inviters="nobody", ancestors=["https://a.example/path"])


def token(secret: str, world: Cast, **changed: Any) -> str:
    claims = {
        "aud": AUDIENCE, "account": format_id("acc", world.acme), "mail": "dana@customer.example",
        "exp": int(time.time()) + 300,
    }  # fmt: skip
    return signed_token({key: value for key, value in {**claims, **changed}.items() if value is not None}, secret)


@pytest.fixture
def secret(world: Cast) -> str:
    set_portal_rules(
        actor=world.admin, level="verified", inviters="champions", ancestors=["https://app.northwind.example"]
    )
    return make_embed_secret(actor=world.admin)


def test_the_portal_opens_in_a_frame_of_the_vendors_product(world: Cast, secret: str) -> None:
    client = Client()
    came = client.get("/portal/embed", {"token": token(secret, world)})
    assert came.status_code == 302
    assert "frame-ancestors https://app.northwind.example" in came.headers["Content-Security-Policy"]
    cookie = came.cookies["onward_portal"]
    assert (cookie["samesite"], cookie["secure"], cookie["partitioned"]) == ("None", True, True)
    page = client.get(came.headers["Location"], follow=True)
    assert "Hello Dana" in page.content.decode()
    assert "frame-ancestors https://app.northwind.example" in page.headers["Content-Security-Policy"]
    ordinary = Client().get("/portal/sign-in")
    assert "frame-ancestors 'none'" in ordinary.headers["Content-Security-Policy"]


def test_where_cookies_are_kept_out_a_tab_opens_once(world: Cast, secret: str) -> None:
    way = Client().get("/portal/embed", {"token": token(secret, world)}).headers["Location"]
    blocked = Client().get(way)
    text = blocked.content.decode()
    assert "opens in a tab of its own" in text
    address = text.split('href="/portal/embed/tab?way=')[1].split('"')[0]
    tab = Client()
    assert "Welcome, Dana" in tab.get(f"/portal/embed/tab?way={address}").content.decode()
    assert tab.post("/portal/embed/tab", {"way": address}).status_code == 302
    assert "Hello Dana" in tab.get("/portal/", follow=True).content.decode()
    again = Client().post("/portal/embed/tab", {"way": address})
    assert again.status_code == 403


def test_tokens_that_do_not_hold_are_refused_in_words(world: Cast, secret: str) -> None:
    now = int(time.time())
    good = token(secret, world)
    assert Client().get("/portal/embed", {"token": good}).status_code == 302
    bad = {
        "used before": good,
        "not valid": token("another secret", world),
        "has expired": token(secret, world, exp=now - 1),
        "more than ten minutes": token(secret, world, exp=now + 3600),
        "never ends": token(secret, world, exp=None),
        "something else": token(secret, world, aud="billing"),
        "not valid yet": token(secret, world, nbf=now + 600),
        "names nobody": token(secret, world, mail=None),
        "not among the people": token(secret, world, mail="eve@customer.example"),
    }
    head, body, _ = good.split(".")
    for words, given in {**bad, "not valid.": f"{head}.{body}."}.items():
        answer = Client().get("/portal/embed", {"token": given})
        assert answer.status_code == 403, words
        assert words in answer.content.decode()
        assert "onward_portal" not in answer.cookies
    none = "eyJhbGciOiJub25lIn0"
    assert Client().get("/portal/embed", {"token": f"{none}.{body}."}).status_code == 403
    make_embed_secret(actor=world.admin)
    assert "not valid" in Client().get("/portal/embed", {"token": token(secret, world)}).content.decode()


def test_the_snippet_of_the_guide_makes_a_token_that_opens(world: Cast, secret: str) -> None:
    guide = (Path(__file__).parents[3] / "docs" / "howto" / "embed.md").read_text("utf-8")
    made: dict[str, Any] = {}
    exec(guide.split("```python\n")[1].split("```")[0], made)
    given = made["embed_token"](secret, format_id("acc", world.acme), "dana@customer.example")
    assert Client().get("/portal/embed", {"token": given}).status_code == 302
    if node := shutil.which("node"):
        script = guide.split("```js\n")[1].split("```")[0] + "console.log(embedToken(...process.argv.slice(1)));"
        asked = [node, "-e", script, "--", secret, format_id("acc", world.acme), "dana@customer.example"]
        token = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
        assert Client().get("/portal/embed", {"token": token}).status_code == 302


def test_colleagues_set_the_level_and_see_the_link_once(world: Cast) -> None:
    client = signed_in(world.mara)
    path = f"/accounts/{format_id('acc', world.acme)}/portal"
    assert "Known people, with a code" in client.get(path).content.decode()
    refused = client.post(path, {"level": "listed", "listed": "acme"})
    assert refused.status_code == 422
    assert "neither an address nor a domain" in refused.content.decode()
    assert client.post(path, {"level": "open", "listed": ""}).status_code == 302
    made = client.post(f"{path}/link").content.decode()
    address = made.split("/portal/space/")[1].split("<")[0]
    assert len(address) >= 22
    assert address not in client.get(path).content.decode()
    assert Client().get(f"/portal/space/{address}").status_code == 200
    assert client.post("/settings/portal", {"level": "open", "inviters": "nobody"}).status_code in {403, 422}


def test_the_list_ends_with_a_code_of_half_an_hour(world: Cast) -> None:
    linked(world, "listed", "acme.example")
    Client().post("/portal/sign-in", {"mail": "nina@acme.example"})
    row = SignInCode.objects.get()
    assert timedelta(minutes=29) < row.expires_at - row.created_at <= timedelta(minutes=30)


def _plain(text: str) -> str:
    """Without the form's own token, which differs each time."""
    return "\n".join(line for line in text.splitlines() if "csrfmiddlewaretoken" not in line)
