"""A workspace's link: what it opens depends on the account's level. It never says who is known."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from onward.accounts import queries as accounts
from onward.accounts.actions.workspaces import note_guest
from onward.accounts.queries.workspaces import WorkspaceRow, workspace_of_link
from onward.foundation import clock
from onward.foundation.postgres.door import admit, as_owner
from onward.foundation.secrets import digest
from onward.foundation.throttle import allow
from onward.identity import queries as identity
from onward.interfaces.portal import sight, team
from onward.interfaces.portal.signing import network_address
from onward.interfaces.ui.words import reading_in
from onward.journeys import queries as journeys
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.refusals import Refusal

COOKIE, PATH, SALT = "onward_guest", "/portal/space", "onward.guest"
REMEMBERED_SECONDS = 30 * 24 * 3600
LINKS_AN_ADDRESS, ADDRESSES_AN_ADDRESS = 120, 20


@require_http_methods(["GET", "HEAD", "POST"])
def space(request: HttpRequest, secret: str) -> HttpResponse:
    """GET: the plan, or what is asked first. POST: the mail address of a visitor, where that is asked."""
    with as_owner():
        organization = identity.organization()
        vendor = organization.name or "Onward"
        if not allow("space:from", network_address(request), LINKS_AN_ADDRESS, 900):
            raise Refusal(
                "throttled", "Too many links were tried from this network.", mend="Wait a quarter of an hour."
            )
        found = workspace_of_link(secret)
        if found is None:
            return render(request, "portal/space.html", {"vendor": vendor, "ask": "", "refusal": None}, status=404)
        if found.level not in {"open", "mail"}:
            return HttpResponseRedirect("/portal/sign-in")
        mail = ""
        if found.level == "mail":
            mail = _given(request, secret)
            if not mail:
                return _asked(request, found, secret, vendor)
        account = accounts.account(SYSTEM, found.account_id)
    admit(found.account_id)
    with reading_in(account.zone or organization.zone, organization.zone):
        return _shown(request, found, account.name, vendor, mail)


def _asked(request: HttpRequest, found: WorkspaceRow, secret: str, vendor: str) -> HttpResponse:
    refusal, mail = None, request.POST.get("mail", "").strip()[:254]
    if request.method == "POST":
        try:
            if not allow("space:mail", network_address(request), ADDRESSES_AN_ADDRESS, 3600):
                raise Refusal("throttled", "Many addresses were given from this network.", mend="Wait an hour.")
            note_guest(actor=SYSTEM, account_id=found.account_id, mail=mail)
            response = HttpResponseRedirect(request.path)
            response.set_cookie(
                COOKIE,
                signing.dumps([digest(secret), mail.lower()], salt=SALT),
                max_age=REMEMBERED_SECONDS,
                path=PATH,
                secure=settings.SECURE,
                httponly=True,
                samesite="Lax",
            )
            return response
        except Refusal as caught:
            refusal = caught
    shown = {"vendor": vendor, "ask": "mail", "mail": mail, "refusal": refusal}
    return render(request, "portal/space.html", shown, status=refusal.status if refusal else 200)


def _given(request: HttpRequest, secret: str) -> str:
    """The address that this browser has given for this very link; a new link asks again."""
    try:
        of, mail = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=REMEMBERED_SECONDS)
    except (signing.BadSignature, ValueError):
        return ""
    return str(mail) if of == digest(secret) else ""


def _shown(request: HttpRequest, found: WorkspaceRow, account: str, vendor: str, mail: str) -> HttpResponse:
    guest = Actor("contact", "", "", account_id=found.account_id)
    lines = journeys.journeys_of(guest, found.account_id)
    running = [line for line in lines if line.state in {"open", "paused"}] or lines
    view = journeys.journey_view(guest, running[0].id) if running else None
    context = {
        "vendor": vendor,
        "account": account,
        "mail": mail,
        "view": view,
        "home": sight.home_of(view, "", "", vendor, clock.now()) if view else None,
        "stages": sight.outline_of(view) if view else [],
        "team": team.first_names(view) if view else [],
    }
    return render(request, "portal/guest.html", context)
