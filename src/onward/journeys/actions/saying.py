"""Saying that a task is done: who may, in whose name, and whose word is still missing."""

from __future__ import annotations

from uuid import UUID

from onward.accounts import queries as accounts
from onward.foundation.actions import act, action, record
from onward.journeys import facts
from onward.journeys.actions.changing import changing_task, known_person, stream_by, text
from onward.journeys.decisions.opening import role_side
from onward.journeys.decisions.saying import also_needed, open_points
from onward.journeys.decisions.state import Run, TaskRow
from onward.journeys.decisions.tasks import close, task_done, told_of, waits_words
from onward.journeys.queries.lines import names_of
from onward.journeys.queries.views import role_title
from onward.kernel.actor import Actor
from onward.kernel.refusals import conflict, forbidden, invalid
from onward.playbooks import queries as playbooks
from onward.playbooks.decisions.definition import Playbook

#: Tasks that a message fulfils.
SENDING = {"mail", "invite", "file"}


@action(stream_by("task_id"))
def complete_task(
    *, actor: Actor, task_id: UUID, note: str = "", asked_by: str = "", edition: int | None = None
) -> str:
    """Say done. "done", or "reported" while others still have to say so too.

    Refuses what still waits for something, and what its kind needs first (a form, a meeting held). Staff may do a
    customer's task for them; the fact and the row say so, and which contact `asked_by` asked for it. What each of a
    group does is said by each for themselves (staff name the person in `asked_by`); it is done once enough have.
    """
    with changing_task(actor, task_id, "complete", edition=edition) as (run, task):
        book = playbooks.version(run.journey.version_id)
        refuse_if_over(task)
        refuse_if_blocked(run, task, actor)
        if missing := open_points(book, run, task):
            raise invalid(f"“{task.title}” is not done yet: {'; '.join(missing)}.", mend="Do that, then say done.")
        task.note = text(note, "The note", required=False) or task.note
        if task.is_written and book.task(task.key).each:
            return _say_own(book, run, task, actor, asked_by)
        task.asked_by = _who_asked(run, task, actor, asked_by)
        return say_done(book, run, task, actor)


def _who_asked(run: Run, task: TaskRow, actor: Actor, asked_by: str) -> str:
    """The contact for whom staff do a task of the customer's; "" when nobody is named."""
    if not asked_by:
        return ""
    if actor.is_contact or task.side != "theirs":
        raise invalid("This task is not done for the customer.", mend="Say done without naming who asked.")
    if not asked_by.startswith("contact:"):
        raise invalid("Only somebody of the customer can ask for that.", mend="Choose one of their people.")
    return known_person(run.journey.account_id, asked_by)


def say_done(book: Playbook, run: Run, task: TaskRow, actor: Actor) -> str:
    now = act().now
    task.for_them = actor.kind != "contact" and task.side == "theirs"
    if task.is_written:
        spec = book.task(task.key)
        roles = _speaks_for(book, run, task, actor)
        if not roles:
            left = " and ".join(_named(book, run, role) for role in also_needed(spec, task.reported))
            raise forbidden(f"“{task.title}” is confirmed by {left}.", mend="Ask them to say so.")
        task.reported = {**task.reported, **{role: now.isoformat() for role in roles}}
        waits = also_needed(spec, task.reported)
        if waits:
            task.edition += 1
            record(facts.TaskReported(task.key, task.id, task.title, waits), journey=run.journey.id)
            return "reported"
    close(task, now, by=actor.ref, how="person")
    record(task_done(task, now), journey=run.journey.id)
    return "done"


def _say_own(book: Playbook, run: Run, task: TaskRow, actor: Actor, person: str) -> str:
    """One of the group has done their part. The look that follows closes the task once enough have."""
    group = role_title(book, task.role)
    me = f"contact:{actor.id}" if actor.is_contact else person
    members = {f"contact:{row.ref}" for row in accounts.contacts_by_role(run.journey.account_id).get(task.role, [])}
    if not me:
        raise invalid("Each does this for themselves.", mend="Choose who has done it.", field="asked_by")
    if me not in members:
        raise invalid(f"This is for each of {group}.", mend=f"Add the person to {group} first.", field="asked_by")
    if me in task.reported:
        raise conflict("This person has said done already.", mend="Nothing is left to do for them.")
    task.reported = {**task.reported, me: act().now.isoformat()}
    task.edition += 1
    record(facts.TaskReported(task.key, task.id, task.title, []), journey=run.journey.id)
    return "reported"


def _named(book: Playbook, run: Run, role: str) -> str:
    """Who holds a role, or the role where nobody does."""
    ref = (run.journey.roles.get(role) or {}).get("person", "")
    return names_of([ref]).get(ref) or role_title(book, role)


def _speaks_for(book: Playbook, run: Run, task: TaskRow, actor: Actor) -> list[str]:
    """The roles in whose name this person's word counts: those they hold, else the missing ones of their side."""
    spec = book.task(task.key)
    wanted = [spec.by, *spec.also, *([spec.confirm] if spec.confirm else [])]
    me = f"{'contact' if actor.is_contact else 'user'}:{actor.id}"
    held = [role for role in wanted if (run.journey.roles.get(role) or {}).get("person") == me]
    if held:
        return held
    side = "theirs" if actor.is_contact else "ours"
    # To confirm is for whoever was named for it; only where nobody was, anyone of that side may.
    kept = {spec.confirm} if spec.confirm and run.journey.roles.get(spec.confirm) else set()
    open_ones = [role for role in wanted if role not in task.reported and role not in kept]
    same = [role for role in open_ones if role_side(book, role) == side]
    if same:
        return same
    # Staff doing a customer's task for them speak for the doer, never for those who have to confirm it.
    return [spec.by] if not actor.is_contact else []


@action(stream_by("task_id"))
def deliver_task(*, actor: Actor, task_id: UUID, note: str = "") -> None:
    """A message of this task went out (or into the outbox): automation says done. Nothing when it is over, or when
    sending is not what it asks for: a reminder does nobody's work."""
    with changing_task(actor, task_id, "complete") as (run, task):
        if not task.is_over and task.kind in SENDING:
            task.note = note or task.note
            close(task, act().now, by=actor.ref, how="sent")
            record(task_done(task, act().now), journey=run.journey.id)


def refuse_if_blocked(run: Run, task: TaskRow, actor: Actor) -> None:
    words = told_of(run, task.waits_for) if actor.is_contact else task.waits_for
    if words:
        raise conflict(f"“{task.title}” cannot be done yet.", mend=f"It {waits_words(words)}.")


def refuse_if_over(task: TaskRow) -> None:
    if task.state == "done":
        raise conflict(f"“{task.title}” is already done.", mend="Reload to see by whom.")
    if task.is_over:
        raise conflict(f"“{task.title}” is not needed any more.", mend="Reopen it if that is wrong.")
