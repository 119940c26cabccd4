"""Move a date, and see what follows before anything changes: only this, or with what comes after it; one undo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from onward.automation.actions.moving import reschedule
from onward.automation.queries.moving import Next, comes_next, may_move, what_follows
from onward.identity.decisions import may
from onward.interfaces.console.shell import Undo, say, staff
from onward.interfaces.ui.given import day
from onward.interfaces.ui.words import date_words, days, joined, plural, short_date, today
from onward.journeys import actions
from onward.journeys import queries as journeys
from onward.journeys.actions.dates import has_reason
from onward.journeys.decisions.rescheduling import Shift, too_early
from onward.journeys.queries import agreed_days
from onward.kernel.actor import Actor
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal, invalid

HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the preview. `path` is the task's page; `kind` says what it is where it is no task; `why` why it
    moves, or why it does not. This move takes it from `stands` to `then`; `agreed` where that is yet another day;
    `earliest` where `then` cannot be kept either."""

    title: str
    kind: str
    path: str
    why: str
    agreed: date | None
    stands: date | None
    then: date | None
    earliest: date | None

    @property
    def days(self) -> int:
        """How many days later than it stands now."""
        return (self.then - self.stands).days if self.then and self.stands else 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person moves: "task.connect", "answer.kickoff.go_live" or "hold"; to which day; and why."""

    what: str
    to: date
    reason: str

    def days(self) -> dict[str, date]:
        return {} if self.what == HOLD else {self.what: self.to}

    @property
    def held(self) -> date | None:
        return self.to if self.what == HOLD else None


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, ref: str) -> HttpResponse:
    """What can be moved; with `what` and `day` what would follow. A POST moves it."""
    actor, journey_id = staff(request), parse_id("jny", ref)
    if request.method != "POST":
        return _page(request, actor, journey_id, None)
    try:
        asked = _asked(request.POST)
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
    return redirect(f"/journeys/{ref}/timeline")


def needs_preview(actor: Actor, task: journeys.TaskView, to: date) -> bool:
    """Whether more than this one moves with it, or can no longer be kept."""
    name = f"task.{task.line.key}"
    return any(one.name != name and one.is_new for one in what_follows(actor, task.journey_id, {name: to}))


def preview_of(task: journeys.TaskView, to: date, reason: str) -> HttpResponse:
    """The way to the preview for a task."""
    return redirect(_preview(task.journey_ref, Asked(f"task.{task.line.key}", to, reason), task.line.ref))


def _preview(ref: str, asked: Asked, at: str) -> str:
    words = urlencode({"what": asked.what, "day": asked.to.isoformat(), "reason": asked.reason, "at": at})
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
    at = request.POST.get("at", "")
    return redirect(f"/journeys/{ref}/timeline{f'#{at}' if at.startswith('tsk_') and at.isidentifier() else ''}")


def _asked(given: Any) -> Asked | None:
    to = day(given.get("day", ""))
    return Asked(given["what"][:200], to, given.get("reason", "")) if given.get("what") and to else None


def _page(request: HttpRequest, actor: Actor, journey_id: UUID, refusal: Refusal | None) -> HttpResponse:
    view = journeys.journey_view(actor, journey_id)
    known = may_move(actor, journey_id)
    given = request.POST if request.method == "POST" else request.GET
    asked, shifts = None, list[Shift]()
    try:
        asked = _asked(given)
        shifts = what_follows(actor, journey_id, asked.days(), held=asked.held) if asked else []
    except Refusal as caught:
        asked, refusal = None, refusal or caught
    moves = [one for one in shifts if one.moves and one.how != "asked"]
    first = next((one for one in shifts if one.how == "asked"), None)
    stays = [one for one in shifts if not one.moves]
    early = too_early(shifts)
    at_first = agreed_days(journey_id)
    tasks = {f"task.{task.key}": task for task in view.tasks}
    paths = {f"task.{task.key}": f"/tasks/{task.ref}" for task in view.tasks}
    shared = {f"task.{task.key}" for task in view.tasks if task.shared}
    shown = {
        "view": view,
        "path": f"/journeys/{view.ref}",
        "given": given,
        "choices": [(HOLD, f"{view.account_name} pauses until"), *((key, _choice(*one)) for key, one in known.items())],
        "asked": asked,
        "first": first,
        "opening": _opening(asked, first, at_first.get(tasks[first.name].id) if first.name in tasks else None)
        if asked and first
        else "",
        "next": _next(comes_next(actor, journey_id, asked.what, asked.to)) if asked and first and not moves else "",
        "soon": _soon(view.ref, given, known),
        "now": known.get(given.get("what", ""), ("", None))[1],
        "moves": _lines(moves, shifts, paths, asked),
        "stays": _lines([one for one in stays if not _was_lost(one)], shifts, paths, asked),
        "lost": _lines([one for one in stays if _was_lost(one)], shifts, paths, asked),
        "instead": _preview(view.ref, replace(asked, to=early.earliest), given.get("at", ""))
        if asked and early and early.earliest
        else "",
        "is_read": any(one.name in shared and has_reason(one) for one in shifts),
        "is_followed": any(one.name in shared for one in moves),
        "may_change": may(actor, "change", "journey") and view.state == "open",
        "refusal": refusal,
    }
    return render(request, "console/journey/moving.html", shown, status=refusal.status if refusal else 200)


def _opening(asked: Asked, first: Shift, at_first: date | None) -> str:
    """What is asked, counted from the day that stands in the plan, and from the one agreed at first where somebody had
    moved it since (as the timeline counts)."""
    to, moved = date_words(asked.to), (asked.to - first.before).days if first.before else 0
    was_moved = at_first is not None and at_first != first.before
    than = "" if was_moved else " than agreed"
    if moved:
        said = f"{first.title} moves {_apart(moved, 'later', 'earlier')}{than}, to {to}"
    else:
        said = f"{first.title} {'stays on' if first.before else 'moves to'} {to}"
    if at_first and was_moved and (whole := (asked.to - at_first).days):
        said += f", {_apart(whole, 'after', 'before')} the day agreed at first"
    if first.earliest:
        return f"{said}; it cannot be kept before {date_words(first.earliest)}"
    if first.stood and first.before and first.stood > first.before and first.stood != asked.to:
        said += f"; as things stand it ends on {date_words(first.stood)}"
    return said


def _apart(count: int, after: str, before: str) -> str:
    return f"{days(abs(count))} {after if count > 0 else before}"


def _next(found: Sequence[Next]) -> str:
    """What comes right after it and why that stays, to go on after "nothing else moves"."""
    each = [
        f"{one.title} comes after it and "
        + ("has no date" if one.room is None else f"has {plural(one.room, 'working day')} left")
        for one in found[:3]
    ]
    more = [f"{len(found) - 3} more come after it"] if len(found) > 3 else []
    return joined([*each, *more])


def _soon(ref: str, given: Any, known: Mapping[str, tuple[str, date | None]]) -> list[tuple[str, str]]:
    """(words, address) of the days that are chosen most, counted from the day that stands now."""
    what = given.get("what", "")
    now = known[what][1] if what in known else None
    if now is None or not (today() - timedelta(days=3650) < now < today() + timedelta(days=3650)):
        return []
    return [
        (words, _preview(ref, Asked(what, now + timedelta(days=count), given.get("reason", "")), given.get("at", "")))
        for words, count in (("A day later", 1), ("A week later", 7), ("Two weeks later", 14))
    ]


def _choice(title: str, on: date | None) -> str:
    return f"{title}, now {short_date(on)}" if on else title


def _lines(some: Sequence[Shift], every: Sequence[Shift], paths: dict[str, str], asked: Asked | None) -> list[Line]:
    titles = {one.name: one.title for one in every}
    return [
        Line(
            title=one.title,
            kind="" if one.name.startswith("task.") else one.name.partition(".")[0].replace("answer", "agreed date"),
            path=paths.get(one.name, ""),
            why=_why(one, titles, asked),
            agreed=one.before if one.stood and one.before != one.stood else None,
            stands=one.stood or one.before,
            then=one.after if one.moves else one.on,
            earliest=one.earliest,
        )
        for one in some
    ]


def _was_lost(one: Shift) -> bool:
    """Whether its day could not be kept before this move either."""
    return one.stood is not None and one.before is not None and one.stood > one.before


def _why(one: Shift, titles: dict[str, str], asked: Asked | None) -> str:
    if one.by == "held" and asked:
        cause = f"they pause until {short_date(asked.to)}"
    else:
        cause = f"comes after {titles[one.by]}" if one.by in titles else "comes after what moves"
    return {
        "asked": "",
        "counted": "its date is counted from what moves",
        "along": cause,
        "locked": f"locked; {cause}",
        "promised": f"promised; {cause}",
        "missed": cause,
    }[one.how]
