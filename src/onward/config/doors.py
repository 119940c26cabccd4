"""Which door answers a path: usage intake and live streams without Django's stack, everything else through it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.db import Error
from django.urls import get_resolver

from onward.config import operations
from onward.config.gate import GATE
from onward.config.statics import statics
from onward.foundation import logs
from onward.interfaces import live
from onward.interfaces.api.intake import intake

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

INTAKE = ("/v1/", "/ingest/v1/", "/beacon/v1/", "/sourceConfig/")
LIVE = {"/live", "/portal/live"}
NAMED = {"portal", "api"}
# What no page is still says to a browser that opens it; Django's pages say more (config/middleware).
PLAIN = [
    ("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    ("Referrer-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
]


def doors(pages: Application) -> Application:
    """The one callable over Django's own (`pages`): answers a request, counts and logs it."""
    logs.configure("web")
    # The first visitor must not pay for the imports behind the URLs.
    _ = get_resolver().url_patterns
    files = statics()

    def door(path: str) -> tuple[str, Application]:
        if path.startswith(INTAKE):
            return "intake", intake
        if path in LIVE:
            return "live", _shut if path.startswith("/portal/") and _is_shut() else live.app
        if path in operations.PAGES:
            return "operations", operations.PAGES[path]
        if path.startswith("/static/"):
            return "static", files
        first = path.split("/", 2)[1] if path.startswith("/") else ""
        return (first if first in NAMED else "console"), pages

    def app(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        name, application = door(path)
        began = time.perf_counter()

        def counted(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            if application is not pages:
                given = {key.lower() for key, _ in headers}
                headers = [*headers, *((key, value) for key, value in PLAIN if key.lower() not in given)]
            operations.observe(name, environ["REQUEST_METHOD"], path, status, time.perf_counter() - began)
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        return application(environ, counted)

    return app


def _is_shut() -> bool:
    """Whether the portal may not read yet. A database that is away is for the stream itself to tell."""
    try:
        return bool(GATE.wanted())
    except Error:
        return False


def _shut(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    start_response("503 Service Unavailable", [("Content-Type", "text/plain"), ("Retry-After", "60")])
    return [b"The portal is not open yet\n"]
