"""The first page, the plan, the people: for contacts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from onward.engagement.actions import note_visit
from onward.engagement.actions.page_views import note_page
from onward.identity import queries as identity
from onward.interfaces.portal import pages, team
from onward.interfaces.portal.people_page import people_page
from onward.interfaces.portal.who import Visitor, contacts_only, page
from onward.interfaces.ui.serving import pictured
from onward.journeys import queries as journeys
from onward.kernel.ids import parse_id
from onward.kernel.refusals import not_found


@require_safe
@contacts_only
def start(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The account's one running journey; a choice where there are several; a word where there is none yet."""
    if visitor.actor.account_id is None:
        raise not_found("account")
    lines = journeys.journeys_of(visitor.actor, visitor.actor.account_id)
    running = [line for line in lines if line.state in {"open", "paused"}] or lines
    if len(running) == 1:
        return HttpResponseRedirect(f"/portal/journeys/{running[0].ref}")
    return page(request, visitor, "portal/choose.html", {"lines": lines}, current="home")


@require_safe
@contacts_only
def home(request: HttpRequest, visitor: Visitor, journey: str) -> HttpResponse:
    """One journey's first page, or (with X-Fragment) the part of it that changes."""
    view = journeys.journey_view(visitor.actor, parse_id("jny", journey))
    if not request.headers.get("X-Fragment"):
        note_visit(actor=visitor.actor)
        note_page(actor=visitor.actor, journey_id=view.id, kind="home")
    return pages.home(request, visitor, view)


@require_safe
@contacts_only
def plan(request: HttpRequest, visitor: Visitor, journey: str) -> HttpResponse:
    """Everything that is shared, by stage."""
    view = journeys.journey_view(visitor.actor, parse_id("jny", journey))
    if not request.headers.get("X-Fragment"):
        note_page(actor=visitor.actor, journey_id=view.id, kind="plan")
    return pages.plan(request, visitor, view)


@require_safe
@contacts_only
def people(request: HttpRequest, visitor: Visitor, journey: str) -> HttpResponse:
    """Who is who, on both sides."""
    view = journeys.journey_view(visitor.actor, parse_id("jny", journey))
    if not request.headers.get("X-Fragment"):
        note_page(actor=visitor.actor, journey_id=view.id, kind="people")
    return people_page(request, visitor, view)


@require_safe
@contacts_only
def photo(request: HttpRequest, visitor: Visitor, user: str) -> HttpResponse:
    """The face of somebody of the vendor's team here."""
    lines = journeys.journeys_of(visitor.actor, visitor.actor.account_id) if visitor.actor.account_id else []
    ours = {one.ref for line in lines for one in team.our_people(journeys.journey_view(visitor.actor, line.id))}
    if f"user:{user}" not in ours:
        raise not_found("picture")
    return pictured(identity.photo(parse_id("usr", user)), request.GET.get("v", ""), is_public=False)


@contacts_only
def nothing(request: HttpRequest, visitor: Visitor, rest: str) -> HttpResponse:
    """Any other address of the portal: that nothing is there is said under the vendor's name."""
    raise not_found("page")
