"""What every answer carries, and how a Refusal is told to a person."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render

from onward.interfaces.ui import errors
from onward.kernel.refusals import Refusal

Answer = Callable[[HttpRequest], HttpResponse]

CSP = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
        "object-src 'none'",
    ]
)
# Nothing that a page here could ask the browser for but passkeys.
PERMISSIONS = ", ".join(
    [
        *(
            f"{name}=()"
            for name in (
                "accelerometer",
                "browsing-topics",
                "camera",
                "display-capture",
                "geolocation",
                "gyroscope",
                "magnetometer",
                "microphone",
                "midi",
                "payment",
                "usb",
            )
        ),
        "publickey-credentials-create=(self)",
        "publickey-credentials-get=(self)",
    ]
)


def headers(get_response: Answer) -> Answer:
    """A strict content security policy and no caching of what a person sees."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", CSP)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


class refusals:
    """Turns a Refusal into a page or problem+json with its HTTP status."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and request.method == "GET":
            return self._page_of(request, response)
        return response

    def _page_of(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Without a body the browser shows a page of its own to whoever opens the address of a form."""
        if request.path.startswith("/api/"):
            return response
        page = errors.problem(request, response.status_code)
        page.headers["Allow"] = response.headers["Allow"]
        return page

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refusal):
            return None
        if request.path.startswith("/api/"):
            return JsonResponse(problem(error), status=error.status, content_type="application/problem+json")
        context = {"refusal": error, "heading": HTTPStatus(error.status).phrase}
        return render(request, "ui/refusal.html", context, status=error.status)


def problem(error: Refusal) -> dict[str, object]:
    """A Refusal as RFC 9457 problem details."""
    return {
        "type": f"urn:onward:{error.code}",
        "title": HTTPStatus(error.status).phrase,
        "status": error.status,
        "detail": error.message,
        "mend": error.mend,
        **({"details": error.details} if error.details else {}),
    }
