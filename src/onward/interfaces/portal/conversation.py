"""What contacts say: about a task, or about the onboarding as a whole; and how they take it back."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.views.decorators.http import require_POST, require_safe

from onward.conversation import actions, queries
from onward.foundation import mailer
from onward.foundation.throttle import allow
from onward.interfaces.portal import pages, talking
from onward.interfaces.portal.sight import is_asked
from onward.interfaces.portal.who import Visitor, contacts_only, page, say
from onward.interfaces.ui.given import edition
from onward.interfaces.ui.people import calls
from onward.interfaces.ui.talk import write
from onward.journeys import queries as journeys
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal, forbidden

COMMENTS_AN_HOUR = 60


@require_safe
@contacts_only
def conversation(request: HttpRequest, visitor: Visitor, journey: str) -> HttpResponse:
    """All that was said."""
    return pages.conversation(request, visitor, journeys.journey_view(visitor.actor, parse_id("jny", journey)))


@require_POST
@contacts_only
def write_in_journey(request: HttpRequest, visitor: Visitor, journey: str) -> HttpResponse:
    """Say something about the onboarding as a whole."""
    journey_id = parse_id("jny", journey)
    # Who asked for a colleague's link, or to let one in, looks at the colleagues next.
    back = request.POST.get("back")
    try:
        said, first = _write(request, visitor, journey_id, None)
    except Refusal as refusal:
        return drawn_again(request, visitor, refusal, journey=journey)
    talk = f"/portal/journeys/{journey}/conversation"
    if back not in {"people", "invite"}:
        return say(HttpResponseRedirect(f"{talk}#composer"), said)
    whom = first or "Your team"
    said = f"{whom} was asked to send the link. There is nothing more for you to do."
    if back == "invite":
        said = f"{whom} was asked to let them in. Nobody is invited yet: invite them once {whom} has answered."
    return say(HttpResponseRedirect(f"/portal/journeys/{journey}/people#colleagues"), said, more=(talk, "Your message"))


@require_POST
@contacts_only
def write_about_task(request: HttpRequest, visitor: Visitor, task: str) -> HttpResponse:
    """Say or ask something about a task."""
    task_id = parse_id("tsk", task)
    seen = journeys.task_view(visitor.actor, task_id)
    try:
        said, first = _write(request, visitor, seen.journey_id, task_id)
    except Refusal as refusal:
        return drawn_again(request, visitor, refusal, task=task)
    if is_asked(seen.line) and request.POST.get("question") != "1":
        said = f"{first or 'Your team'} has your answer. There is nothing more for you to do here."
    return say(HttpResponseRedirect(f"/portal/tasks/{task}#composer"), said)


@require_safe
@contacts_only
def journey_talk(request: HttpRequest, visitor: Visitor, journey: str) -> HttpResponse:
    """The thread of a journey, or its documents (?part=files), as a live page fetches them again."""
    view = journeys.journey_view(visitor.actor, parse_id("jny", journey))
    wanted = request.GET.get("part", "")
    at = {"files": "documents", "latest": "home"}.get(wanted, "conversation")
    return _fragment(request, visitor, talking.of_journey(request, visitor, view, at, pages.LATEST * (at == "home")))


@require_safe
@contacts_only
def task_talk(request: HttpRequest, visitor: Visitor, task: str) -> HttpResponse:
    """The thread of a task, or its files (?part=files), as a live page fetches them again."""
    seen = journeys.task_view(visitor.actor, parse_id("tsk", task))
    return _fragment(request, visitor, talking.of_task(request, visitor, seen))


@require_safe
@contacts_only
def journey_people(request: HttpRequest, visitor: Visitor, journey: str) -> HttpResponse:
    """Whom one may call: the team of the journey, and one's own colleagues."""
    return JsonResponse({"people": calls(request, visitor.actor, journey_id=parse_id("jny", journey))})


@require_safe
@contacts_only
def task_people(request: HttpRequest, visitor: Visitor, task: str) -> HttpResponse:
    """Whom one may call in what is said about a task."""
    return JsonResponse({"people": calls(request, visitor.actor, task_id=parse_id("tsk", task))})


