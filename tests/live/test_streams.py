"""Streams against a real server: who may listen, how many, what a lost listener and a goodbye do."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from onward.accounts import actions as accounts
from onward.foundation.postgres import notify
from onward.interfaces.live import stream
from onward.journeys import actions as journeys
from tests.interfaces.portal.visits import enter
from tests.live.conftest import Web
from tests.live.listening import Deaf, Ear
from tests.processes import wait_until
from tests.world import Cast, cast, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> Cast:
    return cast()


@pytest.fixture
def journey(world: Cast) -> UUID:
    return journeys.open_journey(
        actor=world.mara, account_id=world.acme, version_id=world.version, signed_at=datetime.now(UTC)
    )


def contacts_cookie(world: Cast) -> str:
    return f"onward_portal={enter(world.dana_id).cookies['onward_portal'].value}"


def staffs_cookie(world: Cast) -> str:
    client = signed_in(world.viewer)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def test_strangers_hear_nothing(web: Web, world: Cast, journey: UUID) -> None:
    name = f"journey:{journey}"
    for path in (f"/live?names={name}", f"/portal/live?names={name}"):
        for cookie in ("", "onward_portal=made-up", "onward_session=made-up", "onward_portal=%00; onward_session=%00"):
            assert Ear(web.port, path, cookie).status == 401
    assert Ear(web.port, f"/live?names={name}", contacts_cookie(world)).status == 401
    assert Ear(web.port, f"/portal/live?names={name}", staffs_cookie(world)).status == 401
    assert Ear(web.port, "/live?names=../x,%00,a%20b", staffs_cookie(world)).status == 403
    assert Ear(web.port, "/live", staffs_cookie(world)).status == 403


def test_a_contact_hears_of_their_own_journeys_only(web: Web, world: Cast, journey: UUID) -> None:
    other = journeys.open_journey(
        actor=world.mara, account_id=world.globex, version_id=world.version, signed_at=datetime.now(UTC)
    )
    cookie = contacts_cookie(world)
    assert Ear(web.port, f"/portal/live?names=journey:{other},portfolio,outbox", cookie).status == 403
    ear = Ear(web.port, f"/portal/live?names=journey:{journey},journey:{other},portfolio", cookie)
    assert ear.status == 200
    assert "text/event-stream" in ear.head
    time.sleep(0.2)
    journeys.pause_journey(actor=world.mara, journey_id=other, reason="elsewhere")
    notify("onward_live", "portfolio")
    assert ear.silent_for(1)
    journeys.pause_journey(actor=world.mara, journey_id=journey, reason="their freeze")
    ear.wait_for(f"journey:{journey}")
    assert set(ear.heard) == {f"journey:{journey}"}


def test_a_revoked_contact_opens_no_stream(web: Web, world: Cast, journey: UUID) -> None:
    cookie = contacts_cookie(world)
    accounts.revoke_contact(actor=world.mara, contact_id=world.dana_id)
    assert Ear(web.port, f"/portal/live?names=journey:{journey}", cookie).status == 401


def test_who_is_revoked_while_listening_is_told_goodbye(
    world: Cast, journey: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    # red when only the opening of a stream asks for access
    monkeypatch.setattr(stream, "HUB", Deaf())
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0)
    monkeypatch.setattr(stream, "ASKED_AGAIN_SECONDS", 0)
    asked = {"PATH_INFO": "/portal/live", "QUERY_STRING": f"names=journey:{journey}", "REQUEST_METHOD": "GET"}
    heard = stream.app({**asked, "HTTP_COOKIE": contacts_cookie(world)}, lambda *_: None)
    assert isinstance(heard, stream.Stream)
    assert [next(heard) for _ in range(2)] == [b"retry: 2000\n\n", b":\n\n"]
    accounts.revoke_contact(actor=world.mara, contact_id=world.dana_id)
    while (piece := next(heard)).startswith(b"data: "):
        pass
    assert piece.startswith(b"event: bye")


def test_a_hundred_streams_and_not_one_more(web: Web, world: Cast) -> None:
    cookie = staffs_cookie(world)
    ears = [Ear(web.port, "/live?names=portfolio", cookie)]
    listening = _listening()
    with ThreadPoolExecutor(20) as pool:
        ears += pool.map(lambda _: Ear(web.port, "/live?names=portfolio", cookie), range(99))
    assert {ear.status for ear in ears} == {200}
    refused = Ear(web.port, "/live?names=portfolio", cookie)
    assert refused.status == 503
    assert "retry-after: 15" in refused.head.lower()
    notify("onward_live", "portfolio")
    for ear in ears:
        ear.wait_for("portfolio")
    assert _listening() == listening, "all streams of a process share one connection"
    ears[0].close()
    wait_until(lambda: Ear(web.port, "/live?names=portfolio", cookie).status != 503)


def test_after_a_lost_listener_every_page_fetches_anew(web: Web, world: Cast) -> None:
    ear = Ear(web.port, "/live?names=portfolio", staffs_cookie(world))
    time.sleep(0.3)
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and query ilike 'listen onward_live%'"
        )
    ear.wait_for("*")
    notify("onward_live", "portfolio")
    ear.wait_for("portfolio")


def test_goodbye_lets_the_server_stop_at_once(web: Web, world: Cast) -> None:
    ear = Ear(web.port, "/live?names=portfolio", staffs_cookie(world))
    time.sleep(0.3)
    notify("onward_live", "* bye")
    ear.wait_for("bye")
    assert "event: bye" in ear.text


def _listening() -> int:
    """How many connections listen; those that pages of earlier tests opened in this process are among them."""
    with psycopg.connect(**_parameters()) as own:
        (count,) = own.execute(
            "select count(*) from pg_stat_activity"
            " where datname = current_database() and query ilike 'listen onward_live%'"
        ).fetchone()
    return int(count)


def _parameters() -> dict[str, object]:
    given = {k: v for k, v in connection.get_connection_params().items() if k not in {"cursor_factory", "context"}}
    return given | {"autocommit": True}
