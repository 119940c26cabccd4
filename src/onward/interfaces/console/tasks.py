"""One task: what it asks for, what is still missing, and saying it is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from markupsafe import Markup

from onward.accounts import queries as accounts
from onward.automation.queries.deciding import goals
from onward.conversation import queries as conversation
from onward.foundation.clock import now
from onward.identity import queries as identity
from onward.identity.decisions import may
from onward.interfaces.console import talking
from onward.interfaces.console.journey import pages
from onward.interfaces.console.journey.deciding import at_task
from onward.interfaces.console.journey.dragging import OPEN
from onward.interfaces.console.journey.early import early_words
from onward.interfaces.console.journey.moving import needs_preview, preview_of
from onward.interfaces.console.journey.plan import Refused
from onward.interfaces.console.journey.seen import clause, held_ahead, planned_words, said_words, task_words
from onward.interfaces.console.journey.spent import spent_on
from onward.interfaces.console.journey.task import story
from onward.interfaces.console.reminding import ask_all, remind_of, told
from onward.interfaces.console.shell import Undo, say, staff
from onward.interfaces.ui.given import day, edition, moment
from onward.interfaces.ui.words import date_words, late_words, today
from onward.journeys import actions
from onward.journeys import queries as journeys
from onward.kernel.actor import Actor
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal, conflict, invalid

Done = tuple[str, Undo | None]
Change = Callable[[Actor, journeys.TaskView, HttpRequest], Done]
SHOWN_HERE = {"invalid", "conflict", "stale"}


def page(request: HttpRequest, ref: str) -> HttpResponse:
    """The task's page; with X-Drawer what a drawer over a list shows of it, with X-Fragment the part that changes."""
    return _page(request, ref, None)


def _page(request: HttpRequest, ref: str, refusal: Refusal | None) -> HttpResponse:
    actor = staff(request)
    view = journeys.task_view(actor, parse_id("tsk", ref))
    ours = view.line.side != "theirs"
    contacts = [row for row in accounts.contacts(actor, account_id=view.account_id) if not row.revoked_at]
    users = identity.users(actor, include_revoked=False)
    theirs = [(f"contact:{row.ref}", row.name) for row in contacts]
    may_remind = view.line.is_with_contact and may(actor, "send", "message")
    planned = held_ahead(view.line, now())
    context = {
        "task": view,
        "line": view.line,
        "path": f"/tasks/{view.line.ref}",
        "journey_path": f"/journeys/{view.journey_ref}",
        "words": task_words(view.line),
        "planned": planned,
        # Most meetings are held as planned; none is on a day that is still to come.
        "held_on": min(timezone.localtime(planned.at).date(), today()) if planned else today(),
        "clause": clause(task_words(view.line)),
        "standing": standing(view.line),
        "live": f"journey:{view.journey_id}",
        "me": f"user:{actor.id}",
        "may_change": may(actor, "change", "task"),
        "may_remind": may_remind,
        "ask_all": _ask_all(view),
        "told": told(actor, view.journey_id, [view.line]).get(view.line.id),
        "asked": conversation.open_questions(actor, journey_id=view.journey_id, limit=5) if may_remind else [],
        "is_over": view.line.state in {"done", "skipped", "withdrawn"},
        "refusal": refusal,
        "wrong": (refusal.details.get("fields") or {}) if refusal else {},
        "given": request.POST if refusal else {},
        # The form that was refused, as its address ends.
        "refused_at": request.path.rpartition("/")[2] if refusal and refusal.code == "invalid" else "",
        "holders": [(f"user:{user.ref}", user.name) for user in users] if ours else theirs,
        "contacts": theirs,
        "everybody": [
            *((f"user:{user.ref}", user.name, "") for user in users),
            *((ref, name, view.account_name) for ref, name in theirs),
        ]
        if view.line.kind == "meeting"
        else [],
        "expected": {person.ref for _, person in (*view.must, *view.may) if person},
        "story": story(view),
        "slips": _slips(actor, view) if view.line.state in OPEN else "",
        **spent_on(actor, view.line.id, users),
    }
    part = "_drawer" if request.headers.get("X-Drawer") else "task"
    if request.headers.get("X-Fragment"):
        part = "_happened" if request.GET.get("part") == "facts" else "_task"
    else:
        context["talk"] = talking.of_task(request, actor, view)
    return render(request, f"console/{part}.html", context, status=refusal.status if refusal else 200)


