"""What operators and their tools ask: alive, ready, metrics. Quick: answered without Django's stack."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from ipaddress import ip_address
from typing import Any

import structlog
from django.db import Error, connection
from prometheus_client import REGISTRY, Counter, Gauge, Histogram, generate_latest

from onward.config.gate import GATE, SHUT
from onward.identity.queries import key_actor

Environ = dict[str, Any]
StartResponse = Callable[..., Any]

log = structlog.get_logger("onward.web")
requests = Counter("onward_requests", "Requests answered", ["door", "status"])
seconds = Histogram(
    "onward_request_seconds",
    "Time until an answer begins",
    ["door"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
ready_gauge = Gauge("onward_ready", "1 when the database answers")
waiting = Gauge("onward_streams_waiting", "Streams with facts or marks that no reaction has seen yet")
waiting_seconds = Gauge("onward_streams_waiting_seconds", "For how long the oldest of them has been due")
stuck = Gauge("onward_stuck", "Journeys whose reaction failed and waits to be tried again")

BACKLOG = """
select count(*), coalesce(extract(epoch from now() - min(due_at)), 0)::float, (select count(*) from ledger_stuck)
from ledger_stream where due_at is not null
"""


def observe(door: str, method: str, path: str, status: str, took: float) -> None:
    """Count one answer; log it unless it is one of thousands of its kind."""
    requests.labels(door, f"{status[0]}xx").inc()
    seconds.labels(door).observe(took)
    if status[0] == "5" or door not in {"intake", "operations", "static"}:
        log.info("request", method=method, path=path, status=int(status[:3]), ms=round(took * 1000, 1))


def healthz(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """This process answers."""
    return _json(start_response, "200 OK", {"alive": True})


def readyz(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """The database answers too: a balancer may send people here. Says when the portal alone is shut."""
    if _database_answers():
        shut = _portal_is_shut()
        return _json(start_response, "200 OK", {"ready": True, **({"portal": "shut", "why": SHUT} if shut else {})})
    return _json(start_response, "503 Service Unavailable", {"ready": False, "why": "the database does not answer"})


def metrics(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Prometheus text, for this machine or for a key with the scope `metrics`."""
    if not (_is_local(environ) or _has_key(environ)):
        return _json(start_response, "403 Forbidden", {"why": "ask from this machine, or with a key of scope metrics"})
    _measure()
    body = generate_latest(REGISTRY)
    start_response("200 OK", [("Content-Type", "text/plain; version=0.0.4; charset=utf-8"), _length(body)])
    return [body]


PAGES = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        return True
    except Error:
        return False
    finally:
        connection.close()


def _portal_is_shut() -> bool:
    try:
        return bool(GATE.wanted())
    except Error:
        return False
    finally:
        connection.close()


def _measure() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(BACKLOG)
            streams, oldest, failed = cursor.fetchone()
        ready_gauge.set(1)
        waiting.set(streams)
        waiting_seconds.set(max(oldest, 0))
        stuck.set(failed)
    except Error:
        ready_gauge.set(0)
    finally:
        connection.close()


def _is_local(environ: Environ) -> bool:
    # Behind a proxy on this machine every stranger would seem local.
    if "HTTP_X_FORWARDED_FOR" in environ or "HTTP_FORWARDED" in environ:
        return False
    address = str(environ.get("REMOTE_ADDR", ""))
    try:
        return ip_address(address.split("%")[0]).is_loopback
    except ValueError:
        return False


def _has_key(environ: Environ) -> bool:
    scheme, _, secret = str(environ.get("HTTP_AUTHORIZATION", "")).partition(" ")
    try:
        actor = key_actor(secret.strip()) if scheme.lower() == "bearer" else None
        return actor is not None and "metrics" in actor.scopes
    except Error:
        return False
    finally:
        connection.close()


def _json(start_response: StartResponse, status: str, document: dict[str, Any]) -> Iterable[bytes]:
    body = json.dumps(document).encode()
    headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store"), _length(body)]
    start_response(status, headers)
    return [body]


def _length(body: bytes) -> tuple[str, str]:
    return ("Content-Length", str(len(body)))
