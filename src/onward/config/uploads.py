"""An upload over the limit is refused by its announced length, before anybody reads or stores it."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from onward.interfaces.ui.errors import problem

AROUND = 1_000_000


def bounded(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answers 413 where files are handed over; imports have a limit of their own."""

    def middleware(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or ""
        takes = request.path.endswith(("/comments", "/uploads")) and not request.path.startswith("/api/")
        if takes and length.isdecimal() and int(length) > settings.FILE_LIMIT + AROUND:
            words = (
                f"This is larger than {settings.FILE_LIMIT // 1_000_000} MB.",
                "Nothing of it was kept.",
                "Go back and add less at once, or a link to it.",
            )
            return problem(request, 413, words)
        return get_response(request)

    return middleware
