"""The team: who is here, with which role and which ways in; inviting and revoking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST, require_safe

from onward.identity import actions, queries
from onward.identity.decisions import may, require
from onward.interfaces.console.calendars import given_lines
from onward.interfaces.console.entering import freshly, own_session
from onward.interfaces.console.shell import say, staff
from onward.interfaces.ui.devices import device_words
from onward.interfaces.ui.serving import pictured
from onward.interfaces.ui.words import plural
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal

WHAT = {
    "admin": "everything, people and keys too",
    "manager": "playbooks, sources, segments, imports and all work",
    "member": "accounts, journeys and tasks",
    "viewer": "sees all, changes nothing",
}


@require_GET
def team(request: HttpRequest) -> HttpResponse:
    """Everybody, by name."""
    return _team(request)


@require_POST
def invites(request: HttpRequest) -> HttpResponse:
    """Invite somebody, or make a new link for somebody who is here; the link is shown this once."""
    actor = staff(request)
    try:
        link = actions.invite_user(
            actor=actor,
            mail=request.POST.get("mail", ""),
            role=request.POST.get("role") or None,
            name=request.POST.get("name", ""),
        )
    except Refusal as refusal:
        return _team(request, refusal=refusal)
    who = queries.user(actor, link.user_id) if link.user_id else None
    return _team(request, link=request.build_absolute_uri(f"/invite/{link.secret}"), invited=who)


@require_POST
def role(request: HttpRequest, user: str) -> HttpResponse:
    """Give somebody another role."""
    actor, user_id, wanted = staff(request), parse_id("usr", user), request.POST.get("role", "")
    try:
        actions.change_role(actor=actor, user_id=user_id, role=wanted)
    except Refusal as refusal:
        if refusal.code not in {"invalid", "conflict"}:
            raise
        return _person(request, user_id, refusal)
    titles = {role.key: role.title for role in queries.roles()}
    say(request, f"{queries.user(actor, user_id).name} is {titles[wanted].lower()} now.")
    return HttpResponseRedirect(f"/team/{user}")


@require_safe
def photo(request: HttpRequest, user: str) -> HttpResponse:
    """A colleague's face."""
    staff(request)
    return pictured(queries.photo(parse_id("usr", user)), request.GET.get("v", ""), is_public=False)


@require_POST
def photo_removal(request: HttpRequest, user: str) -> HttpResponse:
    """Take a colleague's photo away."""
    actor, user_id = staff(request), parse_id("usr", user)
    actions.change_photo(actor=actor, user_id=user_id, content=b"")
    say(request, f"The initials of {queries.user(actor, user_id).name} stand again.")
    return HttpResponseRedirect(f"/team/{user}")


@require_POST
def revocation(request: HttpRequest, user: str) -> HttpResponse:
    """Take away somebody's ways in."""
    actor = staff(request)
    try:
        actions.revoke_user(actor=actor, user_id=parse_id("usr", user))
    except Refusal as refusal:
        return _team(request, refusal=refusal)
    say(request, f"{queries.user(actor, parse_id('usr', user)).name} cannot sign in any more.")
    return HttpResponseRedirect("/team")


@require_POST
def restoration(request: HttpRequest, user: str) -> HttpResponse:
    """Let somebody in again."""
    actor = staff(request)
    actions.restore_user(actor=actor, user_id=parse_id("usr", user))
    say(request, f"{queries.user(actor, parse_id('usr', user)).name} may sign in again.")
    return HttpResponseRedirect("/team")


def person(request: HttpRequest, user: str) -> HttpResponse:
    """One colleague: who they are, their open sessions, their second factors; for admins. POST: change who they are."""
    actor, user_id = staff(request), parse_id("usr", user)
    require(actor, "change", "user")
    if request.method != "POST":
        return _person(request, user_id)
    if "days_off" in request.POST:
        words = "Saved. What is due on these days moves."
        return _keep(request, user, words, actions.take_days_off, days=request.POST["days_off"])
    if "share" in request.POST:
        words = "Saved. The workload counts with it."
        return _keep(request, user, words, actions.give_share, share=request.POST["share"])
    given = {name: request.POST.get(name, "") for name in ("name", "mail", "team", "region")}
    above = request.POST.get("manager", "")
    try:
        manager = parse_id("usr", above) if above else None
        actions.change_user(actor=actor, user_id=user_id, **given, manager_id=manager)
    except Refusal as refusal:
        if refusal.code not in {"invalid", "conflict"}:
            raise
        return _person(request, user_id, refusal, request.POST.dict())
    say(request, "It is changed.")
    return HttpResponseRedirect(f"/team/{user}")


