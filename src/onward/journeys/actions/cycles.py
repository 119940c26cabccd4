"""Begin the next cycle of a journey that is complete: another journey, with what the first one leaves to do."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from onward.foundation.actions import act, action, record
from onward.foundation.postgres import new_id
from onward.journeys import facts
from onward.journeys.actions.changing import stream_by
from onward.journeys.actions.opening import open_journey
from onward.journeys.models import Journey, Objective
from onward.journeys.queries.ending import Carried, Goal, carried
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import conflict


@action(stream_by("journey_id"))
def start_next_cycle(
    *,
    actor: Actor,
    journey_id: UUID,
    version_id: UUID,
    deal_id: UUID | None = None,
    signed_at: datetime | None = None,
    title: str = "",
    roles: Collection[str] = (),
    goals: Collection[str] = (),
    people: Mapping[str, str] | None = None,
    shown: Mapping[str, str] | None = None,
) -> UUID:
    """Open the journey that follows on a complete one; its id.

    `roles` are those whose people stay the same where the playbook has them, `goals` the keys of what is taken over,
    as `queries.carried` names both; goals are agreed anew. The rest is as in `open_journey`. Refused while an earlier
    next cycle is under way.
    """
    from_it = carried(actor, journey_id)
    _refuse_unless_over(from_it)
    made = open_journey(
        actor=actor,
        account_id=from_it.account_id,
        version_id=version_id,
        deal_id=deal_id,
        signed_at=signed_at or (None if deal_id else act().now),
        title=title,
        people=people,
        shown=shown,
        carried={one.role: one.person.ref for one in from_it.people if one.role in roles},
        previous_id=journey_id,
    )
    _write(made, from_it.account_id, [goal for goal in from_it.goals if goal.key in goals])
    called = Journey.objects.values_list("title", flat=True).get(id=made)
    record(facts.NextCycleStarted(made, called), journey=journey_id)
    return made


def _refuse_unless_over(before: Carried) -> None:
    if before.state != "completed":
        raise conflict(
            f"{before.title} is not complete: its next cycle cannot begin.",
            mend="Complete it first, or open another journey for the account.",
        )
    running = [one for one in before.following if one.state not in {"completed", "cancelled"}]
    if running:
        raise conflict(
            f"The next cycle has begun already: {running[0].title}.", mend="Go on with that one, or cancel it first."
        )


def _write(journey_id: UUID, account_id: UUID, goals: Iterable[Goal]) -> None:
    """The goals as objectives that nobody has agreed to yet; also of a journey that waits for a yes."""
    for goal in goals:
        row = Objective.objects.create(
            id=new_id(),
            journey_id=journey_id,
            account_id=account_id,
            outcome=goal.outcome,
            due_on=goal.due_on,
            owner_contact_id=goal.owner_contact_id,
            measure=goal.measure,
            written_by=act().actor.ref,
            written_at=act().now,
        )
        owner = format_id("con", goal.owner_contact_id) if goal.owner_contact_id else None
        record(facts.ObjectiveWritten(row.id, goal.outcome, goal.due_on, owner), journey=journey_id)
