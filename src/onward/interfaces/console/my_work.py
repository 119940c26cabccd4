"""My work: "what do I do now?" Each item is done in place, and what can be undone says how."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from onward.conversation import actions as writing
from onward.conversation import queries as conversation
from onward.foundation.clock import now
from onward.identity import queries as identity
from onward.identity.decisions import may
from onward.interfaces.console.journey.seen import planned_words
from onward.interfaces.console.reminding import remind_of
from onward.interfaces.console.shell import Undo, say, staff
from onward.interfaces.console.work_day import SHOWN, Day, gather
from onward.interfaces.console.work_lede import lede
from onward.interfaces.console.work_worst import needy_words
from onward.interfaces.ui.given import day, edition, moment
from onward.interfaces.ui.words import clock_words, date_words
from onward.journeys import actions
from onward.journeys import queries as journeys
from onward.journeys.queries import WorkTask
from onward.kernel.actor import Actor
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal, conflict, invalid

Change = Callable[[Actor, WorkTask, HttpRequest], tuple[str, Undo | None]]
ANSWERED_HERE = {"invalid", "conflict", "stale", "forbidden"}


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The day, whole or (with X-Fragment) what changes by itself."""
    return _page(request)


def _page(request: HttpRequest, *, refusal: Refusal | None = None, refused: str = "") -> HttpResponse:
    actor = staff(request)
    scope = (request.POST if request.method == "POST" else request.GET).get("whose", "")
    found = gather(actor, scope, request.organization, now())  # type: ignore[attr-defined]
    everything = request.GET.get("show", "")
    context = {
        "day": found,
        "lede": lede(found),
        "needy": needy_words(found.needy, found.own_needy),
        "path": _address(found.whose),
        "shown": {
            "urgent": found.urgent if everything == "urgent" else found.urgent[:SHOWN],
            "following": found.following if everything == "next" else found.following[:SHOWN],
        },
        "live": " ".join(dict.fromkeys(f"journey:{one}" for one in _journeys(found)))[:4000],
        "since": "yesterday" if (timezone.localdate() - found.since).days == 1 else f"{found.since:%A}",
        "may_change": may(actor, "change", "task"),
        "reader": f"user:{actor.id}" if may(actor, "change", "comment") else "",
        "may_hold": may(actor, "hold", "check_in"),
        "may_write": may(actor, "send", "message"),
        "may_open": may(actor, "open", "journey"),
        "may_import": may(actor, "start", "import"),
        "has_any": bool(
            found.journey_count or found.urgent or found.talks or found.following or found.news or _has_journeys(actor)
        ),
        "refusal": refusal,
        "refused": refused,
        "given": request.POST if refusal else {},
    }
    fragment = bool(request.headers.get("X-Fragment"))
    template = "console/_my_work.html" if fragment else "console/my_work.html"
    return render(request, template, {**context, "is_fragment": fragment}, status=refusal.status if refusal else 200)


def _has_journeys(actor: Actor) -> bool:
    return bool(journeys.tasks_at_hand(actor, holders=None, limit=1).rows)


def _journeys(found: Day) -> list[UUID]:
    return [
        *(item.task.journey_id for item in (*found.urgent[:SHOWN], *found.following[:SHOWN])),
        *(talk.due.journey_id for talk in found.talks),
        *(wait.line.journey_id for wait in found.waits),
        *(one.line.journey_id for one in found.worst),
    ]


def _address(scope: str, **more: str) -> str:
    query = {key: value for key, value in {"whose": scope, **more}.items() if value}
    return f"/?{urlencode(query)}" if query else "/"


def _changing(change: Change) -> Callable[[HttpRequest, str], HttpResponse]:
    """A view that does one thing to a task and shows the day again. A refusal stands at its row."""

    def view(request: HttpRequest, ref: str) -> HttpResponse:
        actor, task_id = staff(request), parse_id("tsk", ref)
        task = journeys.work_task(actor, task_id)
        try:
            words, undo = change(actor, task, request)
        except Refusal as refusal:
            if refusal.code not in ANSWERED_HERE:
                raise
            return _page(request, refusal=_by_whom(actor, task_id, refusal), refused=task.ref)
        say(request, words, undo)
        return redirect(_address(request.POST.get("whose", "")))

    return require_POST(view)


def _by_whom(actor: Actor, task_id: UUID, refusal: Refusal) -> Refusal:
    """What somebody else has done meanwhile is said with their name."""
    if refusal.code not in {"conflict", "stale"}:
        return refusal
    line = journeys.task_view(actor, task_id).line
    if line.state != "done" or not line.done_at:
        return refusal
    who = line.done_by.name if line.done_by else "Onward"
    return Refusal(
        refusal.code,
        f"{who} did “{line.title}” already, {_on(line.done_at)}.",
        mend="Nothing is left to do here.",
        details=refusal.details,
    )


