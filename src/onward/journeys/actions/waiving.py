"""Letting a criterion pass by name and with a reason, and taking that back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from onward.foundation.actions import act, action, record
from onward.journeys import facts
from onward.journeys.actions.changing import changing, stream_by, text
from onward.journeys.decisions.reopening import reopen_stage
from onward.journeys.decisions.state import Run, StageRow
from onward.kernel.actor import Actor
from onward.kernel.refusals import conflict, not_found

Record = dict[str, Any]


@action(stream_by("journey_id"))
def waive_check(*, actor: Actor, journey_id: UUID, stage: str, check: str, reason: str) -> None:
    """Let a criterion pass by name and with a reason. `stage` "" names a row of the completion checklist."""
    with changing(actor, journey_id, "waive", "criterion") as run:
        row, found = _criterion(actor, run, stage, check)
        if (row is not None and row.closed_at) or run.journey.state == "completed":
            raise conflict("This stage is already closed.", mend="Its proof stays as it was.")
        if found["state"] in {"met", "waived"}:
            raise conflict(f"“{found['title']}” is already {found['state']}.", mend="Nothing is left to waive.")
        reason = text(reason, "The reason")
        waived = {
            **found,
            "state": "waived",
            "since": act().now.isoformat(),
            "sentence": f"Waived by {actor.name}: {reason}",
            "waived_by": actor.ref,
            "reason": reason,
        }
        _put(run, row, waived)
        record(facts.CheckWaived(stage, check, found["title"], reason), journey=journey_id)


@action(stream_by("journey_id"))
def take_back_waiver(*, actor: Actor, journey_id: UUID, stage: str, check: str) -> None:
    """A waived criterion has to be proven after all. A stage that closed over it opens again, unless it is proven by
    now; what has begun since stays begun."""
    with changing(actor, journey_id, "waive", "criterion") as run:
        row, found = _criterion(actor, run, stage, check)
        if found["state"] != "waived":
            raise conflict(f"“{found['title']}” is not waived.", mend="Somebody may have taken it back already.")
        if run.journey.state == "completed":
            raise conflict("This journey is complete.", mend="Its proof stays as it was.")
        kept = {key: value for key, value in found.items() if key not in {"waived_by", "reason"}}
        _put(run, row, {**kept, "state": "not_met", "since": act().now.isoformat(), "sentence": ""})
        record(facts.WaiverTakenBack(stage, check, found["title"]), journey=journey_id)
        if row is not None and row.closed_at:
            for fact in reopen_stage(run, row, f"the waiver of {found['title']} was taken back"):
                record(fact, journey=journey_id)


def _criterion(actor: Actor, run: Run, stage: str, check: str) -> tuple[StageRow | None, Record]:
    row = run.stage(stage) if stage else None
    records = run.journey.checklist if not stage else row.checks if row else []
    found = next((item for item in records if item["id"] == check), None)
    if actor.kind not in {"staff", "key"} or found is None:
        raise not_found("criterion", check[:40])
    return row, found


def _put(run: Run, row: StageRow | None, one: Record) -> None:
    """In place of the criterion of the same id."""
    records = run.journey.checklist if row is None else row.checks
    after = [one if item["id"] == one["id"] else item for item in records]
    if row is None:
        run.journey.checklist = after
    else:
        row.checks = after
