"""A date that a person set, given back to the plan."""

from __future__ import annotations

from uuid import UUID

from onward.foundation.actions import action, record
from onward.journeys import facts
from onward.journeys.actions.changing import changing_task, stream_by
from onward.kernel.actor import Actor
from onward.kernel.refusals import conflict


@action(stream_by("task_id"))
def unmove_task(*, actor: Actor, task_id: UUID, edition: int | None = None) -> None:
    """Let the plan say again when a task is due: the look that follows works its date out anew."""
    with changing_task(actor, task_id, "move", edition=edition) as (run, task):
        if task.is_over:
            raise conflict(f"“{task.title}” is not open any more.", mend="Reopen it first.")
        if not task.due_by_hand:
            return
        record(facts.TaskMoved(task.key, task.id, task.title, task.due_at, None, ""), journey=run.journey.id)
        task.due_by_hand = False
        task.edition += 1
