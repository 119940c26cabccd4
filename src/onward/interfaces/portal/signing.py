"""How contacts come in: six digits by mail, or a link that their vendor hands them; and out."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from onward.accounts import queries as accounts
from onward.accounts.queries import ContactRow
from onward.engagement.actions import send_code
from onward.foundation import mailer
from onward.foundation.postgres.door import as_owner
from onward.identity import actions, queries
from onward.identity.actions import Entered
from onward.identity.decisions import clean_mail
from onward.interfaces.portal.who import COOKIE, COOKIE_PATH, visitor_of
from onward.kernel.actor import SYSTEM
from onward.kernel.refusals import Refusal, not_found

REMEMBERED_SECONDS = 30 * 24 * 3600


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
@as_owner()
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for a mail address, then for the digits. An unknown address gets the very same pages."""
    given = request.POST if request.method == "POST" else request.GET
    mail, back = given.get("mail", "").strip()[:254], _back(given.get("next", ""))
    step, refusal = "mail", None
    if request.method == "POST":
        try:
            contact = _contact(clean_mail(mail))
            if given.get("step") == "code":
                step = "code"
                entered = actions.enter_by_code(
                    contact_id=contact.id if contact else None,
                    mail=mail,
                    code=given.get("code", "")[:40],
                    address=_address(request),
                    device=request.headers.get("User-Agent", "")[:200],
                )
                return _let_in(entered, back, remember=given.get("remember") == "1")
            _send(contact, mail, _address(request))
            step = "code"
        except Refusal as caught:
            refusal = caught
    elif visitor_of(request.COOKIES.get(COOKIE, "")) is not None:
        return HttpResponseRedirect(back)
    shown = {
        "step": step,
        "mail": mail,
        "next": back,
        "refusal": refusal,
        "vendor": queries.organization().name or "Onward",
        "by_mail": mailer.configured(),
    }
    return render(request, "portal/signin.html", shown, status=refusal.status if refusal else 200)


@require_http_methods(["GET", "POST"])
@as_owner()
def enter(request: HttpRequest, secret: str) -> HttpResponse:
    """A link from the vendor. Looking at it uses nothing up, because mail scanners look at every link."""
    vendor = queries.organization().name or "Onward"
    try:
        link = queries.open_link("contact", secret)
        actor = accounts.contact_actor(link.contact_id) if link.contact_id else None
        if actor is None:
            raise not_found("open link", "here")
        if request.method == "POST":
            device = request.headers.get("User-Agent", "")[:200]
            entered = actions.enter_by_link(actor=SYSTEM, secret=secret, device=device)
            return _let_in(entered, "/portal/", remember=request.POST.get("remember") == "1")
    except Refusal as refusal:
        if refusal.code != "not_found":
            raise
        return render(request, "portal/enter.html", {"vendor": vendor, "name": ""}, status=404)
    return render(request, "portal/enter.html", {"vendor": vendor, "name": actor.name})


@require_POST
@as_owner()
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this browser's session, here and in the database."""
    token = request.COOKIES.get(COOKIE, "")
    if token:
        actions.end_contact_session(actor=SYSTEM, token=token)
    response = HttpResponseRedirect("/portal/sign-in")
    response.delete_cookie(COOKIE, path=COOKIE_PATH)
    return response


def _contact(mail: str) -> ContactRow | None:
    """The contact with this address; of several the latest."""
    found = accounts.contacts_by_mail(mail)
    return found[0] if found else None


def _send(contact: ContactRow | None, mail: str, address: str) -> None:
    contact_id: UUID | None = contact.id if contact else None
    code = actions.request_contact_code(contact_id=contact_id, mail=mail, address=address)
    if code is not None and contact is not None:
        send_code(
            actor=SYSTEM,
            kind="contact",
            name=contact.name,
            mail=contact.mail or mail,
            code=code,
            account_id=contact.account_id,
            is_demo=contact.is_demo,
        )


def _let_in(entered: Entered, back: str, *, remember: bool) -> HttpResponse:
    response = HttpResponseRedirect(back)
    response.set_cookie(
        COOKIE,
        entered.token,
        max_age=REMEMBERED_SECONDS if remember else None,
        path=COOKIE_PATH,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _back(path: str) -> str:
    """A page of the portal to return to; never another site."""
    good = path.startswith("/portal/") and not path.startswith("/portal/sign")
    return path if good and url_has_allowed_host_and_scheme(path, allowed_hosts=None) else "/portal/"


def _address(request: HttpRequest) -> str:
    """The network address that asks; behind a proxy that we trust, the one that it names."""
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if forwarded:
            return forwarded[:60]
    return str(request.META.get("REMOTE_ADDR", ""))
