"""A deal that reaches the team long after its signature, for an account that nobody owns yet."""

from __future__ import annotations

from datetime import timedelta

from onward.engagement import queries as engagement
from onward.kernel.actor import SYSTEM
from tests.stories.doors import Doors


def begun_late(doors: Doors) -> None:
    doors.day(40)
    contacts = {"Dana": ["champion"], "Piet": ["project_owner"], "Olga": ["sponsor"]}
    doors.sell(amount=72_000, seats=6, contacts=contacts, owner_id=None)


def test_who_drives_the_journey_invites_when_the_account_has_no_owner(doors: Doors) -> None:
    begun_late(doors)
    doors.do("mara", "roles", role="csm", person="")
    doors.do("mara", "task:kickoff/time", starts_at=(doors.signed + timedelta(days=50)).isoformat())
    assert doors.task("invite").state == "open"
    assert "Nobody organizes this meeting. Give the account an owner" in doors.task_page("invite")
    doors.do("mara", "roles", role="csm", person=doors.person("mara"))
    doors.work()
    task = doors.task("invite")
    assert (task.state, task.how, task.note) == ("done", "sent", "In the outbox: no mail server is set up.")
    assert "Mara is now customer success manager." in doors.page()


def test_nobody_is_asked_to_come_to_what_is_over(doors: Doors) -> None:
    begun_late(doors)
    doors.do("mara", "roles", role="csm", person=doors.person("mara"))
    came = [doors.person("mara"), doors.person("piet")]
    doors.do("mara", "task:kickoff/meeting", held_at="2026-03-05", attended=came, even_without="1")
    task = doors.task("invite")
    assert (task.state, task.note) == ("done", "In the outbox: its moment has passed.")
    invites = [row for row in engagement.outbox(SYSTEM) if row.has_invite]
    assert invites
    assert all(row.silent for row in invites)
