"""Documents and links of contacts: all in one place, handed over, taken away; and a file itself."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST, require_safe

from onward.conversation import actions, queries
from onward.foundation.throttle import allow
from onward.interfaces.portal import pages
from onward.interfaces.portal.conversation import drawn_again
from onward.interfaces.portal.who import Visitor, contacts_only, say
from onward.interfaces.ui.serving import served
from onward.interfaces.ui.talk import hand_over
from onward.journeys import queries as journeys
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal, forbidden

FILES_AN_HOUR = 60


@require_safe
@contacts_only
def file(request: HttpRequest, visitor: Visitor, file: str, name: str) -> HttpResponse:
    """The file, for those of the account that it is shared with."""
    return served(*queries.content_of(visitor.actor, parse_id("fil", file)), name)


@require_safe
@contacts_only
def documents(request: HttpRequest, visitor: Visitor, journey: str) -> HttpResponse:
    """Files and links in one place."""
    return pages.documents(request, visitor, journeys.journey_view(visitor.actor, parse_id("jny", journey)))


@require_POST
@contacts_only
def add_to_journey(request: HttpRequest, visitor: Visitor, journey: str, kind: str) -> HttpResponse:
    """Hand over files or a link with the onboarding as a whole."""
    try:
        said = _hand_over(request, visitor, kind, parse_id("jny", journey), None)
    except Refusal as refusal:
        return drawn_again(request, visitor, refusal, journey=journey, adding=kind)
    return say(HttpResponseRedirect(f"/portal/journeys/{journey}/documents"), said)


@require_POST
@contacts_only
def add_to_task(request: HttpRequest, visitor: Visitor, task: str, kind: str) -> HttpResponse:
    """Hand over files or a link with a task."""
    task_id = parse_id("tsk", task)
    place = journeys.place_of(visitor.actor, task_id=task_id)
    try:
        said = _hand_over(request, visitor, kind, place.journey_id, task_id)
    except Refusal as refusal:
        return drawn_again(request, visitor, refusal, task=task, adding=kind)
    return say(HttpResponseRedirect(f"/portal/tasks/{task}#files"), said)


@require_POST
@contacts_only
def removal(request: HttpRequest, visitor: Visitor, file: str) -> HttpResponse:
    """Take it away; the next page offers to bring it back."""
    file_id = parse_id("fil", file)
    actions.remove_file(actor=visitor.actor, file_id=file_id)
    back = _back(request, queries.file_view(visitor.actor, file_id))
    return say(back, "It is removed.", undo=f"/portal/files/{file}/restoration")


@require_POST
@contacts_only
def restoration(request: HttpRequest, visitor: Visitor, file: str) -> HttpResponse:
    """Bring it back."""
    file_id = parse_id("fil", file)
    actions.restore_file(actor=visitor.actor, file_id=file_id)
    return say(_back(request, queries.file_view(visitor.actor, file_id)), "It is back.")


def _hand_over(request: HttpRequest, visitor: Visitor, kind: str, journey_id: UUID, task_id: UUID | None) -> str:
    if request.POST.get("channel", "shared") != "shared":
        raise forbidden("You cannot add this.", mend="Send it to your team instead.")
    if not allow("portal:files", visitor.ref, FILES_AN_HOUR, 3600):
        raise Refusal("throttled", "You have added a lot in the last hour.", mend="Wait a little, or send a link.")
    return hand_over(visitor.actor, request, kind, journey_id=journey_id, task_id=task_id)


def _back(request: HttpRequest, one: queries.FileView) -> HttpResponse:
    if one.task_id is not None and request.POST.get("at", "task") == "task":
        return HttpResponseRedirect(f"/portal/tasks/{one.task_ref}#files")
    return HttpResponseRedirect(f"/portal/journeys/{format_id('jny', one.journey_id)}/documents")
