"""A journey that opens only when somebody says yes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID

from onward.journeys import facts
from onward.journeys.decisions.readings import Readings
from onward.journeys.decisions.state import JourneyRow, Run, TaskRow
from onward.journeys.decisions.tasks import close, task_done
from onward.kernel.actor import Actor
from onward.kernel.fact import Fact
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.judge import verdict

KEY = "approve"


def needs_yes(book: Playbook, readings: Readings) -> bool:
    """Whether the playbook wants a yes for this journey; what is not known asks for it."""
    if book.approve is None:
        return False
    return book.approve.when is None or verdict(book.approve.when, readings).state != "not_met"


def may_say_yes(actor: Actor, person: str) -> bool:
    """Who was asked ("user:usr_..."), or an admin; where nobody was found, any manager."""
    if not actor.is_staff:
        return False
    return actor.role == "admin" or (person == f"user:{actor.id}" if person else actor.role == "manager")


def asking_task(book: Playbook, journey: JourneyRow, person: str, now: datetime, new_id: Callable[[], UUID]) -> TaskRow:
    """The task of whoever has to say yes or no: ours alone, and no part of the plan."""
    role = book.approve.by if book.approve else ""
    ids = (new_id(), journey.id, journey.account_id)
    title = f"Say whether {journey.title} may begin"
    row = TaskRow(*ids, KEY, 1, book.stages[0].id, 0, title, "approve", "ours", role, shared=False, required=False)
    row.person, row.state, row.opened_at = person, "open", now
    return row


def open_up(run: Run, now: datetime, *, by: str = "", note: str = "") -> Iterator[Fact]:
    """Let the journey begin, in place: with somebody's yes, or without (`by` "") where none is needed after all."""
    journey = run.journey
    for task in run.tasks:
        if task.kind == "approve" and not task.is_over:
            if by:
                close(task, now, by=by, how="person")
                yield task_done(task, now)
            else:
                task.state, task.how = "withdrawn", "not_needed"
    journey.state, journey.started_at, journey.next_check_at = "open", now, now
    journey.active_at = max(journey.active_at, now)
    if by:
        yield facts.JourneyApproved(note)
    yield opened_fact(journey)


def opened_fact(journey: JourneyRow) -> facts.JourneyOpened:
    """That a journey is open."""
    return facts.JourneyOpened(
        journey.id,
        journey.account_id,
        journey.deal_id,
        journey.playbook,
        journey.version_id,
        journey.signed_at,
        silent=journey.silent_before is not None,
    )
