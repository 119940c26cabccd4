"""The team: who is here, with which role; inviting, revoking; and one's own password."""

from __future__ import annotations

from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onward.identity import actions, queries
from onward.identity.decisions import ROLES, may
from onward.interfaces.console.shell import say, staff
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
    actor = staff(request)
    wanted = request.POST.get("role", "")
    try:
        actions.change_role(actor=actor, user_id=parse_id("usr", user), role=wanted)
    except Refusal as refusal:
        return _team(request, refusal=refusal)
    say(request, f"{queries.user(actor, parse_id('usr', user)).name} is {wanted} now.")
    return HttpResponseRedirect("/team")


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


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """One's own name and password."""
    actor = staff(request)
    user_id = parse_id("usr", actor.id)
    refusal = None
    if request.method == "POST":
        try:
            if request.POST.get("password"):
                actions.set_password(actor=actor, user_id=user_id, password=request.POST["password"][:400])
                fresh = queries.signed_in_user(user_id)
                if fresh is not None:
                    update_session_auth_hash(request, fresh)
                say(request, "Your password is set. Your other sessions have ended.")
            else:
                actions.change_user(actor=actor, user_id=user_id, name=request.POST.get("name", ""))
                say(request, "Your name is changed.")
            return HttpResponseRedirect("/me")
        except Refusal as caught:
            refusal = caught
    shown = {"person": queries.user(actor, user_id), "refusal": refusal}
    return render(request, "console/me.html", shown, status=refusal.status if refusal else 200)


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
    shown = {
        "rows": rows,
        "words": words,
        "names": {row.id: row.name for row in queries.users(actor)} if words else {row.id: row.name for row in rows},
        "roles": [(key, key.capitalize()) for key in ROLES],
        "what": WHAT,
        "can_change": may(actor, "change", "user"),
        "own": actor.id,
        "refusal": refusal,
        "link": link,
        "invited": invited,
        "typed": request.POST if refusal else {},
    }
    return render(request, "console/team.html", shown, status=refusal.status if refusal else 200)
