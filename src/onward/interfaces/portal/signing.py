"""How contacts come in: six digits by mail, or a link that their vendor hands them; and out."""

from __future__ import annotations

from uuid import UUID, uuid5

from django.conf import settings
from django.core import signing as cookies
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from onward.accounts import queries as accounts
from onward.accounts.actions.workspaces import admit_listed
from onward.accounts.queries import ContactRow
from onward.accounts.queries.workspaces import listing
from onward.engagement.actions import send_code
from onward.foundation import mailer, secrets
from onward.foundation.postgres.door import as_owner
from onward.identity import actions, queries
from onward.identity.actions import Entered
from onward.identity.actions.contacts import enter_proven, prove_code
from onward.identity.decisions import clean_mail
from onward.interfaces.portal.who import COOKIE, COOKIE_PATH, visitor_of
from onward.kernel.actor import SYSTEM
from onward.kernel.refusals import Refusal, not_found

REMEMBERED_SECONDS = 30 * 24 * 3600
# A device on which its owner asked to be remembered is known again for a year; it opens nothing.
KNOWN, KNOWN_SECONDS = "onward_known", 365 * 24 * 3600


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
                entered = _entered(contact, mail, given.get("code", "")[:40], request)
                return let_in(entered, back, remember=given.get("remember") == "1", mail=mail)
            _send(contact, mail, network_address(request), known_device(request, mail))
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
    response = render(request, "portal/signin.html", shown, status=refusal.status if refusal else 200)
    if refusal and "retry_after" in refusal.details:
        response.headers["Retry-After"] = str(refusal.details["retry_after"])
    return response


@require_http_methods(["GET", "POST"])
@as_owner()
def enter(request: HttpRequest, secret: str) -> HttpResponse:
    """A link from the vendor. Looking at it uses nothing up, because mail scanners look at every link."""
    shown = {"vendor": queries.organization().name or "Onward", "by_mail": mailer.configured()}
    try:
        link = queries.open_link("contact", secret)
        actor = accounts.contact_actor(link.contact_id) if link.contact_id else None
        if actor is None:
            raise not_found("open link", "here")
        if request.method == "POST":
            device = request.headers.get("User-Agent", "")[:200]
            entered = actions.enter_by_link(actor=SYSTEM, secret=secret, device=device)
            found = accounts.contacts_by_ids(SYSTEM, [entered.contact_id])[entered.contact_id]
            remember = request.POST.get("remember") == "1"
            return let_in(entered, "/portal/", remember=remember, mail=found.mail or "")
    except Refusal as refusal:
        if refusal.code != "not_found":
            raise
        # Who comes back through the link in an old mail, and is in already, is let through.
        if visitor_of(request.COOKIES.get(COOKIE, "")) is not None:
            return HttpResponseRedirect("/portal/")
        return render(request, "portal/enter.html", {**shown, "name": ""}, status=404)
    return render(request, "portal/enter.html", {**shown, "name": actor.name})


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


def _entered(contact: ContactRow | None, mail: str, code: str, request: HttpRequest) -> Entered:
    address, device = network_address(request), request.headers.get("User-Agent", "")[:200]
    account_id = listing(mail) if contact is None else None
    if account_id is None:
        contact_id = contact.id if contact else None
        known = known_device(request, mail)
        return actions.enter_by_code(
            contact_id=contact_id, mail=mail, code=code, address=address, device=device, known=known
        )
    prove_code(contact_id=_newcomer(account_id, mail), mail=mail, code=code, address=address)
    made = admit_listed(actor=SYSTEM, account_id=account_id, mail=mail)
    return enter_proven(actor=SYSTEM, contact_id=made, by="listed", device=device)


def _newcomer(account_id: UUID, mail: str) -> UUID:
    """Under which id the code of somebody is kept who is listed and not here yet."""
    return uuid5(account_id, mail.strip().lower())


def _send(contact: ContactRow | None, mail: str, address: str, known: str) -> None:
    """Six digits to a contact, or to somebody of a listed address; to others nothing, which the page does not tell."""
    account_id = contact.account_id if contact else listing(mail)
    contact_id = contact.id if contact else _newcomer(account_id, mail) if account_id else None
    code = actions.request_contact_code(contact_id=contact_id, mail=mail, address=address, known=known)
    if code is None:
        return
    if contact is not None:
        name, to, is_demo = contact.name, contact.mail or mail, contact.is_demo
    else:
        name, to, is_demo = "", clean_mail(mail), False
    send_code(actor=SYSTEM, kind="contact", name=name, mail=to, code=code, account_id=account_id, is_demo=is_demo)


def let_in(entered: Entered, back: str, *, remember: bool, mail: str = "") -> HttpResponse:
    """The cookie of a fresh session, and on to the page; whose device it is, where it is to be remembered."""
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
    if remember and mail:
        value = cookies.dumps([_told_apart(mail), secrets.token(128)], salt=KNOWN)
        path = f"{COOKIE_PATH}/sign-in"
        response.set_cookie(
            KNOWN, value, max_age=KNOWN_SECONDS, path=path, secure=settings.SECURE, httponly=True, samesite="Lax"
        )
    return response


def known_device(request: HttpRequest, mail: str) -> str:
    """The id of a device on which the owner of this address was let in before; empty for all others. We signed it when
    they had proven themselves, so that a stranger cannot make one."""
    try:
        whose, device = cookies.loads(request.COOKIES.get(KNOWN, ""), salt=KNOWN, max_age=KNOWN_SECONDS)
    except (cookies.BadSignature, ValueError):
        return ""
    return str(device) if whose == _told_apart(mail) else ""


def _told_apart(mail: str) -> str:
    """An address in a cookie, so that who finds the browser does not read it there."""
    return secrets.digest(mail.strip().lower())


def _back(path: str) -> str:
    """A page of the portal to return to; never another site."""
    good = path.startswith("/portal/") and not path.startswith("/portal/sign")
    return path if good and url_has_allowed_host_and_scheme(path, allowed_hosts=None) else "/portal/"


def network_address(request: HttpRequest) -> str:
    """The network address that asks; behind a proxy that we trust, the one that it names."""
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if forwarded:
            return forwarded[:60]
    return str(request.META.get("REMOTE_ADDR", ""))
