"""The review of the onboarding: achievements, the next goal, where help is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from onward.foundation.postgres.door import as_owner
from onward.interfaces.portal import pages
from onward.interfaces.portal.who import Visitor, contacts_only, page
from onward.interfaces.ui import review
from onward.interfaces.ui.document import Section
from onward.journeys import queries
from onward.journeys.queries import JourneyView
from onward.kernel.ids import parse_id


@require_safe
@contacts_only
def show(request: HttpRequest, visitor: Visitor, journey: str) -> HttpResponse:
    """The document, as the vendor's people see it too."""
    return review_page(request, visitor, _view(visitor, journey))


@require_safe
@contacts_only
def file(request: HttpRequest, visitor: Visitor, journey: str) -> HttpResponse:
    """The same as PDF."""
    return review_file(visitor, _view(visitor, journey))


def review_page(request: HttpRequest, visitor: Visitor, view: JourneyView) -> HttpResponse:
    """The page, also for colleagues in a preview."""
    context = {"view": view, "lede": review.lede(view), "sections": _sections(visitor, view)}
    return page(request, visitor, "portal/review.html", context, current="home", journey=view)


def review_file(visitor: Visitor, view: JourneyView) -> HttpResponse:
    """The PDF, also for colleagues in a preview."""
    sections = _sections(visitor, view)
    # The logo is for everybody, and no row of theirs: it is read as on the page of signing in.
    with as_owner():
        head = review.letterhead()
    return review.as_pdf(head, view, sections)


def _sections(visitor: Visitor, view: JourneyView) -> list[Section]:
    agreed = queries.document_answers(visitor.actor, view.id, queries.REVIEW)
    helpers = [(one.name, one.does, one.mail) for one in pages.team_here(visitor, view)[:3]]
    return review.sections(view, agreed, helpers, visitor.practice_url)


def _view(visitor: Visitor, journey: str) -> JourneyView:
    return queries.journey_view(visitor.actor, parse_id("jny", journey))
