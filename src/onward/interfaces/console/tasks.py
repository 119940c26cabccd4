"""One task: what it asks for, what is still missing, and saying it is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from onward.accounts import queries as accounts
from onward.identity import queries as identity
from onward.identity.decisions import may
from onward.interfaces.console import talking
from onward.interfaces.console.given import day, edition, moment
from onward.interfaces.console.journey.seen import said_words, task_words
from onward.interfaces.console.shell import say, staff
from onward.interfaces.ui.words import date_words, late_words
from onward.journeys import actions
from onward.journeys import queries as journeys
from onward.kernel.actor import Actor
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal, invalid

Change = Callable[[Actor, UUID, HttpRequest], str]
SHOWN_HERE = {"invalid", "conflict", "stale"}


def page(request: HttpRequest, ref: str) -> HttpResponse:
    """The task's page."""
    return _page(request, ref, None)


def _page(request: HttpRequest, ref: str, refusal: Refusal | None) -> HttpResponse:
    actor = staff(request)
    view = journeys.task_view(actor, parse_id("tsk", ref))
    ours = view.line.side != "theirs"
    contacts = accounts.contacts(actor, account_id=view.account_id)
    users = identity.users(actor, include_revoked=False)
    context = {
        "task": view,
        "line": view.line,
        "path": f"/tasks/{view.line.ref}",
        "journey_path": f"/journeys/{view.journey_ref}",
        "words": task_words(view.line),
        "standing": standing(view.line),
        "live": f"journey:{view.journey_id}",
        "may_change": may(actor, "change", "task"),
        "is_over": view.line.state in {"done", "skipped", "withdrawn"},
        "refusal": refusal,
        "wrong": (refusal.details.get("fields") or {}) if refusal else {},
        "given": request.POST if refusal else {},
        "holders": [(f"user:{user.ref}", user.name) for user in users]
        if ours
        else [(f"contact:{row.ref}", row.name) for row in contacts if not row.revoked_at],
        "everybody": [
            *((f"user:{user.ref}", user.name, "") for user in users),
            *((f"contact:{row.ref}", row.name, view.account_name) for row in contacts if not row.revoked_at),
        ]
        if view.line.kind == "meeting"
        else [],
        "expected": {person.ref for _, person in (*view.must, *view.may) if person},
    }
    status = refusal.status if refusal else 200
    if not request.headers.get("X-Fragment"):
        context["talk"] = talking.of_task(request, actor, view)
    part = "console/_task.html" if request.headers.get("X-Fragment") else "console/task.html"
    return render(request, part, context, status=status)


def _changing(change: Change) -> Callable[[HttpRequest, str], HttpResponse]:
    """A view that does one thing to a task, then shows it again; what can be mended is said on its own page."""

    def view(request: HttpRequest, ref: str) -> HttpResponse:
        actor, task_id = staff(request), parse_id("tsk", ref)
        try:
            words = change(actor, task_id, request)
        except Refusal as refusal:
            if refusal.code in SHOWN_HERE:
                return _page(request, ref, refusal)
            raise
        say(request, words)
        if request.POST.get("back") == "plan":
            journey = journeys.task_view(actor, task_id).journey_ref
            return redirect(f"/journeys/{journey}/plan")
        return redirect(f"/tasks/{ref}")

    return require_POST(view)


def _complete(actor: Actor, task_id: UUID, request: HttpRequest) -> str:
    note = request.POST.get("note", "")
    outcome = actions.complete_task(actor=actor, task_id=task_id, note=note, edition=edition(request))
    return "Done." if outcome == "done" else "You said done; others still have to say so."


def _reopen(actor: Actor, task_id: UUID, request: HttpRequest) -> str:
    actions.reopen_task(actor=actor, task_id=task_id, reason=request.POST.get("reason", ""), edition=edition(request))
    return "Open again, and what rested on it too."


def _skip(actor: Actor, task_id: UUID, request: HttpRequest) -> str:
    actions.skip_task(actor=actor, task_id=task_id, reason=request.POST.get("reason", ""), edition=edition(request))
    return "Left out, with your name and the reason."


def _move(actor: Actor, task_id: UUID, request: HttpRequest) -> str:
    actions.move_task(
        actor=actor,
        task_id=task_id,
        due_at=_new_date(request.POST.get("due_at", "")),
        reason=request.POST.get("reason", ""),
        edition=edition(request),
    )
    return "Moved."


def _new_date(given: str) -> date:
    found = day(given)
    if found is None:
        raise invalid("The new date is missing.", mend="Write it like 2026-03-13.", field="due_at")
    return found


def _assign(actor: Actor, task_id: UUID, request: HttpRequest) -> str:
    person = request.POST.get("person", "")
    if person and not journeys.names_of([person]):
        raise invalid("Nobody is known by that name.", mend="Choose somebody from the list.", field="person")
    actions.assign_task(actor=actor, task_id=task_id, person=person, edition=edition(request))
    return "They have it now." if person else "Back with its role."


def _hold(actor: Actor, task_id: UUID, request: HttpRequest) -> str:
    actions.hold_meeting(
        actor=actor,
        task_id=task_id,
        held_at=moment(request.POST.get("held_at", ""), "The meeting"),
        attended=request.POST.getlist("attended"),
        note=request.POST.get("note", ""),
        even_without=request.POST.get("even_without") == "1",
    )
    return "The meeting is recorded."


def _schedule(actor: Actor, task_id: UUID, request: HttpRequest) -> str:
    actions.schedule_meeting(
        actor=actor, task_id=task_id, starts_at=moment(request.POST.get("starts_at", ""), "The meeting")
    )
    return "The meeting has its time."


def _tick(actor: Actor, task_id: UUID, request: HttpRequest) -> str:
    ticked = request.POST.get("ticked", "1") == "1"
    actions.tick_step(actor=actor, task_id=task_id, step=request.POST.get("step", ""), ticked=ticked)
    return "Ticked." if ticked else "Taken back."


def _answer(actor: Actor, task_id: UUID, request: HttpRequest) -> str:
    view = journeys.task_view(actor, task_id)
    values: dict[str, Any] = {}
    for item in view.form:
        name = f"field.{item.id}"
        values[item.id] = request.POST.getlist(name) if item.type == "choices" else request.POST.get(name, "")
    complete = "later" not in request.POST
    actions.answer_form(actor=actor, task_id=task_id, values=values, complete=complete, edition=edition(request))
    return f"{view.form_title} is filled in." if complete else "Kept; you can go on later."


def standing(line: journeys.TaskLine) -> str:
    """The clause after the task's name: who has it, and how late it is."""
    if line.state in {"done", "skipped", "withdrawn"} or line.waits_for:
        words = task_words(line)
        return f"It {'is' if not line.waits_for or line.state != 'waiting' else ''} {words}.".replace("  ", " ")
    if line.turn != line.side:
        return f"{said_words(line).capitalize()}."
    who = f"{line.person.name} has it" if line.person else f"Nobody has it yet: {line.role_title} is to be named"
    if line.is_late:
        return f"{who}, {late_words(line.days_late)}."
    return f"{who}, until {date_words(line.due_on)}." if line.due_at else f"{who}."


complete = _changing(_complete)
reopen = _changing(_reopen)
skip = _changing(_skip)
move = _changing(_move)
assign = _changing(_assign)
hold = _changing(_hold)
schedule = _changing(_schedule)
tick = _changing(_tick)
answer = _changing(_answer)
