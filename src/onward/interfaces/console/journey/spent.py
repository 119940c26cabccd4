"""Hours on pages: those of a task, and those of an account or journey."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from onward.identity.queries import UserRow
from onward.journeys import queries as journeys
from onward.journeys.decisions.hours import hours_words
from onward.kernel.actor import Actor


def spent_on(actor: Actor, task_id: UUID, users: list[UserRow]) -> dict[str, Any]:
    """What console/_task.html needs of a task's hours: its lines, and for whom the actor may log."""
    own = [(f"user:{user.ref}", user.name) for user in users if user.ref == actor.id]
    others = [(f"user:{user.ref}", user.name) for user in users if user.ref != actor.id]
    may_others = actor.role in {"admin", "manager"}
    return {
        "hours": journeys.hours_of_task(actor, task_id),
        "hours_words": hours_words,
        "loggers": own + (others if may_others else []),
    }
