"""Move a day and what follows it: decided and written under one lock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from onward.automation.queries.moving import what_follows
from onward.foundation.actions import action
from onward.journeys import actions as journeys
from onward.journeys.actions.changing import stream_by
from onward.journeys.decisions.rescheduling import too_early
from onward.kernel.actor import Actor
from onward.kernel.refusals import conflict


@action(stream_by("journey_id"))
def reschedule(
    *,
    actor: Actor,
    journey_id: UUID,
    days: Mapping[str, date],
    reason: str,
    held: date | None = None,
    along: bool = True,
) -> UUID:
    """Set `days` ("task.connect", "answer.kickoff.go_live"), or let their work rest up to `held`, with all that
    follows; the group by which `undo_moves` takes it back. From a day that cannot be kept nothing else is moved."""
    shifts = what_follows(actor, journey_id, days, held=held, along=along)
    if along and (early := too_early(shifts)) and early.earliest:
        day = early.earliest
        raise conflict(
            f"“{early.title}” cannot be kept before {day:%a} {day.day} {day:%B %Y}, so nothing else moves with it.",
            mend="Move it to that day or a later one, or move only this.",
            earliest=day.isoformat(),
        )
    return journeys.move_days(actor=actor, journey_id=journey_id, shifts=shifts, reason=reason, held=held)
