"""Who else hears of a task that is late, blocked or open for too long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from onward.journeys import facts
from onward.journeys.decisions.state import Run, TaskRow
from onward.kernel.fact import Fact
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import Escalation


def escalate(book: Playbook, run: Run, now: datetime) -> Iterator[Fact]:
    """Tell once of each that has lasted as long as its playbook lets it; marked in place. What is put off, and what
    came due before an import, is told of nobody."""
    silent = run.journey.silent_before
    for task, one, at in _due(book, run):
        name = _name(one)
        if at > now or name in task.escalated:
            continue
        task.escalated = [*task.escalated, name]
        if silent is None or at >= silent:
            person = (run.journey.roles.get(one.to) or {}).get("person", "")
            yield facts.TaskEscalated(task.key, task.id, task.title, one.state, one.after.words, one.to, person, at)


def escalations_ahead(book: Playbook, run: Run) -> list[datetime]:
    """When the next ones come."""
    return [at for task, one, at in _due(book, run) if _name(one) not in task.escalated]


def freed(escalated: list[str]) -> list[str]:
    """What stays marked when a task is no longer blocked: a new block is told of anew."""
    return [name for name in escalated if not name.startswith("blocked ")]


def _due(book: Playbook, run: Run) -> Iterator[tuple[TaskRow, Escalation, datetime]]:
    for task in run.tasks:
        if task.is_over or not task.is_written or task.deferred_at:
            continue
        since = {"late": task.due_at, "open": task.opened_at, "blocked": task.blocked_at}
        for one in book.task(task.key).escalate:
            if (begun := since[one.state]) is not None:
                yield task, one, begun + one.after.exact


def _name(one: Escalation) -> str:
    return f"{one.state} {one.after} {one.to}"
