"""The review document of a journey, as both sides read it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onward.identity import queries as identity
from onward.interfaces.console.shell import staff
from onward.interfaces.ui import review
from onward.interfaces.ui.document import Section
from onward.journeys import queries as journeys
from onward.journeys.queries import JourneyView
from onward.kernel.actor import Actor
from onward.kernel.ids import parse_id


@require_safe
def page(request: HttpRequest, ref: str) -> HttpResponse:
    """What was reached, what comes next, where help is."""
    view, sections = _document(staff(request), ref)
    path = f"/journeys/{view.ref}"
    context = {"view": view, "path": path, "lede": review.lede(view), "sections": sections}
    return render(request, "console/journey/review.html", context)


@require_safe
def file(request: HttpRequest, ref: str) -> HttpResponse:
    """The same as PDF."""
    return review.as_pdf(review.letterhead(), *_document(staff(request), ref))


def _document(actor: Actor, ref: str) -> tuple[JourneyView, list[Section]]:
    view = journeys.journey_view(actor, parse_id("jny", ref))
    owner = parse_id("usr", view.owner.ref.removeprefix("user:")) if view.owner else None
    mail = identity.users_by_ids([owner])[owner].mail if owner else ""
    # What their portal shows, too: nothing that is only ours.
    agreed = [row for row in journeys.document_answers(actor, view.id, journeys.REVIEW) if row.is_told]
    does = "looks after them now" if view.state == "completed" else "leads this onboarding"
    helpers = [(view.owner.name, does, mail or "")] if view.owner else []
    return view, review.sections(view, agreed, helpers)
