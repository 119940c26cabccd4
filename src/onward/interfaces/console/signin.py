"""How staff come in: the first link, an invite, six digits by mail, a password; and out."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from onward.demo.actions import remove
from onward.engagement.actions import send_code
from onward.foundation.pretending import progress
from onward.identity import actions, queries
from onward.interfaces.console import demo
from onward.interfaces.console.shell import say
from onward.kernel.actor import SYSTEM
from onward.kernel.refusals import Refusal, conflict


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for a mail address, then for the digits sent there; or for a password."""
    given = request.POST if request.method == "POST" else request.GET
    step, mail, back = given.get("step", "mail"), given.get("mail", "").strip()[:254], _back(given.get("next", ""))
    refusal = None
    if request.method == "POST":
        try:
            if step == "code":
                user_id = actions.verify_code(mail=mail, code=given.get("code", "")[:40], address=address(request))
                return _enter(request, user_id, back)
            if step == "password":
                password = given.get("password", "")[:400]
                user_id = actions.sign_in_by_password(mail=mail, password=password, address=address(request))
                return _enter(request, user_id, back)
            _send(mail, address(request))
            step = "code"
        except Refusal as caught:
            refusal = caught
    elif request.user.is_authenticated:
        return HttpResponseRedirect(back)
    shown = {
        "step": step if step in {"code", "password"} and (mail or step == "password") else "mail",
        "mail": mail,
        "next": back,
        "refusal": refusal,
        "organization": queries.organization().name,
    }
    return render(request, "console/signin.html", shown, status=refusal.status if refusal else 200)


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
            return _enter(request, user_id, "/") if user_id else HttpResponseRedirect(f"{request.path}?demo")
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
            return _enter(request, user_id, "/")
        except Refusal as caught:
            refusal = caught
    shown = {
        "name": link.user_name,
        "role": link.role,
        "organization": queries.organization().name,
        "refusal": refusal,
    }
    return render(request, "console/invite.html", shown, status=refusal.status if refusal else 200)


def address(request: HttpRequest) -> str:
    """The network address that asks; behind a proxy that we trust, the one that it names."""
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if forwarded:
            return forwarded[:60]
    return str(request.META.get("REMOTE_ADDR", ""))


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


def _enter(request: HttpRequest, user_id: UUID, back: str) -> HttpResponse:
    user = queries.signed_in_user(user_id)
    if user is None:
        raise Refusal("unauthorized", "You may not sign in any more.", mend="Ask an admin.")
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    say(request, f"You are in, {user.name.split(' ')[0]}.")
    return HttpResponseRedirect(back)


def _back(path: str) -> str:
    safe = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if safe and not path.startswith(("/sign-", "/welcome", "/invite")) else "/"
