"""What of a journey may be put off until after first value, what has to stay, and what is put off already."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from onward.foundation import clock
from onward.journeys.decisions.putting_off import choices
from onward.journeys.queries.lines import People, book_of, task_line, visible_run
from onward.journeys.queries.views import TaskLine
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import not_found


@dataclass(frozen=True, slots=True)
class DeferralRow:
    """`why_not`: what keeps it in the plan; "" for what may be put off, or is."""

    line: TaskLine
    why_not: str


def deferral(actor: Actor, journey_id: UUID) -> list[DeferralRow]:
    """Every task of the plan that is not over, in the plan's order. For colleagues alone."""
    if actor.is_contact:
        raise not_found("journey", format_id("jny", journey_id))
    run = visible_run(actor, journey_id)
    book, now = book_of(run), clock.now()
    people = People(book, run)
    why_not = {one.task.id: one.why_not for one in choices(book, run)}
    return [
        DeferralRow(task_line(book, people, run, row, now), why_not.get(row.id, ""))
        for row in run.tasks
        if row.id in why_not or (row.deferred_at and not row.is_over)
    ]
