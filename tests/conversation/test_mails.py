"""Who is told by mail of what was said: the other side, whoever is called, nobody twice within ten minutes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine

from onward.conversation import actions
from onward.engagement.models import Message
from onward.journeys import actions as journeys
from onward.journeys import queries as running
from tests.world import Cast, cast, contact

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Cast:
    return cast()


def journey_of(world: Cast, account: UUID | None = None) -> UUID:
    return journeys.open_journey(
        actor=world.mara,
        account_id=account or world.acme,
        version_id=world.version,
        signed_at=datetime.now(UTC) - timedelta(days=1),
    )


def mails() -> list[tuple[str, str]]:
    rows = Message.objects.filter(once__startswith="talk:").order_by("created_at", "id")
    return [(row.to_name, row.subject) for row in rows]


def test_the_other_side_is_told_and_answers_go_to_the_writer(world: Cast) -> None:
    journey = journey_of(world)
    task = next(row.id for row in running.journey_view(world.mara, journey).tasks if row.key == "connect")
    actions.write_comment(
        actor=world.tomas, journey_id=journey, task_id=task, channel="shared", text="**Region** is enough. {link.task}"
    )
    assert mails() == [("Dana", "Tomas on Connect your systems")]
    mail = Message.objects.get(once__startswith="talk:")
    assert "Region is enough. {link.task}" in mail.text.replace("**", "")
    assert mail.reply_to == "tomas@northwind.example"
    assert "/portal/tasks/tsk_" in mail.text
    assert mail.task is None
    actions.write_comment(actor=world.dana, journey_id=journey, task_id=task, channel="shared", text="Good.")
    assert mails()[1:] == [("Mara", "Dana on Connect your systems (Acme Freight)"), ("Tomas", mails()[-1][1])]


def test_a_note_of_ours_is_told_to_nobody_but_the_called(world: Cast) -> None:
    journey = journey_of(world)
    actions.write_comment(actor=world.mara, journey_id=journey, channel="internal", text="They are unhappy.")
    assert mails() == []
    actions.write_comment(actor=world.mara, journey_id=journey, channel="internal", text="@Tomas, call them.")
    assert mails() == [("Tomas", "Mara on Acme Freight")]
    assert "@Tomas, call them." in Message.objects.get(once__startswith="talk:").text


def test_what_follows_soon_is_one_more_mail_and_held_back(world: Cast) -> None:
    journey = journey_of(world)
    start = datetime.now(UTC)
    for minutes in (0, 1, 2, 3):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            actions.write_comment(actor=world.mara, journey_id=journey, channel="shared", text=f"Line {minutes}.")
    assert mails() == [("Dana", "Mara on your onboarding"), ("Dana", "More from Mara on your onboarding")]
    first, more = Message.objects.filter(once__startswith="talk:").order_by("created_at")
    assert more.due_at == first.created_at + timedelta(minutes=10)
    with time_machine.travel(start + timedelta(minutes=20), tick=False):
        actions.write_comment(actor=world.mara, journey_id=journey, channel="shared", text="Later.")
    assert mails()[2:] == [("Dana", "Mara on your onboarding")]


def test_files_are_told_of_and_colleagues_of_theirs_only_when_called(world: Cast) -> None:
    journey = journey_of(world)
    contact(world.acme, "Frank", "sponsor")
    actions.add_link(
        actor=world.dana, journey_id=journey, channel="shared", url="https://drive.example/1", title="Our assets"
    )
    assert mails() == [("Mara", "Dana added a file to Acme Freight")]
    actions.write_comment(actor=world.dana, journey_id=journey, channel="shared", text="@Frank, look.")
    assert ("Frank", "Dana on your onboarding") in mails()


def test_talking_moves_no_journey(world: Cast) -> None:
    journey = journey_of(world)
    before = running.journey_view(world.mara, journey)
    actions.write_comment(actor=world.mara, journey_id=journey, channel="shared", text="Hello.")
    after = running.journey_view(world.mara, journey)
    assert [task.state for task in before.tasks] == [task.state for task in after.tasks]
