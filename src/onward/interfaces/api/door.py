"""What happens to every request before and after its view: who asks, how often, once only, in which form it fails."""

from __future__ import annotations

import functools
import hashlib
import inspect
import ipaddress
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from onward.foundation import throttle
from onward.foundation.clock import now
from onward.foundation.environment import text
from onward.foundation.postgres import one_statement
from onward.identity.decisions import may
from onward.identity.queries import key_actor
from onward.interfaces.api.problems import made_problem, of_refusal
from onward.kernel.actor import Actor
from onward.kernel.refusals import Refusal, invalid

A_MINUTE = int(text("ONWARD_API_LIMIT", "3000"))
STRANGERS_A_MINUTE = 300
LARGEST = 1_000_000
KEPT = timedelta(hours=48)
UNDER_WAY = timedelta(minutes=10)
_KEY = re.compile(r"[\x21-\x7e]{1,255}\Z", re.ASCII)
_TAG = re.compile(r'(?:W/)?"([^"]*)"', re.ASCII)

F = TypeVar("F", bound=Callable[..., Any])
View = Callable[..., HttpResponseBase]


def door(view: View) -> View:
    """Wrap the view of an API address."""

    @csrf_exempt
    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            request.actor = _asker(request)  # type: ignore[attr-defined]
            if request.method == "HEAD":
                request.method = "GET"
            _check_size(request)
            answer = _once(request, lambda: view(request, *args, **kwargs))
        except Refusal as refusal:
            answer = of_refusal(refusal)
        return made_problem(answer) if isinstance(answer, HttpResponse) else answer

    return guarded


def actor_of(request: HttpRequest) -> Actor:
    """Who asks, in a view behind the door."""
    actor = request.actor  # type: ignore[attr-defined]
    if not isinstance(actor, Actor):
        raise TypeError("the door was left out")
    return actor


def scoped(scope: str) -> Callable[[F], F]:
    """The scope, such as "account:write", that a key needs for a view; also in the OpenAPI document."""
    noun, _, verb = scope.partition(":")

    def decorate(fn: F) -> F:
        @functools.wraps(fn)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not may(actor_of(request), "see" if verb == "read" else "change", noun):
                raise Refusal(
                    "forbidden", f"This key lacks the scope {scope}.", mend="Make a key with it in the settings."
                )
            return fn(request, *args, **kwargs)

        def contribute(operation: Any) -> None:
            operation.openapi_extra = {**(operation.openapi_extra or {}), "x-scope": scope}

        # The framework would look the annotations' names up in this module.
        checked.__signature__ = inspect.signature(fn, eval_str=True)  # type: ignore[attr-defined]
        checked._ninja_contribute_to_operation = [contribute]  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return decorate


def etag(response: HttpResponse, version: int) -> None:
    """Name the version of what is answered."""
    response["ETag"] = f'"{version}"'


def matched(request: HttpRequest, current: int) -> int | None:
    """The version to change, checked again by the action: None without If-Match. Refusal "stale" when it has moved."""
    said = request.headers.get("If-Match")
    if said is None:
        return None
    if said.strip() == "*" or str(current) in _TAG.findall(said):
        return current
    raise Refusal("stale", "This has changed since you read it.", mend="Read it again, then change it.")


def forget_old_answers() -> bool:
    """Drop answers that are older than 48 hours; for a loop. Always False: once a turn is enough."""
    one_statement("delete from api_replay where begun_at < %s", (now() - KEPT,))
    return False


def _asker(request: HttpRequest) -> Actor:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    actor = key_actor(secret.strip()) if kind.lower() == "bearer" and secret.isascii() else None
    if actor is None:
        if not throttle.allow("api-stranger", _address(request), STRANGERS_A_MINUTE, 60):
            raise Refusal("throttled", "Too many requests without a key.", mend="Wait a minute.")
        raise Refusal(
            "unauthorized",
            "This needs an API key.",
            mend="Send it as “Authorization: Bearer onw_…”; it may have ended.",
        )
    if not throttle.allow("api", actor.id, A_MINUTE, 60):
        raise Refusal("throttled", f"More than {A_MINUTE:,} requests a minute.", mend="Wait a minute, then go on.")
    return actor


def _address(request: HttpRequest) -> str:
    try:
        return str(ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return ""


def _check_size(request: HttpRequest) -> None:
    try:
        size = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        size = 0
    # A file comes as base64, which is a third longer.
    most = settings.FILE_LIMIT * 3 // 2 if request.path.endswith("/files") else LARGEST
    if size > most:
        raise invalid(f"The request is larger than {most // 1_000_000} MB.", mend="Send less at once.")


def _once(request: HttpRequest, run: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    key = request.headers.get("Idempotency-Key")
    if key is None or request.method != "POST":
        return run()
    if not _KEY.match(key):
        raise invalid("An Idempotency-Key has 1 to 255 visible ASCII characters.", mend="A UUID is a good one.")
    asker = actor_of(request).id
    said = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    digest = hashlib.sha256(said).hexdigest()
    if not _begin(asker, key, digest):
        return _replayed(asker, key, digest)
    try:
        answer = run()
    except BaseException:
        _forget(asker, key)
        raise
    if answer.status_code >= 500 or not isinstance(answer, HttpResponse):
        _forget(asker, key)
        return answer
    _remember(asker, key, made_problem(answer))
    return answer


def _begin(asker: str, key: str, digest: str) -> bool:
    """Whether this request is the first; one whose process died ten minutes ago counts as never begun."""
    at = now()
    return bool(
        one_statement(
            """insert into api_replay as r (asker, key, digest, headers, body, begun_at)
               values (%(asker)s, %(key)s, %(digest)s, '{}', '', %(at)s)
               on conflict (asker, key) do update set begun_at = excluded.begun_at
               where (r.status is null and r.digest = excluded.digest and r.begun_at < %(dead)s)
               returning 1 as first""",
            {"asker": asker, "key": key, "digest": digest, "at": at, "dead": at - UNDER_WAY},
        )
    )


def _replayed(asker: str, key: str, digest: str) -> HttpResponse:
    rows = one_statement(
        "select digest, status, headers::text, body from api_replay where asker = %s and key = %s", (asker, key)
    )
    if not rows or rows[0]["status"] is None:
        raise Refusal("conflict", "The first request with this Idempotency-Key is under way.", mend="Try again soon.")
    row = rows[0]
    if row["digest"] != digest:
        raise invalid("This Idempotency-Key was used for another request.", mend="Use a new key for a new request.")
    answer = HttpResponse(row["body"], status=row["status"])
    for name, value in json.loads(row["headers"]).items():
        answer[name] = value
    answer["Idempotency-Replayed"] = "true"
    return answer


def _remember(asker: str, key: str, answer: HttpResponse) -> None:
    kept = {name: answer[name] for name in ("Content-Type", "ETag", "Location") if answer.has_header(name)}
    one_statement(
        "update api_replay set status = %s, headers = %s, body = %s where asker = %s and key = %s",
        (answer.status_code, json.dumps(kept), answer.content.decode(), asker, key),
    )


def _forget(asker: str, key: str) -> None:
    one_statement("delete from api_replay where asker = %s and key = %s", (asker, key))
