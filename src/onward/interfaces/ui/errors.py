"""Pages for what went wrong outside a view: no such address, a forgotten token, a bug, an overload."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

WORDS = {
    400: ("That request cannot be read.", "It may have been cut on its way.", "Go back and try again."),
    403: (
        "This page is not open to you.",
        "Your role does not reach it, or the form had been open for too long.",
        "Reload it, or ask an admin for the right.",
    ),
    404: ("There is nothing at this address.", "It may have been removed, or the link was cut short.", ""),
    405: ("There is nothing to read at this address.", "A form is sent there, and it has no page of its own.", ""),
    500: (
        "This is our fault, not yours.",
        "Something broke while this page was made. Nothing was half saved.",
        "The log on the server says what happened.",
    ),
    503: ("Onward is busy right now.", "All its hands are full; nothing is lost.", "Try again in a few seconds."),
}


STALE_FORM = (
    "This form had been open for too long.",
    "Nothing was changed.",
    "Go back, reload the page and do it again.",
)

SHUT = (
    "The portal is not open yet.",
    "Whoever runs it has one step left to do on their database. Nothing that you entered is lost.",
    "Try again later, or ask the person who invited you.",
)


def problem(request: HttpRequest, status: int, words: tuple[str, str, str] | None = None) -> HttpResponse:
    """One page for every such answer; it needs neither database nor session, but for who `is_inside`."""
    title, why, mend = words or WORDS[status]
    # A preview lies below the customers' address, but colleagues alone come there.
    is_customer = request.path.startswith("/portal") and not request.path.startswith("/portal/preview/")
    home = "/portal/" if is_customer else "/"
    context = {"status": status, "title": title, "why": why, "mend": mend, "home": home}
    return render(request, "ui/problem.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """Also for a POST whose token is missing or stale: then Django says why in `reason`."""
    return problem(request, 403, STALE_FORM if reason else None)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    return problem(request, 500)


def busy(request: HttpRequest) -> HttpResponse:
    return problem(request, 503)


def shut(request: HttpRequest) -> HttpResponse:
    """While the database does not bound what the portal reads."""
    response = problem(request, 503, SHUT)
    response.headers["Retry-After"] = "60"
    return response
