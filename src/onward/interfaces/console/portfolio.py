"""All journeys: "which of them need somebody, and who?" The sentence, the tiles, the list, CSV."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST
from markupsafe import Markup

from onward.accounts import queries as accounts
from onward.foundation.clock import now
from onward.identity import queries as identity
from onward.identity.decisions import may
from onward.insights import queries as insights
from onward.interfaces.console.shell import say, staff
from onward.interfaces.ui.words import plural
from onward.journeys import actions
from onward.journeys import queries as journeys
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import invalid
from onward.playbooks import queries as playbooks

WORDS = {"by": "owner", "stage": "stage", "in": "segment", "pace": "pace", "on": "playbook", "waiting": "waiting_on"}
SORT_WORDS = {
    "urgency": "what is most urgent",
    "waiting": "longest waiting",
    "due": "what is due next",
    "first_value": "first value due",
    "account": "account",
    "stage": "stage",
    "arr": "largest ARR",
    "signed": "newest signature",
    "owner": "owner",
}
STAGES = 9
COLUMNS = [
    ("account", "Account", ""),
    ("stage", "Stage", ""),
    ("waiting", "Waiting on", ""),
    ("urgency", "Pace", ""),
    ("first_value", "First value", ""),
    ("due", "Due next", ""),
    ("owner", "Owner", ""),
]


@dataclass(frozen=True, slots=True)
class View:
    """The list that an address asks for."""

    filters: insights.Filters
    sort: str
    query: dict[str, str]

    def href(self, **changes: str) -> str:
        """The address of this list with some words changed; "" drops one. It begins at the first page."""
        given = {**self.query, **changes}
        given.pop("after", None)
        kept = {key: value for key, value in given.items() if value}
        return f"/journeys?{urlencode(kept)}" if kept else "/journeys"


def page(request: HttpRequest) -> HttpResponse:
    """The list, whole or (with X-Fragment) what changes by itself."""
    actor, moment = staff(request), now()
    view = asked(request, actor)
    context = _context(request, actor, view, moment)
    fragment = request.headers.get("X-Fragment")
    return render(request, "console/_portfolio.html" if fragment else "console/portfolio.html", context)


def as_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The whole filtered list as a file."""
    actor = staff(request)
    view = asked(request, actor)
    lines: Iterable[str] = insights.portfolio_csv(actor, view.filters, sort=view.sort, now=now())
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="journeys.csv"'
    return answer


def waiting(request: HttpRequest) -> HttpResponse:
    """Won deals that no playbook fits: a person chooses."""
    actor = staff(request)
    rows = journeys.waiting_deals(actor)
    books = playbooks.current_versions()
    context = {
        "rows": rows,
        "accounts": accounts.accounts_by_ids(actor, [row.account_id for row in rows]),
        "deals": accounts.deals_by_ids(actor, [row.deal_id for row in rows]),
        "playbooks": [(format_id("pbv", key), book.title) for key, book in books.items()],
        "may_change": may(actor, "open", "journey"),
    }
    return render(request, "console/waiting.html", context)


@require_POST
def choose(request: HttpRequest, deal: str) -> HttpResponse:
    """Open the journey of a deal that waited."""
    actor = staff(request)
    version = request.POST.get("version", "")
    if not version:
        raise invalid("No playbook is chosen.", mend="Choose one from the list.")
    journey = actions.choose_playbook(actor=actor, deal_id=parse_id("deal", deal), version_id=parse_id("pbv", version))
    say(request, "The journey is open.")
    return redirect(f"/journeys/{format_id('jny', journey)}")


def asked(request: HttpRequest, actor: Actor) -> View:
    """The address as a list; a Refusal for words that mean nothing here."""
    query = {key: str(value)[:200] for key, value in request.GET.items() if value and "\0" not in value}
    owner: UUID | str | None = query.get("by") or None
    if owner == "me":
        owner = parse_id("usr", actor.id)
    elif owner not in (None, "none"):
        owner = parse_id("usr", owner)
    filters = insights.Filters(
        words=query.get("q", ""),
        owner=owner,
        segment=query.get("in", ""),
        state=query.get("state", "open"),
        pace=query.get("pace", ""),
        stage=query.get("stage", ""),
        playbook=query.get("on", ""),
        waiting_on=query.get("waiting", ""),
        first_value=query.get("value", ""),
    )
    return View(filters, query.get("sort", "urgency"), query)


