"""What is said about journeys and tasks: written, put differently, taken back, answered; and whom one may call."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from onward.conversation import actions, queries
from onward.interfaces.console import talking, tasks
from onward.interfaces.console.journey import pages
from onward.interfaces.console.shell import say, staff
from onward.interfaces.ui.given import edition
from onward.interfaces.ui.people import calls
from onward.interfaces.ui.talk import write
from onward.journeys import queries as journeys
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal


@require_POST
def write_in_journey(request: HttpRequest, ref: str) -> HttpResponse:
    """Say something about the journey as a whole."""
    try:
        words = _write(request, journey_id=parse_id("jny", ref), task_id=None)
    except Refusal as refusal:
        return drawn_again(request, refusal, journey=ref)
    say(request, words)
    return redirect(f"/journeys/{ref}/conversation{_as_before(request)}#composer")


@require_POST
def write_about_task(request: HttpRequest, ref: str) -> HttpResponse:
    """Say something about a task."""
    try:
        task_id = parse_id("tsk", ref)
        place = journeys.place_of(staff(request), task_id=task_id)
        words = _write(request, journey_id=place.journey_id, task_id=task_id)
    except Refusal as refusal:
        return drawn_again(request, refusal, task=ref)
    say(request, words)
    return redirect(f"/tasks/{ref}{_as_before(request)}#composer")


@require_safe
def journey_talk(request: HttpRequest, ref: str) -> HttpResponse:
    """The thread of a journey, or its files (?part=files), as a live page fetches them again."""
    actor = staff(request)
    view = journeys.journey_view(actor, parse_id("jny", ref))
    part = request.GET.get("part", "")
    return _fragment(request, talking.of_journey(request, actor, view, "files" if part == "files" else "journey"))


@require_safe
def task_talk(request: HttpRequest, ref: str) -> HttpResponse:
    """The thread of a task, or its files (?part=files), as a live page fetches them again."""
    actor = staff(request)
    return _fragment(request, talking.of_task(request, actor, journeys.task_view(actor, parse_id("tsk", ref))))


@require_safe
def journey_people(request: HttpRequest, ref: str) -> JsonResponse:
    """Whom one may call in a journey's conversation; ?words= begins their name."""
    return JsonResponse({"people": calls(request, staff(request), journey_id=parse_id("jny", ref))})


@require_safe
def task_people(request: HttpRequest, ref: str) -> JsonResponse:
    """Whom one may call in what is said about a task."""
    return JsonResponse({"people": calls(request, staff(request), task_id=parse_id("tsk", ref))})


def comment(request: HttpRequest, comment: str) -> HttpResponse:
    """GET: where it stands. POST: put it differently; when somebody was faster, both texts."""
    actor, comment_id = staff(request), parse_id("cmt", comment)
    if request.method != "POST":
        return _back(request, queries.comment_view(actor, comment_id))
    text = request.POST.get("text", "")
    try:
        actions.edit_comment(actor=actor, comment_id=comment_id, text=text, edition=edition(request))
    except Refusal as refusal:
        if refusal.code != "stale":
            raise
        one = queries.comment_view(actor, comment_id)
        context = {"refusal": refusal, "one": one, "at": request.POST.get("at", "")}
        return render(request, "console/comment.html", context, status=refusal.status)
    say(request, "It is changed; what it said before is kept.")
    return _back(request, queries.comment_view(actor, comment_id))


@require_POST
def removal(request: HttpRequest, comment: str) -> HttpResponse:
    """Take it away; it can be brought back."""
    actor, comment_id = staff(request), parse_id("cmt", comment)
    actions.remove_comment(actor=actor, comment_id=comment_id)
    say(request, "It is removed; bring it back where it stood.")
    return _back(request, queries.comment_view(actor, comment_id))


@require_POST
def restoration(request: HttpRequest, comment: str) -> HttpResponse:
    """Bring it back."""
    actor, comment_id = staff(request), parse_id("cmt", comment)
    actions.restore_comment(actor=actor, comment_id=comment_id)
    say(request, "It is back.")
    return _back(request, queries.comment_view(actor, comment_id))


@require_POST
def answer(request: HttpRequest, comment: str) -> HttpResponse:
    """A question is answered, or (open=1) still open."""
    actor, comment_id = staff(request), parse_id("cmt", comment)
    if request.POST.get("open") == "1":
        actions.reopen_question(actor=actor, comment_id=comment_id)
        say(request, "The question is open again.")
    else:
        actions.settle_question(actor=actor, comment_id=comment_id)
        say(request, "The question is answered.")
    return _back(request, queries.comment_view(actor, comment_id))


def _write(request: HttpRequest, *, journey_id: UUID, task_id: UUID | None) -> str:
    channel = request.POST.get("channel", "")
    return write(staff(request), request, journey_id=journey_id, task_id=task_id, channel=channel)


def _as_before(request: HttpRequest) -> str:
    """Who reads the next words is who has read these."""
    channel = request.POST.get("channel", "")
    return f"?to={channel}" if channel in {"shared", "internal"} else ""


def drawn_again(
    request: HttpRequest, refusal: Refusal, *, journey: str = "", task: str = "", adding: str = ""
) -> HttpResponse:
    """The page once more, with what was typed; what cannot be mended there is told on its own."""
    if refusal.code not in {"invalid", "conflict"}:
        raise refusal
    talking.refuse(request, refusal, adding)
    response = (
        tasks.page(request, task) if task else pages.page(request, journey, "files" if adding else "conversation")
    )
    response.status_code = refusal.status
    return response


def _fragment(request: HttpRequest, talk: object) -> HttpResponse:
    part = "files" if request.GET.get("part") == "files" else "thread"
    return render(request, f"console/_talk_{part}.html", {"talk": talk})


def _back(request: HttpRequest, one: queries.CommentView) -> HttpResponse:
    # Whoever opens a question means to answer it.
    asked = "?answer=1" if one.is_open and request.method == "GET" else ""
    if one.task_id is not None and request.POST.get("at") != "journey":
        return redirect(f"/tasks/{one.task_ref}{asked}#{one.ref}")
    return redirect(f"/journeys/{format_id('jny', one.journey_id)}/conversation{asked}#{one.ref}")