def _ask_all(view: journeys.TaskView) -> tuple[str, str] | None:
    who = view.line.person
    return ask_all(who.name, who.ref, view.late_with_holder, f"/journeys/{view.journey_ref}") if who else None


def _slips(actor: Actor, view: journeys.TaskView) -> Markup:
    line, found = view.line, goals(actor, view.journey_id)
    return at_task(found, line.key, f"/journeys/{view.journey_ref}", is_late=line.is_late)


def changing(change: Change) -> Callable[[HttpRequest, str], HttpResponse]:
    """A view that does one thing to a task, then shows it (or the plan) again; what can be mended is said there."""

    def view(request: HttpRequest, ref: str) -> HttpResponse:
        actor, task_id = staff(request), parse_id("tsk", ref)
        task, in_plan = journeys.task_view(actor, task_id), request.POST.get("back") == "plan"
        try:
            words, undo = change(actor, task, request)
        except Refusal as refusal:
            if refusal.code not in SHOWN_HERE:
                raise
            if in_plan:
                return pages.page(request, task.journey_ref, "plan", Refused(ref, refusal))
            if request.POST.get("back") == "handoff":
                return pages.page(request, task.journey_ref, "handoff", pages.at_form("waivers", refusal))
            return _page(request, ref, refusal)
        back = request.POST.get("back", "")
        if undo and back in {"plan", "timeline", "handoff"}:
            undo.fields.update(back=back, only=request.POST.get("only", ""))
        say(request, words, undo)
        if back == "journey":
            return redirect(f"/journeys/{task.journey_ref}")
        if back == "handoff":
            return redirect(f"/journeys/{task.journey_ref}/handoff")
        if back == "timeline":
            return redirect(f"/journeys/{task.journey_ref}/timeline#{ref}")
        only = f"?only={quote(request.POST['only'])}" if request.POST.get("only") else ""
        return redirect(f"/journeys/{task.journey_ref}/plan{only}" if in_plan else f"/tasks/{ref}")

    return require_POST(view)


def _complete(actor: Actor, task: journeys.TaskView, request: HttpRequest) -> Done:
    note, asked_by = request.POST.get("note", ""), request.POST.get("asked_by", "")
    outcome = actions.complete_task(
        actor=actor, task_id=task.line.id, note=note, asked_by=asked_by, edition=edition(request)
    )
    title, undo = task.line.title, undo_by(task, "reopening")
    if task.each_needed:
        return f"Noted: one more has done {title}.", None
    if outcome != "done":
        return f"You said that {title} is done; others still have to say so.", undo
    return f"{title} is done{f' for {task.account_name}' if task.line.side == 'theirs' else ''}.", undo


def _reopen(actor: Actor, task: journeys.TaskView, request: HttpRequest) -> Done:
    reason = request.POST.get("reason", "")
    actions.reopen_task(actor=actor, task_id=task.line.id, reason=reason, edition=edition(request))
    return f"{task.line.title} is open again, and what rested on it too.", None


def _skip(actor: Actor, task: journeys.TaskView, request: HttpRequest) -> Done:
    reason = request.POST.get("reason", "")
    actions.skip_task(actor=actor, task_id=task.line.id, reason=reason, edition=edition(request))
    return f"{task.line.title} is left out, with your name and the reason.", undo_by(task, "reopening")


def _defer(actor: Actor, task: journeys.TaskView, request: HttpRequest) -> Done:
    later = request.POST.get("deferred", "1") == "1"
    if not actions.defer_tasks(actor=actor, journey_id=task.journey_id, task_ids=[task.line.id], deferred=later):
        raise conflict(f"{task.line.title} stays where it is.", mend="Reload: somebody may have moved it already.")
    words = f"{task.line.title} is {'put off until after first value' if later else 'back in the plan'}."
    return words, undo_by(task, "deferral", deferred="0" if later else "1")


