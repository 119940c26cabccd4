"""What is a bug and what mere overload: 500 for the one, 503 with Retry-After for the other."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse

from onward.config.middleware import problem
from onward.interfaces.ui import errors
from onward.kernel.refusals import Refusal

RETRY_AFTER_SECONDS = "2"
BUSY = Refusal("unavailable", "Onward is busy right now.", mend="Nothing is lost; try again in a few seconds.")


def broken(request: HttpRequest) -> HttpResponse:
    """Django's handler500. An exhausted pool, a lost connection or a time-out is nobody's bug and passes."""
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return errors.broken(request)
    if request.path.startswith("/api/"):
        response: HttpResponse = JsonResponse(problem(BUSY), status=503, content_type="application/problem+json")
    else:
        response = errors.busy(request)
    response.headers["Retry-After"] = RETRY_AFTER_SECONDS
    return response
