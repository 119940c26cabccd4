"""From one proof to a session: the second factor between, what a session remembers, and when a proof is fresh."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import timedelta
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from onward.foundation.clock import now
from onward.identity import queries
from onward.identity.actions import Site
from onward.interfaces.console.shell import say
from onward.kernel.refusals import Refusal, conflict

P = ParamSpec("P")
PENDING, MUST_ADD = "pending", "must_add_factor"
_UNTITLED = ("/sign-", "/welcome", "/invite")


def proceed(request: HttpRequest, user_id: UUID, by: str, back: str) -> HttpResponse:
    """One factor is proven: let the person in, or ask for the second."""
    lacking = queries.factor_lacking(user_id)
    if lacking == "prove":
        request.session.cycle_key()
        request.session[PENDING] = {"user": str(user_id), "by": by, "back": back}
        return HttpResponseRedirect("/sign-in/second")
    return enter(request, user_id, by, back, must_add=lacking == "set_up")


def enter(request: HttpRequest, user_id: UUID, by: str, back: str, *, must_add: bool = False) -> HttpResponse:
    """Everything is proven: a fresh session. A session that was there before is ended."""
    user = queries.signed_in_user(user_id)
    if user is None:
        raise Refusal("unauthorized", "You may not sign in any more.", mend="Ask an admin.")
    said = request.session.get("said")
    # Also where the same person was in already: each proof begins a session of its own, and ends the one before.
    request.session.flush()
    if said:
        request.session["said"] = said
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session["device"] = request.headers.get("User-Agent", "")[:200]
    request.session["address"] = address(request)
    request.session["by"] = by
    if must_add:
        request.session[MUST_ADD] = True
        return HttpResponseRedirect("/me")
    if not request.session.get("said"):
        say(request, f"You are in, {user.name.split(' ')[0]}.")
    return HttpResponseRedirect(back)


def pending(request: HttpRequest) -> tuple[UUID, str, str]:
    """Who has proven one factor in this browser, how, and where they go; a Refusal for everybody else."""
    held = request.session.get(PENDING)
    if not held:
        raise Refusal("unauthorized", "There is nothing to confirm here.", mend="Begin to sign in.")
    return UUID(held["user"]), held["by"], held["back"]


def own_session(request: HttpRequest) -> UUID | None:
    """The id of the session that this browser is in."""
    opened = getattr(request.session, "opened", None)
    return opened.id if opened is not None else None


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person proved who they are a short while ago: each proof begins a session."""
    opened = getattr(request.session, "opened", None)
    return opened is not None and now() - opened.created_at < timedelta(seconds=settings.SESSION_FRESH)


def freshly(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """For what opens doors: a browser that was left open for long is asked to sign in once more before it changes."""

    def run(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method == "POST" and not is_fresh(request):
            came = urlsplit(request.headers.get("Referer", "")).path
            say(request, "Now change it: you have just signed in.")
            return HttpResponseRedirect(f"/sign-in?{urlencode({'again': '1', 'next': safe_path(came)})}")
        return view(request, *args, **kwargs)

    functools.update_wrapper(run, view)
    return run


def site(request: HttpRequest) -> Site:
    """Whose passkeys are made here. The public address says so, never a header; without one it is this machine only."""
    if settings.PUBLIC_URL:
        parts = urlsplit(settings.PUBLIC_URL)
        return Site(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")
    host = request.get_host()
    if host.rpartition(":")[0] == "localhost" or host == "localhost":
        return Site("localhost", f"http://{host}")
    raise conflict(
        "Passkeys need to know this installation's address.",
        mend="Whoever runs it sets ONWARD_PUBLIC_URL. On this machine, open it as http://localhost.",
    )


def public(request: HttpRequest, path: str) -> str:
    """The whole address of one of our pages, as the outside knows it."""
    return f"{settings.PUBLIC_URL.rstrip('/')}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)


def address(request: HttpRequest) -> str:
    """The network address that asks; behind a proxy that we trust, the one that it names."""
    if settings.SECURE_PROXY_SSL_HEADER:
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if forwarded:
            return forwarded[:60]
    return str(request.META.get("REMOTE_ADDR", ""))


def safe_path(path: str) -> str:
    """A page of this console to go on to; never another site, never a page of signing in."""
    safe = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if safe and not path.startswith(_UNTITLED) else "/"
