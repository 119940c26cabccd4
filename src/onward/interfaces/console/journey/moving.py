"""Move a date, and see what follows before anything changes: only this, or with what comes after it; one undo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from onward.automation.actions.moving import reschedule
from onward.automation.queries.moving import Plan, plan_of, what_follows
from onward.identity.decisions import may
from onward.interfaces.console.journey.moving_words import (
    HOLD,
    Asked,
    choice,
    lines,
    next_words,
    opening,
    rooms,
    was_lost,
)
from onward.interfaces.console.shell import Undo, say, staff
from onward.interfaces.ui.given import day
from onward.interfaces.ui.words import date_words, plural, today
from onward.journeys import actions
from onward.journeys import queries as journeys
from onward.journeys.actions.dates import has_reason
from onward.journeys.decisions.rescheduling import Shift, too_early
from onward.journeys.queries import agreed_days
from onward.kernel.actor import Actor
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal, invalid


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, ref: str) -> HttpResponse:
    """What can be moved; with `what` and `day` what would follow. A POST moves it."""
    actor, journey_id = staff(request), parse_id("jny", ref)
    if request.method != "POST":
        return _page(request, actor, journey_id, None)
    try:
        asked = _asked(request.POST, None)
        if asked is None:
            raise invalid("It is not said what moves to which day.", mend="Choose both.")
        return _move(request, actor, journey_id, ref, asked)
    except Refusal as refusal:
        if refusal.code not in {"invalid", "conflict"}:
            raise
        return _page(request, actor, journey_id, refusal)


@require_POST
def undo(request: HttpRequest, ref: str) -> HttpResponse:
    """Give every day back that one move had changed."""
    given = request.POST.get("group", "")[:40]
    count = actions.undo_moves(actor=staff(request), journey_id=parse_id("jny", ref), group=given)
    say(request, f"{plural(count, 'date')} of the plan went back." if count else "It is taken back.")
    at = request.POST.get("at", "")
    if request.headers.get("X-Drawer") and _is_task(at):
        # Asked in a drawer it is answered there.
        return redirect(f"/tasks/{at}")
    return redirect(_timeline(ref, at))


def needs_preview(actor: Actor, task: journeys.TaskView, to: date) -> bool:
    """Whether more than this one moves with it, or can no longer be kept."""
    name = f"task.{task.line.key}"
    return any(one.name != name and one.is_new for one in what_follows(actor, task.journey_id, {name: to}))


def preview_of(task: journeys.TaskView, to: date, reason: str) -> HttpResponse:
    """The way to the preview for a task."""
    return redirect(_preview(task.journey_ref, Asked(f"task.{task.line.key}", to, reason), task.line.ref))


def _preview(ref: str, asked: Asked, at: str) -> str:
    by, on = ("start", asked.start) if asked.start else ("end", asked.to)
    words = urlencode({"what": asked.what, "by": by, "day": on.isoformat(), "reason": asked.reason, "at": at})
    return f"/journeys/{ref}/rescheduling?{words}"


def _move(request: HttpRequest, actor: Actor, journey_id: UUID, ref: str, asked: Asked) -> HttpResponse:
    along = request.POST.get("scope") != "only"
    shifts = what_follows(actor, journey_id, asked.days(), held=asked.held, along=along)
    group = reschedule(
        actor=actor, journey_id=journey_id, days=asked.days(), held=asked.held, reason=asked.reason, along=along
    )
    followed = sum(one.moves and one.how != "asked" for one in shifts)
    follow = f", {plural(followed, 'date')} follow{'s' if followed == 1 else ''}" if followed else ""
    moved = next((one.title for one in shifts if one.how == "asked"), "")
    said = f"{moved} moved to {date_words(asked.to)}" if moved else f"Their work rests until {date_words(asked.to)}"
    say(request, f"{said}{follow}.", Undo(f"/journeys/{ref}/rescheduling/undo", {"group": str(group)}))
    return redirect(_timeline(ref, request.POST.get("at", "")))


def _timeline(ref: str, at: str) -> str:
    """The timeline, with a step of it in view."""
    return f"/journeys/{ref}/timeline{f'#{at}' if _is_task(at) else ''}"


def _is_task(at: str) -> bool:
    return at.startswith("tsk_") and at.isidentifier()


def _asked(given: Any, plan: Plan | None) -> Asked | None:
    """What the address or a form asks; the `plan` tells when a task ends that can only begin on that day."""
    to, what = day(given.get("day", "")), given.get("what", "")[:200]
    if not what or not to:
        return None
    if plan is None or given.get("by") != "start":
        return Asked(what, to, given.get("reason", ""))
    if not what.startswith("task.") or what not in plan.steps or what not in plan.things:
        raise invalid("Only a step has a day on which it starts.", mend="Choose a step, or the day on which it ends.")
    return Asked(what, plan.ends(what, to), given.get("reason", ""), start=to)


def _is_move(asked: Asked, first: Shift, moves: Sequence[Shift]) -> bool:
    """Whether anything changes: a start that leaves the end where it stands asks for nothing."""
    if asked.start:
        return asked.to not in {first.before, first.stood}
    return bool(moves) or asked.to != first.before


def _page(request: HttpRequest, actor: Actor, journey_id: UUID, refusal: Refusal | None) -> HttpResponse:
    view = journeys.journey_view(actor, journey_id)
    plan = plan_of(actor, journey_id)
    given = request.POST if request.method == "POST" else request.GET
    asked, shifts = None, list[Shift]()
    try:
        asked = _asked(given, plan)
        shifts = plan.follows(asked.days(), asked.held) if asked else []
    except Refusal as caught:
        asked, refusal = None, refusal or caught
    moves = [one for one in shifts if one.moves and one.how != "asked"]
    first = next((one for one in shifts if one.how == "asked"), None)
    stays = [one for one in shifts if not one.moves]
    is_move = bool(asked and (first is None or _is_move(asked, first, moves)))
    if not is_move:
        moves, stays = [], []
    early = too_early(shifts)
    chosen = given.get("what", "")
    step = plan.steps.get(chosen)
    now = step.stands if step else None
    if given.get("by") == "start":
        now = plan.begins(chosen, now)
    at_first = agreed_days(journey_id)
    tasks = {f"task.{task.key}": task for task in view.tasks}
    paths = {f"task.{task.key}": f"/tasks/{task.ref}" for task in view.tasks}
    shared = {f"task.{task.key}" for task in view.tasks if task.shared}
    shown = {
        "view": view,
        "path": f"/journeys/{view.ref}",
        "given": given,
        "choices": [
            (HOLD, f"{view.account_name} pauses until"),
            *((key, choice(one)) for key, one in plan.steps.items()),
        ],
        "step": step,
        "rooms": rooms(plan, chosen, asked),
        "is_move": is_move,
        "asked": asked,
        "first": first,
        "opening": opening(asked, first, at_first.get(tasks[first.name].id) if first.name in tasks else None, step)
        if asked and first
        else "",
        "next": next_words(plan.next(asked.what, asked.to)) if asked and first and not moves else "",
        "soon": _soon(view.ref, given, now),
        "now": now,
        "begins": plan.begins(chosen, asked.to if asked and not asked.start else step.stands if step else None),
        "moves": lines(moves, shifts, paths, asked),
        "stays": lines([one for one in stays if not was_lost(one)], shifts, paths, asked),
        "lost": lines([one for one in stays if was_lost(one)], shifts, paths, asked),
        "instead": _preview(view.ref, replace(asked, to=early.earliest), given.get("at", ""))
        if asked and early and early.earliest
        else "",
        "is_read": any(one.name in shared and has_reason(one) for one in shifts),
        "is_followed": any(one.name in shared for one in moves),
        "may_change": may(actor, "change", "journey") and view.state == "open",
        "refusal": refusal,
    }
    return render(request, "console/journey/moving.html", shown, status=refusal.status if refusal else 200)


def _soon(ref: str, given: Any, now: date | None) -> list[tuple[str, str]]:
    """(words, address) of the days that are chosen most, counted from the day as it stands: of its start, where that is
    asked."""
    is_start = given.get("by") == "start"
    if now is None or not (today() - timedelta(days=3650) < now < today() + timedelta(days=3650)):
        return []

    def later(count: int) -> Asked:
        on = now + timedelta(days=count)
        return Asked(given["what"], on, given.get("reason", ""), on if is_start else None)

    return [
        (words, _preview(ref, later(count), given.get("at", "")))
        for words, count in (("A day later", 1), ("A week later", 7), ("Two weeks later", 14))
    ]
