"""A small OpenID provider on loopback: what stands on the other side in tests. It can be told to lie."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "onward", "a secret of / the client"


@functools.cache
def _key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})


class Provider:
    """`claims` replace what a token says; `key` signs it; `asked` is what the last token request sent."""

    def __init__(self) -> None:
        self.key = _key()
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.signs_with: Any = None
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: dict[str, str] = {}
        self.login = ""
        self.issuer = ""

    def authorize(self, url: str) -> dict[str, str]:
        """The person says yes at the provider: what comes back to us in the address."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"], "iss": self.issuer}

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        begun = self.codes.pop(form["code"], None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if begun is None or begun["code_challenge"] != proof or begun["redirect_uri"] != form["redirect_uri"]:
            return {"error": "invalid_grant"}
        now = int(time.time())
        said = {
            "iss": self.issuer,
            "sub": "248289761001",
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "nonce": begun["nonce"],
            "email": "mara@northwind.example",
            "email_verified": True,
            "name": "Mara Lindqvist",
        } | self.claims
        header = {"alg": "RS256", "kid": "one"} | self.header
        if header["alg"] == "none":
            parts = [
                base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, said)
            ]
            return {"id_token": f"{parts[0]}.{parts[1]}."}
        key = self.signs_with or self.key
        algorithms = [header["alg"]]
        return {"id_token": jwt.encode(header, said, key, algorithms=algorithms), "token_type": "Bearer"}


@contextmanager
def provider() -> Iterator[Provider]:
    """The provider while it listens."""
    made = Provider()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/.well-known/openid-configuration":
                names = {"authorization": "auth", "token": "token"}
                found = {f"{name}_endpoint": f"{made.issuer}/{path}" for name, path in names.items()}
                self._say({"issuer": made.issuer, "jwks_uri": f"{made.issuer}/keys", **found})
            elif self.path == "/keys":
                self._say({"keys": [made.key.as_dict(private=False)]})
            else:
                self.send_error(404)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            made.asked = {name: values[0] for name, values in parse_qs(body).items()}
            made.login = self.headers.get("Authorization", "")
            found = made.token(made.asked)
            self._say(found, 400 if "error" in found else 200)

        def _say(self, found: dict[str, Any], status: int = 200) -> None:
            body = json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *given: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    made.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def shared_key() -> OctKey:
    """The client's own secret as a key: a token that it signs could be made by whoever knows it."""
    return OctKey.import_key(SECRET.encode().ljust(32, b"."))
