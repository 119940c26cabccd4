"""Who looks at the same page: seen at once, gone within seconds, never told to a customer, not at all if unwanted."""

from __future__ import annotations

import urllib.request
from datetime import UTC, datetime

import pytest
from django.test import Client

from onward.identity import actions as identity
from onward.identity.queries import signed_in_user
from onward.interfaces.live import roster
from onward.interfaces.live.roster import Roster
from onward.journeys import actions as journeys
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id
from tests.interfaces.portal.visits import enter
from tests.live.conftest import Web
from tests.live.listening import Ear
from tests.processes import wait_until
from tests.world import Cast, cast


def alone() -> tuple[Roster, list[str]]:
    """A roster whose only process is this one; what it said."""
    said: list[str] = []
    made = Roster(said.append, lambda _: None)
    made._beating = True
    return made, said


def test_who_enters_is_said_and_who_leaves_too_but_for_those_who_look_twice() -> None:
    made, said = alone()
    for stream in ("a", "b"):
        made.enter(stream, "usr_1", ["journey:x", "here:jny_1"])
    assert said == ["+usr_1@jny_1"] * 2
    assert made.heard(said) == {"jny_1"}
    assert made.at("jny_1") == ["usr_1"]
    made.leave("a")
    assert len(said) == 2, "another of their streams still looks"
    made.leave("b")
    made.leave("b")
    assert said[2:] == ["-usr_1@jny_1"]
    assert made.heard(said[2:]) == {"jny_1"}
    assert made.at("jny_1") == []


def test_who_says_nothing_any_more_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    made, _ = alone()
    made.heard(["+usr_1@jny_1"])
    monkeypatch.setattr(roster, "GONE_SECONDS", -1.0)
    assert made.at("jny_1") == []
    assert made.swept() == {"jny_1"}
    assert made.swept() == set()
    assert roster.BEAT_SECONDS < 5


def test_nobody_is_entered_without_a_page_or_a_name() -> None:
    made, said = alone()
    made.enter("a", "", ["here:jny_1"])
    made.enter("b", "usr_1", ["journey:x"])
    assert said == []


@pytest.fixture
def world(web: Web) -> Cast:
    return cast()


def cookie(actor: Actor) -> str:
    client = Client()
    user = signed_in_user(parse_id("usr", actor.id))
    assert user is not None
    client.force_login(user)
    return f"onward_session={client.cookies['onward_session'].value}"


def seen(web: Web, path: str, whose: str) -> str:
    with urllib.request.urlopen(urllib.request.Request(web.address + path, headers={"Cookie": whose})) as answer:
        return str(answer.read().decode())


@pytest.mark.django_db(transaction=True)
def test_colleagues_see_each_other_and_customers_nobody(web: Web, world: Cast) -> None:
    journey = journeys.open_journey(
        actor=world.mara, account_id=world.acme, version_id=world.version, signed_at=datetime.now(UTC)
    )
    ref = format_id("jny", journey)
    path, mara, tomas = f"/presence/{ref}", cookie(world.mara), cookie(world.tomas)
    watching = Ear(web.port, f"/live?names=here:{ref}", mara)
    wait_until(lambda: "Mara" in seen(web, path, tomas))
    assert "Mara" not in seen(web, path, mara), "one is not told of oneself"
    other = Ear(web.port, f"/live?names=here:{ref},journey:{journey}", tomas)
    watching.wait_for(f"here:{ref}")
    wait_until(lambda: "Tomas" in seen(web, path, mara))
    other.close()
    wait_until(lambda: "Tomas" not in seen(web, path, mara))

    contact = f"onward_portal={enter(world.dana_id).cookies['onward_portal'].value}"
    assert Ear(web.port, f"/portal/live?names=here:{ref}", contact).status == 403
    hers = Ear(web.port, f"/portal/live?names=journey:{journey},here:{ref}", contact)
    # Held by a name: a stream that nobody holds is shut at once.
    again = Ear(web.port, f"/live?names=here:{ref}", tomas)
    assert again.status == 200
    wait_until(lambda: "Tomas" in seen(web, path, mara))
    assert f"here:{ref}" not in hers.heard
    assert "Dana" not in seen(web, path, mara)

    identity.prefer(actor=world.viewer, name="presence", value=False)
    unseen = Ear(web.port, f"/live?names=here:{ref}", cookie(world.viewer))
    assert unseen.status == 200
    wait_until(lambda: "Tomas" in seen(web, path, mara))
    assert "Vic" not in seen(web, path, mara)