def _keep(request: HttpRequest, user: str, words: str, change: Callable[..., None], **given: str) -> HttpResponse:
    user_id = parse_id("usr", user)
    try:
        change(actor=staff(request), user_id=user_id, **given)
    except Refusal as refusal:
        return _person(request, user_id, refusal)
    say(request, words)
    return HttpResponseRedirect(f"/team/{user}")


@require_POST
def person_session(request: HttpRequest, user: str, session: str) -> HttpResponse:
    """End one session of a colleague."""
    actor, user_id = staff(request), parse_id("usr", user)
    actions.end_session(actor=actor, user_id=user_id, session_id=parse_id("ses", session))
    say(request, "That browser is signed out.")
    return HttpResponseRedirect(f"/team/{user}")


@require_POST
def person_sessions(request: HttpRequest, user: str) -> HttpResponse:
    """Sign a colleague out everywhere."""
    actor, user_id = staff(request), parse_id("usr", user)
    count = actions.end_sessions(actor=actor, user_id=user_id, keep=own_session(request))
    say(request, f"Signed out of {plural(count, 'browser')}.")
    return HttpResponseRedirect(f"/team/{user}")


@require_POST
@freshly
def person_factor(request: HttpRequest, user: str, factor: str) -> HttpResponse:
    """Take a lost factor from a colleague, after making sure who asks."""
    actor, user_id = staff(request), parse_id("usr", user)
    actions.remove_factor(actor=actor, user_id=user_id, factor_id=parse_id("fct", factor))
    say(request, "It opens nothing any more.")
    return HttpResponseRedirect(f"/team/{user}")


def _person(
    request: HttpRequest, user_id: UUID, refusal: Refusal | None = None, typed: dict[str, Any] | None = None
) -> HttpResponse:
    actor = staff(request)
    row, people = queries.user(actor, user_id), queries.users(actor)
    manager = next((one.ref for one in people if one.id == row.manager_id), "")
    shown = {
        "person": row,
        "refusal": refusal,
        "given": typed or asdict(row) | {"manager": manager},
        "days_off": given_lines(request, row.days_off, "days_off"),
        "share": request.POST.get("share", row.share),
        "colleagues": [(one.ref, one.name) for one in people if one.id != row.id and one.is_active],
        "teams": sorted({one.team for one in people if one.team}, key=str.lower),
        "titles": {role.key: role.title for role in queries.roles()},
        "what": WHAT,
        "sessions": [(one, device_words(one.device)) for one in queries.sessions(actor, row.id)],
        "factors": queries.factors(actor, row.id),
        "codes_left": queries.recovery_codes_left(row.id),
        "issuers": queries.identities(row.id),
        "own": own_session(request),
    }
    return render(request, "console/person.html", shown, status=refusal.status if refusal else 200)


def _team(
    request: HttpRequest,
    *,
    refusal: Refusal | None = None,
    link: str = "",
    invited: queries.UserRow | None = None,
) -> HttpResponse:
    actor = staff(request)
    words = request.GET.get("q", "")
    rows = queries.users(actor, words=words)
    roles = queries.roles()
    shown = {
        "rows": rows,
        "words": words,
        "names": {row.id: row.name for row in queries.users(actor)} if words else {row.id: row.name for row in rows},
        "roles": [(role.key, role.title) for role in roles],
        "titles": {role.key: role.title for role in roles},
        "what": WHAT,
        "can_change": may(actor, "change", "user"),
        "own": actor.id,
        "refusal": refusal,
        "link": link,
        "invited": invited,
        "typed": request.POST if refusal else {},
    }
    return render(request, "console/team.html", shown, status=refusal.status if refusal else 200)
