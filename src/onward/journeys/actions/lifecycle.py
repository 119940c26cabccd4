"""Pause, resume, cancel; and what automation writes back after it has looked at a journey."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from onward.foundation.actions import act, action, record
from onward.journeys import facts
from onward.journeys.actions.changing import by_account, changing, past, stream_by, text
from onward.journeys.actions.saving import Before, save
from onward.journeys.decisions.progress import Happened
from onward.journeys.decisions.state import Run
from onward.kernel.actor import Actor
from onward.kernel.refusals import conflict


@action(stream_by("journey_id"))
def pause_journey(*, actor: Actor, journey_id: UUID, reason: str) -> None:
    """Stop the clock: nothing is judged, due or sent until it is resumed."""
    with changing(actor, journey_id, "pause") as run:
        if run.journey.state != "open":
            raise conflict(f"This journey is {run.journey.state}.", mend="Only an open journey can be paused.")
        reason = text(reason, "The reason")
        run.journey.state, run.journey.paused_at, run.journey.next_check_at = "paused", act().now, None
        record(facts.JourneyPaused(reason), journey=journey_id)


@action(stream_by("journey_id"))
def resume_journey(*, actor: Actor, journey_id: UUID) -> None:
    """Go on. Dates stay where they were promised; the days paused are kept for the figures."""
    with changing(actor, journey_id, "resume") as run:
        journey = run.journey
        if journey.state != "paused" or journey.paused_at is None:
            raise conflict(f"This journey is {journey.state}, not paused.", mend="Reload the page.")
        days = (act().now - journey.paused_at).total_seconds() / 86400
        journey.state, journey.paused_at, journey.paused_days = "open", None, journey.paused_days + days
        record(facts.JourneyResumed(int(days)), journey=journey_id)


@action(stream_by("journey_id"))
def cancel_journey(*, actor: Actor, journey_id: UUID, reason: str, at: datetime | None = None) -> None:
    """End it without completion. `at` may lie in the past (an import of history); figures count it as left then."""
    with changing(actor, journey_id, "cancel") as run:
        journey = run.journey
        if journey.state in {"cancelled", "completed"}:
            raise conflict(f"This journey is already {journey.state}.", mend="Nothing is left to cancel.")
        moment = past(at, "The end") if at else act().now
        journey.state, journey.ended_at, journey.next_check_at = "cancelled", moment, None
        journey.end_reason = text(reason, "The reason")
        record(facts.JourneyCancelled(journey.end_reason), journey=journey_id, occurred_at=moment)


@action(by_account)
def apply(*, actor: Actor, account_id: UUID, run: Run, before: Before, happened: Sequence[Happened]) -> bool:
    """Write what automation decided: the rows that moved and the facts; whether anything did."""
    moved = save(run, before)
    for item in happened:
        record(item.fact, journey=run.journey.id, occurred_at=item.at)
    return moved or bool(happened)
