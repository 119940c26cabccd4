"""The portal's pages as contacts see them, and colleagues in a preview. Each draws what it is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse

from onward.conversation import queries as conversations
from onward.engagement import queries as engagement
from onward.foundation import clock
from onward.interfaces.portal import sight, steps, talking, team
from onward.interfaces.portal.dates import due_words
from onward.interfaces.portal.inviting import helper_of
from onward.interfaces.portal.moved import actors_of, first_days, moved_dates, moves_of, shift_words, still_ahead
from onward.interfaces.portal.news import news_of, told, with_late
from onward.interfaces.portal.signatures import TOLD, sayers, signatures_of
from onward.interfaces.portal.success_pages import to_answer
from onward.interfaces.portal.timeline import drawn
from onward.interfaces.portal.who import Visitor, page
from onward.interfaces.ui.aims import aims_of, ends_of
from onward.interfaces.ui.markdown import markdown
from onward.interfaces.ui.waits import lateness
from onward.interfaces.ui.words import hour_words
from onward.journeys.queries import JourneyView, TaskLine, TaskView, names_of
from onward.kernel.refusals import Refusal, invalid

LATEST = 5


def home(request: HttpRequest, visitor: Visitor, view: JourneyView) -> HttpResponse:
    """Whose turn it is, and what comes next; for those who decide the short page."""
    view = _heard(visitor, view)
    since = engagement.visit_before(visitor.actor)
    visible = [task.id for task in view.tasks]
    facts = told(view.id)
    names = names_of(fact.actor for fact in facts)
    now = clock.now()
    words = _words(visitor, view, first_days(view, facts))
    after = sight.next_stage(view)
    decisions = sight.decisions_of(view, visitor.ref)
    proposed = to_answer(visitor, view)
    context = {
        "view": view,
        "home": sight.home_of(view, visitor.first_name, visitor.ref, visitor.vendor, now, answers=proposed is not None),
        "since": since,
        "news": with_late(
            news_of(facts, names, visible=visible, me=visitor.ref, since=since, limit=6), view.next_tasks, since
        )[:6],
        "moved": still_ahead(moved_dates(view, facts, names, visitor.vendor), now)[:4],
        "asked": conversations.unanswered(visitor.actor, account_id=view.account_id, journey_id=view.id, tasks=visible),
        "task_refs": {task.id: task.ref for task in view.tasks},
        "plain": sight.PLAIN,
        "team": team_here(visitor, view)[:4],
        "after": after,
        "precedes": sight.before_next(view, after, {key: day for key, (day, _) in words["ends"].items()}),
        "decisions": decisions,
        "proposed": proposed,
        "late": [task for task in view.next_tasks if task.is_late and task not in decisions],
        **words,
    }
    brief = visitor.depth == "brief"
    if not request.headers.get("X-Fragment") and not brief:
        context["talk"] = talking.of_journey(request, visitor, view, "home", LATEST)
    return live(request, visitor, "brief" if brief else "home", view, context, current="home")


def plan(request: HttpRequest, visitor: Visitor, view: JourneyView) -> HttpResponse:
    """Every stage with its shared tasks, as a list or (?as=timeline) as bars over time; ?whose= narrows it."""
    view = _heard(visitor, view)
    planned = {key: sight.plan_of(view, visitor.ref, key) for key in sight.WHOSE}
    whose = request.GET.get("whose", "")
    if whose not in planned:
        whose = ""
    by_stage: dict[str, list[Any]] = {}
    for task in planned[whose]:
        by_stage.setdefault(task.stage, []).append(task)
    shows = "timeline" if request.GET.get("as") == "timeline" else "list"
    tasks = f"/portal/preview/{view.ref}/tasks" if visitor.preview else "/portal/tasks"
    facts = moves_of(view.id) if any(task.due_by_hand for task in view.tasks) else []
    names = names_of(actors_of(facts, [task.id for task in view.tasks])) if facts else {}
    first = first_days(view, facts)
    words = _words(visitor, view, first)
    shown = replace(view, tasks=planned[whose])
    context = {
        "drawn": drawn(shown, words["aims"], first, words["waits"], tasks) if shows == "timeline" else "",
        "view": view,
        "by_stage": by_stage,
        "shows": shows,
        "whose": whose,
        "how_many": {key: len(found) for key, found in planned.items()},
        "plain": sight.PLAIN,
        "moved": moved_dates(shown, facts, names, visitor.vendor),
        **words,
        "came": "?from=plan",
    }
    return live(request, visitor, "plan", view, context)


def _heard(visitor: Visitor, view: JourneyView) -> JourneyView:
    """What a step of the vendor's asks is answered once somebody of theirs wrote there."""
    asking = [task.id for task in view.tasks if sight.is_asked(task)]
    spoken = conversations.spoken_to(visitor.actor, account_id=view.account_id, tasks=asking) if asking else set()
    tasks = (replace(task, asks="") if task.id in spoken else task for task in view.tasks)
    return replace(view, tasks=tuple(tasks)) if spoken else view


