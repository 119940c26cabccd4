"""What the vendor knows already: the customer confirms it, or puts it right, instead of being asked again."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST, require_safe

from onward.engagement.actions.page_views import note_page
from onward.interfaces.portal.who import Visitor, contacts_only, page, say
from onward.interfaces.ui.words import plural
from onward.journeys import actions, queries
from onward.journeys.queries import JourneyView
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal

SEEN = "seen."
SHOWN_HERE = {"invalid", "conflict", "stale"}


@require_safe
@contacts_only
def show(request: HttpRequest, visitor: Visitor, journey: str) -> HttpResponse:
    """Each known thing with who said it."""
    view = queries.journey_view(visitor.actor, parse_id("jny", journey))
    note_page(actor=visitor.actor, journey_id=view.id, kind="known")
    return known_page(request, visitor, view)


@require_POST
@contacts_only
def confirm(request: HttpRequest, visitor: Visitor, journey: str) -> HttpResponse:
    """All that was read is right. Said twice it stays said."""
    view = queries.journey_view(visitor.actor, parse_id("jny", journey))
    read = {name.removeprefix(SEEN): str(stamp) for name, stamp in request.POST.items() if name.startswith(SEEN)}
    try:
        count = actions.confirm_answers(actor=visitor.actor, journey_id=view.id, seen=read)
    except Refusal as refusal:
        if refusal.code not in SHOWN_HERE:
            raise
        return known_page(request, visitor, view, refusal)
    words = f"You confirmed {plural(count, 'answer')}." if count else "All of it was confirmed already."
    return say(HttpResponseRedirect(f"/portal/journeys/{view.ref}/known"), words)


@require_POST
@contacts_only
def correct(request: HttpRequest, visitor: Visitor, journey: str) -> HttpResponse:
    """One answer is put right: the fields `answer`, `seen`, and `value` once or more."""
    view = queries.journey_view(visitor.actor, parse_id("jny", journey))
    values: list[Any] = request.POST.getlist("value")
    try:
        actions.correct_answer(
            actor=visitor.actor,
            journey_id=view.id,
            answer=request.POST.get("answer", ""),
            value=values if "several" in request.POST else (values or [""])[0],
            seen=request.POST.get("seen", ""),
        )
    except Refusal as refusal:
        if refusal.code not in SHOWN_HERE:
            raise
        return known_page(request, visitor, view, refusal)
    words = f"{visitor.vendor} reads it as you wrote it."
    return say(HttpResponseRedirect(f"/portal/journeys/{view.ref}/known"), words)


def known_page(
    request: HttpRequest, visitor: Visitor, view: JourneyView, refusal: Refusal | None = None
) -> HttpResponse:
    """The page, also for colleagues in a preview. After a refusal what was typed stays."""
    rows = queries.known_views(visitor.actor, view.id)
    context = {
        "view": view,
        "rows": rows,
        "open": [row for row in rows if row.sure_by is None],
        "may_answer": not visitor.preview and view.state in {"open", "paused", "completed"},
        "refusal": refusal,
        "refused_at": request.POST.get("answer", "") if refusal else "",
        "typed": request.POST.get("value", "") if refusal else None,
    }
    status = refusal.status if refusal else 200
    return page(request, visitor, "portal/known.html", context, current="home", journey=view, status=status)
