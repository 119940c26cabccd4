"""One task: look at it, fill it in, tick its steps, say done, take that back."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.views.decorators.http import require_POST, require_safe

from onward.engagement.actions.page_views import note_page
from onward.interfaces.portal import pages
from onward.interfaces.portal.steps import agreement, waiting_sentence
from onward.interfaces.portal.who import Visitor, contacts_only, say
from onward.journeys import actions, queries
from onward.journeys.queries import FieldView, TaskView
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal, conflict, forbidden, invalid


@require_safe
@contacts_only
def show(request: HttpRequest, visitor: Visitor, task: str) -> HttpResponse:
    """The task's page."""
    return _draw(request, visitor, parse_id("tsk", task))


@require_POST
@contacts_only
def complete(request: HttpRequest, visitor: Visitor, task: str) -> HttpResponse:
    """Say done; the next page offers to take it back."""
    task_id = parse_id("tsk", task)
    seen = queries.task_view(visitor.actor, task_id)
    try:
        refuse_ours(seen)
        _begun(visitor, seen)
        if seen.line.kind == "sign_off" and not seen.missing and request.POST.get("agreed") != "1":
            words = f"Tick “{agreement(seen)}”, then sign."
            raise invalid("Nothing is signed yet.", mend=words, fields={"agreed": f"Nothing is signed yet. {words}"})
        note = request.POST.get("note", "")[:2000]
        said = actions.complete_task(actor=visitor.actor, task_id=task_id, note=note)
    except Refusal as refusal:
        return _draw(request, visitor, task_id, refusal)
    if said == "reported":
        return say(
            _home(seen.journey_ref), f"{seen.line.title}: you have said it is done. Others still have to say so."
        )
    words = "is signed with your name" if seen.line.kind == "sign_off" else "is done"
    return say(_home(seen.journey_ref), f"{seen.line.title} {words}.", undo=f"/portal/tasks/{task}/reopening")


@require_POST
@contacts_only
def reopen(request: HttpRequest, visitor: Visitor, task: str) -> HttpResponse:
    """Take "done" back."""
    task_id = parse_id("tsk", task)
    seen = queries.task_view(visitor.actor, task_id)
    try:
        reason = request.POST.get("reason", "")[:500] or "taken back"
        actions.reopen_task(actor=visitor.actor, task_id=task_id, reason=reason)
    except Refusal as refusal:
        return _draw(request, visitor, task_id, refusal)
    return say(HttpResponseRedirect(f"/portal/tasks/{task}"), f"It is taken back: {seen.line.title} is open again.")


@require_POST
@contacts_only
def answer(request: HttpRequest, visitor: Visitor, task: str) -> HttpResponse:
    """Keep the form's answers; with "finish" all that is required must be there."""
    task_id = parse_id("tsk", task)
    seen = queries.task_view(visitor.actor, task_id)
    finish = request.POST.get("finish") == "1"
    given = answers(request.POST, seen.form)
    try:
        refuse_ours(seen)
        _begun(visitor, seen)
        actions.answer_form(actor=visitor.actor, task_id=task_id, values=given, complete=finish)
    except Refusal as refusal:
        return _draw(request, visitor, task_id, refusal, given=given)
    if finish and seen.line.kind == "form":
        return say(_home(seen.journey_ref), f"{seen.line.title} is done.", undo=f"/portal/tasks/{task}/reopening")
    return say(HttpResponseRedirect(f"/portal/tasks/{task}"), "Your answers are kept.")


@require_POST
@contacts_only
def step(request: HttpRequest, visitor: Visitor, task: str, step: str) -> HttpResponse:
    """Tick one line, or take the tick back."""
    task_id = parse_id("tsk", task)
    queries.task_view(visitor.actor, task_id)
    try:
        ticked = request.POST.get("ticked") == "1"
        actions.tick_step(actor=visitor.actor, task_id=task_id, step=step[:60], ticked=ticked)
    except Refusal as refusal:
        return _draw(request, visitor, task_id, refusal)
    return HttpResponseRedirect(f"/portal/tasks/{task}#step-{quote(step[:60])}")


def refuse_ours(seen: TaskView) -> None:
    """Refuse what is the vendor's to do, before anything else is said about it."""
    if seen.line.side == "ours":
        raise forbidden(f"“{seen.line.title}” is ours to do.", mend="Ask us in the step when it takes too long.")


def _begun(visitor: Visitor, seen: TaskView) -> None:
    """Refuse what cannot begin yet in words that name no internal work; the action would name everything."""
    if seen.line.state == "waiting":
        view = queries.journey_view(visitor.actor, seen.journey_id)
        waits = waiting_sentence(view, seen.line, visitor.vendor)
        raise conflict(f"“{seen.line.title}” cannot be done yet.", mend=waits)


def answers(posted: QueryDict, form: tuple[FieldView, ...]) -> dict[str, Any]:
    """The posted fields as the action takes them: lists for several choices, None for what was left empty."""
    given: dict[str, Any] = {}
    for field in form:
        if field.type == "choices":
            given[field.id] = [value[:200] for value in posted.getlist(field.id)]
            continue
        text = posted.get(field.id, "").strip()[:10_000]
        given[field.id] = {"yes": True, "no": False}.get(text) if field.type == "yes_no" else text or None
    return given


def _draw(
    request: HttpRequest,
    visitor: Visitor,
    task_id: UUID,
    refusal: Refusal | None = None,
    *,
    given: dict[str, Any] | None = None,
) -> HttpResponse:
    seen = queries.task_view(visitor.actor, task_id)
    view = queries.journey_view(visitor.actor, seen.journey_id)
    if request.method == "GET":
        note_page(actor=visitor.actor, journey_id=view.id, kind="task", task_id=task_id)
    return pages.task(request, visitor, seen, view, refusal=refusal, given=given)


def _home(journey: str) -> HttpResponse:
    return HttpResponseRedirect(f"/portal/journeys/{journey}")