def _may_take_back(line: TaskLine, view: JourneyView) -> bool:
    """While its stage is under way, and for a day when it was the last of it: later others have built on it."""
    if line.state != "done" or line.how != "person" or view.state != "open" or line.done_at is None:
        return False
    under_way = any(stage.key == line.stage for stage in view.current)
    return under_way or clock.now() - line.done_at < timedelta(days=1)


def conversation(request: HttpRequest, visitor: Visitor, view: JourneyView) -> HttpResponse:
    """All that was said, about the onboarding and its tasks."""
    context = {"view": view, "talk": talking.of_journey(request, visitor, view, "conversation"), **_ear(visitor, view)}
    return page(request, visitor, "portal/conversation.html", context, current="home", journey=view)


def documents(request: HttpRequest, visitor: Visitor, view: JourneyView) -> HttpResponse:
    """Files and links in one place."""
    context = {"view": view, "talk": talking.of_journey(request, visitor, view, "documents"), **_ear(visitor, view)}
    return page(request, visitor, "portal/documents.html", context, current="documents", journey=view)


def task(
    request: HttpRequest,
    visitor: Visitor,
    seen: TaskView,
    view: JourneyView,
    *,
    refusal: Refusal | None = None,
    given: dict[str, Any] | None = None,
) -> HttpResponse:
    """One task. After a refusal what was typed stays: `given` are the form's fields."""
    line = seen.line
    theirs = line.side != "ours" and line.confirm != "later"
    own_part = bool(seen.each_needed) and any(person.ref == visitor.ref for person in seen.each_done)
    facts = moves_of(view.id, *TOLD)
    names = names_of(actors_of(facts, [line.id]) | sayers(seen, facts))
    moves = moved_dates(view, facts, names, visitor.vendor)
    context = {
        "seen": seen,
        "task": line,
        "view": view,
        "is_theirs": theirs,
        "can_act": theirs and not own_part and line.state == "open" and view.state == "open" and not visitor.preview,
        "own_part": own_part,
        # Also before it can begin: whoever is to do it may then prepare.
        "may_give": theirs and line.state in {"open", "waiting"} and view.state == "open" and not visitor.preview,
        "may_take_back": theirs and _may_take_back(line, view) and not visitor.preview,
        "help": markdown(seen.help) if seen.help else "",
        "who": steps.who_does(line, visitor.ref, visitor.vendor),
        "for_whom": steps.done_for(line, visitor.ref),
        "agreement": steps.agreement(seen),
        "lateness": lateness(line),
        "waits": steps.waiting_sentence(view, line, visitor.vendor),
        "due_why": due_words(view, line.due_why),
        "follows": steps.what_follows(view, line, visitor.vendor),
        "later": steps.stands(view, line),
        "moved": [one for one in moves if one.task == line.ref],
        "shift": shift_words,
        "signatures": signatures_of(seen, facts, names, visitor.ref, visitor.vendor),
        "known": [field for field in seen.form if field.origin],
        "all_known": given is None and steps.all_known(seen),
        "theirs_at": _elsewhere(line.starts_at, visitor),
        "talk": (talk := talking.of_task(request, visitor, seen)),
        # What it asks is answered once somebody of theirs wrote here.
        "answered": sight.is_asked(line) and any(one.side == "them" and not one.removed_at for one in talk.comments),
        **_ear(visitor, view),
        "helper": helper_of(view, visitor.vendor),
        "reader": line.person.name if line.person and line.person.side == "ours" else helper_of(view, visitor.vendor),
        "booking": _booking(view) if line.kind == "meeting" and not line.starts_at else "",
        "refusal": refusal,
        "wrong": {},
        "given": given,
    }
    status = refusal.status if refusal else 200
    if refusal and (wrong := _wrong(seen, refusal)):
        words = "1 answer needs" if len(wrong) == 1 else f"{len(wrong)} answers need"
        context["wrong"] = wrong
        context["refusal"] = invalid(f"{words} another look.", mend="Nothing that you entered is lost.")
    return page(request, visitor, "portal/task.html", context, current="", journey=view, status=status)


