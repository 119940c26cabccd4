"""The review of the onboarding: achievements, the next goal, where help is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from onward.interfaces.portal import pages
from onward.interfaces.portal.who import Visitor, contacts_only, page
from onward.journeys import queries
from onward.journeys.queries import JourneyView
from onward.kernel.ids import parse_id


@require_safe
@contacts_only
def show(request: HttpRequest, visitor: Visitor, journey: str) -> HttpResponse:
    """The document, as the vendor's people see it too."""
    return review_page(request, visitor, queries.journey_view(visitor.actor, parse_id("jny", journey)))


def review_page(request: HttpRequest, visitor: Visitor, view: JourneyView) -> HttpResponse:
    """The page, also for colleagues in a preview."""
    context = {
        "view": view,
        "agreed": queries.document_answers(visitor.actor, view.id, queries.REVIEW),
        "helpers": [(one.name, one.does, one.mail) for one in pages.team_here(visitor, view)[:3]],
    }
    return page(request, visitor, "portal/review.html", context, current="home", journey=view)
