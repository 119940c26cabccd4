"""Who else hears of a task that is late, blocked or open for too long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from onward.journeys import facts
from onward.journeys.decisions.saying import also_needed, turn
from onward.journeys.decisions.state import Run, TaskRow
from onward.kernel.fact import Fact
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import DOER, Escalation

#: Nobody of the customer's is reminded of what lies further back: a plan that asks for it from today on begins today.
LATEST = timedelta(days=1)


def escalate(book: Playbook, run: Run, now: datetime) -> Iterator[Fact]:
    """Tell once of each that has lasted as long as its playbook lets it; marked in place. What is put off, and what
    came due before an import, is told of nobody. A day that was moved, or a new block, is told of anew."""
    silent = run.journey.silent_before
    for task, one, at in _due(book, run):
        name = _name(one)
        if at > now:
            if name in task.escalated:
                task.escalated = [each for each in task.escalated if each != name]
            continue
        if name in task.escalated:
            continue
        task.escalated = [*task.escalated, name]
        person = _doer(book, run, task) if one.to == DOER else run.holder_of(one.to)
        is_old = one.to == DOER and person.startswith("contact:") and at < now - LATEST
        if not is_old and (silent is None or at >= silent):
            yield facts.TaskEscalated(task.key, task.id, task.title, one.state, one.after.words, one.to, person, at)


def escalations_ahead(book: Playbook, run: Run) -> list[datetime]:
    """When the next ones come."""
    return [at for task, one, at in _due(book, run) if _name(one) not in task.escalated]


def told_next(book: Playbook, run: Run, task: TaskRow, now: datetime) -> list[tuple[Escalation, str, datetime]]:
    """Who hears of a task, and when, if it stays as it is: each with the person, "" for nobody in that role."""
    if run.journey.state != "open":
        return []
    found = [(one, at) for _, one, at in _due(book, run, [task]) if at > now]
    people = [_doer(book, run, task) if one.to == DOER else run.holder_of(one.to) for one, _ in found]
    return sorted(((one, who, at) for (one, at), who in zip(found, people, strict=True)), key=lambda each: each[2])


def _due(
    book: Playbook, run: Run, tasks: list[TaskRow] | None = None
) -> Iterator[tuple[TaskRow, Escalation, datetime]]:
    for task in run.tasks if tasks is None else tasks:
        if task.is_over or not task.is_written or task.deferred_at:
            continue
        since = {"late": task.due_at, "open": task.opened_at, "blocked": task.blocked_at}
        for one in _rules(book, task):
            if (begun := since[one.state]) is not None:
                yield task, one, begun + one.after.exact


def _rules(book: Playbook, task: TaskRow) -> tuple[Escalation, ...]:
    """Its own, else those of its side in the playbook, which do not hold for what may be left undone."""
    spec = book.task(task.key)
    if spec.escalate is not None:
        return spec.escalate
    if spec.optional:
        return ()
    return book.escalate.ours if turn(book, task.key, task.side, task.reported) == "ours" else book.escalate.theirs


def _doer(book: Playbook, run: Run, task: TaskRow) -> str:
    """Who has to act: the first who has not said done yet, else whoever has the task."""
    left = also_needed(book.task(task.key), task.reported) if task.reported else []
    return next(filter(None, map(run.holder_of, left)), "") or run.doer_of(task)


def _name(one: Escalation) -> str:
    return f"{one.state} {one.after} {one.to}"
