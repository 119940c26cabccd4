"""A stream of names over HTTP: `data: <name>` for a change, `data: *` for all of them, `event: bye` at the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

from django.db import InterfaceError, OperationalError

from onward.interfaces.live.hub import HUB, Inbox
from onward.interfaces.live.roster import PREFIX
from onward.interfaces.live.who import colleague, permitted

Environ = dict[str, Any]
StartResponse = Callable[..., Any]

# How soon a browser that has gone is noticed, and its thread freed.
HEARTBEAT_SECONDS = 5.0
# How long somebody whose access was taken away may go on hearing that something changed.
ASKED_AGAIN_SECONDS = 60.0
MOST_ASKED = 200
HEADERS = [
    ("Content-Type", "text/event-stream; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("X-Accel-Buffering", "no"),
    ("X-Content-Type-Options", "nosniff"),
]


class Stream:
    """The body of an open stream. Blocks its thread, not the database.

    `may_hear` is asked anew once a minute; where it says no, the stream says goodbye.
    """

    def __init__(self, inbox: Inbox, may_hear: Callable[[], bool]) -> None:
        self._inbox = inbox
        # A generator of its own, not a method's: nothing points back here, so that who drops the stream frees it.
        self._pieces = _pieces(inbox, may_hear)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the place up."""
        HUB.leave(self._inbox)

    def __del__(self) -> None:
        HUB.drop(self._inbox)


def _pieces(inbox: Inbox, may_hear: Callable[[], bool]) -> Iterator[bytes]:
    yield b"retry: 2000\n\n"
    asked = time.monotonic()
    while True:
        names = inbox.take(HEARTBEAT_SECONDS)
        if names is not None and time.monotonic() - asked >= ASKED_AGAIN_SECONDS:
            asked, names = time.monotonic(), names if may_hear() else None
        if names is None:
            yield b"event: bye\ndata: bye\n\n"
            return
        yield b"".join(f"data: {name}\n\n".encode() for name in names) or b":\n\n"


def app(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """GET /live?names=a,b (colleagues) and /portal/live?names=a,b (contacts).

    401 for strangers, 403 when none of the names is theirs, 405 for another method, 503 with Retry-After when this
    process has no room or the database is busy: the page then polls.
    """
    if environ["REQUEST_METHOD"] != "GET":
        return _refuse(start_response, "405 Method Not Allowed", [("Allow", "GET")])
    asked = [name for text in parse_qs(environ.get("QUERY_STRING", "")).get("names", []) for name in text.split(",")]
    try:
        names = permitted(environ, asked[:MOST_ASKED])
    except (OperationalError, InterfaceError):
        return _refuse(start_response, "503 Service Unavailable", [("Retry-After", "5")])
    if names is None:
        return _refuse(start_response, "401 Unauthorized", [])
    if not names:
        return _refuse(start_response, "403 Forbidden", [])
    inbox = HUB.join(names)
    if inbox is None:
        return _refuse(start_response, "503 Service Unavailable", [("Retry-After", "15")])
    if any(name.startswith(PREFIX) for name in names):
        with suppress(OperationalError, InterfaceError):
            HUB.roster.enter(inbox, colleague(environ), names)
    start_response("200 OK", HEADERS)
    return Stream(inbox, lambda: _may_hear(environ, names))


def _may_hear(environ: Environ, names: list[str]) -> bool:
    try:
        return permitted(environ, names) == names
    except (OperationalError, InterfaceError):
        # A busy database takes nobody's access away.
        return True


def _refuse(start_response: StartResponse, status: str, headers: list[tuple[str, str]]) -> list[bytes]:
    body = status.partition(" ")[2].encode() + b"\n"
    start_response(status, [*headers, ("Content-Type", "text/plain"), ("Cache-Control", "no-store")])
    return [body]
