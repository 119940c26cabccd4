"""Sources of usage events: what arrives, what is refused and why, and the keys."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onward.foundation import clock
from onward.identity.decisions import may
from onward.interfaces.console.shell import say, staff
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal
from onward.usage import actions, queries

KINDS = [("server", "A server"), ("browser", "A browser")]
OUTCOMES = {"": None, "stored": "stored", "duplicate": "duplicate", "refused": "refused"}
GRACES = [("1", "in a day"), ("7", "in a week"), ("0", "now")]
SHOWN_ONCE = "issued_write_key"


@require_http_methods(["GET", "POST"])
def sources(request: HttpRequest) -> HttpResponse:
    """All sources; POST sets one up."""
    actor = staff(request)
    refusal = None
    if request.method == "POST":
        try:
            made = actions.create_source(
                actor=actor,
                name=request.POST.get("name", ""),
                kind=request.POST.get("kind", ""),
                write_key=request.POST.get("write_key", "").strip() or None,
            )
            return _issued(request, made)
        except Refusal as caught:
            refusal = caught
    shown = {
        "rows": queries.sources(actor),
        "waiting": queries.waiting_groups(actor),
        "kinds": KINDS,
        "given": request.POST,
        "can_change": may(actor, "create", "source"),
        "refusal": refusal,
    }
    return render(request, "console/sources.html", shown, status=refusal.status if refusal else 200)


@require_GET
def source(request: HttpRequest, source: str) -> HttpResponse:
    """One source with its live debugger; as a fragment for a page that is open."""
    actor = staff(request)
    row = queries.source(actor, parse_id("src", source))
    outcome = request.GET.get("only", "")
    is_fragment = request.headers.get("X-Fragment") == "1"
    issued = None if is_fragment else request.session.pop(SHOWN_ONCE, None)
    now = clock.now()
    shown = {
        "row": row,
        "keys": [(key, key.ends_at is None or key.ends_at > now) for key in row.keys],
        "sightings": queries.sightings(actor, row.id, outcome=OUTCOMES.get(outcome)),
        "only": outcome if outcome in OUTCOMES else "",
        "host": f"{request.scheme}://{request.get_host()}",
        "issued": issued if issued and issued[0] == row.ref else None,
        "graces": GRACES,
        "can_change": may(actor, "rotate", "source"),
    }
    return render(request, "console/_source.html" if is_fragment else "console/source.html", shown)


@require_POST
def source_keys(request: HttpRequest, source: str) -> HttpResponse:
    """Issue a further key; the others end after the chosen time."""
    grace = request.POST.get("grace", "1")
    days = int(grace) if grace in dict(GRACES) else 1
    source_id = parse_id("src", source)
    return _issued(request, actions.rotate_key(actor=staff(request), source_id=source_id, grace=timedelta(days=days)))


@require_POST
def source_revocation(request: HttpRequest, source: str) -> HttpResponse:
    """End all keys now."""
    ended = actions.revoke_keys(actor=staff(request), source_id=parse_id("src", source))
    say(request, "Its keys have ended." if ended else "It had no key that was still good.")
    return HttpResponseRedirect(f"/sources/{source}")


def _issued(request: HttpRequest, made: actions.Issued) -> HttpResponse:
    ref = format_id("src", made.source_id)
    request.session[SHOWN_ONCE] = [ref, made.write_key]
    return HttpResponseRedirect(f"/sources/{ref}")
