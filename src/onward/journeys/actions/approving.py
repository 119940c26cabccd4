"""Saying yes or no to a journey that waits for it."""

from __future__ import annotations

from uuid import UUID

from onward.foundation.actions import act, action, record
from onward.identity.decisions import Thing, require
from onward.journeys import facts
from onward.journeys.actions.changing import changing, stream_by, text
from onward.journeys.decisions.approving import may_say_yes, open_up
from onward.journeys.queries.lines import names_of
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import conflict, forbidden


@action(stream_by("journey_id"))
def answer_approval(*, actor: Actor, journey_id: UUID, yes: bool, reason: str = "") -> None:
    """Let a journey begin, or not: then it ends with that reason. Only who was asked says so, or an admin; where nobody
    was found, any manager."""
    require(actor, "decide", Thing("journey", ref=format_id("jny", journey_id)))
    with changing(actor, journey_id, "decide") as run:
        task = next((row for row in run.tasks if row.kind == "approve" and not row.is_over), None)
        if run.journey.state != "asked" or task is None:
            raise conflict("This journey waits for nobody's yes.", mend="Reload to see how it stands.")
        if not may_say_yes(actor, task.person):
            who = names_of([task.person]).get(task.person, "a manager")
            raise forbidden(f"Whether this journey may begin is said by {who}.", mend=f"Ask {who}.")
        if yes:
            for fact in open_up(run, act().now, by=actor.ref, note=text(reason, "The note", required=False)):
                record(fact, journey=journey_id)
            return
        said = text(reason, "The reason")
        task.state, task.how, task.note = "skipped", "skipped", said
        run.journey.state, run.journey.ended_at, run.journey.next_check_at = "cancelled", act().now, None
        run.journey.end_reason = f"{actor.name} said no: {said}"
        record(facts.JourneyRefused(said), journey=journey_id)
