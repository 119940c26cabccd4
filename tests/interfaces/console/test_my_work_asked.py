"""My work of what customers asked, and of those who are called by name."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine

from onward.conversation import actions as conversation
from onward.journeys import actions
from onward.kernel.ids import format_id
from tests.interfaces.console.test_my_work import clock, row, set_up, text, won, world
from tests.world import Cast, signed_in

__all__ = ["clock", "world"]
pytestmark = pytest.mark.django_db


def test_a_customers_question_comes_first_until_it_is_answered(world: Cast, clock: time_machine.Coordinates) -> None:
    journey = won(world)
    set_up(world, journey)
    task = row(world, journey, "connect")
    asked = conversation.write_comment(
        actor=world.dana, journey_id=journey, task_id=task.id, channel="shared", text="Which fields?", question=True
    )
    client = signed_in(world.mara)
    page = text(client)
    assert "Answer Dana: Connect your systems" in page
    assert "Which fields?" in page
    assert "1 customer asked you something" in page
    clock.shift(timedelta(minutes=5))
    path = f"/work/comments/{format_id('cmt', asked)}/answer"
    empty = client.post(path, {"words": " "})
    assert empty.status_code == 422
    assert "The answer is empty." in empty.content.decode()
    page = client.post(path, {"words": "Name and region."}, follow=True).content.decode()
    assert "Dana has your answer." in page
    assert "Which fields?" not in page
    again = client.post(path, {"words": "Once more."})
    assert again.status_code == 409
    assert "This question is answered already." in again.content.decode()


def test_what_a_customer_who_left_had_asked_is_nobodys_first_task(world: Cast) -> None:
    journey = won(world)
    conversation.write_comment(
        actor=world.dana, journey_id=journey, channel="shared", text="Which fields?", question=True
    )
    client = signed_in(world.mara)
    assert "Answer Dana: Acme Freight" in text(client)
    assert "They wait for an answer" in text(client, f"/journeys/{format_id('jny', journey)}")
    assert "They wait for an answer" in text(client, f"/accounts/{format_id('acc', world.acme)}")
    actions.cancel_journey(actor=world.mara, journey_id=journey, reason="They were bought.")
    assert "Answer Dana" not in text(client)
    assert "They wait for an answer" not in text(client, f"/journeys/{format_id('jny', journey)}")
    assert "1 journey</a>: it was cancelled." in text(client, f"/accounts/{format_id('acc', world.acme)}")


def test_a_call_by_name_stands_there_until_it_is_read(world: Cast) -> None:
    journey = won(world)
    path = f"/journeys/{format_id('jny', journey)}/comments"
    sent = {"text": f"@[Tomas](user:{world.tomas.id}) look at this", "channel": "internal", "shown": "internal"}
    told = signed_in(world.mara).post(path, sent, follow=True).content.decode()
    assert "The note is kept, for us alone. Tomas is told." in told
    page = text(signed_in(world.tomas))
    assert '<a href="#first">1 mention waits</a>' in page
    assert "Begin with what Mara wrote." in page
    assert "Read what Mara wrote: Acme Freight" in page, "nothing else is to be done"
    assert "Mara mentioned you" in page
    there = re.search(r'href="(/journeys/jny_\w+/conversation\?to=internal)#cmt', page)
    assert there, "what was said among us is answered so"
    assert "mentioned you" not in text(signed_in(world.viewer))
    conversation.see_mentions(actor=world.tomas, journey_id=journey)
    assert "mentioned you" not in text(signed_in(world.tomas))
