"""How an account's portal is entered, the rules for all, and what is opened in it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onward.accounts import queries as accounts
from onward.accounts.actions.workspaces import (
    make_embed_secret,
    make_workspace_link,
    remove_embed_secret,
    revoke_workspace_link,
    set_portal_rules,
    set_workspace,
)
from onward.accounts.decisions.workspaces import INVITERS, LEVEL_HINTS, LEVELS
from onward.accounts.queries.workspaces import guests, portal_rules, workspace
from onward.engagement import queries as engagement
from onward.identity.decisions import may
from onward.interfaces.console.portal.reading import Opening, openings, readers
from onward.interfaces.console.shell import say, staff
from onward.journeys import queries as journeys
from onward.kernel.actor import Actor
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal


@require_http_methods(["GET", "POST"])
def access(request: HttpRequest, account: str) -> HttpResponse:
    """Who comes into this account's portal, and how far."""
    actor = staff(request)
    refusal = None
    if request.method == "POST":
        try:
            set_workspace(
                actor=actor,
                account_id=parse_id("acc", account),
                level=request.POST.get("level", ""),
                listed=request.POST.get("listed", "").splitlines(),
            )
            say(request, "Saved. It holds from the next visit on.")
            return HttpResponseRedirect(f"/accounts/{account}/portal")
        except Refusal as caught:
            refusal = caught
    return _access(request, actor, account, refusal=refusal)


@require_POST
def link(request: HttpRequest, account: str) -> HttpResponse:
    """Make the workspace's link, shown this once, or (remove=1) close it."""
    actor = staff(request)
    account_id = parse_id("acc", account)
    if request.POST.get("remove") == "1":
        revoke_workspace_link(actor=actor, account_id=account_id)
        say(request, "The link opens nothing any more.")
        return HttpResponseRedirect(f"/accounts/{account}/portal")
    secret = make_workspace_link(actor=actor, account_id=account_id)
    return _access(request, actor, account, made=f"{engagement.base_url()}/portal/space/{secret}")


def _access(
    request: HttpRequest, actor: Actor, account: str, *, refusal: Refusal | None = None, made: str = ""
) -> HttpResponse:
    row = accounts.account(actor, parse_id("acc", account))
    found = workspace(actor, row.id)
    default = portal_rules().level
    own = request.POST.get("level", "") if refusal else found.own
    listed = request.POST.get("listed", "") if refusal else "\n".join(found.listed)
    people = accounts.contacts(actor, account_id=row.id)
    by = journeys.names_of(person.invited_by for person in people)
    shown = {
        "row": row,
        "found": found,
        "levels": [("", "As for every account", f"now: {LEVELS[default].lower()}")]
        + [(key, words, LEVEL_HINTS[key]) for key, words in LEVELS.items()],
        "level": own,
        "listed": listed,
        "words": LEVELS[found.level],
        "guests": guests(actor, row.id),
        "brought": [(person, by.get(person.invited_by, "")) for person in people if person.invited_by],
        "made": made,
        "wrong": dict(refusal.details.get("fields", {})) if refusal else {},
        "refusal": refusal,
        "can_change": may(actor, "change", "account"),
    }
    return render(request, "console/portal/access.html", shown, status=refusal.status if refusal else 200)


@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """How portals are entered unless an account says otherwise, who invites, and which pages may frame."""
    actor = staff(request)
    refusal = None
    if request.method == "POST":
        try:
            set_portal_rules(
                actor=actor,
                level=request.POST.get("level", ""),
                inviters=request.POST.get("inviters", ""),
                ancestors=request.POST.get("ancestors", "").splitlines(),
            )
            say(request, "Saved.")
            return HttpResponseRedirect("/settings/portal")
        except Refusal as caught:
            refusal = caught
    return _rules(request, actor, refusal=refusal)


@require_POST
def embed_secret(request: HttpRequest) -> HttpResponse:
    """Make the secret that signs embed tokens, shown this once, or (remove=1) end all embedding."""
    actor = staff(request)
    if request.POST.get("remove") == "1":
        remove_embed_secret(actor=actor)
        say(request, "No token opens a portal any more.")
        return HttpResponseRedirect("/settings/portal")
    return _rules(request, actor, made=make_embed_secret(actor=actor))


def _rules(request: HttpRequest, actor: Actor, *, refusal: Refusal | None = None, made: str = "") -> HttpResponse:
    row = portal_rules()
    given: dict[str, Any] = {"level": row.level, "inviters": row.inviters, "ancestors": "\n".join(row.ancestors)}
    if refusal:
        given = {key: request.POST.get(key, value) for key, value in given.items()}
    shown = {
        "row": row,
        "given": given,
        "levels": [(key, words, LEVEL_HINTS[key]) for key, words in LEVELS.items()],
        "inviters": list(INVITERS.items()),
        "made": made,
        "example": f"{engagement.base_url()}/portal/embed?token=…",
        "wrong": dict(refusal.details.get("fields", {})) if refusal else {},
        "refusal": refusal,
        "can_change": may(actor, "change", "organization"),
        "can_keys": may(actor, "see", "key"),
    }
    return render(request, "console/portal/rules.html", shown, status=refusal.status if refusal else 200)


@require_GET
def use(request: HttpRequest, ref: str) -> HttpResponse:
    """What is opened in a journey's portal, by whom, and where people stop."""
    actor = staff(request)
    view = journeys.journey_view(actor, parse_id("jny", ref))
    opened = engagement.pages_opened(actor, view.id)
    people = accounts.contacts(actor, account_id=view.account_id)
    rows = openings(view, opened, {row.id: row.name for row in people})
    stops: list[Opening] = [row for row in rows if row.stopped]
    shown = {"view": view, "rows": rows, "stops": stops, "readers": readers(opened, people), "has_any": bool(opened)}
    return render(request, "console/portal/use.html", shown)
