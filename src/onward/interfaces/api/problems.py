"""Every answer that is not what was asked for is application/problem+json (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja.errors import HttpError, ValidationError

from onward.kernel.refusals import HTTP_STATUS, Refusal

MEDIA = "application/problem+json"
CODES = {status: code for code, status in HTTP_STATUS.items()}
WORDS = {
    400: "The request cannot be read.",
    404: "There is nothing at this address.",
    405: "This method is not allowed here.",
    413: "The request is too large.",
    415: "Only application/json is read here.",
}


def problem(
    status: int, detail: str, *, mend: str = "", code: str = "", details: dict[str, Any] | None = None
) -> HttpResponse:
    """A problem as an answer; `details` is JSON-able."""
    document: dict[str, Any] = {
        "type": f"urn:onward:{code or CODES.get(status, HTTPStatus(status).phrase.lower().replace(' ', '_'))}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if mend:
        document["mend"] = mend
    if details:
        document["details"] = details
    return JsonResponse(document, status=status, content_type=MEDIA)


def of_refusal(refusal: Refusal) -> HttpResponse:
    """A Refusal as a problem."""
    answer = problem(
        refusal.status, refusal.message, mend=refusal.mend, code=refusal.code, details=refusal.details or None
    )
    if refusal.status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="Onward"'
    if refusal.status in {429, 503}:
        answer["Retry-After"] = str(refusal.details.get("retry_after", 60))
    return answer


def refused(request: HttpRequest, error: Refusal | type[Refusal]) -> HttpResponse:
    """Handler of Refusals that a view raised."""
    assert isinstance(error, Refusal)
    return of_refusal(error)


def not_valid(request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    """Handler of input that its schema does not allow: every field with what is wrong."""
    assert isinstance(error, ValidationError)
    fields = [
        {"field": ".".join(str(part) for part in one["loc"][1:]) or str(one["loc"][0]), "problem": one["msg"]}
        for one in error.errors
    ]
    first = fields[0] if fields else {"field": "body", "problem": "cannot be used"}
    return problem(422, f"{first['field']}: {first['problem']}", code="invalid", details={"fields": fields})


def not_http(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    """Handler of what the framework refuses by itself, such as a body that is no JSON."""
    assert isinstance(error, HttpError)
    return problem(error.status_code, WORDS.get(error.status_code, str(error)))


def made_problem(answer: HttpResponse) -> HttpResponse:
    """Django's own error pages (405, an unreadable request) in the API's form; headers stay."""
    if answer.status_code < 400 or answer.get("Content-Type", "").startswith(MEDIA):
        return answer
    told = problem(answer.status_code, WORDS.get(answer.status_code, HTTPStatus(answer.status_code).phrase + "."))
    for name in ("Allow", "Retry-After"):
        if answer.has_header(name):
            told[name] = answer[name]
    return told
