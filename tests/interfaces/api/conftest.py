"""A key, a caller, and a world small enough to see through."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

if TYPE_CHECKING:
    from django.http import HttpResponse

TEXT = Path(__file__).parents[2] / "insights" / "two_steps.yaml"
Call = Callable[..., Any]


class Caller:
    """Calls the API with a key, in process, as a program would."""

    def __init__(self, secret: str) -> None:
        from django.test import Client

        self.client = Client(raise_request_exception=True)
        self.secret = secret

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """`headers` as If_Match="..."; a body is sent as JSON, bytes as they are."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.secret:
            sent.setdefault("Authorization", f"Bearer {self.secret}")
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        found: Any = self.client.generic(method, f"/api/v1{path}", data, content_type="application/json", headers=sent)
        return found


@pytest.fixture
def key(db: None) -> Callable[..., Caller]:
    """Make a key with these scopes; its caller."""
    from onward.identity.actions import create_key
    from onward.kernel.actor import SYSTEM

    def made(*scopes: str, **more: Any) -> Caller:
        return Caller(create_key(actor=SYSTEM, name="Sync", scopes=list(scopes), **more).secret)

    return made


@pytest.fixture
def api(key: Callable[..., Caller]) -> Caller:
    """A caller that may read and write everything."""
    return key("read", "write")


@pytest.fixture
def version(db: None) -> UUID:
    """A published playbook of one stage."""
    from onward.kernel.actor import SYSTEM
    from onward.playbooks.actions import publish

    return publish(actor=SYSTEM, text=TEXT.read_text(), file="two_steps.yaml").version_id
