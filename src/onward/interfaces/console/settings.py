"""What the organization chooses: its name and week, segments, API keys."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from onward.accounts import queries as accounts
from onward.accounts.actions import set_segment_rules
from onward.accounts.actions.segments import judge_segments_again
from onward.accounts.decisions import SEGMENTS
from onward.identity import actions, queries
from onward.identity.decisions import SCOPES, key_life, may, require
from onward.identity.decisions.calendars import countries, place_words
from onward.interfaces.console.branding import accent_words
from onward.interfaces.console.calendars import DAYS, calendar_given, given_lines, place_typed
from onward.interfaces.console.entering import freshly
from onward.interfaces.console.shell import say, staff
from onward.journeys.decisions.capacity import HOURS_A_DAY
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal, invalid

WHOLE = [
    ("read", "Read", "all accounts, journeys and what belongs to them"),
    ("write", "Write", "all of these; it reads too"),
    ("export", "Export", "everything as JSON lines"),
    ("metrics", "Metrics", "the installation's own figures at /metrics"),
]
LIVES = [("30d", "30 days"), ("90d", "90 days"), ("365d", "A year"), ("", "Never")]


@require_http_methods(["GET", "POST"])
def organization(request: HttpRequest) -> HttpResponse:
    """Name, zone, working week, and what opens a journey."""
    actor = staff(request)
    refusal = None
    if request.method == "POST":
        given = request.POST
        try:
            actions.change_organization(
                actor=actor,
                name=given.get("name", ""),
                zone=given.get("zone", ""),
                **calendar_given(request),
                accent=given.get("accent", "").strip().lower(),
                settings={
                    "journeys": "account" if given.get("journeys") == "account" else "deal",
                    "day_hours": given.get("day_hours") or None,
                    "product_url": given.get("product_url", "").strip() or None,
                },
            )
            say(request, "Saved.")
            return HttpResponseRedirect("/settings/organization")
        except Refusal as caught:
            refusal = caught
    row = queries.organization()
    known = {
        "name": row.name,
        "zone": row.zone,
        "accent": row.accent,
        "journeys": row.settings.get("journeys", "deal"),
        "day_hours": f"{row.settings.get('day_hours', HOURS_A_DAY):g}",
        "product_url": row.settings.get("product_url", ""),
    }
    shown = {
        "row": row,
        "values": known | (request.POST.dict() if refusal else {}),
        "week": request.POST.getlist("working_week") if refusal else row.working_week,
        "place": place_typed(request) if refusal else row.holidays,
        "closed": given_lines(request, row.closed_days),
        "days": DAYS,
        "countries": countries(),
        "place_words": place_words,
        "color": row.accent,
        "words": accent_words(row.accent),
        "can_change": may(actor, "change", "organization"),
        "can_keys": may(actor, "see", "key"),
        "refusal": refusal,
    }
    return render(request, "console/organization.html", shown, status=refusal.status if refusal else 200)


@require_http_methods(["GET", "POST"])
def segments(request: HttpRequest) -> HttpResponse:
    """The ARR above which an account belongs to each segment."""
    actor = staff(request)
    refusal = None
    if request.method == "POST":
        try:
            above = {key: _threshold(request.POST.get(key, ""), key) for key in SEGMENTS if _is_used(request, key)}
            set_segment_rules(actor=actor, above=above)
            judge_segments_again(actor=actor)
            say(request, "The thresholds are in force, and every account was judged by them.")
            return HttpResponseRedirect("/settings/segments")
        except Refusal as caught:
            refusal = caught
    rules = {rule.segment: rule.above for rule in accounts.segment_rules()}
    shown = {
        "rows": [
            (key, title, request.POST.get(key, ""), _is_used(request, key))
            if refusal
            else (key, title, f"{rules[key]:.0f}" if rules.get(key) is not None else "", key in rules)
            for key, title in SEGMENTS.items()
        ],
        "rest": next((SEGMENTS[key] for key, above in rules.items() if above is None), ""),
        "can_change": may(actor, "change", "segment"),
        "can_keys": may(actor, "see", "key"),
        "refusal": refusal,
    }
    return render(request, "console/segments.html", shown, status=refusal.status if refusal else 200)


@require_http_methods(["GET", "POST"])
@freshly
def keys(request: HttpRequest) -> HttpResponse:
    """All API keys; a new one is shown this once."""
    actor = staff(request)
    require(actor, "see", "key")
    refusal, made = None, None
    if request.method == "POST":
        try:
            life = request.POST.get("expires", "")
            scopes = request.POST.getlist("scopes")
            if not scopes:
                # The action names the scopes as the API does; here they are boxes to tick.
                raise invalid("Say what the key may do.", mend="Tick at least one thing.", field="scopes")
            made = actions.create_key(
                actor=actor,
                name=request.POST.get("name", ""),
                scopes=scopes,
                expires=key_life(life) if life else None,
            )
        except Refusal as caught:
            refusal = caught
    rows = queries.keys(actor)
    shown = {
        "rows": rows,
        "made": made,
        "lives": LIVES,
        "whole": WHOLE,
        "scopes": [(scope, scope) for scope in sorted(SCOPES) if ":" in scope],
        "refusal": refusal,
        "typed": request.POST if refusal else {},
        "chosen": request.POST.getlist("scopes") if refusal else [],
        "can_keys": True,
    }
    return render(request, "console/keys.html", shown, status=refusal.status if refusal else 200)


@require_POST
def key_revocation(request: HttpRequest, key: str) -> HttpResponse:
    """Close a key at once."""
    actor = staff(request)
    require(actor, "see", "key")
    actions.revoke_key(actor=actor, key_id=parse_id("key", key))
    say(request, "The key is closed.")
    return HttpResponseRedirect("/settings/keys")


def _is_used(request: HttpRequest, key: str) -> bool:
    return bool(request.POST.get(f"use_{key}"))


def _threshold(text: str, key: str) -> Decimal | None:
    text = text.replace(",", "").replace(" ", "").strip()
    if not text:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        raise invalid(f"“{text[:40]}” is not an amount.", mend="Write it as 100000.", field=key) from None
