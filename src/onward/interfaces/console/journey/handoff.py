"""The tab Handoff: what sales knew, who said it, what the kickoff waits for, and the first day after the signature."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from onward.interfaces.console.journey.pages import page
from onward.interfaces.console.journey.plan import Refused
from onward.interfaces.console.shell import say, staff
from onward.journeys import actions
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal


@require_POST
def correct(request: HttpRequest, ref: str) -> HttpResponse:
    """Put one answer right: the fields `answer`, `seen`, and `value` once or more."""
    actor, answer = staff(request), request.POST.get("answer", "")
    values: list[Any] = request.POST.getlist("value")
    try:
        actions.correct_answer(
            actor=actor,
            journey_id=parse_id("jny", ref),
            answer=answer,
            value=values if "several" in request.POST else (values or [""])[0],
            seen=request.POST.get("seen", ""),
        )
    except Refusal as refusal:
        if refusal.code not in {"invalid", "conflict", "stale"}:
            raise
        return page(request, ref, "handoff", Refused(answer, refusal))
    say(request, "Put right; what stood there before is kept beside it.")
    return redirect(f"/journeys/{ref}/handoff")