def _elsewhere(moment: datetime | None, visitor: Visitor) -> str:
    """The vendor's clock at that moment, where it differs from the reader's."""
    if moment is None:
        return ""
    theirs = moment.astimezone(ZoneInfo(visitor.vendor_zone))
    own = moment.astimezone(ZoneInfo(visitor.zone))
    same = theirs.utcoffset() == own.utcoffset()
    return "" if same else f"{hour_words(moment, visitor.vendor_zone)} at {visitor.vendor}"


def _wrong(seen: TaskView, refusal: Refusal) -> dict[str, str]:
    """What is wrong with each field, without its title: it stands right above."""
    titles = {field.id: field.title for field in seen.form}
    found = {}
    for name, words in dict(refusal.details.get("fields", {})).items():
        said = str(words).removeprefix(titles.get(name, "")).lstrip(": ").removeprefix("is ")
        found[name] = said[:1].upper() + said[1:]
    return found


def live(
    request: HttpRequest,
    visitor: Visitor,
    name: str,
    view: JourneyView,
    context: dict[str, Any],
    *,
    current: str = "",
    status: int = 200,
) -> HttpResponse:
    """The whole page, or with X-Fragment the part of it that the browser fetches again when something changed."""
    template = f"portal/_{name}.html" if request.headers.get("X-Fragment") else f"portal/{name}.html"
    context["here"] = request.get_full_path()
    context |= _ear(visitor, view)
    return page(request, visitor, template, context, current=current or name, journey=view, status=status)


def _ear(visitor: Visitor, view: JourneyView) -> dict[str, str]:
    """The customers' stream knows no colleague: a preview stands still."""
    return {"live": "" if visitor.preview else f"journey:{view.id}"}


def team_here(visitor: Visitor, view: JourneyView) -> tuple[team.Colleague, ...]:
    """The vendor's people. A colleague who previews has the console's session alone: no faces."""
    found = engagement.people(person.ref for person in team.our_people(view))
    return team.team_of(view, found, "" if visitor.preview else "/portal")


def _booking(view: JourneyView) -> str:
    """Where whoever drives offers their times; empty where they do not."""
    owner = view.owner.ref if view.owner else ""
    found = engagement.people([owner]).get(owner) if owner else None
    return found.booking_url if found else ""


def _words(visitor: Visitor, view: JourneyView, first: Mapping[UUID, date]) -> dict[str, Any]:
    """What a list says about each of its tasks, and what all of it aims for. `first`: the days before they moved."""
    aims = aims_of(view, visitor.ref, visitor.vendor)
    return {
        "aims": aims,
        "ends": ends_of(view, aims),
        "was": lambda line: first.get(line.id),
        "stands": lambda line: steps.stands(view, line),
        "who_does": lambda line: steps.who_does(line, visitor.ref, visitor.vendor),
        "waits": lambda line: steps.waiting_words(view, line, visitor.vendor),
        "lateness": lateness,
        "shift": shift_words,
        "came": "",
    }
