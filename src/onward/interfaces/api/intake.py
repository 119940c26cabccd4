"""Usage events over HTTP, as Segment's and RudderStack's clients speak it: a bare WSGI callable beside Django.

Django's request machinery would cost more than storing the events. Answers: 200 when all that is good is durable
(what is bad is listed in the source's debugger), 400 for what cannot be read, 401 for a wrong key: clients then give
up for good. 429 and 503 carry Retry-After: clients keep the events and come again.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs, unquote

import structlog

from onward.foundation import clock
from onward.usage import actions
from onward.usage.decisions import bodies, events

Environ = dict[str, Any]
StartResponse = Callable[..., Any]

log = structlog.get_logger()

SINGLE = {
    "track": "track",
    "identify": "identify",
    "page": "page",
    "screen": "screen",
    "group": "group",
    "alias": "alias",
    "t": "track",
    "i": "identify",
    "p": "page",
    "s": "screen",
    "g": "group",
    "a": "alias",
}
BATCH = {"batch", "import", "b"}
METRICS = "m"  # analytics-next reports on itself there; it is taken and dropped
OPEN = [("Access-Control-Allow-Origin", "*"), ("Timing-Allow-Origin", "*")]
STATUS = {
    200: "200 OK",
    204: "204 No Content",
    400: "400 Bad Request",
    401: "401 Unauthorized",
    404: "404 Not Found",
    405: "405 Method Not Allowed",
    429: "429 Too Many Requests",
    503: "503 Service Unavailable",
}
_HEADER_NAMES = re.compile(r"[A-Za-z0-9_,\- ]{1,500}").fullmatch


class _Answer(Exception):
    """Ends a request with a status and a JSON document."""

    def __init__(self, status: int, document: dict[str, Any], *, retry_after: int = 0) -> None:
        super().__init__(status)
        self.status = status
        self.document = document
        self.retry_after = retry_after


def _refusal(status: int, code: str, message: str, *, retry_after: int = 0) -> _Answer:
    return _Answer(status, {"success": False, "error": {"code": code, "message": message}}, retry_after=retry_after)


def intake(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """The callable for /v1/, /ingest/v1/, /beacon/v1/ and /sourceConfig/."""
    method = environ["REQUEST_METHOD"]
    if method == "OPTIONS":
        return _preflight(environ, start_response)
    try:
        answer = _answer(method, environ)
    except _Answer as early:
        answer = early
    except actions.Overloaded as error:
        log.warning("usage.overloaded", problem=str(error))
        answer = _refusal(503, "unavailable", "The events could not be stored yet: send them again.", retry_after=2)
    body = json.dumps(answer.document).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), *OPEN]
    if answer.retry_after:
        headers.append(("Retry-After", str(answer.retry_after)))
    if answer.status == 401:
        headers.append(("WWW-Authenticate", 'Basic realm="write key"'))
    start_response(STATUS[answer.status], headers)
    return [body] if method != "HEAD" else []


def _preflight(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    asked = environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "")
    allowed = asked if _HEADER_NAMES(asked) else "authorization, content-type"
    start_response(
        STATUS[204],
        [
            *OPEN,
            ("Access-Control-Allow-Methods", "GET, POST, OPTIONS"),
            ("Access-Control-Allow-Headers", allowed),
            ("Access-Control-Max-Age", "86400"),
        ],
    )
    return []


def _answer(method: str, environ: Environ) -> _Answer:
    path = environ.get("PATH_INFO", "").strip("/").split("/")
    if path[0] in ("ingest", "beacon") and len(path) > 1:
        path = path[1:]
    match path:
        case ["v1", "projects", write_key, "settings"]:
            _only(method, "GET", "HEAD")
            return _project_settings(unquote(write_key))
        case ["sourceConfig"]:
            _only(method, "GET", "HEAD")
            return _source_config(environ)
        case ["v1", call] if call in BATCH or call in SINGLE:
            _only(method, "POST")
            return _store(environ, SINGLE.get(call))
        case ["v1", call] if call == METRICS:
            return _Answer(200, {"success": True})
    raise _refusal(404, "not_found", "There is nothing at this address. Events go to /v1/batch.")


def _only(method: str, *allowed: str) -> None:
    if method not in allowed:
        raise _refusal(405, "method", f"Use {allowed[0]} here.")


def _store(environ: Environ, kind: str | None) -> _Answer:
    received_at = clock.now()
    named = {key for key in (_basic_key(environ), _query_key(environ)) if key}
    sent = b""
    try:
        sent = _read(environ)
        plain = bodies.inflate(sent)
        body = bodies.read_single(plain) if kind else bodies.read_batch(plain)
    except bodies.Unreadable as error:
        # The key inside is out of reach; one outside tells whose debugger has to show it.
        source = _opened(named)
        actions.refuse(source_id=source.source_id, received_at=received_at, reason="unreadable request", body=sent)
        raise _refusal(400, "unreadable", str(error)) from error
    source = _opened(named | ({body.write_key} if body.write_key else set()))
    _limit(source, len(body.messages))
    delivery = events.judge(
        body.messages,
        source=source.source_id,
        received_at=received_at,
        sent_at=body.sent_at,
        group=body.group,
        kind=kind,
    )
    actions.take(delivery, source_id=source.source_id, server=source.server, received_at=received_at)
    return _Answer(200, {"success": True})


def _read(environ: Environ) -> bytes:
    """The body, but never much more than is allowed, whatever its length is said to be."""
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length > bodies.MAX_BODY:
        raise bodies.Unreadable("The request is larger than 500 KB.")
    stream = environ["wsgi.input"]
    parts: list[bytes] = []
    left = length or bodies.MAX_BODY + 1
    while left > 0 and (part := stream.read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _basic_key(environ: Environ) -> str:
    scheme, _, rest = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        pair = base64.b64decode(rest.strip(), validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise _refusal(401, "unauthorized", "The Authorization header is not readable.") from error
    return pair.partition(":")[0]


def _query_key(environ: Environ) -> str:
    try:
        query = parse_qs(environ.get("QUERY_STRING", ""), max_num_fields=50, errors="replace")
    except ValueError as error:
        raise _refusal(401, "unauthorized", "The address is not readable.") from error
    found: str = query.get("writeKey", [""])[0]
    return found


def _opened(named: set[str]) -> actions.Opened:
    """The source of the keys that a request names, which must agree."""
    if len(named) > 1:
        raise _refusal(401, "unauthorized", "The request names more than one write key.")
    source = actions.opened_by(named.pop()) if named else None
    if source is None:
        raise _refusal(401, "unauthorized", "The write key is missing, unknown or has been revoked.")
    return source


# ------------------------------------------------------------------------------------------------------- rate limit

RATE = float(os.environ.get("ONWARD_INTAKE_RATE", "100000"))  # events a second of one source, in one process
BURST = 2 * RATE


class _Bucket:
    def __init__(self) -> None:
        self.left = BURST
        self.since = time.monotonic()


_buckets: dict[str, _Bucket] = {}
_bucket_lock = threading.Lock()


def _limit(source: actions.Opened, n: int) -> None:
    with _bucket_lock:
        bucket = _buckets.setdefault(str(source.source_id), _Bucket())
        now = time.monotonic()
        bucket.left = min(BURST, bucket.left + (now - bucket.since) * RATE)
        bucket.since = now
        if bucket.left < n:
            wait = max(1, round((n - bucket.left) / RATE))
            raise _refusal(429, "throttled", "This source sends too much at once.", retry_after=wait)
        bucket.left -= n


# --------------------------------------------------------------------------------- what browser clients ask at first


def _project_settings(write_key: str) -> _Answer:
    """analytics-next sends nothing before it has this."""
    _opened({write_key} - {""})
    segment = {"apiKey": write_key, "unbundledIntegrations": [], "addBundledMetadata": True}
    return _Answer(
        200,
        {
            "integrations": {"Segment.io": segment},
            "plan": {"track": {"__default": {"enabled": True, "integrations": {}}}},
            "edgeFunction": {},
            "analyticsNextEnabled": True,
            "middlewareSettings": {},
            "enabledMiddleware": {},
            "metrics": {"sampleRate": 0},
            "legacyVideoPluginsEnabled": False,
            "remotePlugins": [],
        },
    )


def _source_config(environ: Environ) -> _Answer:
    """The same for RudderStack's browser client."""
    write_key = {key for key in (_basic_key(environ), _query_key(environ)) if key}
    source = _opened(set(write_key))
    quiet = {"statsCollection": {"errors": {"enabled": False}, "metrics": {"enabled": False}}}
    return _Answer(
        200,
        {
            "source": {
                "id": str(source.source_id),
                "name": source.name,
                "writeKey": next(iter(write_key)),
                "workspaceId": "onward",
                "enabled": True,
                "config": quiet,
                "destinations": [],
                "connections": [],
                "dataplanes": {},
                "updatedAt": "2026-01-01T00:00:00.000Z",
            },
            "isHosted": True,
            "updatedAt": "2026-01-01T00:00:00.000Z",
        },
    )
