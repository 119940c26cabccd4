"""Many journeys at once: say what, see for how many and to whom, confirm the number, watch, take back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onward.foundation.clock import now
from onward.identity import queries as identity
from onward.identity.decisions import require
from onward.insights import actions
from onward.insights import queries as insights
from onward.interfaces.console.portfolio.asked import View, of_words
from onward.interfaces.console.portfolio.columns import fields_of
from onward.interfaces.console.portfolio.pages import file_of
from onward.interfaces.console.shell import say, staff
from onward.interfaces.ui.words import plural
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal, invalid

MOST = 20_000
PREVIEWED = 5
TITLES = {
    "owner": "Change the owner of",
    "pause": "Pause",
    "nudge": "Remind the customers of",
    "owner_back": "Give back the owner of",
    "resume": "Resume",
    "merge": "Bring a new version to",
    "merge_back": "Take the new version back from",
}
RIGHTS = {"owner": ("assign", "journey"), "pause": ("pause", "journey"), "nudge": ("send", "message")}
ANSWERED_HERE = {"invalid", "conflict", "stale"}
FIRST_WORDS = "Hello {first name},\n\nto keep your onboarding on its way we need one thing from you:"


@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponseBase:
    """What is to be done to which; with the confirmed number it begins."""
    actor = staff(request)
    if request.method == "GET":
        return redirect("/journeys")
    what, words = request.POST.get("what", ""), request.POST.get("query", "")
    view = of_words(words, actor)
    ids = None if request.POST.get("all") == "1" else _ids(request)
    if what == "csv":
        columns = fields_of(view.columns) if view.query.get("cols") else None
        lines = insights.portfolio_csv(actor, view.filters, sort=view.sort, now=now(), columns=columns, ids=ids)
        return file_of(lines)
    if what not in RIGHTS:
        raise invalid("Nothing is chosen to be done.", mend="Choose rows, then what to do with them.")
    require(actor, *RIGHTS[what])
    count = len(ids) if ids is not None else insights.counts(actor, [view.filters], now(), up_to=MOST + 1)[0]
    if not count:
        raise invalid("No journey is chosen.", mend="Choose rows, or all that match.")
    refusal = None
    if "confirmed" in request.POST:
        try:
            return redirect(f"/journeys/bulk/{format_id('blk', _begun(request, actor, what, view, ids))}")
        except Refusal as caught:
            if caught.code not in ANSWERED_HERE:
                raise
            refusal = caught
    context = _ask(actor, what, view, ids, count) | {
        "query": words,
        "given": request.POST,
        "refusal": refusal,
        "first_words": FIRST_WORDS.replace("{first name}", "{person.first_name}"),
    }
    return render(request, "console/portfolio/bulk.html", context, status=refusal.status if refusal else 200)


def _ids(request: HttpRequest) -> list[UUID]:
    return [parse_id("jny", ref) for ref in dict.fromkeys(request.POST.getlist("journey"))]


def _begun(request: HttpRequest, actor: Actor, what: str, view: View, ids: list[UUID] | None) -> UUID:
    confirmed = request.POST.get("confirmed", "")
    if not confirmed.isdecimal() or len(confirmed) > 7:
        raise invalid("The number is missing.", mend="Confirm for how many journeys.")
    given = {name: request.POST.get(name, "") for name in ("person", "reason", "words") if name in request.POST}
    return actions.begin_bulk(
        actor=actor,
        what=what,
        given=given,
        journey_ids=ids,
        filters=None if ids is not None else view.filters,
        count=int(confirmed),
    )


def _ask(actor: Actor, what: str, view: View, ids: list[UUID] | None, count: int) -> dict[str, Any]:
    if ids is not None:
        rows = insights.lines_in_order(actor, ids[: PREVIEWED * 10])
    else:
        rows = insights.portfolio(actor, view.filters, sort=view.sort, limit=PREVIEWED * 10, now=now()).rows
    letters, missing = [], []
    for row in rows[:PREVIEWED] if what == "nudge" else []:
        try:
            letters.append((row, insights.recipient(actor, row.journey_id)))
        except Refusal as refusal:
            missing.append((row, refusal))
    people = identity.users(actor, include_revoked=False) if what == "owner" else []
    return {
        "what": what,
        "title": f"{TITLES[what]} {plural(count, 'journey')}",
        "count": count,
        "ids": [format_id("jny", one) for one in ids] if ids is not None else None,
        "rows": rows[:PREVIEWED],
        "rest": count - len(rows[:PREVIEWED]),
        "people": [(row.ref, row.name) for row in people],
        # Beyond those that are looked at nobody knows yet.
        "reached": len(letters) if what == "nudge" and count == len(letters) + len(missing) else count,
        "letters": letters,
        "missing": missing,
    }


@require_GET
def page(request: HttpRequest, ref: str) -> HttpResponse:
    """How far it is, and what came of each journey."""
    actor = staff(request)
    found = insights.bulk(actor, parse_id("blk", ref))
    context = {
        "run": found,
        "title": TITLES[found.what],
        "may_undo": found.what in {"owner", "pause", "merge"}
        and not found.undone_by
        and found.state == "done"
        and found.done,
        "fragment": request.path,
    }
    fragment = request.headers.get("X-Fragment")
    return render(request, f"console/portfolio/{'_bulk_run' if fragment else 'bulk_run'}.html", context)


@require_POST
def undo(request: HttpRequest, ref: str) -> HttpResponse:
    """Take it back, journey by journey."""
    actor = staff(request)
    made = actions.undo_bulk(actor=actor, bulk_id=parse_id("blk", ref))
    say(request, "It is being taken back.")
    return redirect(f"/journeys/bulk/{format_id('blk', made)}")
