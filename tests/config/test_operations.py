"""Alive, ready, metrics; logs that keep secrets; overload that says when to come back."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

import pytest
import structlog
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from psycopg_pool import PoolTimeout

from onward.config.doors import doors
from onward.foundation import logs
from onward.identity import actions as identity
from onward.kernel.actor import SYSTEM


def ask(where: str, **environ: Any) -> tuple[int, bytes]:
    """One request to the one callable."""
    told: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]]) -> None:
        told["status"] = int(status[:3])

    wanted = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": where,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "REMOTE_ADDR": "203.0.113.9",
    }
    body = b"".join(doors(get_wsgi_application())(wanted | environ, start_response))
    return told["status"], body


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Any:
    handlers, level, told = logging.root.handlers, logging.root.level, structlog.get_config()
    yield
    logging.root.handlers, logging.root.level = handlers, level
    structlog.configure(**told)


@pytest.mark.django_db(transaction=True)
def test_anybody_may_ask_whether_it_lives_and_is_ready() -> None:
    assert ask("/healthz") == (200, b'{"alive": true}')
    assert ask("/readyz") == (200, b'{"ready": true}')


@pytest.mark.django_db(transaction=True)
def test_metrics_answer_this_machine_or_a_key_with_their_scope() -> None:
    assert ask("/metrics")[0] == 403
    assert ask("/metrics", REMOTE_ADDR="127.0.0.1")[0] == 200
    assert ask("/metrics", REMOTE_ADDR="::1")[0] == 200
    proxied = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "203.0.113.9"}
    assert ask("/metrics", **proxied)[0] == 403
    right = identity.create_key(actor=SYSTEM, name="prometheus", scopes=["metrics"])
    wrong = identity.create_key(actor=SYSTEM, name="reader", scopes=["read"])
    assert ask("/metrics", HTTP_AUTHORIZATION=f"Bearer {wrong.secret}")[0] == 403
    assert ask("/metrics", HTTP_AUTHORIZATION="Bearer nonsense")[0] == 403
    status, body = ask("/metrics", HTTP_AUTHORIZATION=f"Bearer {right.secret}")
    assert status == 200
    assert b"onward_requests_total" in body
    assert b"onward_ready 1.0" in body
    assert b"onward_streams_waiting " in body


def exhausted(request: HttpRequest) -> HttpResponse:
    raise OperationalError("couldn't get a connection after 5.00 sec") from PoolTimeout()


def bug(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a bug")


handler500 = "onward.config.overload.broken"
urlpatterns = [path("console", exhausted), path("api/v1/x", exhausted), path("bug", bug)]


@override_settings(ROOT_URLCONF="tests.config.test_operations", MIDDLEWARE=[])
@pytest.mark.django_db
def test_an_exhausted_pool_is_a_503_that_says_when_to_come_back() -> None:
    client = Client(raise_request_exception=False)
    page = client.get("/console")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "2")
    api = client.get("/api/v1/x")
    assert (api.status_code, api.headers["Content-Type"]) == (503, "application/problem+json")
    assert client.get("/bug").status_code == 500


def test_logs_are_json_without_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("web")
    log = structlog.get_logger("test")
    log.info(
        "request",
        path="/welcome/r5p6SkcMo_vFOhlGvYtOSw",
        password="hunter2",
        write_key="abc123",
        url="postgres://onward:pa55word@/onward",
        ms=3,
    )
    logging.getLogger("django").warning("Authorization failed for /invite/%s", "r5p6SkcMo_vFOhlGvYtOSw")
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert first["ms"] == 3
    assert first["path"] == "/welcome/[hidden]"
    told = json.dumps([first, second])
    assert not [secret for secret in ("r5p6SkcMo", "hunter2", "abc123", "pa55word") if secret in told]
