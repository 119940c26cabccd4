"""Enter the portal in a test, and the journey that is found there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import time_machine
from django.test import Client

from onward.automation import actions as automation
from onward.foundation import ledger, secrets
from onward.identity.actions import contact_link
from onward.identity.models import SignInCode
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.kernel.actor import SYSTEM
from tests.world import Cast


def enter(contact_id: UUID, **given: Any) -> Client:
    """A browser in which this contact is signed in."""
    link = contact_link(actor=SYSTEM, contact_id=contact_id)
    plain = Client()
    plain.post(f"/portal/enter/{link.secret}", {"remember": "1"})
    client = Client(**given)
    client.cookies.update(plain.cookies)
    return client


@contextmanager
def days_after(start: datetime, days: int) -> Iterator[None]:
    """So many days later, what time changes being looked at as a worker does."""
    with time_machine.travel(start + timedelta(days=days), tick=False):
        automation.tick()
        ledger.drain_due()
        yield


def code_for(contact_id: UUID) -> str:
    """Replace the contact's open code, whose digits nobody can read, with one that the test knows."""
    row = SignInCode.objects.filter(contact_id=contact_id, used_at=None).latest("created_at")
    row.digest = secrets.code_digest("407128", row.salt)
    row.save(update_fields=["digest"])
    return "407128"


def opened(world: Cast, account: UUID | None = None, title: str = "") -> UUID:
    return journeys.open_journey(
        actor=world.mara,
        account_id=account or world.acme,
        version_id=world.version,
        signed_at=datetime.now(UTC),
        title=title,
    )


def line(world: Cast, journey: UUID, key: str) -> queries.TaskLine:
    return next(task for task in queries.journey_view(world.mara, journey).tasks if task.key == key)


def kicked_off(world: Cast) -> UUID:
    """A journey whose kickoff call was held, so that the plan waits for Dana's signature."""
    journey = opened(world)
    call = line(world, journey, "call").id
    journeys.fill_role(actor=world.mara, journey_id=journey, role="champion", person=f"contact:{world.dana.id}")
    journeys.pick_measure(
        actor=world.mara, journey_id=journey, milestone="first_value", measure="reports", numbers={"n": 2}
    )
    journeys.answer_form(
        actor=world.mara, task_id=call, values={"go_live": "2026-04-01", "migrate": True, "margin": 3141}
    )
    journeys.hold_meeting(
        actor=world.mara,
        task_id=call,
        held_at=datetime.now(UTC) - timedelta(hours=1),
        attended=[f"contact:{world.dana.id}"],
    )
    return journey


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path, follow=True)
    assert answer.status_code == status
    return answer.content.decode()
