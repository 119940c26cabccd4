"""What people do with tasks. Each changes the task's own row; stages and milestones follow by automation."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from onward.accounts import queries as accounts
from onward.foundation.actions import act, action, record
from onward.foundation.ledger import stream_of, touch
from onward.journeys import facts
from onward.journeys.actions.changing import changing_task, known_person, past, stream_by, text
from onward.journeys.actions.dates import refuse_fixed
from onward.journeys.actions.saying import refuse_if_blocked, refuse_if_over, say_done
from onward.journeys.decisions.answers import checked_answers, is_complete
from onward.journeys.decisions.attendance import absent
from onward.journeys.decisions.by_hand import metrics_read
from onward.journeys.decisions.known import keeping, with_values
from onward.journeys.decisions.saying import open_points
from onward.journeys.queries.calendars import doers_calendar
from onward.journeys.queries.known import prefilled
from onward.journeys.queries.views import role_title
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import conflict, invalid, not_found
from onward.playbooks import queries as playbooks


@action(stream_by("task_id"))
def reopen_task(*, actor: Actor, task_id: UUID, reason: str = "", edition: int | None = None) -> None:
    """Take "done" back. What rested on it opens again in the drain that follows."""
    with changing_task(actor, task_id, "reopen", edition=edition) as (run, task):
        if task.state not in {"done", "skipped"}:
            raise conflict(f"“{task.title}” is not done.", mend="Somebody may have reopened it already.")
        if actor.is_contact and task.side == "ours":
            raise conflict("This was our part to do.", mend="Ask us in the task, and we open it again.")
        reason = text(reason, "The reason", required=False)
        task.state, task.done_at, task.done_by, task.how = "open", None, "", ""
        task.for_them, task.reported, task.held_at, task.attended, task.asked_by = False, {}, None, [], ""
        task.edition += 1
        record(facts.TaskReopened(task.key, task.id, task.title, task.stage, reason), journey=run.journey.id)


@action(stream_by("task_id"))
def skip_task(*, actor: Actor, task_id: UUID, reason: str, edition: int | None = None) -> None:
    """Leave a task out, by name and with a reason; criteria that ask for it stay unmet."""
    with changing_task(actor, task_id, "skip", edition=edition) as (run, task):
        refuse_if_over(task)
        task.note = text(reason, "The reason")
        task.state, task.how, task.done_by = "skipped", "skipped", actor.ref
        task.edition += 1
        record(facts.TaskSkipped(task.key, task.id, task.title, task.note), journey=run.journey.id)


@action(stream_by("task_id"))
def move_task(
    *, actor: Actor, task_id: UUID, due_at: datetime | date, reason: str = "", edition: int | None = None
) -> None:
    """Set a due date by hand; a plain day ends where its doer is. A promise (`within`) cannot be moved."""
    with changing_task(actor, task_id, "move", edition=edition) as (run, task):
        refuse_if_over(task)
        refuse_fixed(task)
        calendar = doers_calendar(playbooks.version(run.journey.version_id), run, task)
        at = due_at if isinstance(due_at, datetime) else calendar.end_of(due_at)
        if at.tzinfo is None:
            raise invalid("The date needs a time zone.", mend="Write it like 2026-03-13T17:00:00Z.")
        on = calendar.day_of(at)
        reason = text(reason, "The reason", required=False)
        record(facts.TaskMoved(task.key, task.id, task.title, task.due_at, at, reason, on), journey=run.journey.id)
        task.due_at, task.due_on, task.due_by_hand, task.due_follows = at, on, True, False
        task.due_why = f"set by {actor.name}" + (f": {reason}" if reason else "")
        task.edition += 1


@action(stream_by("task_id"))
def assign_task(*, actor: Actor, task_id: UUID, person: str, edition: int | None = None) -> None:
    """Give a task to one person ("user:usr_..." or "contact:con_..."), or back to its role with ""."""
    with changing_task(actor, task_id, "assign", edition=edition) as (run, task):
        before, task.person = task.person, known_person(run.journey.account_id, person) if person else ""
        task.edition += 1
        record(facts.OwnerChanged(f"task.{task.key}", before or None, person or None), journey=run.journey.id)


@action(stream_by("task_id"))
def give_task(*, actor: Actor, task_id: UUID, contact_id: UUID) -> str:
    """A contact hands a task of their side to a colleague who may enter the portal; the colleague's name."""
    person = f"contact:{format_id('con', contact_id)}"
    with changing_task(actor, task_id, "give") as (run, task):
        if task.side == "ours":
            raise conflict(f"“{task.title}” is ours to do.", mend="Ask us in the task when it takes too long.")
        refuse_if_over(task)
        found = accounts.contacts_by_ids(SYSTEM, [contact_id]).get(contact_id)
        if found is None or found.account_id != run.journey.account_id or found.revoked_at is not None:
            raise invalid(
                "Choose one of your colleagues.", mend="Invite them on the People page first.", field="person"
            )
        if task.person != person:
            before, task.person = task.person, person
            task.edition += 1
            record(facts.OwnerChanged(f"task.{task.key}", before or None, person), journey=run.journey.id)
        return found.name


