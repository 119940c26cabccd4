"""Many journeys changed at once: each refusal named, nothing done twice, taken back where it can be."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.test import Client

from onward.engagement.models import Message
from onward.insights import actions as insights
from onward.insights import jobs
from onward.insights.models import Bulk
from onward.insights.queries import bulk as bulk_view
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id
from tests.interfaces.console.test_journey_pages import signed_in, text, won
from tests.interfaces.console.test_my_work import set_up
from tests.interfaces.console.test_portfolio import clock, world
from tests.world import Cast

__all__ = ["clock", "world"]
pytestmark = pytest.mark.django_db


def run(client: Client, **given: object) -> str:
    """Confirm a change of many, carry it out, and give its address."""
    answer = client.post("/journeys/bulk", given)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    while jobs.carry_on_bulk():
        pass
    return str(answer["Location"])


def test_a_pause_of_many_names_each_refusal_and_is_taken_back(world: Cast) -> None:
    # red when one refusal ends the others, or an undo resumes what was paused before
    acme, globex = won(world), won(world, world.globex)
    journeys.pause_journey(actor=world.mara, journey_id=globex, reason="summer")
    client = signed_in(world.mara)
    chosen = {"journey": [format_id("jny", acme), format_id("jny", globex)], "query": ""}
    ask = client.post("/journeys/bulk", {**chosen, "what": "pause"}).content.decode()
    assert "Pause 2 journeys?" in ask
    refused = client.post("/journeys/bulk", {**chosen, "what": "pause", "confirmed": "2"})
    assert refused.status_code == 422
    assert "The reason is missing." in refused.content.decode()
    stale = client.post("/journeys/bulk", {**chosen, "what": "pause", "confirmed": "3", "reason": "x"})
    assert "2 journeys now, not 3" in stale.content.decode()
    path = run(client, **chosen, what="pause", confirmed="2", reason="moving house")
    page = text(client, path)
    assert "1 of 2 journeys done" in page
    assert "1 refused" in page
    assert "This journey is paused. Only an open journey can be paused." in page
    assert queries.journey_view(world.mara, acme).state == "paused"
    answer = client.post(f"{path}/undo")
    while jobs.carry_on_bulk():
        pass
    assert "1 of 1 journey done" in text(client, answer["Location"])
    assert queries.journey_view(world.mara, acme).state == "open"
    assert queries.journey_view(world.mara, globex).state == "paused"
    assert client.post(f"{path}/undo").status_code == 409
    assert signed_in(world.tomas).get(path).status_code == 404
    assert signed_in(world.viewer).post("/journeys/bulk", {**chosen, "what": "pause"}).status_code == 403


def owner_of(world: Cast, journey: UUID) -> str:
    owner = queries.journey_view(world.mara, journey).owner
    return owner.name if owner else ""


def test_all_that_match_get_another_owner_and_get_theirs_back(world: Cast) -> None:
    acme, globex = won(world), won(world, world.globex)
    client = signed_in(world.mara)
    path = run(client, what="owner", all="1", query="?by=me", confirmed="2", person=world.tomas.id)
    assert [owner_of(world, one) for one in (acme, globex)] == ["Tomas", "Tomas"]
    view = queries.journey_view(world.mara, globex)
    journeys.fill_role(actor=world.mara, journey_id=view.id, role="csm", person=f"user:{world.admin.id}")
    answer = client.post(f"{path}/undo")
    while jobs.carry_on_bulk():
        pass
    page = text(client, answer["Location"])
    assert "Somebody else has been named since." in page
    assert owner_of(world, acme) == "Mara"
    assert owner_of(world, globex) == "Ada"


def test_a_reminder_goes_to_who_holds_what_is_waited_for_and_once_a_day(world: Cast) -> None:
    acme, globex = won(world), won(world, world.globex)
    set_up(world, acme)
    insights.rebuild(actor=SYSTEM)
    client = signed_in(world.mara)
    before = Message.objects.count()
    chosen = {"journey": [format_id("jny", acme), format_id("jny", globex)], "query": "", "what": "nudge"}
    ask = client.post("/journeys/bulk", chosen).content.decode()
    assert "The mail to Dana" in ask
    assert "One gets a mail, the other waits for nothing" in ask
    assert ">Send for 1 journey</button>" in ask
    nobody = client.post("/journeys/bulk", {**chosen, "journey": chosen["journey"][1:]}).content.decode()
    assert "None gets a mail" in nobody
    assert "Send for" not in nobody, "red when what reaches nobody is offered"
    assert Message.objects.count() == before, "a preview sends nothing"
    path = run(client, **chosen, confirmed="2", words="Hello {person.first_name}, one thing:")
    page = text(client, path)
    assert "Dana gets a mail about “Connect your systems”." in page
    assert "It waits for nothing from its customer." in page
    (mail,) = Message.objects.order_by("-created_at")[: Message.objects.count() - before]
    assert mail.to_name == "Dana"
    assert "Hello Dana, one thing:" in mail.text
    again = run(client, **chosen, confirmed="2", words="Hello again")
    assert "Dana was reminded of it today already." in text(client, again)
    assert "undo" not in text(client, again)


def test_a_row_is_carried_out_once_however_often_a_worker_comes_by(world: Cast) -> None:
    acme = won(world)
    made = insights.begin_bulk(actor=world.mara, what="pause", given={"reason": "x"}, journey_ids=[acme], count=1)
    insights.carry_on(bulk_id=made)
    insights.carry_on(bulk_id=made)
    found = bulk_view(world.mara, made)
    assert (found.done, found.refused, found.state) == (1, 0, "done")


def test_a_fault_of_ours_in_one_journey_does_not_keep_the_others_waiting(
    world: Cast, clock: time_machine.Coordinates
) -> None:
    acme = won(world)
    made = insights.begin_bulk(actor=world.mara, what="pause", given={"reason": "x"}, journey_ids=[acme], count=1)
    Bulk.objects.filter(id=made).update(given={})
    for _ in range(2):
        with pytest.raises(KeyError):
            jobs.carry_on_bulk()
        clock.shift(timedelta(minutes=2))
    assert jobs.carry_on_bulk()
    found = bulk_view(world.mara, made)
    assert (found.state, found.refused) == ("done", 1)
    assert "failed on our side" in found.rows[0].said
    assert queries.journey_view(world.mara, acme).state == "open"
