"""How staff come in: the first link, an invite, six digits by mail, a password; and out."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from onward.demo.actions import remove
from onward.engagement.actions import send_code
from onward.foundation import mailer
from onward.foundation.pretending import progress
from onward.identity import actions, queries
from onward.interfaces.console import demo
from onward.interfaces.console.entering import address, proceed, safe_path
from onward.kernel.actor import SYSTEM
from onward.kernel.refusals import Refusal, conflict


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for a mail address, then for the digits sent there; or for a password. `again`: whoever is in proves it."""
    given = request.POST if request.method == "POST" else request.GET
    step, mail, back = given.get("step", "mail"), given.get("mail", "").strip()[:254], safe_path(given.get("next", ""))
    is_again = request.user.is_authenticated and given.get("again") == "1"
    refusal = None
    if request.method == "POST":
        try:
            if step == "code":
                user_id = actions.verify_code(mail=mail, code=given.get("code", "")[:40], address=address(request))
                return proceed(request, user_id, "code", back)
            if step == "password":
                password = given.get("password", "")[:400]
                user_id = actions.sign_in_by_password(mail=mail, password=password, address=address(request))
                return proceed(request, user_id, "password", back)
            _send(mail, address(request))
            step = "code"
        except Refusal as caught:
            refusal = caught
    elif request.user.is_authenticated and not is_again:
        return HttpResponseRedirect(back)
    return sign_in_page(request, step=step, mail=mail, back=back, refusal=refusal, is_again=is_again)


def sign_in_page(
    request: HttpRequest,
    *,
    step: str = "mail",
    mail: str = "",
    back: str = "/",
    refusal: Refusal | None = None,
    is_again: bool = False,
) -> HttpResponse:
    """The page with every way in. Where no mail leaves, digits reach nobody: it asks for a password at once."""
    provider, by_mail = queries.provider(), mailer.configured()
    step = step if step == "password" or (step == "code" and mail) else "mail"
    shown = {
        "step": step if by_mail else "password",
        "by_mail": by_mail,
        "mail": mail or (getattr(request.user, "mail", "") if is_again else ""),
        "next": back,
        "again": is_again,
        "refusal": refusal,
        "organization": queries.organization().name,
        "provider": provider.title if provider and provider.is_on else "",
    }
    response = render(request, "console/signin.html", shown, status=refusal.status if refusal else 200)
    if refusal and "retry_after" in refusal.details:
        response.headers["Retry-After"] = str(refusal.details["retry_after"])
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this browser's session."""
    logout(request)
    return HttpResponseRedirect("/sign-in")


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def welcome(request: HttpRequest, secret: str) -> HttpResponse:
    """A fresh installation's first page: look at the demo, or set the organization up. GET uses nothing up."""
    link = queries.open_link("first", secret)
    refusal = None
    if request.method == "POST":
        try:
            user_id = _welcomed(request, secret)
            return (
                proceed(request, user_id, "first link", "/")
                if user_id
                else HttpResponseRedirect(f"{request.path}?demo")
            )
        except Refusal as caught:
            refusal = caught
    elif "demo" in request.GET:
        going, is_done = progress(), queries.demo_is_whole()
        if going or is_done:
            return render(request, "console/building.html", {"progress": going, "is_done": is_done})
        refusal = conflict("The demo could not be built.", mend="The web server's log says why.")
    shown = {
        "has_demo": queries.demo_is_whole(),
        "values": {key: value for key, value in request.POST.items() if key != "password"},
        "refusal": refusal,
        "expires_at": link.expires_at,
    }
    return render(request, "console/first.html", shown, status=refusal.status if refusal else 200)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest, secret: str) -> HttpResponse:
    """An invite link. Mail scanners follow links, so only the POST uses it up."""
    link = queries.open_link("invite", secret)
    refusal = None
    if request.method == "POST":
        try:
            password = request.POST.get("password", "")[:400]
            user_id = actions.accept_invite(actor=SYSTEM, secret=secret, password=password)
            return proceed(request, user_id, "invite", "/")
        except Refusal as caught:
            refusal = caught
    shown = {
        "name": link.user_name,
        "role": link.role,
        "organization": queries.organization().name,
        "refusal": refusal,
    }
    return render(request, "console/invite.html", shown, status=refusal.status if refusal else 200)


def _welcomed(request: HttpRequest, secret: str) -> UUID | None:
    """Who is in now; None while the demo is being built."""
    given = request.POST
    if given.get("choice") == "demo":
        if queries.demo_is_whole():
            return actions.enter_demo(actor=SYSTEM, secret=secret)
        if not progress():
            demo.begin()
        return None
    if queries.demo_exists():
        remove(actor=SYSTEM)
    return actions.setup_organization(
        actor=SYSTEM,
        secret=secret,
        name=given.get("name", ""),
        admin_name=given.get("admin_name", ""),
        admin_mail=given.get("admin_mail", ""),
        zone=given.get("zone", "").strip() or "UTC",
        password=given.get("password", "")[:400],
    )


def _send(mail: str, came_from: str) -> None:
    issued = actions.request_code(mail=mail, address=came_from)
    if issued:
        send_code(
            actor=SYSTEM, kind="staff", name=issued.name, mail=issued.mail, code=issued.code, is_demo=issued.is_demo
        )
