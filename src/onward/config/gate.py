"""Whether the customers' door is open: only while its reads are bounded by the database itself."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse

from onward.config.portal_rights import GRANTED
from onward.foundation.postgres import door, rights
from onward.interfaces.ui import errors

AGAIN_SECONDS = 5.0
PATH = "/portal/"
SHUT = "the portal is shut: this database login may not act in the portal's role (see ./onward status)"


class Gate:
    """What was found last. Open stays open; shut is looked at again, so that it opens without a restart."""

    def __init__(self) -> None:
        self.is_open = False
        self._asked: list[str] = []
        self._next = 0.0

    def wanted(self) -> list[str]:
        """What an administrator has to run first; empty when the door is open. Settles what we may do ourselves."""
        if not self.is_open and time.monotonic() >= self._next:
            connection.ensure_connection()
            with connection.wrap_database_errors:
                self._asked = rights.settle(connection.connection, GRANTED)
            self.is_open = not self._asked
            self._next = time.monotonic() + AGAIN_SECONDS
        return [] if self.is_open else self._asked


GATE = Gate()


def portal_door(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Everything under the portal's path reads through the door, until its response is closed."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PATH):
            door.leave()
            return get_response(request)
        if GATE.wanted():
            return errors.shut(request)
        passage = door.enter()
        try:
            response = get_response(request)
        except BaseException:
            passage.close()
            raise
        # Django closes these with the response, before it gives its own connections back.
        response._resource_closers.append(passage.close)  # type: ignore[attr-defined]
        return response

    return middleware
