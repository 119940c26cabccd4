"""The portal in a frame of the vendor's own product: a signed token lets in; a tab helps where cookies are kept out."""

from __future__ import annotations

from django.conf import settings
from django.core import signing as signatures
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from onward.accounts import queries as accounts
from onward.accounts.actions.workspaces import spend_embed_pass, use_embed_token
from onward.accounts.queries.workspaces import portal_rules
from onward.foundation import mailer
from onward.foundation.postgres.door import as_owner
from onward.identity import queries as identity
from onward.identity.actions import Entered
from onward.identity.actions.contacts import enter_proven
from onward.interfaces.portal.signing import let_in
from onward.interfaces.portal.who import COOKIE, COOKIE_PATH, FRAME, framed_by, visitor_of
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal

SALT = "onward.embed.tab"
TAB_SECONDS = 300
FRAME_SECONDS = 12 * 3600


@require_safe
@as_owner()
def embed(request: HttpRequest) -> HttpResponse:
    """Let the person in whom the token names, once, then see whether the browser keeps the session."""
    framed_by(request, portal_rules().ancestors)
    try:
        contact = use_embed_token(actor=SYSTEM, token=request.GET.get("token", ""))
        entered = enter_proven(actor=SYSTEM, contact_id=contact.id, by="embed", device=_device(request))
    except Refusal as refusal:
        return _told(request, refusal, "", refusal.status)
    way = signatures.dumps(contact.ref, salt=SALT)
    response = HttpResponseRedirect(f"/portal/embed/ready?way={way}")
    # Where no origin may frame, these stay the cookies of an ordinary visit.
    for name, value in ((COOKIE, entered.token), (FRAME, "1")):
        response.set_cookie(
            name,
            value,
            max_age=FRAME_SECONDS,
            path=COOKIE_PATH,
            secure=settings.SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


@require_safe
@as_owner()
def ready(request: HttpRequest) -> HttpResponse:
    """On to the first page; where the browser kept no cookie, a way into a tab of its own."""
    framed_by(request, portal_rules().ancestors)
    if visitor_of(request.COOKIES.get(COOKIE, "")) is not None:
        return HttpResponseRedirect("/portal/")
    way = request.GET.get("way", "")
    return _told(request, None, way if _contact(way) else "", 200 if _contact(way) else 403)


@require_http_methods(["GET", "HEAD", "POST"])
@as_owner()
def tab(request: HttpRequest) -> HttpResponse:
    """The same person in a tab of their own; the way works once, for five minutes. Looking at it uses nothing up."""
    vendor = identity.organization().name or "Onward"
    way = request.POST.get("way", "") or request.GET.get("way", "")
    ref = _contact(way)
    actor = accounts.contact_actor(parse_id("con", ref)) if ref else None
    if actor is None or (
        request.method == "POST" and not spend_embed_pass(actor=SYSTEM, text=way, seconds=TAB_SECONDS)
    ):
        shown = {"vendor": vendor, "name": "", "by_mail": mailer.configured()}
        return render(request, "portal/enter.html", shown, status=403)
    if request.method == "POST":
        entered: Entered = enter_proven(
            actor=SYSTEM, contact_id=parse_id("con", actor.id), by="embed", device=_device(request)
        )
        return let_in(entered, "/portal/", remember=request.POST.get("remember") == "1")
    return render(request, "portal/enter.html", {"vendor": vendor, "name": actor.name, "way": way})


def _contact(way: str) -> str:
    try:
        return str(signatures.loads(way, salt=SALT, max_age=TAB_SECONDS)) if way else ""
    except (signatures.BadSignature, ValueError):
        return ""


def _told(request: HttpRequest, refusal: Refusal | None, way: str, status: int) -> HttpResponse:
    shown = {"vendor": identity.organization().name or "Onward", "refusal": refusal, "way": way}
    return render(request, "portal/embed.html", shown, status=status)


def _device(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "")[:200]
