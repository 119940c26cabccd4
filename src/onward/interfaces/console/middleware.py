"""Who asks: `request.actor` for signed-in staff, None for strangers, who get sign-in and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from onward.foundation.clock import now
from onward.identity.actions import see_session
from onward.identity.queries import organization, staff_actor
from onward.interfaces.console.entering import MUST_ADD, address
from onward.interfaces.ui.errors import problem
from onward.kernel.actor import Actor
from onward.kernel.refusals import Refusal

# The other doors ask for themselves; these pages are how a stranger becomes somebody.
OTHER_DOORS = ("/portal/", "/api/", "/static/", "/healthz", "/readyz", "/metrics")
OPEN = ("/sign-in", "/welcome/", "/invite/")


def actor(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Set the actor; send strangers to sign-in before a view runs, so that a forgotten check opens nothing."""

    def middleware(request: HttpRequest) -> HttpResponse:
        path = request.path
        request.actor = None  # type: ignore[attr-defined]
        if path.startswith("/portal/") and not _is_text(request):
            return problem(request, 400)
        if path.startswith(OTHER_DOORS):
            return get_response(request)
        if request.user.is_authenticated:
            request.actor = staff_actor(request.user)  # type: ignore[attr-defined]
            _seen(request, request.actor)  # type: ignore[attr-defined]
            if request.session.get(MUST_ADD) and not path.startswith(("/me", "/sign-")):
                return HttpResponseRedirect("/me")
        elif not path.startswith(OPEN):
            return _stranger(request)
        if not _is_text(request):
            return problem(request, 400)
        request.organization = organization()  # type: ignore[attr-defined]
        with timezone.override(ZoneInfo(request.organization.zone)):  # type: ignore[attr-defined]
            return get_response(request)

    return middleware


def _seen(request: HttpRequest, actor: Actor) -> None:
    """A session in use is noted at most once in five minutes."""
    opened = getattr(request.session, "opened", None)
    if opened is not None and now() - opened.seen_at > timedelta(minutes=5):
        see_session(actor=actor, session_id=opened.id, address=address(request))


def _is_text(request: HttpRequest) -> bool:
    """No zero bytes: PostgreSQL stores none, and no person types one."""
    given = [request.GET, request.POST] if request.method == "POST" else [request.GET]
    return not any("\0" in value for values in given for _, found in values.lists() for value in found)


def _stranger(request: HttpRequest) -> HttpResponse:
    if request.method not in {"GET", "HEAD"}:
        refusal = Refusal("unauthorized", "You are not signed in.", mend="Sign in, then do it again.")
        return HttpResponse(str(refusal), status=refusal.status, content_type="text/plain; charset=utf-8")
    back = request.get_full_path()
    return HttpResponseRedirect("/sign-in" + (f"?{urlencode({'next': back})}" if back != "/" else ""))
