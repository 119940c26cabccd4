"""A step of both sides counts for the side whose turn it still is, in every list alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from onward.foundation.ledger import drain_due, stream_of, touch
from onward.identity.queries import organization
from onward.insights import queries as insights
from onward.insights.actions.auditing import differences
from onward.insights.models import Portfolio
from onward.interfaces.console.work_day import gather
from onward.journeys import actions, queries
from onward.kernel.ids import format_id
from tests.interfaces.console.test_my_work import row, set_up, text, won
from tests.world import SIGNED, SMALL, Cast, cast, publish, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(SIGNED + timedelta(hours=3), tick=False) as travelling:
        yield travelling


@pytest.fixture
def journey(clock: time_machine.Coordinates) -> tuple[Cast, UUID]:
    """Both sides have to say that the systems are connected, and it is late."""
    world = cast()
    kickoff, setup, *more = SMALL.stages
    connect, *others = setup.tasks
    assert connect.id == "connect"
    shared = replace(setup, tasks=(replace(connect, also=("csm",)), *others))
    publish(replace(SMALL, stages=(kickoff, shared, *more)))
    journey_id = won(world)
    set_up(world, journey_id)
    task = row(world, journey_id, "connect")
    assert task.side == "both"
    actions.move_task(
        actor=world.mara, task_id=task.id, due_at=timezone.localdate() + timedelta(days=1), reason="their fair"
    )
    clock.shift(timedelta(days=9))
    touch([stream_of(world.acme)])
    drain_due()
    return world, journey_id


def standing(world: Cast, journey_id: UUID) -> tuple[str, str, int, int]:
    (line,) = insights.portfolio(world.mara).rows
    assert queries.journey_view(world.mara, journey_id).waiting.side == line.waiting_on
    assert not list(differences(timezone.now()))
    return line.waiting_on, line.waiting_what, line.overdue_ours, line.overdue_theirs


def day(world: Cast, scope: str = "all") -> tuple[list[str], list[str]]:
    """What stands under Overdue, with who has it, and under Waiting on customers, with whom to ask."""
    gathered = gather(world.mara, scope, organization(), timezone.now())
    waits = [f"{wait.line.waiting_what}: {wait.contact.name if wait.contact else ''}" for wait in gathered.waits]
    return [f"{item.task.title}: {item.holder}" for item in gathered.urgent], waits


def test_nobody_has_said_done_so_both_are_late_and_it_is_on_our_hands(journey: tuple[Cast, UUID]) -> None:
    world, journey_id = journey
    assert standing(world, journey_id) == ("ours", "Connect your systems", 1, 1)
    assert day(world) == day(world, "mine") == (["Connect your systems: Mara"], [])
    told = signed_in(world.mara).get(f"/journeys/{format_id('jny', journey_id)}").content.decode()
    assert re.search(r"Both sides owe “<a [^>]*>Connect your systems</a>”\.", told), "once, not once a side"


def test_once_we_have_said_done_it_waits_for_the_customer_everywhere(journey: tuple[Cast, UUID]) -> None:
    # red when the row or the lists go by whose task it is
    world, journey_id = journey
    actions.complete_task(actor=world.mara, task_id=row(world, journey_id, "connect").id)
    assert standing(world, journey_id) == ("theirs", "Connect your systems", 0, 1)
    assert day(world) == day(world, "mine") == ([], ["Connect your systems: Dana"])
    page = text(signed_in(world.mara), "/journeys")
    assert "late step" not in page.split("<tbody", 1)[1].replace("1 late step of theirs", "")


def test_once_they_have_said_done_it_is_late_on_our_hands_alone(journey: tuple[Cast, UUID]) -> None:
    world, journey_id = journey
    actions.complete_task(actor=world.dana, task_id=row(world, journey_id, "connect").id)
    assert standing(world, journey_id) == ("ours", "Connect your systems", 1, 0)
    assert day(world) == day(world, "mine") == (["Connect your systems: Mara"], [])


@pytest.mark.parametrize("migration", ["0008_whose_turn", "0009_weighed_together"])
def test_an_upgrade_has_the_worker_look_anew_at_what_was_told_otherwise(
    journey: tuple[Cast, UUID], migration: str
) -> None:
    world, journey_id = journey
    actions.complete_task(actor=world.mara, task_id=row(world, journey_id, "connect").id)
    Portfolio.objects.update(waiting_on="ours", overdue_ours=1, urgency=1)
    with connection.cursor() as run:
        run.execute(import_module(f"onward.insights.migrations.{migration}").LOOK)
    drain_due()
    assert standing(world, journey_id) == ("theirs", "Connect your systems", 0, 1)
