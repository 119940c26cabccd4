"""GET: the tabs of a journey, and the same as fragments that a live page fetches again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from onward.accounts import queries as accounts
from onward.automation.queries.deciding import goals
from onward.conversation import queries as conversation
from onward.foundation.clock import now
from onward.identity import queries as identity
from onward.identity.decisions import may
from onward.interfaces.console import playbook_words, talking
from onward.interfaces.console.account_page import STATES
from onward.interfaces.console.journey.aiming import aiming
from onward.interfaces.console.journey.bars import bars
from onward.interfaces.console.journey.deciding import choices, said
from onward.interfaces.console.journey.first_day import first_day
from onward.interfaces.console.journey.happened import KINDS, happened
from onward.interfaces.console.journey.lede import lede
from onward.interfaces.console.journey.plan import Refused, tree
from onward.interfaces.console.journey.seen import Seen, proven_of
from onward.interfaces.console.journey.use import use_of
from onward.interfaces.console.reminding import told
from onward.interfaces.console.shell import staff
from onward.interfaces.console.targets import aim
from onward.interfaces.ui.drawings import photo_of
from onward.interfaces.ui.success import shown
from onward.interfaces.ui.words import date_words
from onward.journeys import queries as journeys
from onward.journeys.decisions.approving import may_say_yes
from onward.journeys.decisions.hours import hours_words
from onward.kernel.actor import Actor
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal
from onward.playbooks import queries as playbooks
from onward.playbooks.decisions.planned import SHEET

TABS = {
    "": "Overview",
    "plan": "Plan",
    "handoff": "Handoff",
    "success": "Success plan",
    "people": "People",
    "usage": "Usage",
    "conversation": "Conversation",
    "files": "Files",
    "timeline": "Timeline",
    "facts": "Facts",
    "completion": "Completion",
}


HEAD = "head"


def page(request: HttpRequest, ref: str, tab: str = "", refused: Refused | None = None) -> HttpResponse:
    """One tab, whole or (with X-Fragment) only the part that changes. `refused` is said at its row of the plan, or
    at the form of the tab."""
    actor = staff(request)
    view = journeys.journey_view(actor, parse_id("jny", ref))
    seen = Seen(view, playbooks.version(view.version_id), now())
    context = {
        "seen": seen,
        "view": view,
        "tab": tab,
        "lede": lede(seen),
        "tabs": _tabs(seen),
        "may_change": may(actor, "change", "journey"),
        "may_answer": seen.asks is not None and may_say_yes(actor, seen.asks.person.ref if seen.asks.person else ""),
        "approve_words": playbook_words.said(seen.book.approve.when, seen.book)
        if seen.asks and seen.book.approve
        else "",
        "account_path": f"/accounts/{view.account_ref}",
        "live": f"journey:{view.id}",
        "is_fragment": bool(request.headers.get("X-Fragment")),
        "query": f"?{request.GET.urlencode()}" if request.method == "GET" and request.GET else "",
        **_more(request, actor, seen, tab),
    }
    context |= {
        "refusal": refused.refusal if refused else None,
        "refused_at": refused.ref if refused else "",
        "typed": request.POST if refused else {},
        "is_at_head": refused is not None and refused.ref == HEAD,
    }
    if tab == "plan":
        context["refused"] = _told(refused, request, context) if refused and refused.ref.startswith("tsk_") else None
    context["part"] = f"console/journey/_{tab or 'overview'}.html"
    whole = "_body" if request.headers.get("X-Fragment") else "page"
    return render(request, f"console/journey/{whole}.html", context, status=refused.refusal.status if refused else 200)


def at_form(form: str, refusal: Refusal) -> Refused:
    """A refusal to be said at its form, open again with its words; at the head of the page where another state of the
    journey is in the way, for then the form may be gone."""
    return Refused(form if refusal.code == "invalid" else HEAD, refusal)


def _told(refused: Refused, request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What was refused, with what was typed; its row may not be among those that are shown."""
    rows = {task.line.ref for branch in context["branches"] for task in branch.tasks}
    given = request.POST.get("due_at", "")
    try:
        day = date_words(date.fromisoformat(given)) if given else ""
    except ValueError:
        day = given
    return {
        "ref": refused.ref,
        "refusal": refused.refusal,
        "given": request.POST,
        "day": day,
        "is_shown": refused.ref in rows,
    }


def _tabs(seen: Seen) -> list[tuple[str, str, str, int | None]]:
    held = sum(1 for role in seen.view.roles if role.person)
    numbers = {"plan": len(seen.late) or None, "people": held or None}
    return [(key, words, f"{seen.path}/{key}" if key else seen.path, numbers.get(key)) for key, words in TABS.items()]


def _standing(actor: Actor, view: journeys.JourneyView) -> journeys.Standing | None:
    """How the plan stands to its playbook; None for one that came from a sheet."""
    return None if view.playbook == SHEET else journeys.standing(actor, view.id)


