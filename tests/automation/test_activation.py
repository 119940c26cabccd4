"""Activation is proven person by person, and dates the milestone that rests on it; what came before day zero proves
nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

import pytest

from onward.foundation import clock, ledger
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.kernel.actor import SYSTEM
from onward.kernel.clock import Span
from onward.playbooks.decisions.definition import Activation, Milestone
from onward.playbooks.decisions.parts import Check, EventSpec, Target
from onward.usage import actions as usage
from tests.usage.sending import forget_processes
from tests.world import SIGNED, SMALL, cast, number, publish

pytestmark = pytest.mark.django_db(transaction=True)

CORE = Activation(
    "core",
    "Core activation",
    "person",
    (
        Check(
            "projects",
            "Two projects",
            actual=number("person.event.project.distinct", "person.event.project.distinct"),
            target=Target("at_least", 2, "2"),
        ),
    ),
    within=Span(14, "d"),
)
BOOK = replace(
    SMALL,
    id="activation",
    events=(EventSpec("project", "Project created", ("Project Created",), distinct="project_id"),),
    measures=(),
    activations=(CORE,),
    milestones=(
        Milestone(
            "first_value",
            "Activated",
            "csm",
            when=number("activation.core.users >= 1", "activation.core.users"),
            first_value=True,
        ),
    ),
)


@pytest.fixture(autouse=True)
def _fresh_pools() -> Iterator[None]:
    """Intake's pool remembers a database that is renewed after each test that commits."""
    forget_processes()
    yield
    forget_processes()


def created(*rows: tuple[str, str, datetime]) -> None:
    """Projects as a file of events; then everything that follows from them."""
    lines = [f"{user},acme,Project Created,{at.isoformat()},{project}" for user, project, at in rows]
    text = "\n".join(["userId,groupId,event,timestamp,project_id", *lines])
    usage.import_events(actor=SYSTEM, content=text.encode())
    while usage.derive():
        pass
    while ledger.drain_due():
        pass


def test_late_events_correct_a_journey_that_has_completed() -> None:
    world = cast()
    stage = replace(SMALL.stages[2], after=())
    book = replace(BOOK, id="short", stages=(stage,), completion=(), forms=())
    with clock.pretend(SIGNED + timedelta(days=40)):
        journey = journeys.open_journey(
            actor=world.mara, account_id=world.acme, version_id=publish(book), signed_at=SIGNED
        )
        day = SIGNED + timedelta(days=1)
        created(("bob", "p1", day), ("bob", "p2", day + timedelta(days=5)))
        view = queries.journey_view(world.mara, journey)
        assert (view.state, view.milestones[0].met_at) == ("completed", day + timedelta(days=5))
        created(("bob", "p3", day + timedelta(days=2)))
        view = queries.journey_view(world.mara, journey)
        assert (view.state, view.milestones[0].met_at) == ("completed", day + timedelta(days=2))


def test_one_person_who_does_it_in_time_activates_the_account() -> None:
    # covers 95, 96
    world = cast()
    with clock.pretend(SIGNED + timedelta(days=40)):
        journey = journeys.open_journey(
            actor=world.mara, account_id=world.acme, version_id=publish(BOOK), signed_at=SIGNED
        )
        day = SIGNED + timedelta(days=1)
        # Ann needs 20 days for two projects: too slow. Bob and Cas share two: neither has two of their own.
        created(("ann", "p1", day), ("ann", "p2", day + timedelta(days=20)), ("bob", "p3", day), ("cas", "p4", day))
        (first,) = queries.journey_view(world.mara, journey).milestones
        assert first.met_at is None
        assert first.verdict["readings"] == {"activation.core.users": 0.0}
        created(("bob", "p5", day + timedelta(days=5)))
        (first,) = queries.journey_view(world.mara, journey).milestones
        assert first.met_at == day + timedelta(days=5)
        # A late event shows that it was earlier still.
        created(("cas", "p6", day + timedelta(days=2)))
        (first,) = queries.journey_view(world.mara, journey).milestones
        assert first.met_at == day + timedelta(days=2)


@pytest.mark.parametrize(("counts_from", "is_met"), [("day_zero", False), ("ever", True)])
def test_a_weeks_window_reaches_no_further_back_than_day_zero(
    counts_from: Literal["day_zero", "ever"], is_met: bool
) -> None:
    # red when an account that used the product long before it signed has first value on the day after
    weekly = number("usage.last_7d.users >= 3", "usage.last_7d.users")
    first = Milestone("first_value", "Three use it each week", "csm", when=weekly, first_value=True)
    book = replace(BOOK, id="weekly", counts_from=counts_from, activations=(), milestones=(first,))
    world = cast()
    with clock.pretend(SIGNED + timedelta(days=1)):
        journey = journeys.open_journey(
            actor=world.mara, account_id=world.acme, version_id=publish(book), signed_at=SIGNED
        )
        day = timedelta(days=1)
        created(("ann", "p1", SIGNED - day), ("bob", "p2", SIGNED - 2 * day), ("cas", "p3", SIGNED + day / 2))
        (row,) = queries.journey_view(world.mara, journey).milestones
        assert bool(row.met_at) is is_met
    with clock.pretend(SIGNED + timedelta(days=3)):
        created(("ann", "p4", SIGNED + 2 * day), ("bob", "p5", SIGNED + 2 * day))
        (row,) = queries.journey_view(world.mara, journey).milestones
        assert row.met_at