def _context(request: HttpRequest, actor: Actor, view: View, moment: datetime) -> dict[str, Any]:
    owner_id = view.filters.owner if isinstance(view.filters.owner, UUID) else None
    tiles = insights.tiles(actor, owner_id=owner_id)
    everybody = insights.tiles(actor) if owner_id else tiles
    figures = insights.lede(actor, moment, of=tiles, owner_id=owner_id)
    found = insights.portfolio(actor, view.filters, sort=view.sort, cursor=request.GET.get("after", ""), now=moment)
    books = {one.value: one.label or one.value for one in everybody.by_playbook}
    users = identity.user_names([UUID(one.value) for one in everybody.by_owner if one.value])
    waits = journeys.waiting_deals(actor, limit=200)
    fullest = sorted(tiles.by_stage, key=lambda one: -one.n)[:STAGES]
    stages = [one for one in tiles.by_stage if one in fullest]
    whole = replace(view, query={"by": view.query["by"]} if "by" in view.query else {})
    return {
        "view": view,
        "whole": whole,
        "now": moment,
        "rows": found.rows,
        "after": f"{view.href()}{'&' if '?' in view.href() else '?'}{urlencode({'after': found.next})}"
        if found.next
        else "",
        "is_first": not request.GET.get("after"),
        "tiles": tiles,
        "stages": stages,
        "elsewhere": sum(one.n for one in tiles.by_stage) - sum(one.n for one in stages),
        "most": max((one.n for one in stages), default=0),
        "lede": lede(figures, whole, len(waits)),
        "figures": figures,
        "has_any": sum(one.n for one in everybody.by_state) > 0,
        "waits": len(waits),
        "columns": COLUMNS,
        "choices": {
            "by": [
                ("", "anyone"),
                ("me", "me"),
                *sorted(((format_id("usr", key), name) for key, name in users.items()), key=lambda one: one[1].lower()),
                ("none", "nobody"),
            ],
            "stage": [("", "any stage"), *((one.value, one.label or one.value) for one in everybody.by_stage)],
            "in": [("", "any segment"), *((one.value, "") for one in everybody.by_segment if one.value)],
            "pace": [("", "any pace"), ("on_track", "on track"), ("behind", "behind"), ("stalled", "stalled")],
            "on": [("", "any playbook"), *books.items()],
            "state": [
                ("", "under way"),
                ("paused", "paused"),
                ("completed", "complete"),
                ("cancelled", "cancelled"),
                ("all", "in any state"),
            ],
            "value": [
                ("", "at any point"),
                ("late", "late for first value"),
                ("this_week", "due for first value this week"),
                ("not_yet", "before first value"),
                ("reached", "after first value"),
            ],
            "sort": list(SORT_WORDS.items()),
        },
        "csv": view.href().replace("/journeys", "/journeys.csv", 1),
        "fragment": request.get_full_path(),
        "may_change": may(actor, "open", "journey"),
        "may_import": may(actor, "start", "import"),
    }


def lede(figures: insights.Lede, view: View, waits: int) -> Markup:
    """One judgement and at most four figures, each a link to its rows."""

    def link(words: str, **changes: str) -> Markup:
        return Markup('<a href="{}">{}</a>').format(view.href(**changes), words)

    if not figures.open:
        sentence = Markup("No journey is under way.")
    else:
        parts = []
        if figures.first_value_late:
            verb = "is" if figures.first_value_late == 1 else "are"
            parts.append(link(f"{figures.first_value_late:,} {verb} late for first value", value="late"))
        if figures.behind and not figures.first_value_late:
            parts.append(link(f"{figures.behind:,} {'is' if figures.behind == 1 else 'are'} behind", pace="behind"))
        if figures.stalled:
            has = "has" if figures.stalled == 1 else "have"
            parts.append(link(f"{figures.stalled:,} {has} stalled", pace="stalled"))
        week = figures.first_value_this_week
        if week:
            due = link(f"{week:,} should reach first value", value="this_week")
            parts.append(Markup("{} this week").format(due))
        verb = "is" if figures.open == 1 else "are"
        head = Markup("{} {} under way").format(link(plural(figures.open, "journey")), verb)
        if not parts:
            sentence = head + Markup(', <span class="then">none late and none stalled.</span>')
        else:
            tail = Markup(", and ").join([Markup(", ").join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]
            sentence = head + Markup(". ") + tail + Markup(".")
    if waits:
        needs = Markup('<a href="/journeys/waiting">{} a playbook</a>').format(
            f"{plural(waits, 'deal')} need{'s' if waits == 1 else ''}"
        )
        sentence += Markup(' <span class="then">{}.</span>').format(needs)
    return sentence
