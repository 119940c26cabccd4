"""People at accounts: who they are, and their ways into the portal."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from onward.accounts import actions, queries
from onward.accounts.decisions import STAKEHOLDER_ROLES, role_title
from onward.identity import actions as identity_actions
from onward.identity import queries as identity
from onward.identity.decisions import may
from onward.interfaces.console.shell import say, staff
from onward.interfaces.ui.devices import device_words
from onward.interfaces.ui.words import plural
from onward.kernel.actor import Actor
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal


@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, contact: str) -> HttpResponse:
    """One person at an account: the form, and its POST."""
    actor = staff(request)
    row = queries.contact(actor, parse_id("con", contact))
    refusal = None
    if request.method == "POST":
        try:
            actions.change_contact(actor=actor, contact_id=row.id, **person_given(request))
            say(request, "Saved.")
            return HttpResponseRedirect(f"/accounts/{queries.account(actor, row.account_id).ref}#people")
        except Refusal as caught:
            refusal = caught
    return _page(request, actor, row, refusal=refusal)


def _page(
    request: HttpRequest, actor: Actor, row: queries.ContactRow, *, refusal: Refusal | None = None, link: str = ""
) -> HttpResponse:
    typed = request.POST.dict() if refusal else {}
    shown = {
        "row": row,
        "values": asdict(row) | typed,
        "chosen": request.POST.getlist("roles") if refusal else row.roles,
        "account": queries.account(actor, row.account_id),
        "roles": role_choices(row.roles),
        "can_change": may(actor, "change", "contact"),
        "sessions": _sessions(actor, row.id),
        "refusal": refusal,
        "link": link,
    }
    return render(request, "console/contact.html", shown, status=refusal.status if refusal else 200)


@require_POST
def contact_invites(request: HttpRequest, contact: str) -> HttpResponse:
    """A link into the portal, shown this once, for somebody of the team to hand over."""
    actor = staff(request)
    row = queries.contact(actor, parse_id("con", contact))
    link = actions.invite_contact(actor=actor, contact_id=row.id)
    return _page(request, actor, row, link=request.build_absolute_uri(f"/portal/enter/{link.secret}"))


@require_POST
def contact_revocation(request: HttpRequest, contact: str) -> HttpResponse:
    """Close the portal for a contact."""
    actor = staff(request)
    row = queries.contact(actor, parse_id("con", contact))
    actions.revoke_contact(actor=actor, contact_id=row.id)
    say(request, f"{row.name} cannot enter the portal any more.")
    return HttpResponseRedirect(f"/contacts/{contact}")


@require_POST
def contact_session(request: HttpRequest, contact: str, session: str) -> HttpResponse:
    """Sign one of a contact's browsers out."""
    actor = staff(request)
    row = queries.contact(actor, parse_id("con", contact))
    identity_actions.end_one_contact_session(actor=actor, contact_id=row.id, session_id=parse_id("ses", session))
    say(request, "That browser is signed out.")
    return HttpResponseRedirect(f"/contacts/{contact}")


@require_POST
def contact_sessions(request: HttpRequest, contact: str) -> HttpResponse:
    """Sign a contact out everywhere; they may come back in."""
    actor = staff(request)
    row = queries.contact(actor, parse_id("con", contact))
    count = identity_actions.revoke_contact_access(actor=actor, contact_id=row.id)
    say(request, f"{row.name} is signed out of {plural(count, 'browser')}.")
    return HttpResponseRedirect(f"/contacts/{contact}")


@require_POST
def contact_restoration(request: HttpRequest, contact: str) -> HttpResponse:
    """Open the portal for a contact again."""
    actor = staff(request)
    row = queries.contact(actor, parse_id("con", contact))
    actions.restore_contact(actor=actor, contact_id=row.id)
    say(request, f"{row.name} may enter the portal again.")
    return HttpResponseRedirect(f"/contacts/{contact}")


def _sessions(actor: Actor, contact_id: UUID) -> list[tuple[identity.ContactSessionRow, str]]:
    """A contact's open browsers, for those who may close them."""
    if not may(actor, "revoke", "contact"):
        return []
    return [(one, device_words(one.device)) for one in identity.contact_sessions(actor, contact_id)]


def role_choices(held: list[str]) -> list[tuple[str, str]]:
    """The usual roles, and those that the contact has beside them."""
    return [*STAKEHOLDER_ROLES.items(), *((role, role_title(role)) for role in held if role not in STAKEHOLDER_ROLES)]


def person_given(request: HttpRequest) -> dict[str, Any]:
    """A contact's fields as the form holds them."""
    post = request.POST
    further = post.get("further_roles", "").replace(";", ",").split(",")
    return {
        "name": post.get("name", ""),
        "mail": post.get("mail", "").strip() or None,
        "title": post.get("title", ""),
        "roles": [*post.getlist("roles"), *further],
        "product_user_id": post.get("product_user_id", ""),
    }
