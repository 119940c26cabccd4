"""The portal's pages as contacts see them, and colleagues in a preview. Each draws what it is given."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from onward.accounts import queries as accounts
from onward.accounts.decisions import role_title
from onward.engagement import queries as engagement
from onward.foundation import clock
from onward.interfaces.portal import sight, talking
from onward.interfaces.portal.dates import due_words
from onward.interfaces.portal.news import news_of
from onward.interfaces.portal.who import Visitor, page
from onward.interfaces.ui.markdown import markdown
from onward.journeys.queries import JourneyView, TaskView
from onward.kernel.refusals import Refusal, invalid

LATEST = 5


def home(request: HttpRequest, visitor: Visitor, view: JourneyView) -> HttpResponse:
    """Whose turn it is, and what comes next."""
    since = engagement.visit_before(visitor.actor)
    visible = [task.id for task in view.tasks]
    context = {
        "view": view,
        "home": sight.home_of(view, visitor.first_name, visitor.vendor, clock.now()),
        "since": since,
        "news": news_of(view.id, visible=visible, me=visitor.ref, since=since, limit=6),
        "team": sight.team_of(view, _mails(view))[:4],
        **_words(visitor, view),
    }
    if not request.headers.get("X-Fragment"):
        context["talk"] = talking.of_journey(request, visitor, view, "home", LATEST)
    return _live(request, visitor, "home", view, context)


def plan(request: HttpRequest, visitor: Visitor, view: JourneyView) -> HttpResponse:
    """Every stage with its shared tasks."""
    by_stage: dict[str, list[Any]] = {}
    for task in view.tasks:
        if task.state not in {"withdrawn"} and not (task.state == "skipped" and task.how == "not_needed"):
            by_stage.setdefault(task.stage, []).append(task)
    context = {"view": view, "by_stage": by_stage, **_words(visitor, view)}
    return _live(request, visitor, "plan", view, context)


def people(request: HttpRequest, visitor: Visitor, view: JourneyView) -> HttpResponse:
    """The vendor's team and how to reach them; the customer's own people and what they are here for."""
    own = [row for row in accounts.contacts(visitor.actor, account_id=view.account_id) if row.revoked_at is None]
    held: dict[str, list[str]] = {}
    for role in view.roles:
        if role.side == "theirs" and role.person is not None:
            held.setdefault(role.person.ref, []).append(role.title)
    rows = [
        (
            row,
            held.get(f"contact:{row.ref}") or [role_title(role) for role in row.roles],
            f"contact:{row.ref}" == visitor.ref,
        )
        for row in own
    ]
    open_roles = [
        role.title for role in view.roles if role.side == "theirs" and role.person is None and not role.optional
    ]
    context = {"view": view, "team": sight.team_of(view, _mails(view)), "rows": rows, "open_roles": open_roles}
    return _live(request, visitor, "people", view, context)


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
    theirs = line.side != "ours"
    context = {
        "seen": seen,
        "task": line,
        "view": view,
        "is_theirs": theirs,
        "can_act": theirs and line.state == "open" and view.state == "open" and not visitor.preview,
        "help": markdown(seen.help) if seen.help else "",
        "who": sight.who_does(line, visitor.ref, visitor.vendor),
        "waits": sight.waiting_words(view, line, visitor.vendor),
        "due_why": due_words(view, line.due_why),
        "holds_up": sight.holds_up(view.tasks, line),
        "talk": talking.of_task(request, visitor, seen),
        **_ear(visitor, view),
        "helper": view.owner.name if view.owner else visitor.vendor,
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


def _wrong(seen: TaskView, refusal: Refusal) -> dict[str, str]:
    """What is wrong with each field, without its title: it stands right above."""
    titles = {field.id: field.title for field in seen.form}
    found = {}
    for name, words in dict(refusal.details.get("fields", {})).items():
        said = str(words).removeprefix(titles.get(name, "")).lstrip(": ").removeprefix("is ")
        found[name] = said[:1].upper() + said[1:]
    return found


def _live(
    request: HttpRequest, visitor: Visitor, name: str, view: JourneyView, context: dict[str, Any]
) -> HttpResponse:
    """The whole page, or with X-Fragment the part of it that the browser fetches again when something changed."""
    template = f"portal/_{name}.html" if request.headers.get("X-Fragment") else f"portal/{name}.html"
    context["here"] = request.path
    context |= _ear(visitor, view)
    return page(request, visitor, template, context, current=name, journey=view)


def _ear(visitor: Visitor, view: JourneyView) -> dict[str, str]:
    """The customers' stream knows no colleague: a preview stands still."""
    return {"live": "" if visitor.preview else f"journey:{view.id}"}


def _mails(view: JourneyView) -> dict[str, str]:
    return {ref: person.mail for ref, person in engagement.people(p.ref for p in sight.our_people(view)).items()}


def _words(visitor: Visitor, view: JourneyView) -> dict[str, Any]:
    """What a list says about each of its tasks."""
    return {
        "who_does": lambda line: sight.who_does(line, visitor.ref, visitor.vendor),
        "waits": lambda line: sight.waiting_words(view, line, visitor.vendor),
    }
