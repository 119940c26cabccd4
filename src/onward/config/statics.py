"""Styles, scripts and fonts, served before Django: its own middleware for them would send every page through an
event loop, which costs threads and does not go together with one that runs already."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from servestatic import ServeStatic


def statics() -> Any:
    """A WSGI callable over every app's static files; anything else is 404."""
    served = ServeStatic(None, max_age=60, add_headers_function=_headers)
    for finder in get_finders():
        for path, storage in finder.list(None):
            served.add_file_to_dictionary(f"{settings.STATIC_URL}{path}", storage.path(path), root=storage.location)
    return served


def _headers(headers: Any, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
