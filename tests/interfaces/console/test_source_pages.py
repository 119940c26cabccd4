"""Sources in the console: set up, watch what comes, issue and revoke keys; the roles that may."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client

from onward.accounts import actions as accounts
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id, parse_id
from onward.usage import actions, queries
from onward.usage.actions import intake, rooms
from onward.usage.decisions.events import judge
from tests.world import Cast, cast, signed_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def world() -> Cast:
    return cast()


@pytest.fixture
def send(world: Cast) -> Callable[..., None]:
    """Deliver messages of a source, good and bad, and let the deriver follow."""
    rooms.forget()

    def deliver(source: str, *messages: object) -> None:
        source_id = parse_id("src", source)
        delivery = judge([json.dumps(message).encode() for message in messages], source=source_id, received_at=NOW)
        connection.ensure_connection()
        intake.store(connection.connection, delivery, source_id=source_id, server=True, received_at=NOW)
        actions.derive_all()

    return deliver


def made(client: Client, **given: str) -> str:
    answer = client.post("/sources", {"name": "Product server", "kind": "server", **given})
    assert answer.status_code == 302
    return str(answer.headers["Location"]).rsplit("/", 1)[1]


def test_a_source_shows_its_key_once(world: Cast) -> None:
    client = signed_in(world.mara)
    assert "nothing sends any yet" in client.get("/sources").content.decode()
    ref = made(client)
    first = client.get(f"/sources/{ref}").content.decode()
    assert "shown only now" in first
    assert "shown only now" not in client.get(f"/sources/{ref}").content.decode()
    assert "Client(write_key, host=" in first


def test_what_comes_and_what_is_refused_is_shown_and_escaped(world: Cast, send: Callable[..., None]) -> None:
    client = signed_in(world.mara)
    ref = made(client, write_key="existing-key-1")
    bad = {"type": "track", "event": "<script>alert(1)</script>"}
    send(
        ref,
        {"type": "track", "userId": "ann", "event": "<b>Run</b>", "messageId": "m", "context": {"groupId": "g9"}},
        bad,
    )
    page = client.get(f"/sources/{ref}").content.decode()
    assert "neither userId nor anonymousId" in page
    assert "&lt;b&gt;Run&lt;/b&gt;" in page
    assert "<script>alert" not in page
    only = client.get(f"/sources/{ref}?only=refused", headers={"X-Fragment": "1"}).content.decode()
    assert "<html" not in only
    assert "&lt;b&gt;Run" not in only
    assert "g9" in client.get("/sources").content.decode()


def test_an_account_that_gets_the_id_gets_the_events(world: Cast, send: Callable[..., None]) -> None:
    ref = made(signed_in(world.mara))
    send(ref, {"type": "track", "userId": "ann", "event": "Run", "messageId": "m", "context": {"groupId": "g9"}})
    assert [group.group_id for group in queries.waiting_groups(world.mara)] == ["g9"]
    accounts.change_account(actor=world.mara, account_id=world.acme, group_id="g9")
    actions.derive_all()
    used = queries.account_usage(world.mara, world.acme)
    assert [(event.name, event.n, event.users) for event in used.events] == [("Run", 1, 1)]
    assert [person.id for person in used.people] == ["ann"]
    assert queries.waiting_groups(world.mara) == []


def test_keys_are_rotated_and_revoked(world: Cast) -> None:
    client = signed_in(world.mara)
    ref = made(client)
    client.get(f"/sources/{ref}")
    assert client.post(f"/sources/{ref}/keys", {"grace": "0"}).status_code == 302
    page = client.get(f"/sources/{ref}").content.decode()
    assert "shown only now" in page
    assert "Ended" in page
    assert client.post(f"/sources/{ref}/revocation").status_code == 302
    assert "It is revoked" not in client.get(f"/sources/{ref}").content.decode()


def test_a_name_that_is_taken_is_refused_in_words(world: Cast) -> None:
    client = signed_in(world.mara)
    made(client)
    answer = client.post("/sources", {"name": "product SERVER", "kind": "server"})
    assert (answer.status_code, "already" in answer.content.decode()) == (409, True)


def test_who_may(world: Cast) -> None:
    ref = format_id("src", actions.create_source(actor=SYSTEM, name="One").source_id)
    assert signed_in(world.viewer).get(f"/sources/{ref}").status_code == 200
    assert signed_in(world.viewer).post(f"/sources/{ref}/revocation").status_code == 403
    assert Client().get("/sources").status_code in (302, 401)
    assert signed_in(world.mara).get("/sources/src_nonsense").status_code == 404
