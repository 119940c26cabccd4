"""Sign-in at the organization's own provider: who it lets in, and each thing that must not get through."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from uuid import UUID

import pytest
from django.test import Client
from joserfc.jwk import RSAKey

from onward.foundation.ledger import facts_of
from onward.identity import actions, queries
from onward.identity.models import ExternalIdentity, Provider, User
from onward.kernel.actor import SYSTEM
from onward.kernel.refusals import Refusal
from tests.identity import provider as peers
from tests.identity.provider import CLIENT, SECRET, shared_key

pytestmark = pytest.mark.django_db
MARA = "mara@northwind.example"


@pytest.fixture
def peer() -> Iterator[peers.Provider]:
    with peers.provider() as running:
        actions.change_provider(actor=SYSTEM, **settings_for(running))
        yield running


def settings_for(running: peers.Provider, **given: Any) -> dict[str, Any]:
    return {
        "title": "Northwind ID",
        "issuer": running.issuer,
        "client_id": CLIENT,
        "secret": SECRET,
        "domains": "northwind.example",
        "role": "member",
    } | given


def come(peer: peers.Provider, client: Client | None = None, back: str = "/team", **changed: str) -> tuple[Client, Any]:
    """Through the provider and back, as a browser goes; `changed` replaces what comes back in the address."""
    client = client or Client()
    off = client.get(f"/sign-in/provider?next={quote(back)}")
    assert off.status_code == 302, off.content.decode()
    given = peer.authorize(off["Location"]) | changed
    return client, client.get("/sign-in/provider/back", given)


def test_a_new_person_is_let_in_with_the_role_for_new_people(peer: peers.Provider) -> None:
    client, answer = come(peer)
    assert answer["Location"] == "/team"
    assert client.get("/team").status_code == 200
    user = User.objects.get(mail=MARA)
    assert (user.name, user.role) == ("Mara Lindqvist", "member")
    login = base64.b64decode(peer.login.removeprefix("Basic ")).decode()
    assert login == f"{CLIENT}:{quote(SECRET, safe='')}"
    names = [fact.name for fact in facts_of(stream="org")]
    assert {"user.added", "user.identity_linked", "user.joined", "person.signed_in"} <= set(names)
    assert facts_of(stream="org", names=["person.signed_in"])[0].data["by"] == "provider"


def test_somebody_who_is_here_is_found_by_mail_once_and_by_their_name_at_the_provider_ever_after(
    peer: peers.Provider,
) -> None:
    user_id = actions.add_user(actor=SYSTEM, name="Mara L.", role="manager", mail=MARA)
    come(peer)
    peer.claims = {"email": "mara.new@northwind.example"}
    come(peer)
    assert ExternalIdentity.objects.get().user_id == user_id
    assert User.objects.count() == 1
    peer.claims = {"sub": "somebody else"}
    _, answer = come(peer)
    assert answer.status_code == 403
    assert "belongs to somebody else here" in answer.content.decode()
    actions.add_user(actor=SYSTEM, name="Ada", role="admin", mail="ada@northwind.example")
    actions.revoke_user(actor=SYSTEM, user_id=user_id)
    peer.claims = {}
    _, answer = come(peer)
    assert answer.status_code == 403


def test_a_claim_says_the_role_at_every_sign_in(peer: peers.Provider) -> None:
    actions.change_provider(
        actor=SYSTEM,
        **settings_for(peer, secret="", claim="realm.groups", role_map={"leads": "manager", "everyone": "viewer"}),
    )
    peer.claims = {"realm": {"groups": ["everyone", "leads"]}}
    come(peer)
    assert User.objects.get(mail=MARA).role == "manager"
    peer.claims = {"realm": {"groups": ["everyone"]}}
    come(peer)
    assert User.objects.get(mail=MARA).role == "viewer"
    peer.claims = {}
    come(peer)
    assert User.objects.get(mail=MARA).role == "viewer"
    assert [fact.data["role"] for fact in facts_of(stream="org", names=["user.role_changed"])] == ["viewer"]


@pytest.mark.parametrize(
    ("claims", "status", "words"),
    [
        ({"nonce": "another"}, 401, "another attempt"),
        ({"aud": "another client"}, 401, "another application"),
        ({"aud": [CLIENT, "another client"]}, 401, "another application"),
        ({"iss": "https://evil.example"}, 401, "somebody else"),
        ({"exp": int(time.time()) - 3600}, 401, "expired"),
        ({"iat": int(time.time()) + 3600}, 401, "clocks differ"),
        ({"sub": ""}, 401, "names nobody"),
        ({"email": None}, 403, "did not tell your mail address"),
        ({"email_verified": False}, 403, "not verified"),
        ({"email": "mara@evil.example"}, 403, "mail domain"),
        ({"email": "mara@northwind.example.evil.example"}, 403, "mail domain"),
    ],
)
def test_a_token_that_does_not_fit_lets_nobody_in(
    peer: peers.Provider, claims: dict[str, Any], status: int, words: str
) -> None:
    peer.claims = claims
    client, answer = come(peer)
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert client.get("/team").status_code == 302
    assert not User.objects.exists()


@pytest.mark.parametrize("lie", ["another key", "no signature", "the client's secret"])
def test_a_token_that_is_not_signed_by_the_provider_lets_nobody_in(peer: peers.Provider, lie: str) -> None:
    if lie == "another key":
        peer.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    peer.header = {"no signature": {"alg": "none"}, "the client's secret": {"alg": "HS256"}}.get(lie, {})
    if lie == "the client's secret":
        peer.signs_with = shared_key()
    _, answer = come(peer)
    assert answer.status_code == 401
    assert "not signed as it should be" in answer.content.decode()
    assert not User.objects.exists()


def test_an_answer_that_this_browser_did_not_ask_for_lets_nobody_in(peer: peers.Provider) -> None:
    assert come(peer, state="made up")[1].status_code == 401
    assert come(peer, iss="https://evil.example")[1].status_code == 401
    off = Client().get("/sign-in/provider")
    given = peer.authorize(off["Location"])
    assert Client().get("/sign-in/provider/back", given).status_code == 401, "another browser's answer"
    client, _ = come(peer)
    again = {name: values[0] for name, values in parse_qs(urlsplit(off["Location"]).query).items()}
    assert client.get("/sign-in/provider/back", {"code": "x", "state": again["state"]}).status_code == 401
    code = Client().get("/sign-in/provider/back", {"error": "access_denied", "state": "x"})
    assert code.status_code == 401
    assert not User.objects.exclude(mail=MARA).exists()


def test_a_second_factor_is_ours_to_ask_unless_the_provider_vouches_for_it(peer: peers.Provider) -> None:
    actions.demand_factor(actor=SYSTEM, roles=["member"])
    client, answer = come(peer)
    assert (answer["Location"], client.get("/team")["Location"]) == ("/me", "/me")
    peer.claims = {"amr": ["pwd", "otp"]}
    assert come(peer)[1]["Location"] == "/team"
    peer.claims = {"amr": ["pwd"]}
    assert come(peer)[1]["Location"] == "/me"
    actions.change_provider(actor=SYSTEM, **settings_for(peer, trusts_factor=True))
    assert come(peer)[1]["Location"] == "/team"


def test_the_secret_is_sealed_and_never_told(peer: peers.Provider) -> None:
    admin_id: UUID = actions.add_user(actor=SYSTEM, name="Ada", role="admin", mail="ada@northwind.example")
    client = Client()
    client.force_login(User.objects.get(id=admin_id))
    assert SECRET not in Provider.objects.get().secret
    typed = settings_for(peer, secret="another secret", is_on="1", title="")
    refused = client.post("/settings/sign-in/provider", typed)
    assert refused.status_code == 422
    assert "another secret" not in refused.content.decode()
    assert client.post("/settings/sign-in/provider", typed | {"title": "ID"}).status_code == 302
    page = client.get("/settings/sign-in").content.decode()
    assert "another secret" not in page
    assert "never shown again" in page
    assert "another secret" not in str([fact.data for fact in facts_of(stream="org")])
    assert [fact.data["secret_changed"] for fact in facts_of(stream="org", names=["sign_in.provider_changed"])] == [
        True,
        True,
    ]


def test_a_provider_that_is_away_or_off_is_told_of_in_words(peer: peers.Provider) -> None:
    sign_in = Client().get("/sign-in").content.decode()
    assert "Sign in by Northwind ID" in sign_in
    actions.change_provider(actor=SYSTEM, **settings_for(peer, issuer="http://127.0.0.1:9"))
    away = Client().get("/sign-in/provider")
    assert away.status_code == 503
    assert "cannot be used now" in away.content.decode()
    actions.change_provider(actor=SYSTEM, **settings_for(peer, is_on=False))
    assert Client().get("/sign-in/provider").status_code == 404
    assert "Northwind ID" not in Client().get("/sign-in").content.decode()


@pytest.mark.parametrize(
    "issuer", ["http://id.example.com", "ftp://x", "https://user@id.example.com", "x", "https://a/?b=c"]
)
def test_a_provider_is_reached_by_https_only(db: None, issuer: str) -> None:
    with pytest.raises(Refusal):
        actions.change_provider(
            actor=SYSTEM, title="ID", issuer=issuer, client_id="x", domains="northwind.example", role="member"
        )
    assert queries.provider() is None
