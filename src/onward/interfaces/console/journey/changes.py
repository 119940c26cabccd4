"""POST: one action each, then back to the tab where it shows."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from onward.interfaces.console.journey.pages import TABS, at_form, page
from onward.interfaces.console.shell import Undo, say, staff
from onward.interfaces.ui.given import day, figure, moment, number
from onward.journeys import actions
from onward.journeys.queries import part_of
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal

View = Callable[..., HttpResponse]


def answered_in(tab: Callable[[HttpRequest], str]) -> Callable[[View], View]:
    """What is refused is said on the tab that it was sent from, at its form, with what was typed."""

    def wrap(view: View) -> View:
        def run(request: HttpRequest, ref: str, **part: str) -> HttpResponse:
            try:
                return view(request, ref, **part)
            except Refusal as refusal:
                if refusal.code not in {"invalid", "conflict", "stale"}:
                    raise
                # The form is called as its address goes on below the journey's.
                form = request.path.removeprefix(f"/journeys/{ref}/")
                return page(request, ref, tab(request), at_form(form, refusal))

        update_wrapper(run, view)
        return run

    return wrap


def _sent_from(request: HttpRequest) -> str:
    tab = request.POST.get("tab", "")
    return tab if tab in TABS else ""


def _waived_at(request: HttpRequest) -> str:
    return _tab_of(request, request.POST.get("stage", ""))


def _back(ref: str, tab: str = "") -> HttpResponse:
    return redirect(f"/journeys/{ref}/{tab}" if tab else f"/journeys/{ref}")


@require_POST
@answered_in(_sent_from)
def pause(request: HttpRequest, ref: str) -> HttpResponse:
    actions.pause_journey(actor=staff(request), journey_id=parse_id("jny", ref), reason=request.POST.get("reason", ""))
    say(request, "Paused. Nothing is judged, due or sent until you resume it.")
    return _back(ref)


@require_POST
@answered_in(_sent_from)
def resume(request: HttpRequest, ref: str) -> HttpResponse:
    actions.resume_journey(actor=staff(request), journey_id=parse_id("jny", ref))
    say(request, "The journey goes on.")
    return _back(ref)


@require_POST
@answered_in(_sent_from)
def cancel(request: HttpRequest, ref: str) -> HttpResponse:
    given = request.POST.get("at", "")
    actions.cancel_journey(
        actor=staff(request),
        journey_id=parse_id("jny", ref),
        reason=request.POST.get("reason", ""),
        at=moment(given, "The end") if given else None,
    )
    say(request, "The journey is cancelled. Figures count it as left on that day.")
    return _back(ref)


@require_POST
@answered_in(lambda request: "")
def approve(request: HttpRequest, ref: str) -> HttpResponse:
    yes = request.POST.get("yes", "") == "1"
    actions.answer_approval(
        actor=staff(request), journey_id=parse_id("jny", ref), yes=yes, reason=request.POST.get("reason", "")
    )
    say(request, "The journey begins." if yes else "The journey ends here, with your reason.")
    return _back(ref)


@require_POST
@answered_in(_waived_at)
def waive(request: HttpRequest, ref: str) -> HttpResponse:
    stage, check = request.POST.get("stage", ""), request.POST.get("check", "")
    actions.waive_check(
        actor=staff(request),
        journey_id=parse_id("jny", ref),
        stage=stage,
        check=check,
        reason=request.POST.get("reason", ""),
    )
    came = {"stage": stage, "check": check, "tab": request.POST.get("tab", "")}
    say(request, "Waived, with your name and the reason.", Undo(f"/journeys/{ref}/waivers/withdrawal", came))
    return _back(ref, _tab_of(request, stage))


@require_POST
@answered_in(_waived_at)
def unwaive(request: HttpRequest, ref: str) -> HttpResponse:
    stage = request.POST.get("stage", "")
    actions.take_back_waiver(
        actor=staff(request), journey_id=parse_id("jny", ref), stage=stage, check=request.POST.get("check", "")
    )
    say(request, "The waiver is taken back: it has to be proven after all.")
    return _back(ref, _tab_of(request, stage))


def _tab_of(request: HttpRequest, stage: str) -> str:
    """Where it was waived."""
    return "handoff" if request.POST.get("tab") == "handoff" else "" if stage else "completion"


@require_POST
def fill_role(request: HttpRequest, ref: str) -> HttpResponse:
    actions.fill_role(
        actor=staff(request),
        journey_id=parse_id("jny", ref),
        role=request.POST.get("role", ""),
        person=request.POST.get("person", "") or None,
    )
    if request.POST.get("tab") == "completion":
        say(
            request, "Kept: they own it from the end on." if request.POST.get("person") else "Ownership stays as it is."
        )
        return _back(ref, "completion")
    say(request, "The role is filled." if request.POST.get("person") else "Nobody holds this role now.")
    return _back(ref, "people")


@require_POST
@answered_in(lambda request: "success")
def pick_measure(request: HttpRequest, ref: str) -> HttpResponse:
    measure = request.POST.get("measure", "")
    prefix = f"{measure}."
    numbers = {
        name.removeprefix(prefix): number(value, "The number of a measure", name.removeprefix(prefix))
        for name, value in request.POST.items()
        if name.startswith(prefix) and str(value).strip()
    }
    actions.pick_measure(
        actor=staff(request),
        journey_id=parse_id("jny", ref),
        milestone=request.POST.get("milestone", ""),
        measure=measure,
        numbers=numbers,
    )
    say(request, "That is now what value means for them.")
    return _back(ref, "success")


@require_POST
@answered_in(lambda request: "success")
def record_milestone(request: HttpRequest, ref: str) -> HttpResponse:
    actions.record_milestone(
        actor=staff(request),
        journey_id=parse_id("jny", ref),
        milestone=request.POST.get("milestone", ""),
        met_at=moment(request.POST.get("met_at", ""), "The day", "met_at"),
        note=request.POST.get("note", ""),
    )
    say(request, "Recorded, with your name and what it rests on.")
    return _back(ref, "success")


@require_POST
@answered_in(lambda request: "success")
def write_objective(request: HttpRequest, ref: str) -> HttpResponse:
    owner = request.POST.get("owner", "")
    objective = request.POST.get("objective", "")
    actions.write_objective(
        actor=staff(request),
        journey_id=parse_id("jny", ref),
        outcome=request.POST.get("outcome", ""),
        due_on=day(request.POST.get("due_on", ""), "due_on"),
        owner_contact_id=parse_id("con", owner) if owner else None,
        measure=request.POST.get("measure", "").strip(),
        objective_id=parse_id("obj", objective) if objective else None,
    )
    say(request, "Written down.")
    return _back(ref, "success")


@require_POST
def agree_objective(request: HttpRequest, ref: str, objective: str) -> HttpResponse:
    actions.agree_objective(actor=staff(request), objective_id=part_of(ref, objective, "obj"))
    say(request, "Agreed, in their name; the timeline says that you entered it.")
    return _back(ref, "success")


@require_POST
@answered_in(lambda request: "success")
def meet_objective(request: HttpRequest, ref: str, objective: str) -> HttpResponse:
    actions.meet_objective(
        actor=staff(request), objective_id=part_of(ref, objective, "obj"), evidence=request.POST.get("evidence", "")
    )
    say(request, "Reached.")
    return _back(ref, "success")


@require_POST
@answered_in(lambda request: "success")
def hold_check_in(request: HttpRequest, ref: str, check_in: str) -> HttpResponse:
    actions.hold_check_in(
        actor=staff(request),
        check_in_id=part_of(ref, check_in, "chk"),
        held_at=moment(request.POST.get("held_at", ""), "The check-in", "held_at"),
        note=request.POST.get("note", ""),
    )
    say(request, "The check-in is recorded.")
    return _back(ref, "success")


@require_POST
@answered_in(lambda request: "completion")
def give_evidence(request: HttpRequest, ref: str) -> HttpResponse:
    chosen = request.POST.get("choice", "")
    actions.give_evidence(
        actor=staff(request),
        journey_id=parse_id("jny", ref),
        metric=request.POST.get("metric", ""),
        value=chosen or figure(request.POST.get("value", "")),
        note=request.POST.get("note", ""),
    )
    say(request, "Entered, with your name and what it rests on.")
    return _back(ref, "completion")
