"""How people sign in: the organization's provider, second factors by role, and for how long a session lasts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from onward.identity import actions, queries
from onward.identity.decisions import may, require
from onward.interfaces.console.entering import freshly, own_session, public
from onward.interfaces.console.shell import say, staff
from onward.interfaces.ui.words import plural
from onward.kernel.refusals import Refusal, invalid

WHERE = "/settings/sign-in"


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """All of it."""
    return _page(request)


@require_POST
@freshly
def factors(request: HttpRequest) -> HttpResponse:
    """Say from which roles a second factor is demanded."""
    try:
        actions.demand_factor(actor=staff(request), roles=request.POST.getlist("roles"))
    except Refusal as refusal:
        return _page(request, refusal=refusal)
    say(request, "Saved. They are asked when they sign in next.")
    return HttpResponseRedirect(WHERE)


@sensitive_post_parameters("secret")
@require_POST
@freshly
def provider(request: HttpRequest) -> HttpResponse:
    """Say at which provider people sign in."""
    given = request.POST
    try:
        actions.change_provider(
            actor=staff(request),
            title=given.get("title", ""),
            issuer=given.get("issuer", ""),
            client_id=given.get("client_id", ""),
            secret=given.get("secret", "")[:500],
            domains=given.get("domains", ""),
            role=given.get("role", "member"),
            claim=given.get("claim", ""),
            role_map=_map(given.get("role_map", "")),
            trusts_factor=given.get("trusts_factor") == "1",
            is_on=given.get("is_on") == "1",
        )
    except Refusal as refusal:
        return _page(request, refusal=refusal, typed=given.dict())
    say(request, "Saved. Try it in a private window before you rely on it.")
    return HttpResponseRedirect(WHERE)


@require_POST
@freshly
def everybody(request: HttpRequest) -> HttpResponse:
    """Sign everybody out, contacts too, but for this browser."""
    count = actions.end_everybodys_sessions(actor=staff(request), keep=own_session(request))
    say(request, f"{plural(count, 'browser')} had to sign in anew.")
    return HttpResponseRedirect(WHERE)


def _map(text: str) -> dict[str, str]:
    """Lines of VALUE = ROLE."""
    found: dict[str, str] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        value, sign, role = (part.strip() for part in line.rpartition("="))
        if not sign or not value or not role:
            raise invalid(f"“{line[:60]}” is not a line of VALUE = ROLE.", mend="Write it as cs-leads = manager.")
        found[value[:200]] = role.lower()
    return found


def _page(request: HttpRequest, *, refusal: Refusal | None = None, typed: dict[str, Any] | None = None) -> HttpResponse:
    actor = staff(request)
    require(actor, "see", "organization")
    row = queries.provider()
    values: dict[str, Any] = {
        "title": row.title if row else "",
        "issuer": row.issuer if row else "",
        "client_id": row.client_id if row else "",
        "domains": ", ".join(row.domains) if row else "",
        "role": row.role if row else "member",
        "claim": row.claim if row else "",
        "role_map": "\n".join(f"{value} = {role}" for value, role in row.role_map.items()) if row else "",
        "trusts_factor": row.trusts_factor if row else False,
        "is_on": row.is_on if row else True,
    }
    shown = {
        "provider": row,
        "values": values | {key: value for key, value in (typed or {}).items() if key != "secret"},
        "roles": [(role.key, role.title) for role in queries.roles()],
        "demanded": queries.factor_roles(),
        "back": public(request, "/sign-in/provider/back"),
        "idle": _span(settings.SESSION_IDLE),
        "life": _span(settings.SESSION_COOKIE_AGE),
        "fresh": _span(settings.SESSION_FRESH),
        "can_change": may(actor, "change", "organization"),
        "can_keys": may(actor, "see", "key"),
        "refusal": refusal,
    }
    return render(request, "console/sign_in_settings.html", shown, status=refusal.status if refusal else 200)


def _span(seconds: int) -> str:
    for length, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds % length == 0 and seconds >= length and not (length == 86400 and seconds == 86400):
            return plural(seconds // length, word)
    return plural(seconds // 60, "minute")
