"""Every address of every door: a strict policy for its content, and what else a browser is told."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings as conf
from django.core.wsgi import get_wsgi_application
from django.test import Client

from onward.config.doors import doors
from onward.identity import actions as identity
from onward.identity.models import User
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id
from tests.interfaces.guarded import enter, patterns
from tests.world import Cast, cast

pytestmark = pytest.mark.django_db
REQUIRED = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
}
RAW = [
    "/healthz",
    "/metrics",
    "/static/ui/tokens.css",
    "/static/ui/logo.svg",
    "/static/nothing.js",
    "/v1/batch",
    "/live",
]


@pytest.fixture
def world() -> Cast:
    return cast()


def addresses(world: Cast) -> Iterator[str]:
    """Each address with an id of something that is there, or is not: an answer is an answer."""
    own = {"account": format_id("acc", world.acme), "contact": format_id("con", world.dana_id), "user": world.tomas.id}
    for _, route in patterns():
        yield re.sub(r"<(?:\w+:)?(\w+)>", lambda found: own.get(found[1], "1"), route)


def policy(value: str) -> dict[str, str]:
    return {name: rest for name, _, rest in (part.strip().partition(" ") for part in value.split(";"))}


def faults(path: str, answer: Any) -> list[str]:
    said = policy(answer.headers.get("Content-Security-Policy", ""))
    found = [f"{path}: {name} is {said.get(name)}" for name, value in REQUIRED.items() if said.get(name) != value]
    found += [f"{path}: {name}" for name, value in said.items() if "unsafe" in value or "*" in value or "http" in value]
    wanted = {
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    found += [f"{path}: {name}" for name, value in wanted.items() if answer.headers.get(name) != value]
    if "camera=()" not in answer.headers.get("Permissions-Policy", ""):
        found.append(f"{path}: Permissions-Policy")
    if "no-store" not in answer.headers.get("Cache-Control", "") and not path.endswith((".css", "accent.css")):
        found.append(f"{path}: may be cached")
    return found


@pytest.mark.parametrize("who", ["a stranger", "an admin", "a contact"])
def test_every_address_of_every_door_says_what_a_browser_may_do(world: Cast, who: str) -> None:
    client = Client(raise_request_exception=False)
    if who == "an admin":
        client.force_login(User.objects.get(mail="ada@northwind.example"))
    if who == "a contact":
        client.cookies["onward_portal"] = enter(world.dana_id)
    found: list[str] = []
    seen = 0
    for path in addresses(world):
        if path.endswith("sign-out"):
            continue
        for answer in (client.get(path), client.post(path)):
            found += faults(path, answer)
            seen += 1
    assert seen > 100
    assert found == []


def test_pages_hold_no_script_and_no_style_of_their_own(world: Cast) -> None:
    """The policy would only make them fail; here they are found."""
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(mail="ada@northwind.example"))
    found = []
    for path in addresses(world):
        answer = client.get(path)
        if "text/html" in answer.headers.get("Content-Type", "") and not path.endswith("sign-out"):
            page = answer.content.decode()
            found += [
                path
                for mark in (r"<script(?![^>]* src=)", r"<style", r"\sstyle=", r"\son\w+=\"")
                if re.search(mark, page)
            ]
    assert found == []


def test_what_does_not_pass_django_says_it_too(transactional_db: None) -> None:
    app = doors(get_wsgi_application())
    for path in RAW:
        told: dict[str, str] = {}

        def start(status: str, headers: list[tuple[str, str]], *_: Any, told: dict[str, str] = told) -> None:
            told.update({name.lower(): value for name, value in headers})

        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "SERVER_NAME": "localhost",
                   "SERVER_PORT": "80", "wsgi.input": BytesIO(), "wsgi.url_scheme": "http", "REMOTE_ADDR": "127.0.0.1",
                   "HTTP_HOST": "localhost"}  # fmt: skip
        body = app(environ, start)
        getattr(body, "close", lambda: None)()
        assert policy(told["content-security-policy"])["default-src"] == "'none'", path
        assert "unsafe" not in told["content-security-policy"], path
        assert told["x-content-type-options"] == "nosniff", path


def test_cookies_are_kept_from_scripts_and_from_other_sites(world: Cast) -> None:
    client = Client()
    link = identity.invite_user(actor=SYSTEM, mail="ada@northwind.example")
    client.get(f"/invite/{link.secret}")
    assert client.cookies["onward_csrf"]["httponly"]
    client.post(f"/invite/{link.secret}")
    cookie = client.cookies["onward_session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert cookie["max-age"] == conf.SESSION_COOKIE_AGE


def test_behind_https_a_cookie_belongs_to_this_host_alone() -> None:
    asked = (
        "from onward.config import settings as s; "
        "print(s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_NAME, s.CSRF_COOKIE_SECURE, "
        "s.SECURE_HSTS_SECONDS > 0)"
    )
    given = {**os.environ, "ONWARD_PUBLIC_URL": "https://onward.example.com", "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", asked], env=given, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["__Host-onward_session", "True", "__Host-onward_csrf", "True", "True"]
