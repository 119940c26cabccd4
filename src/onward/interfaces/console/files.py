"""Files and links: handed over, taken away, brought back; and a file itself, at an address of its own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from onward.conversation import actions, queries
from onward.interfaces.console.conversation import drawn_again
from onward.interfaces.console.shell import say, staff
from onward.interfaces.ui.serving import served
from onward.interfaces.ui.talk import hand_over
from onward.journeys import queries as journeys
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal


@require_safe
def file(request: HttpRequest, file: str, name: str) -> HttpResponse:
    """The file."""
    return served(*queries.content_of(staff(request), parse_id("fil", file)), name)


@require_POST
def add_to_journey(request: HttpRequest, ref: str, kind: str) -> HttpResponse:
    """Keep files or a link with the journey as a whole."""
    try:
        words = hand_over(staff(request), request, kind, journey_id=parse_id("jny", ref), task_id=None)
    except Refusal as refusal:
        return drawn_again(request, refusal, journey=ref, adding=kind)
    say(request, words)
    return redirect(f"/journeys/{ref}/files")


@require_POST
def add_to_task(request: HttpRequest, ref: str, kind: str) -> HttpResponse:
    """Keep files or a link with a task."""
    try:
        task_id = parse_id("tsk", ref)
        journey_id = journeys.place_of(staff(request), task_id=task_id).journey_id
        words = hand_over(staff(request), request, kind, journey_id=journey_id, task_id=task_id)
    except Refusal as refusal:
        return drawn_again(request, refusal, task=ref, adding=kind)
    say(request, words)
    return redirect(f"/tasks/{ref}#files")


@require_POST
def removal(request: HttpRequest, file: str) -> HttpResponse:
    """Take it away; for thirty days it can be brought back."""
    actor, file_id = staff(request), parse_id("fil", file)
    actions.remove_file(actor=actor, file_id=file_id)
    say(request, "It is removed, and can be brought back for 30 days.")
    return _back(request, queries.file_view(actor, file_id))


@require_POST
def restoration(request: HttpRequest, file: str) -> HttpResponse:
    """Bring it back."""
    actor, file_id = staff(request), parse_id("fil", file)
    actions.restore_file(actor=actor, file_id=file_id)
    say(request, "It is back.")
    return _back(request, queries.file_view(actor, file_id))


def _back(request: HttpRequest, one: queries.FileView) -> HttpResponse:
    if one.task_id is not None and request.POST.get("at") == "task":
        return redirect(f"/tasks/{one.task_ref}#files")
    return redirect(f"/journeys/{format_id('jny', one.journey_id)}/files")
