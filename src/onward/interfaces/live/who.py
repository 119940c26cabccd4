"""Who may hear what: asked when a stream opens and once a minute, so that an open stream holds no connection."""

from __future__ import annotations

import re
from collections.abc import Collection
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.db import connections
from django.http import HttpRequest, parse_cookie

from onward.accounts import queries as accounts
from onward.foundation.postgres import door
from onward.identity import queries as identity
from onward.journeys import queries as journeys
from onward.kernel.ids import format_id

NAME = re.compile(r"[a-z_]{1,40}(:[A-Za-z0-9_-]{1,64})?")
PORTAL_COOKIE = "onward_portal"


def permitted(environ: dict[str, Any], names: Collection[str]) -> list[str] | None:
    """Those of the names that the asker may hear; None for a stranger.

    The console's stream knows colleagues by their session; the portal's knows contacts, who hear of the journeys of
    their own account only. Neither looks at the other's cookie.
    """
    door.leave()
    cookies = parse_cookie(environ.get("HTTP_COOKIE", ""))
    good = [name for name in names if NAME.fullmatch(name)]
    try:
        if environ["PATH_INFO"].startswith("/portal/"):
            return _contacts(cookies.get(PORTAL_COOKIE, ""), good)
        return good if _is_staff(cookies.get(settings.SESSION_COOKIE_NAME, "")) else None
    finally:
        # Django's end of a request, which a stream does not have, would give the connection back.
        connections.close_all()


def colleague(environ: dict[str, Any]) -> str:
    """The colleague whose stream this is, to be seen by others; "" for who does not want to be, and for contacts."""
    if environ["PATH_INFO"].startswith("/portal/"):
        return ""
    cookies = parse_cookie(environ.get("HTTP_COOKIE", ""))
    try:
        user = _user(cookies.get(settings.SESSION_COOKIE_NAME, ""))
    finally:
        connections.close_all()
    if user is None or not (user.preferences or {}).get("presence", True):
        return ""
    return format_id("usr", user.id)


def _is_staff(session_key: str) -> bool:
    return _user(session_key) is not None


def _user(session_key: str) -> Any:
    if not session_key:
        return None
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user(request)
    return user if user.is_authenticated else None


def _contacts(token: str, names: list[str]) -> list[str] | None:
    session = identity.contact_session(token)
    actor = accounts.contact_actor(session.contact_id) if session else None
    if actor is None or actor.account_id is None:
        return None
    passage = door.enter()
    try:
        passage.admit(actor.account_id)
        own = {f"journey:{line.id}" for line in journeys.journeys_of(actor, actor.account_id)}
    finally:
        passage.close()
    return [name for name in names if name in own]
