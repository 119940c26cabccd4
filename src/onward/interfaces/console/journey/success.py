"""The success plan: proposed, answered, taken back, measured, and its evidence; each on the journey's own address."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onward.accounts import queries as accounts
from onward.identity import queries as identity
from onward.identity.decisions import may
from onward.interfaces.console.journey.changes import answered_in
from onward.interfaces.console.shell import Undo, say, staff
from onward.interfaces.ui import proposing
from onward.interfaces.ui.evidence import evidence_pack
from onward.interfaces.ui.given import is_agreed, number, version
from onward.interfaces.ui.success import shown
from onward.journeys import actions
from onward.journeys import queries as journeys
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, ref: str) -> HttpResponse:
    """The form of a new version; what is refused is said at its fields."""
    actor, journey_id = staff(request), parse_id("jny", ref)
    view = journeys.journey_view(actor, journey_id)
    seen = shown(actor, view, may_sign=may(actor, "change", "journey"))
    fields = proposing.offered(seen, view.owner.ref if view.owner else f"user:{actor.id}")
    refusal = proposing.hindrance(seen)
    if request.method == "POST":
        fields = proposing.sent(request)
        try:
            made = actions.propose_plan(
                actor=actor,
                journey_id=journey_id,
                objectives=proposing.wanted(fields),
                note=request.POST.get("note", ""),
                after=proposing.after(request),
            )
            say(request, f"Version {made} is proposed. They read and answer it on their portal.", _undo(ref, made))
            return redirect(f"/journeys/{ref}/success")
        except Refusal as caught:
            if caught.code not in {"invalid", "conflict", "stale"}:
                raise
            refusal, fields = caught, proposing.told(fields, caught)
    context = {
        "view": view,
        "shown": seen,
        "fields": fields,
        "theirs": [
            (f"contact:{row.ref}", row.name)
            for row in accounts.contacts(actor, account_id=view.account_id)
            if not row.revoked_at
        ],
        "ours": [(f"user:{row.ref}", row.name) for row in identity.users(actor, include_revoked=False)],
        "us": identity.organization().name or "Onward",
        "path": f"/journeys/{ref}/success",
        "note": request.POST.get("note", ""),
        "refusal": refusal,
    }
    return render(
        request, "console/journey/proposal.html", context, status=refusal.status if refusal and request.POST else 200
    )


@require_POST
def answer(request: HttpRequest, ref: str) -> HttpResponse:
    """Agree to what the customer proposed, or not, in words."""
    agreed = is_agreed(request)
    actions.answer_plan(
        actor=staff(request),
        journey_id=parse_id("jny", ref),
        number=version(request),
        agreed=agreed,
        words=request.POST.get("words", ""),
    )
    say(request, "Agreed: it stands from now on." if agreed else "They read on their portal what should be different.")
    return redirect(f"/journeys/{ref}/success")


@require_POST
def withdraw(request: HttpRequest, ref: str) -> HttpResponse:
    """Take a proposal back before it is answered."""
    actions.withdraw_plan(actor=staff(request), journey_id=parse_id("jny", ref), number=version(request))
    say(request, "It is taken back; the list of versions keeps that it was there.")
    return redirect(f"/journeys/{ref}/success")


@require_POST
@answered_in(lambda request: "success")
def reading(request: HttpRequest, ref: str, objective: str) -> HttpResponse:
    """Enter how far an objective is."""
    actions.measure_objective(
        actor=staff(request),
        objective_id=journeys.part_of(ref, objective, "obj"),
        value=number(request.POST.get("value", "").strip().removesuffix("%"), "The figure"),
        note=request.POST.get("note", ""),
    )
    say(request, "Entered, with your name and what it rests on.")
    return redirect(f"/journeys/{ref}/success#{objective}")


@require_safe
def evidence(request: HttpRequest, ref: str) -> HttpResponse:
    """The evidence pack, to keep or to hand on."""
    return evidence_pack(staff(request), parse_id("jny", ref))


def _undo(ref: str, made: int) -> Undo:
    return Undo(f"/journeys/{ref}/success/withdrawal", {"number": str(made)})
