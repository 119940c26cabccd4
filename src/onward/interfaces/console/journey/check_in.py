"""A check-in against the success plan: where each objective should be, where it is, and what was told."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from onward.identity.decisions import may
from onward.interfaces.console.shell import say, staff
from onward.interfaces.ui.given import moment, number
from onward.interfaces.ui.success import shown
from onward.journeys import actions
from onward.journeys import queries as journeys
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, ref: str, check_in: str) -> HttpResponse:
    """The plan as it stands today, with a field for each figure that people tell. A POST records the talk."""
    actor, refusal = staff(request), None
    view = journeys.journey_view(actor, parse_id("jny", ref))
    wanted = journeys.part_of(ref, check_in, "chk")
    row = next(one for one in view.check_ins if one.id == wanted)
    if request.method == "POST":
        try:
            actions.hold_check_in(
                actor=actor,
                check_in_id=row.id,
                held_at=moment(request.POST.get("held_at", ""), "The check-in"),
                note=request.POST.get("note", ""),
                readings=_readings(request),
            )
            say(request, "The check-in is recorded, with what was told of the plan.")
            return redirect(f"/journeys/{ref}/success")
        except Refusal as caught:
            if caught.code not in {"invalid", "conflict"}:
                raise
            refusal = caught
    context = {
        "view": view,
        "row": row,
        "shown": shown(actor, view, may_sign=False),
        "path": f"/journeys/{ref}",
        "may_hold": may(actor, "hold", "check_in") and row.held_at is None,
        "refusal": refusal,
        "typed": request.POST if refusal else {},
    }
    return render(request, "console/journey/check_in.html", context, status=refusal.status if refusal else 200)


def _readings(request: HttpRequest) -> dict[UUID, float]:
    """The figures that were written; an empty field tells nothing."""
    return {
        parse_id("obj", name.removeprefix("reading.")): number(str(given).strip().removesuffix("%"), "A figure")
        for name, given in request.POST.items()
        if name.startswith("reading.") and str(given).strip()
    }
