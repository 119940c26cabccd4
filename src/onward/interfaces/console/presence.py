"""Which page of the console somebody is seen on by colleagues."""

from __future__ import annotations

import re

from django.http import HttpRequest

_PAGE = re.compile(r"/(?:journeys|tasks)/((?:jny|tsk)_[0-9a-z]{26})(?:/|$)")


def is_seen(request: HttpRequest) -> bool:
    """Whether this person is seen by colleagues, and sees them."""
    preferences = getattr(getattr(request, "user", None), "preferences", None) or {}
    return bool(preferences.get("presence", True))


def page_of(request: HttpRequest) -> str:
    """The journey or task that this page shows, "" for other pages and for who does not want to be seen."""
    found = _PAGE.match(request.path) if is_seen(request) else None
    return found.group(1) if found else ""
