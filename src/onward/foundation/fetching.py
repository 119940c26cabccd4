"""Small JSON documents from other servers, at an admin's word: no redirects, a short wait, a limit in size."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any

import httpx

SECONDS = 8.0
MOST_BYTES = 512 * 1024


class Unreachable(Exception):
    """No usable answer; `problem` says why, without anything that was sent."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def get_json(url: str) -> dict[str, Any]:
    """The JSON object at an address; raises Unreachable."""
    return _ask("GET", url, None, None)


def post_form(url: str, form: Mapping[str, str], *, login: tuple[str, str] | None = None) -> dict[str, Any]:
    """The JSON object that answers a form; raises Unreachable."""
    return _ask("POST", url, form, login)


def _ask(method: str, url: str, form: Mapping[str, str] | None, login: tuple[str, str] | None) -> dict[str, Any]:
    try:
        # The system's certificates: companies have authorities of their own.
        with (
            httpx.Client(timeout=SECONDS, verify=ssl.create_default_context(), follow_redirects=False) as client,
            client.stream(
                method, url, data=form, auth=login or httpx.USE_CLIENT_DEFAULT, headers={"Accept": "application/json"}
            ) as answer,
        ):
            body = b""
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > MOST_BYTES:
                    raise Unreachable("its answer is too large")
            if answer.status_code != 200:
                raise Unreachable(f"it answered with status {answer.status_code}{_said(body)}")
            found = httpx.Response(200, content=body).json()
    except httpx.HTTPError as error:
        raise Unreachable(f"{type(error).__name__}: {error}"[:200]) from error
    except (ValueError, httpx.InvalidURL) as error:
        raise Unreachable("its answer is no JSON") from error
    if not isinstance(found, dict):
        raise Unreachable("its answer is no JSON object")
    return found


def _said(body: bytes) -> str:
    try:
        found = httpx.Response(200, content=body).json()
    except ValueError:
        return ""
    return f" ({str(found['error'])[:80]})" if isinstance(found, dict) and "error" in found else ""