def _block(actor: Actor, task: journeys.TaskView, request: HttpRequest) -> Done:
    blocked = request.POST.get("blocked", "1") == "1"
    reason = request.POST.get("reason", "")
    actions.block_task(actor=actor, task_id=task.line.id, reason=reason, blocked=blocked, edition=edition(request))
    return f"{task.line.title} is {'blocked, with your reason' if blocked else 'no longer blocked'}.", None


def _move(actor: Actor, task: journeys.TaskView, request: HttpRequest) -> Done:
    title = task.line.title
    if "planned" in request.POST:
        actions.unmove_task(actor=actor, task_id=task.line.id, edition=edition(request))
        return planned_words(title, journeys.task_view(actor, task.line.id).line.due_on), None
    to, reason = _new_date(request.POST.get("due_at", "")), request.POST.get("reason", "")
    is_undo = "undo" in request.POST
    if not reason.strip() and not is_undo:
        raise invalid("The reason is missing.", mend="Say in a few words why it moves.", field="reason")
    actions.move_task(actor=actor, task_id=task.line.id, due_at=to, reason=reason, edition=edition(request))
    said = f"{title} is due on {date_words(to)}.{early_words(actor, task.journey_id, task.line, to)}"
    return said, None if is_undo else undo_by(task, "date", **_date_before(task))


def _date_before(task: journeys.TaskView) -> dict[str, str]:
    before = task.line.due_on
    if before is None or not task.line.due_by_hand:
        return {"planned": "1"}
    return {"due_at": before.isoformat(), "undo": "1"}


def _new_date(given: str) -> date:
    found = day(given)
    if found is None:
        raise invalid("The new date is missing.", mend="Write it like 2026-03-13.", field="due_at")
    return found


def _assign(actor: Actor, task: journeys.TaskView, request: HttpRequest) -> Done:
    person = _called(actor, task, request.POST["who"]) if "who" in request.POST else request.POST.get("person", "")
    names = journeys.names_of([person]) if person else {}
    if person and not names:
        raise invalid("Nobody is known by that name.", mend="Choose somebody from the list.", field="person")
    actions.assign_task(actor=actor, task_id=task.line.id, person=person, edition=edition(request))
    undo = None if "undo" in request.POST else undo_by(task, "person", person=task.own_person, undo="1")
    if not person:
        return f"{task.line.title} is back with its role.", undo
    return f"{names[person]} has {task.line.title} now.", undo


def _called(actor: Actor, task: journeys.TaskView, name: str) -> str:
    """The reference of whoever on the task's side is called so; "" for nobody: back to its role."""
    wanted = " ".join(name.lower().split())
    if not wanted:
        return ""
    if task.line.side == "theirs":
        rows = accounts.contacts(actor, account_id=task.account_id)
        people = [(f"contact:{row.ref}", row.name) for row in rows if not row.revoked_at]
    else:
        people = [(f"user:{row.ref}", row.name) for row in identity.users(actor, include_revoked=False)]
    found = [ref for ref, called in people if " ".join(called.lower().split()) == wanted]
    if len(found) == 1:
        return found[0]
    why = "Several people are called so." if found else f"Nobody on that side is called “{name.strip()[:60]}”."
    raise invalid(why, mend="Choose a name from the list.", field="person")


def _hold(actor: Actor, task: journeys.TaskView, request: HttpRequest) -> Done:
    actions.hold_meeting(
        actor=actor,
        task_id=task.line.id,
        held_at=moment(request.POST.get("held_at", ""), "The meeting"),
        attended=request.POST.getlist("attended"),
        note=request.POST.get("note", ""),
        even_without=request.POST.get("even_without") == "1",
    )
    return "The meeting is recorded.", None