@contacts_only
def comment(request: HttpRequest, visitor: Visitor, comment: str) -> HttpResponse:
    """GET: where it stands. POST: put it differently; when somebody was faster, both texts."""
    actor, comment_id = visitor.actor, parse_id("cmt", comment)
    if request.method != "POST":
        return _back(request, queries.comment_view(actor, comment_id))
    text = request.POST.get("text", "")
    try:
        actions.edit_comment(actor=actor, comment_id=comment_id, text=text, edition=edition(request))
    except Refusal as refusal:
        if refusal.code != "stale":
            raise
        one = queries.comment_view(actor, comment_id)
        shown = {"refusal": refusal, "one": one, "at": request.POST.get("at", "")}
        return page(request, visitor, "portal/comment.html", shown, current="", status=refusal.status)
    return say(_back(request, queries.comment_view(actor, comment_id)), "It is changed.")


@require_POST
@contacts_only
def removal(request: HttpRequest, visitor: Visitor, comment: str) -> HttpResponse:
    """Take it away; the next page offers to bring it back."""
    comment_id = parse_id("cmt", comment)
    actions.remove_comment(actor=visitor.actor, comment_id=comment_id)
    back = _back(request, queries.comment_view(visitor.actor, comment_id))
    return say(back, "It is removed.", undo=f"/portal/comments/{comment}/restoration")


@require_POST
@contacts_only
def restoration(request: HttpRequest, visitor: Visitor, comment: str) -> HttpResponse:
    """Bring it back."""
    comment_id = parse_id("cmt", comment)
    actions.restore_comment(actor=visitor.actor, comment_id=comment_id)
    return say(_back(request, queries.comment_view(visitor.actor, comment_id)), "It is back.")


@require_POST
@contacts_only
def answer(request: HttpRequest, visitor: Visitor, comment: str) -> HttpResponse:
    """One's own question is answered, or (open=1) still open."""
    comment_id = parse_id("cmt", comment)
    if request.POST.get("open") == "1":
        actions.reopen_question(actor=visitor.actor, comment_id=comment_id)
        said = "Your question is open again."
    else:
        actions.settle_question(actor=visitor.actor, comment_id=comment_id)
        said = "Your question is answered."
    return say(_back(request, queries.comment_view(visitor.actor, comment_id)), said)


def drawn_again(
    request: HttpRequest, visitor: Visitor, refusal: Refusal, *, journey: str = "", task: str = "", adding: str = ""
) -> HttpResponse:
    """The page once more, with what was typed; what cannot be mended there is told on its own."""
    if refusal.code not in {"invalid", "conflict", "throttled"}:
        raise refusal
    talking.refuse(request, refusal, adding)
    if task:
        seen = journeys.task_view(visitor.actor, parse_id("tsk", task))
        view = journeys.journey_view(visitor.actor, seen.journey_id)
        response = pages.task(request, visitor, seen, view)
    else:
        view = journeys.journey_view(visitor.actor, parse_id("jny", journey))
        response = (pages.documents if adding else pages.conversation)(request, visitor, view)
    response.status_code = refusal.status
    return response


def _write(request: HttpRequest, visitor: Visitor, journey_id: UUID, task_id: UUID | None) -> tuple[str, str]:
    """Writes it; what to say of that, and who of the vendor's reads it first ("" where nobody does)."""
    if request.POST.get("channel", "shared") != "shared":
        raise forbidden("You cannot write this.", mend="Send it to your team instead.")
    if not allow("portal:write", visitor.ref, COMMENTS_AN_HOUR, 3600):
        raise Refusal("throttled", "You have written a lot in the last hour.", mend="Wait a little, or call us.")
    said = write(visitor.actor, request, journey_id=journey_id, task_id=task_id, channel="shared")
    place = journeys.place_of(visitor.actor, journey_id=journey_id, task_id=task_id)
    # Whoever does the step reads it first, else who drives the onboarding.
    told = [ref for ref in (place.doer, *queries.audience(place, side="ours")) if ref.startswith("user:")]
    names = journeys.names_of(told)
    first = next((names[ref] for ref in told if ref in names), "")
    by_mail = " and by mail" if mailer.leaves(is_demo=place.is_demo) else ""
    return (f"{first} has it and answers here{by_mail}." if first else said), first


def _fragment(request: HttpRequest, visitor: Visitor, talk: object) -> HttpResponse:
    part = "files" if request.GET.get("part") == "files" else "thread"
    return page(request, visitor, f"portal/_talk_{part}.html", {"talk": talk}, current="")


def _back(request: HttpRequest, one: queries.CommentView) -> HttpResponse:
    if one.task_id is not None and request.POST.get("at", "task") == "task":
        return HttpResponseRedirect(f"/portal/tasks/{one.task_ref}#{one.ref}")
    return HttpResponseRedirect(f"/portal/journeys/{format_id('jny', one.journey_id)}/conversation#{one.ref}")
