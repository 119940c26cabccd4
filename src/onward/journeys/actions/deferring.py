"""Putting off what first value does not need."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from onward.foundation.actions import act, action, record
from onward.journeys import facts
from onward.journeys.actions.changing import changing, stream_by
from onward.journeys.decisions.putting_off import choices
from onward.journeys.decisions.state import Run, TaskRow
from onward.kernel.actor import Actor
from onward.kernel.refusals import conflict
from onward.playbooks import queries as playbooks


@action(stream_by("journey_id"))
def defer_tasks(
    *, actor: Actor, journey_id: UUID, task_ids: Collection[UUID] | None = None, deferred: bool = True
) -> list[UUID]:
    """Put off all that first value does not need, or these; with `deferred` False bring them back. Those that moved:
    with their ids the whole is undone.

    Refusal "conflict" when first value needs one that was named, or it cannot wait for another reason.
    """
    with changing(actor, journey_id, "defer") as run:
        rows = _wanted(run, task_ids) if deferred else _put_off(run, task_ids)
        for row in rows:
            row.deferred_at = act().now if deferred else None
            row.edition += 1
        if rows:
            record(facts.TaskDeferred([row.title for row in rows], deferred), journey=journey_id)
        return [row.id for row in rows]


def _wanted(run: Run, task_ids: Collection[UUID] | None) -> list[TaskRow]:
    found = choices(playbooks.version(run.journey.version_id), run)
    if task_ids is None:
        return [one.task for one in found if not one.why_not]
    for one in found:
        if one.task.id in task_ids and one.why_not:
            raise conflict(f"“{one.task.title}” cannot be put off: {one.why_not}.", mend="Move its date instead.")
    return [one.task for one in found if one.task.id in task_ids]


def _put_off(run: Run, task_ids: Collection[UUID] | None) -> list[TaskRow]:
    off = [row for row in run.tasks if row.deferred_at and not row.is_over]
    return [row for row in off if task_ids is None or row.id in task_ids]
