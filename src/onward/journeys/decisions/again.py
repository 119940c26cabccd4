"""A stage that is entered anew: fresh tasks and forms, and the plan's days counted from its new beginning."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from onward.journeys import facts
from onward.journeys.decisions.opening import task_row
from onward.journeys.decisions.readings import Readings
from onward.journeys.decisions.state import Run, StageRow
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.judge import verdict


def enter_again(
    book: Playbook, run: Run, row: StageRow, readings: Readings, now: datetime, new_id: Callable[[], UUID]
) -> facts.StageAgain | None:
    """Enter a stage that is closed another time, when the playbook asks for it; the fact, or None.

    One "yes" asks once: before a further time the condition has to have been otherwise. What lies after the stage
    stays as it is.
    """
    again = book.stage(row.key).again
    if again is None or row.entered_at is None:
        return None
    if verdict(again.when, readings).state != "met":
        row.is_spent = False
        return None
    if row.closed_at is None or row.is_spent or row.cycle >= again.at_most:
        return None
    ended = {
        "entered_at": row.entered_at.isoformat(),
        "closed_at": row.closed_at.isoformat(),
        "how": row.how,
        "due_on": row.due_on.isoformat() if row.due_on else None,
        "checks": row.checks,
    }
    row.past = [*row.past, ended]
    row.cycle, row.is_spent = row.cycle + 1, True
    row.entered_at, row.closed_at, row.how, row.broken_at = now, None, "", None
    row.checks, row.expects = [], []
    _fresh_tasks(book, run, row, new_id)
    return facts.StageAgain(row.key, row.title, row.cycle, again.at_most)


def _fresh_tasks(book: Playbook, run: Run, row: StageRow, new_id: Callable[[], UUID]) -> None:
    """A new turn of each of its tasks. Its forms are asked again: what was said stands in them as a draft."""
    for spec in book.stage(row.key).tasks:
        last = run.task(spec.id)
        if last is not None and not last.is_over:
            last.state, last.how, last.waits_for = "withdrawn", "ended", []
        rank = last.rank if last else len(run.tasks)
        run.tasks.append(task_row(book, spec, run.journey, rank, new_id(), last.cycle + 1 if last else row.cycle))
        if spec.form in run.journey.answers:
            draft = {**run.journey.answers[spec.form], "complete": False}
            run.journey.answers = {**run.journey.answers, spec.form: draft}
