"""URLs of this door: every view behind `door`, and a problem for what is nowhere."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from onward.interfaces.api.door import door
from onward.interfaces.api.problems import made_problem, problem
from onward.interfaces.api.root import api, document


@csrf_exempt
def nowhere(request: HttpRequest) -> HttpResponse:
    """No such address."""
    return problem(404, "There is nothing at this address.", mend="See /api/v1/openapi.json.")


@csrf_exempt
def openapi(request: HttpRequest) -> HttpResponse:
    """The document."""
    return made_problem(require_safe(document)(request))


def _behind_the_door() -> list[URLPattern]:
    return [
        URLPattern(pattern.pattern, door(pattern.callback), name=pattern.name)
        for pattern in api.urls[0]
        if isinstance(pattern, URLPattern) and pattern.callback is not None and pattern.name != "api-root"
    ]


urlpatterns: list[URLPattern] = [
    path("openapi.json", openapi, name="openapi"),
    *_behind_the_door(),
    re_path(r"", nowhere, name="nowhere"),
]
