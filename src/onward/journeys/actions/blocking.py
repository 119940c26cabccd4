"""Saying that a task cannot go on, and that it can again."""

from __future__ import annotations

from uuid import UUID

from onward.foundation.actions import act, action, record
from onward.journeys import facts
from onward.journeys.actions.changing import changing_task, stream_by, text
from onward.journeys.actions.saying import refuse_if_over
from onward.kernel.actor import Actor
from onward.kernel.refusals import conflict


@action(stream_by("task_id"))
def block_task(
    *, actor: Actor, task_id: UUID, reason: str = "", blocked: bool = True, edition: int | None = None
) -> None:
    """Say what keeps a task from going on, or (`blocked` False) that it goes on. Its playbook may tell others of a
    block that lasts."""
    with changing_task(actor, task_id, "complete", edition=edition) as (run, task):
        refuse_if_over(task)
        if blocked == (task.blocked_at is not None):
            said = "is already blocked" if blocked else "is not blocked"
            raise conflict(f"“{task.title}” {said}.", mend="Reload to see how it stands.")
        if blocked:
            task.blocked_at, task.blocked_why = act().now, text(reason, "What blocks it")
            record(facts.TaskBlocked(task.key, task.id, task.title, task.blocked_why), journey=run.journey.id)
        else:
            task.blocked_at, task.blocked_why = None, ""
            record(facts.TaskFreed(task.key, task.id, task.title), journey=run.journey.id)
        task.edition += 1