@action(stream_by("task_id"))
def hold_meeting(
    *, actor: Actor, task_id: UUID, held_at: datetime, attended: list[str], note: str = "", even_without: bool = True
) -> None:
    """Record that a meeting took place and who came; missing required roles are named in the fact.

    Nobody at all is no meeting. With `even_without=False` a missing required role is refused, so that a page can ask
    once more.
    """
    with changing_task(actor, task_id, "hold") as (run, task):
        if task.kind != "meeting":
            raise invalid(f"“{task.title}” is not a meeting.", mend="Say done instead.")
        refuse_if_over(task)
        task.held_at = past(held_at, "The meeting")
        task.attended = sorted({known_person(run.journey.account_id, ref) for ref in attended})
        task.note = text(note, "The note", required=False) or task.note
        task.edition += 1
        if not task.attended:
            raise invalid(
                "Nobody was there.",
                mend="Say who came; with nobody it was not held.",
                fields={"attended": "Choose at least one."},
            )
        book = playbooks.version(run.journey.version_id)
        missing = absent(book, run, task)
        if missing and not even_without:
            titles = ", ".join(role_title(book, role) for role in missing)
            raise invalid(
                f"Who had to be there is not among those who came: {titles}.",
                mend="Add them, or say that the meeting counts without them.",
                fields={"attended": f"Missing: {titles}."},
            )
        record(
            facts.MeetingHeld(task.key, task.id, task.title, task.held_at, task.attended, missing),
            journey=run.journey.id,
            occurred_at=task.held_at,
        )


@action(stream_by("task_id"))
def schedule_meeting(*, actor: Actor, task_id: UUID, starts_at: datetime, edition: int | None = None) -> None:
    """Choose when a meeting takes place; its invite goes out once this is known."""
    with changing_task(actor, task_id, "schedule", edition=edition) as (run, task):
        if task.kind != "meeting":
            raise invalid(f"“{task.title}” is not a meeting.", mend="Set its due date instead.")
        refuse_if_over(task)
        if starts_at.tzinfo is None:
            raise invalid("The time needs a time zone.", mend="Write it like 2026-03-13T10:00:00Z.")
        record(
            facts.TaskMoved(task.key, task.id, task.title, task.starts_at, starts_at, "time chosen"),
            journey=run.journey.id,
        )
        task.starts_at = starts_at
        task.edition += 1


@action(stream_by("task_id"))
def answer_form(
    *, actor: Actor, task_id: UUID, values: dict[str, Any], complete: bool = True, edition: int | None = None
) -> None:
    """Fill in the form of a task. With `complete` all required fields must be there; a form task is then done."""
    with changing_task(actor, task_id, "fill", edition=edition) as (run, task):
        book = playbooks.version(run.journey.version_id)
        form_id = book.task(task.key).form if task.is_written else ""
        if not form_id:
            raise not_found("form in the task", task.title)
        refuse_if_over(task)
        refuse_if_blocked(run, task, actor)
        form = book.find("form", form_id)
        fresh = checked_answers(form, values, by_contact=actor.is_contact)
        origins = {item.id: prefilled(run, item.prefill) for item in form.fields if item.prefill and item.id in fresh}
        known = run.journey.answers.get(form_id, {})
        answer = with_values(known, fresh, actor.ref, act().now, origins)
        whole = complete and is_complete(form, answer["values"], complain=complete)
        answer |= {"by": actor.ref, "at": act().now.isoformat(), "complete": whole}
        run.journey.answers = keeping(book, {**run.journey.answers, form_id: answer})
        task.edition += 1
        record(facts.FormAnswered(form_id, sorted(values), whole), journey=run.journey.id)
        if whole and task.kind == "form" and not open_points(book, run, task):
            say_done(book, run, task, actor)


@action(stream_by("task_id"))
def tick_step(*, actor: Actor, task_id: UUID, step: str, ticked: bool = True) -> None:
    """Tick one line of a task, or take the tick back."""
    with changing_task(actor, task_id, "complete") as (run, task):
        refuse_if_over(task)
        book = playbooks.version(run.journey.version_id)
        known = {item.id for item in book.task(task.key).steps} if task.is_written else set()
        if step not in known:
            raise not_found("step", step[:40])
        task.steps = sorted({*task.steps, step}) if ticked else [item for item in task.steps if item != step]
        task.edition += 1
        if f"task.{task.key}.steps_left" in metrics_read(book):
            touch([stream_of(run.journey.account_id)])
