"""The API: its nouns, and its OpenAPI document with every way in which a request can fail."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser
from ninja.renderers import JSONRenderer

from onward.interfaces.api import (
    accounts,
    contacts,
    conversation,
    deals,
    deferral,
    files,
    handoff,
    history,
    hours,
    journeys,
    merging,
    objectives,
    planned,
    playbooks,
    scheduling,
    success,
    tasks,
    users,
)
from onward.interfaces.api.problems import MEDIA, not_http, not_valid, refused
from onward.kernel.refusals import Refusal

ABOUT = (
    "Everything that the console does with accounts, deals and journeys, for programs. A key is sent as "
    "`Authorization: Bearer onw_...`; each operation names the scope that it needs (`x-scope`; `read` and `write` "
    "cover all). Lists have `rows` and `next`: send it as `cursor` for the next page. A POST with an `Idempotency-Key` "
    "is carried out once: for 48 hours the first answer is given again. What people edit has an `ETag`; with "
    "`If-Match` a change is refused (412) when somebody else was faster. Moments are RFC 3339 with their zone."
)
NOUNS: tuple[tuple[str, Router], ...] = (
    ("accounts", accounts.router),
    ("contacts", contacts.router),
    ("deals", deals.router),
    ("playbooks", playbooks.router),
    # Before the journeys, whose ids would take its address.
    ("journeys", planned.router),
    ("journeys", journeys.router),
    ("journeys", deferral.router),
    ("journeys", merging.router),
    ("journeys", handoff.router),
    ("tasks", tasks.router),
    ("hours", hours.router),
    ("schedule", scheduling.router),
    ("objectives", objectives.router),
    ("objectives", success.router),
    ("comments", conversation.router),
    ("files", files.router),
    ("users", users.router),
    ("history", history.router),
)
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:onward:not_found"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What was refused, in a sentence."},
        "mend": {"type": "string", "description": "What to do about it."},
        "details": {"type": "object", "description": "Fields, ids or names that it is about."},
    },
}
FAILS = {
    400: "The request cannot be read.",
    401: "No key, or one that has ended.",
    403: "The key lacks the scope, or may not do this.",
    404: "There is no such thing, or not for this key.",
    405: "Another method is meant.",
    409: "It cannot be done as things stand.",
    412: "It has changed since it was read (If-Match).",
    422: "The input cannot be used; every field is named.",
    429: "Too many requests; Retry-After says when to go on.",
    503: "Overloaded; Retry-After says when to go on.",
}


class _Bodies(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        """JSON as RFC 8259 has it: no NaN, no half characters, no depth that breaks the reader."""
        try:
            return msgspec.json.decode(request.body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise HttpError(400, "The request cannot be read.") from error


class _Document(OpenAPISchema):
    def operation_details(self, operation: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().operation_details(operation)
        method = operation.methods[0]
        fails = set(FAILS) - {405}
        if method == "GET":
            fails -= {409, 412}
        if not operation.openapi_extra or not operation.openapi_extra.get("x-etag"):
            fails -= {412}
        for status in sorted(fails):
            found["responses"][status] = {
                "description": FAILS[status],
                "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }
        found["security"] = [{"key": []}]
        if method == "POST":
            found["parameters"].append(_header("Idempotency-Key", "Carry this out once.", 255))
        if 412 in fails:
            found["parameters"].append(_header("If-Match", "Change it only when this is still its ETag.", 200))
        return found

    def get_components(self) -> dict[str, Any]:
        found: dict[str, Any] = super().get_components()
        found.setdefault("schemas", {})["Problem"] = PROBLEM
        found["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer", "description": "An API key."}}
        return found


def _header(name: str, about: str, longest: int) -> dict[str, Any]:
    schema = {"type": "string", "minLength": 1, "maxLength": longest}
    return {"in": "header", "name": name, "required": False, "description": about, "schema": schema}


class _Api(NinjaAPI):
    def get_openapi_schema(self, *, path_prefix: str | None = None, **_: Any) -> OpenAPISchema:
        """The document, with problems, scopes and headers."""
        return _Document(self, "/api/v1" if path_prefix is None else path_prefix)


class _Json(JSONRenderer):
    media_type = "application/json"


def build() -> NinjaAPI:
    """The API with all its nouns."""
    api = _Api(
        title="Onward",
        version="1",
        description=ABOUT,
        openapi_url=None,
        docs_url=None,
        parser=_Bodies(),
        renderer=_Json(),
        urls_namespace="api",
    )
    api.add_exception_handler(Refusal, refused)
    api.add_exception_handler(ValidationError, not_valid)
    api.add_exception_handler(HttpError, not_http)
    for tag, router in NOUNS:
        api.add_router("", router, tags=[tag])
    return api


api = build()


def document(request: HttpRequest) -> HttpResponse:
    """The OpenAPI 3.1 document; open to everybody, as it says nothing of anybody."""
    import json

    return HttpResponse(json.dumps(schema(), ensure_ascii=False), content_type="application/json")


def schema() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    found: dict[str, Any] = api.get_openapi_schema(path_prefix="/api/v1")
    return found