def _schedule(actor: Actor, task: journeys.TaskView, request: HttpRequest) -> Done:
    starts_at = moment(request.POST.get("starts_at", ""), "The meeting")
    actions.schedule_meeting(actor=actor, task_id=task.line.id, starts_at=starts_at)
    on = timezone.localtime(starts_at).date()
    told = f" {task.account_name} sees it on their portal." if task.line.shared else ""
    return f"The meeting has its time.{told}{early_words(actor, task.journey_id, task.line, on)}", None


def _tick(actor: Actor, task: journeys.TaskView, request: HttpRequest) -> Done:
    ticked, step = request.POST.get("ticked", "1") == "1", request.POST.get("step", "")
    actions.tick_step(actor=actor, task_id=task.line.id, step=step, ticked=ticked)
    words = f"Ticked{f' for {task.account_name}' if task.line.side == 'theirs' else ''}." if ticked else "Taken back."
    return words, undo_by(task, "steps", step=step, ticked="0" if ticked else "1")


def _answer(actor: Actor, task: journeys.TaskView, request: HttpRequest) -> Done:
    values: dict[str, Any] = {}
    for item in task.form:
        name = f"field.{item.id}"
        values[item.id] = request.POST.getlist(name) if item.type == "choices" else request.POST.get(name, "")
    complete = "later" not in request.POST
    actions.answer_form(actor=actor, task_id=task.line.id, values=values, complete=complete, edition=edition(request))
    return f"{task.form_title} is filled in." if complete else "Kept; you can go on later.", None


def undo_by(task: journeys.TaskView, what: str, **fields: str) -> Undo:
    return Undo(f"/tasks/{task.line.ref}/{what}", fields)


def standing(line: journeys.TaskLine) -> str:
    """The clause after the task's name: who has it, and how late it is."""
    if line.state in {"done", "skipped", "withdrawn"} or line.waits_for:
        return f"It {clause(task_words(line))}."
    if line.confirm == "now":
        words = task_words(line)
        return f"{words[:1].upper()}{words[1:]}."
    if line.turn != line.side and not line.confirm:
        return f"{said_words(line).capitalize()}."
    if line.each:
        return f"Each of {line.role_title} does it."
    who = f"{line.person.name} has it" if line.person else f"Nobody has it yet: {line.role_title} is to be named"
    if line.is_late and line.due_on:
        return f"{who}, {late_words(line.due_on)}."
    return f"{who}, until {date_words(line.due_on)}." if line.due_at else f"{who}."


def _lock(actor: Actor, task: journeys.TaskView, request: HttpRequest) -> Done:
    locked = request.POST.get("locked", "1") == "1"
    actions.lock_task(actor=actor, task_id=task.line.id, locked=locked, edition=edition(request))
    words = f"{task.line.title} keeps its day, whatever else moves." if locked else f"{task.line.title} may move again."
    return words, undo_by(task, "lock", locked="0" if locked else "1")


def _remind(actor: Actor, task: journeys.TaskView, request: HttpRequest) -> Done:
    return remind_of(actor, task, request), None


complete = changing(_complete)
reopen = changing(_reopen)
skip = changing(_skip)
defer = changing(_defer)
block = changing(_block)
_set_date = changing(_move)
lock = changing(_lock)
assign = changing(_assign)
hold = changing(_hold)
schedule = changing(_schedule)
tick = changing(_tick)
answer = changing(_answer)
remind = changing(_remind)


def move(request: HttpRequest, ref: str) -> HttpResponse:
    """Set another date; where more than this one would move, what follows is shown first."""
    given = request.POST
    shown = given.get("scope") == "only" or "undo" in given
    if request.method == "POST" and given.get("due_at") and given.get("reason", "").strip() and not shown:
        actor = staff(request)
        task = journeys.task_view(actor, parse_id("tsk", ref))
        try:
            to, stale = day(given["due_at"]), edition(request) not in {None, task.line.edition}
            if to and not stale and task.line.state in {"open", "waiting"} and needs_preview(actor, task, to):
                return preview_of(task, to, given["reason"])
        except Refusal as refusal:
            if refusal.code not in SHOWN_HERE:
                raise
    return _set_date(request, ref)
