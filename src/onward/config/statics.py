"""Styles, scripts and fonts, served before Django: its own middleware for them would send every page through an
event loop, which costs threads and does not go together with one that runs already.

Pages name them below a folder that is called after what is in all of them: `/static/<digest>/ui/tokens.css`. There they
are kept for a year, packed, and never asked for again; a script that imports its neighbor finds it in the same folder.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder, get_finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from servestatic import ServeStatic

YEAR = 365 * 24 * 3600
PACKED = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

Environ = dict[str, Any]


def files() -> Iterator[tuple[str, str, str]]:
    """Every static file: its name below /static/, where it is, and the folder that it is found in."""
    for finder in get_finders():
        if not isinstance(finder, Dated):
            for path, storage in finder.list(None):
                yield path, storage.path(path), storage.location


@cache
def digest() -> str:
    """Of what is in all of them; it changes with a release."""
    found = hashlib.sha256()
    for path, place, _ in sorted(files()):
        found.update(path.encode() + b"\0" + Path(place).read_bytes() + b"\0")
    return found.hexdigest()[:12]


class Dated(BaseFinder):
    """Finds `<digest>/ui/tokens.css` where Django serves the files itself: in tests."""

    def find(self, path: str, find_all: bool = False, **given: Any) -> Any:
        first, _, rest = path.partition("/")
        found = [place for name, place, _ in files() if name == rest] if first == digest() else []
        return found if find_all or not found else found[0]

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[Any]:
        return ()


class Storage(StaticFilesStorage):
    """What `static()` says in a page."""

    def url(self, name: str | None) -> str:
        return f"{settings.STATIC_URL}{digest()}/{name}"


def statics() -> Callable[[Environ, Any], Iterable[bytes]]:
    """A WSGI callable over every app's static files; anything else is 404."""
    served: Any = ServeStatic(None, max_age=60, add_headers_function=_headers, immutable_file_test=_is_dated)
    packed: dict[str, tuple[bytes, list[tuple[str, str]]]] = {}
    for path, place, root in files():
        for url in (f"{settings.STATIC_URL}{path}", f"{settings.STATIC_URL}{digest()}/{path}"):
            served.add_file_to_dictionary(url, place, root=root)
        if kind := PACKED.get(Path(path).suffix):
            body = gzip.compress(Path(place).read_bytes(), 9, mtime=0)
            packed[f"{settings.STATIC_URL}{digest()}/{path}"] = (body, _of_packed(kind, len(body)))

    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        found = packed.get(environ["PATH_INFO"])
        accepts = environ.get("HTTP_ACCEPT_ENCODING", "")
        if found is None or "gzip" not in accepts or environ["REQUEST_METHOD"] != "GET":
            answer: Iterable[bytes] = served(environ, start_response)
            return answer
        start_response("200 OK", found[1])
        return [found[0]]

    return app


def _is_dated(path: str, url: str) -> bool:
    return url.startswith(f"{settings.STATIC_URL}{digest()}/")


def _of_packed(kind: str, length: int) -> list[tuple[str, str]]:
    return [
        ("Content-Type", f"{kind}; charset=utf-8"),
        ("Content-Encoding", "gzip"),
        ("Content-Length", str(length)),
        ("Vary", "Accept-Encoding"),
        ("Cache-Control", f"max-age={YEAR}, public, immutable"),
        ("X-Content-Type-Options", "nosniff"),
    ]


def _headers(headers: Any, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    if Path(path).suffix in PACKED and _is_dated(path, url):
        headers["Vary"] = "Accept-Encoding"
