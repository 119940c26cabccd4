"""The success plan at the customer's door: read, answered, changed by a proposal of their own, its evidence kept."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onward.foundation.throttle import allow
from onward.interfaces.portal import success_pages as pages
from onward.interfaces.portal.who import Visitor, contacts_only, say
from onward.interfaces.ui import proposing
from onward.interfaces.ui.evidence import evidence_pack
from onward.interfaces.ui.given import is_agreed, number, version
from onward.interfaces.ui.success import shown
from onward.journeys import actions, queries
from onward.journeys.queries import JourneyView
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal, not_found

ATTEMPTS_A_DAY = 60


@require_safe
@contacts_only
def plan(request: HttpRequest, visitor: Visitor, journey: str) -> HttpResponse:
    """What both sides agreed to reach, how far it is, and what waits for an answer."""
    return pages.success(request, visitor, _view(visitor, journey))


@require_http_methods(["GET", "HEAD", "POST"])
@contacts_only
def proposal(request: HttpRequest, visitor: Visitor, journey: str) -> HttpResponse:
    """The form of a change; what is refused is said at its fields."""
    view = _view(visitor, journey)
    seen = shown(visitor.actor, view, may_sign=True)
    if request.method != "POST":
        fields = proposing.offered(seen, view.owner.ref if view.owner else "")
        return pages.proposal(request, visitor, view, fields, refusal=proposing.hindrance(seen))
    fields = proposing.sent(request)
    try:
        if not allow("portal:plan", visitor.ref, ATTEMPTS_A_DAY, 24 * 3600):
            raise Refusal("throttled", "You have proposed a lot today.", mend="Go on tomorrow, or call us.")
        made = actions.propose_plan(
            actor=visitor.actor,
            journey_id=view.id,
            objectives=proposing.wanted(fields),
            note=request.POST.get("note", ""),
            after=proposing.after(request),
        )
    except Refusal as refusal:
        if refusal.code not in {"invalid", "conflict", "stale", "throttled", "forbidden"}:
            raise
        return pages.proposal(request, visitor, view, proposing.told(fields, refusal), refusal=refusal)
    words = f"Version {made} is proposed. {visitor.vendor} answers it here."
    return say(_back(view), words)


@require_POST
@contacts_only
def answer(request: HttpRequest, visitor: Visitor, journey: str) -> HttpResponse:
    """Agree by name, or say what should be different."""
    view, agreed = _view(visitor, journey), is_agreed(request)
    try:
        actions.answer_plan(
            actor=visitor.actor,
            journey_id=view.id,
            number=version(request),
            agreed=agreed,
            words=request.POST.get("words", ""),
        )
    except Refusal as refusal:
        if refusal.code not in {"invalid", "conflict", "forbidden"}:
            raise
        return pages.success(request, visitor, view, refusal=refusal)
    return say(
        _back(view), "You agreed. It stands from now on." if agreed else f"{visitor.vendor} reads what you wrote."
    )


@require_POST
@contacts_only
def withdraw(request: HttpRequest, visitor: Visitor, journey: str) -> HttpResponse:
    """Take back what one's own side proposed."""
    view = _view(visitor, journey)
    try:
        actions.withdraw_plan(actor=visitor.actor, journey_id=view.id, number=version(request))
    except Refusal as refusal:
        if refusal.code not in {"conflict", "forbidden"}:
            raise
        return pages.success(request, visitor, view, refusal=refusal)
    return say(_back(view), "It is taken back.")


@require_POST
@contacts_only
def reading(request: HttpRequest, visitor: Visitor, journey: str, objective: str) -> HttpResponse:
    """Say how far an objective is."""
    view = _view(visitor, journey)
    found = next((one for one in view.objectives if one.id == parse_id("obj", objective)), None)
    if found is None:
        raise not_found("objective", objective[:40])
    try:
        value = number(request.POST.get("value", "").strip().removesuffix("%"), "The figure")
        note = request.POST.get("note", "")
        actions.measure_objective(actor=visitor.actor, objective_id=found.id, value=value, note=note)
    except Refusal as refusal:
        if refusal.code != "invalid":
            raise
        return pages.success(request, visitor, view, refusal=refusal)
    return say(_back(view), f"Noted: {found.outcome}.")


@require_safe
@contacts_only
def evidence(request: HttpRequest, visitor: Visitor, journey: str) -> HttpResponse:
    """The evidence pack of their own plan."""
    return evidence_pack(visitor.actor, _view(visitor, journey).id)


def _view(visitor: Visitor, journey: str) -> JourneyView:
    return queries.journey_view(visitor.actor, parse_id("jny", journey))


def _back(view: JourneyView) -> HttpResponse:
    return HttpResponseRedirect(f"/portal/journeys/{view.ref}/success")