def _signed_anew(actor: Actor, view: journeys.JourneyView) -> datetime | None:
    """When its deal was signed, where that is another day than the one that its dates count from."""
    asked = view.deal_id is not None and view.signed_at is not None and may(actor, "see", "deal")
    deal = accounts.deal(actor, view.deal_id) if view.deal_id and asked else None
    return deal.signed_at if deal and deal.signed_at != view.signed_at else None


def _handoff(actor: Actor, seen: Seen) -> dict[str, Any]:
    handoff = journeys.handoff_view(actor, seen.view.id)
    task = [line for line in seen.view.tasks if handoff and line.key == handoff.task]
    known = journeys.known_views(actor, seen.view.id) if handoff else ()
    return {
        "handoff": handoff,
        "giver": seen.task(task[-1]) if task else None,
        # What is filled in is put right here; the rest is given at its task.
        "is_filled": bool(task) and task[-1].state == "done",
        "first_day": first_day(seen),
        "shown": len(known),
        "sure": sum(row.sure_by is not None for row in known),
    }


def _more(request: HttpRequest, actor: Actor, seen: Seen, tab: str) -> dict[str, Any]:
    view = seen.view
    if tab == "":
        next_things = seen.next_things()[:3]
        may_remind = may(actor, "send", "message")
        account = accounts.account(actor, view.account_id)
        return {
            "account": account,
            "aiming": aiming(seen, aim(account, view.started_at, seen.book)),
            "lines": [row.line for row in happened(seen, limit=8)[0]],
            "cycles": journeys.cycles(actor, view.id),
            "resigned": _signed_anew(actor, view),
            "champion": next((role for role in view.roles if role.side == "theirs"), None),
            "next_things": next_things,
            "may_remind": may_remind,
            "told": told(actor, view.id, (task.line for task in next_things)),
            "spent": journeys.hours_of_account(actor, view.account_id, view.id),
            "hours_words": hours_words,
            "asked": conversation.open_questions(actor, journey_id=view.id, limit=5) if seen.is_underway else [],
        }
    if tab == "timeline":
        here, there = journeys.calendars_of(view.account_id)
        may_move = seen.is_open and may(actor, "change", "journey")
        found = goals(actor, view.id)
        goal = next((one for one in found if one.kind == request.GET.get("decides")), None)
        return {
            "bars": bars(seen, journeys.agreed_days(view.id), here, there, may_move=may_move, goal=goal),
            "likely": journeys.likely_ends(actor, view.id),
            "decides": choices(found),
            "goal": goal,
            "deciding": said(goal, view.tasks) if goal else "",
        }
    if tab == "facts":
        kind = request.GET.get("kind", "")
        rows, older = happened(seen, kind, request.GET.get("before", ""))
        asked = {"kind": kind, "before": older} if kind else {"before": older}
        older = f"{seen.path}/facts?{urlencode(asked)}" if older else ""
        return {"rows": rows, "older": older, "kind": kind, "kinds": KINDS}
    if tab == "usage":
        return {"use": use_of(actor, view, seen.book, seen.now), "may_see_sources": may(actor, "see", "source")}
    if tab in {"plan", "people"}:
        contacts = accounts.contacts(actor, account_id=view.account_id)
        users = identity.users(actor, include_revoked=False)
        ours = [(f"user:{user.ref}", user.name) for user in users]
        theirs = [(f"contact:{row.ref}", row.name) for row in contacts if not row.revoked_at]
        people = {"ours": ours, "theirs": theirs}
        if tab == "people":
            faces = {f"user:{user.ref}": photo_of(user.ref, user.photo) for user in users}
            why = journeys.reasons_of(actor, view.id)
            return {"contacts": contacts, "choices": people, "faces": faces, "why": why}
        only = (request.POST if request.method == "POST" else request.GET).get("only", "")
        me = f"user:{actor.id}" if may(actor, "change", "comment") else ""
        return {
            "choices_of": people,
            "standing": _standing(actor, view),
            "me": me,
            "may_remind": may(actor, "send", "message"),
            "told": told(actor, view.id, view.tasks),
            **tree(seen, only),
        }
    if tab == "handoff":
        return _handoff(actor, seen)
    if tab == "success":
        return {
            "contacts": accounts.contacts(actor, account_id=view.account_id),
            "currency": accounts.account(actor, view.account_id).currency,
            "shown": shown(actor, view, may_sign=may(actor, "change", "journey")),
            "me": actor.name,
            "us": identity.organization().name or "Onward",
        }
    if tab in {"conversation", "files"}:
        return {"talk": talking.of_journey(request, actor, view, "journey" if tab == "conversation" else "files")}
    if tab == "completion":
        newest = {row.metric: row for row in view.evidence}
        by_hand = [(one, newest.get(one.metric)) for one in view.evidence_wanted]
        users = identity.users(actor, include_revoked=False)
        return {
            "proven": proven_of(view.checklist),
            "by_hand": by_hand,
            "ending": journeys.ending(actor, view.id),
            "colleagues": [(f"user:{user.ref}", user.name) for user in users],
            "states": STATES,
        }
    return {}
