"""A client that speaks to the intake callable, and clean processes between databases."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

from onward.interfaces.api.intake import intake
from onward.usage.actions import keys, pool, rooms


class Client:
    """Sends to the intake as HTTP clients do."""

    def __init__(self, write_key: str) -> None:
        self.write_key = write_key

    def send(
        self,
        path: str,
        body: bytes | dict[str, Any] = b"",
        *,
        method: str = "POST",
        headers: dict[str, str] | None = None,
        key: str | None = "",
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body. `key` "" is the client's own by Basic, None sends none."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        path, _, query = path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_LENGTH": str(len(raw)),
            "wsgi.input": io.BytesIO(raw),
        }
        key = self.write_key if key == "" else key
        if key is not None:
            environ["HTTP_AUTHORIZATION"] = "Basic " + base64.b64encode(f"{key}:".encode()).decode()
        for name, value in (headers or {}).items():
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        seen: dict[str, Any] = {}

        def start_response(status: str, given: list[tuple[str, str]]) -> None:
            seen["status"], seen["headers"] = int(status[:3]), dict(given)

        answer = b"".join(intake(environ, start_response))
        return seen["status"], seen["headers"], answer

    def batch(self, *messages: dict[str, Any] | bytes, **around: Any) -> int:
        """Send a batch; the status."""
        parts = [m if isinstance(m, bytes) else json.dumps(m).encode() for m in messages]
        rest = json.dumps(around).encode()[1:-1]
        body = b'{"batch":[' + b",".join(parts) + b"]" + (b"," + rest if rest else b"") + b"}"
        return self.send("/v1/batch", body)[0]


def forget_processes() -> None:
    """What a process remembers of a database that is gone."""
    pool.close()
    keys.forget()
    rooms.forget()
