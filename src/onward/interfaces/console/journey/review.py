"""The review document of a journey, as both sides read it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onward.identity import queries as identity
from onward.interfaces.console.shell import staff
from onward.journeys import queries as journeys
from onward.kernel.ids import parse_id


@require_safe
def page(request: HttpRequest, ref: str) -> HttpResponse:
    """What was reached, what comes next, where help is."""
    actor = staff(request)
    view = journeys.journey_view(actor, parse_id("jny", ref))
    owner = parse_id("usr", view.owner.ref.removeprefix("user:")) if view.owner else None
    mail = identity.users_by_ids([owner])[owner].mail if owner else ""
    context = {
        "view": view,
        "path": f"/journeys/{view.ref}",
        # What their portal shows, too: nothing that is only ours.
        "agreed": [row for row in journeys.document_answers(actor, view.id, journeys.REVIEW) if row.is_told],
        "helpers": [(view.owner.name, "leads this onboarding", mail)] if view.owner else [],
    }
    return render(request, "console/journey/review.html", context)