def _on(at: object) -> str:
    words = clock_words(at)  # type: ignore[arg-type]
    return f"at {words}" if ":" in words and " " not in words else f"on {words}"


def _complete(actor: Actor, task: WorkTask, request: HttpRequest) -> tuple[str, Undo | None]:
    outcome = actions.complete_task(actor=actor, task_id=task.id, edition=edition(request))
    if outcome != "done":
        return f"You said that {task.title} is done; others still have to say so.", _undo(task, "reopening")
    return f"{task.title} is done.", _undo(task, "reopening")


def _reopen(actor: Actor, task: WorkTask, request: HttpRequest) -> tuple[str, Undo | None]:
    actions.reopen_task(actor=actor, task_id=task.id)
    return f"{task.title} is open again.", None


def _move(actor: Actor, task: WorkTask, request: HttpRequest) -> tuple[str, Undo | None]:
    if "planned" in request.POST:
        actions.unmove_task(actor=actor, task_id=task.id)
        return planned_words(task.title, journeys.work_task(actor, task.id).due_on), None
    to = day(request.POST.get("due_on", ""))
    if to is None:
        raise invalid("The new date is missing.", mend="Choose the day on which it will be done.", field="due_on")
    reason = request.POST.get("reason", "")
    is_undo = "undo" in request.POST
    if not reason.strip() and not is_undo:
        raise invalid("The reason is missing.", mend="Say in a few words why it moves.", field="reason")
    actions.move_task(actor=actor, task_id=task.id, due_at=to, reason=reason, edition=edition(request))
    words = f"{task.title} is due on {date_words(to)}."
    return words, None if is_undo else _undo(task, "date", **_date_before(task))


def _date_before(task: WorkTask) -> dict[str, str]:
    before: date | None = task.due_on
    if not task.due_by_hand or before is None:
        return {"planned": "1"}
    return {"due_on": before.isoformat(), "undo": "1"}


def _assign(actor: Actor, task: WorkTask, request: HttpRequest) -> tuple[str, Undo | None]:
    if "back" in request.POST:
        actions.assign_task(actor=actor, task_id=task.id, person=request.POST["back"])
        return f"{task.title} is where it was.", None
    given = " ".join(request.POST.get("person", "").lower().split())
    people = [
        row for row in identity.users(actor, include_revoked=False) if " ".join(row.name.lower().split()) == given
    ]
    if not given or len(people) != 1:
        why = "Several people are called so" if people else f"Nobody here is called “{given[:60]}”"
        raise invalid(f"{why}." if given else "Nobody is named.", mend="Choose a name from the list.", field="person")
    actions.assign_task(actor=actor, task_id=task.id, person=f"user:{people[0].ref}", edition=edition(request))
    return f"{people[0].name} has {task.title} now.", _undo(task, "person", back=task.person)


@require_POST
def answer(request: HttpRequest, ref: str) -> HttpResponse:
    """Answer what a customer asked: it stands in the conversation of its task, for both sides."""
    actor = staff(request)
    asked = conversation.comment_view(actor, parse_id("cmt", ref))
    words = request.POST.get("words", "").strip()
    try:
        if not words:
            raise invalid("The answer is empty.", mend="Write a sentence or two.", field="words")
        if asked.answered_at is not None:
            raise conflict("This question is answered already.", mend="Open it to see by whom.")
        writing.write_comment(
            actor=actor, journey_id=asked.journey_id, task_id=asked.task_id, channel="shared", text=words
        )
    except Refusal as refusal:
        if refusal.code not in ANSWERED_HERE:
            raise
        return _page(request, refusal=refusal, refused=ref)
    say(request, f"{asked.author_name} has your answer.")
    return redirect(_address(request.POST.get("whose", "")))


@require_POST
def hold(request: HttpRequest, ref: str) -> HttpResponse:
    """Record a talk as held, and what came of it."""
    try:
        actions.hold_check_in(
            actor=staff(request),
            check_in_id=parse_id("chk", ref),
            held_at=moment(request.POST.get("held_at", ""), "The check-in"),
            note=request.POST.get("note", ""),
        )
    except Refusal as refusal:
        if refusal.code not in ANSWERED_HERE:
            raise
        return _page(request, refusal=refusal, refused=ref)
    say(request, "The check-in is recorded.")
    return redirect(_address(request.POST.get("whose", "")))


def _remind(actor: Actor, task: WorkTask, request: HttpRequest) -> tuple[str, Undo | None]:
    return remind_of(actor, journeys.task_view(actor, task.id), request), None


def _undo(task: WorkTask, what: str, **fields: str) -> Undo:
    return Undo(f"/work/tasks/{task.ref}/{what}", fields)


complete = _changing(_complete)
reopen = _changing(_reopen)
move = _changing(_move)
assign = _changing(_assign)
remind = _changing(_remind)
