"""A journey as it would stand right after it is opened, reckoned by what will reckon it then. Nothing is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from onward.accounts import queries as accounts
from onward.automation.queries.snapshot import outside
from onward.foundation import clock
from onward.foundation.postgres import new_id
from onward.identity.decisions import Thing, require
from onward.journeys.decisions.moments import Moments
from onward.journeys.decisions.opening import fresh, opened
from onward.journeys.decisions.progress import advance
from onward.journeys.decisions.readings import Readings
from onward.journeys.queries.holding import known_holders
from onward.kernel.actor import Actor
from onward.playbooks import queries as playbooks


@dataclass(frozen=True, slots=True)
class Reached:
    """A milestone that would count as reached at once, and on which day."""

    key: str
    title: str
    on: date
    first_value: bool


@dataclass(frozen=True, slots=True)
class Beginning:
    """`zero_on`: from which day its days count. `first_value_on`: by when first value is wanted. `late`: how many steps
    would be late at once."""

    today: date
    zero_on: date | None
    first_value_on: date | None
    late: int
    reached: tuple[Reached, ...]


def beginning(
    actor: Actor, account_id: UUID, version_id: UUID, *, deal: accounts.DealRow | None, signed_at: datetime | None
) -> Beginning:
    """What a journey would be that the actor opened now. Roles by load are left open: they move no date."""
    require(actor, "open", Thing("journey", account_id))
    book, now = playbooks.version(version_id), clock.now()
    signed = signed_at or (deal.signed_at if deal else None)
    roles = known_holders(book, account_id, deal, now, by_load={}, chosen={})
    # Whoever has to say yes says it to the plan of that day: it is told as it would be today.
    journey = fresh(
        replace(book, approve=None),
        new_id(),
        account_id,
        version_id,
        now=now,
        signed_at=signed,
        roles=roles,
        deal_id=deal.id if deal else None,
    )
    run = opened(book, journey, new_id)
    world = outside(book, run, now)
    advance(book, run, world, now, new_id)
    day_of = world.ours.day_of
    zero = Moments(book, run, world).at("day_zero")
    first_value = next((row for row in run.milestones if row.first_value), None)
    return Beginning(
        day_of(now),
        day_of(zero) if zero else None,
        first_value.due_on if first_value else None,
        int(Readings(book, run, world, now)["tasks.overdue"]),
        tuple(Reached(row.key, row.title, day_of(row.met_at), row.first_value) for row in run.milestones if row.met_at),
    )
