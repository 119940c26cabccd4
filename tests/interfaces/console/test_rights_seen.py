"""Who may not do or see something is not offered it; by its address they read that it is a matter of rights."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from onward.conversation import actions as conversation
from onward.identity.decisions import require
from onward.insights import actions as insights
from onward.journeys import queries as journeys
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import Refusal
from tests.interfaces.console.test_journey_pages import won
from tests.world import SIGNED, Cast, cast, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> Cast:
    return cast()


def test_the_rail_offers_only_what_its_reader_may_see(world: Cast) -> None:
    # red when a viewer finds Import in the rail, and behind it that there is no import
    for who, is_offered in ((world.viewer, False), (world.tomas, False), (world.mara, True)):
        rail = signed_in(who).get("/accounts").content.decode().partition('class="rail"')[2].partition("</header>")[0]
        assert ('href="/imports"' in rail) is is_offered, who.name
        assert 'href="/outbox"' in rail


@pytest.mark.parametrize(
    ("path", "words", "who"),
    [
        ("/imports", "A viewer may not see imports.", "Admins and managers may."),
        ("/imports/imp_01m85pr3tmea68ewxezspk76pb", "A viewer may not see imports.", "Admins and managers may."),
        ("/settings/keys", "A viewer may not see API keys.", "Only admins may."),
    ],
)
def test_by_its_address_a_colleague_reads_who_may_see_it(world: Cast, path: str, words: str, who: str) -> None:
    answer = signed_in(world.viewer).get(path)
    assert answer.status_code == 403
    assert words in answer.content.decode()
    assert who in answer.content.decode()
    assert Client().get(path).status_code == 302


@pytest.mark.parametrize("noun", ["import", "key", "source"])
def test_nobody_but_a_colleague_learns_that_it_is_there(world: Cast, noun: str) -> None:
    key = Actor("key", "key_1", "CRM", scopes=frozenset({"account:read"}))
    for actor in (world.dana, key, None):
        with pytest.raises(Refusal) as caught:
            require(actor, "see", noun)
        assert caught.value.code == "not_found"


def test_the_address_of_a_form_has_a_page_for_whoever_opens_it(world: Cast) -> None:
    # red when the browser shows a page of its own
    for client, path in ((signed_in(world.mara), "/team/invites"), (Client(), "/portal/sign-out")):
        answer = client.get(path)
        assert answer.status_code == 405
        assert answer["Allow"] == "POST"
        assert "There is nothing to read at this address." in answer.content.decode()


def test_a_page_that_says_no_keeps_the_rail_of_a_colleague_and_of_nobody_else(world: Cast) -> None:
    for path, status in (("/nowhere", 404), ("/settings/keys", 403), ("/tasks/tsk_0", 404), ("/team/invites", 405)):
        answer = signed_in(world.viewer).get(path)
        assert answer.status_code == status, path
        assert 'class="rail"' in answer.content.decode(), path
        assert "Vic" in answer.content.decode(), path
        assert 'class="rail"' not in signed_in(world.viewer).get(path, headers={"X-Fragment": "1"}).content.decode()
    outside = Client().get("/sign-in/nowhere")
    assert outside.status_code == 404
    assert 'class="rail"' not in outside.content.decode()


def test_a_viewer_is_not_asked_to_begin_a_journey(world: Cast) -> None:
    account = format_id("acc", world.acme)
    for path in ("/journeys/new", f"/journeys/new?account={account}"):
        viewers, members = (signed_in(who).get(path).content.decode() for who in (world.viewer, world.tomas))
        assert "A member of the team opens journeys." in viewers
        assert "Begin" not in viewers
        assert 'action="/journeys/new"' not in viewers
        assert 'name="version"' not in viewers
        assert "A member of the team opens journeys." not in members
    assert "Begin" in signed_in(world.tomas).get("/journeys/new").content.decode()


def test_a_viewer_is_led_to_what_there_is_to_read(world: Cast) -> None:
    # red when who may not write is told to answer or to write
    with time_machine.travel(SIGNED + timedelta(hours=3), tick=False) as clock:
        journey = won(world)
        clock.shift(timedelta(days=60))
        insights.rebuild(actor=SYSTEM)
        (line,) = journeys.journeys_of(world.mara, world.acme)

        def next_thing(who: Actor) -> str:
            worst = signed_in(who).get("/?whose=all").content.decode().partition('id="worst"')[2].partition("</ol>")[0]
            (found,) = re.findall(r'<p><a href="[^"]*">[^<]*</a>', worst)
            return str(found)

        assert "Read: Kickoff call" in next_thing(world.viewer)
        assert "Read" not in next_thing(world.tomas)
        conversation.write_comment(
            actor=world.dana, journey_id=journey, task_id=None, channel="shared", text="Which fields?", question=True
        )
        asked = next_thing(world.viewer)
        assert f'href="/journeys/{line.ref}/conversation"' in asked
        assert "Read: 1 open question" in asked
        assert "Answer them: 1 open question" in next_thing(world.tomas)
