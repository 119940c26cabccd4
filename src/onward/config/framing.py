"""Pages that the organization's own product shows in a frame: who may frame them, and cookies that live only there."""

from __future__ import annotations

from collections.abc import Callable
from http.cookies import Morsel
from typing import Any

from django.http import HttpRequest, HttpResponse

# Python knows the attribute from 3.14 on; a cookie without it is not kept apart by the page around the frame.
_RESERVED: dict[str, str] = Morsel._reserved  # type: ignore[attr-defined]
_FLAGS: set[str] = Morsel._flags  # type: ignore[attr-defined]
_RESERVED.setdefault("partitioned", "Partitioned")
_FLAGS.add("partitioned")


def framed(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A view that knows it is framed names the origins on the request; every other page is framed by nobody."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        origins: tuple[str, ...] = getattr(request, "frame_ancestors", ())
        if origins:
            policy = response.headers["Content-Security-Policy"]
            response.headers["Content-Security-Policy"] = policy.replace(
                "frame-ancestors 'none'", f"frame-ancestors {' '.join(origins)}"
            )
            for morsel in response.cookies.values():
                _kept_apart(morsel)
        return response

    return middleware


def _kept_apart(morsel: Morsel[Any]) -> None:
    morsel["samesite"], morsel["secure"], morsel["partitioned"] = "None", True, True
