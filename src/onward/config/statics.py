"""Styles, scripts and fonts, served before Django: its own middleware for them would send every page through an
event loop, which costs threads and does not go together with one that runs already.

Pages name them below a folder that is called after what is in all of them: `/static/<digest>/ui/tokens.css`. There they
are kept for a year, packed, and never asked for again; a script that imports its neighbor finds it in the same folder.
"""

from __future__ import annotations

import atexit
import gzip
import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder, get_finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from servestatic import ServeStatic

YEAR = 365 * 24 * 3600
# What every page needs before it paints, in one answer and in this order: the first names the layers.
JOINED = {
    "ui/all.css": (
        *("tokens", "type", "layout", "portal", "door", "marks", "line", "controls", "rows", "messages"),
        *("conversation", "charts"),
    )
}
PACKED = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

Environ = dict[str, Any]
Ready = tuple[bytes, list[tuple[str, str]]]


def files() -> Iterator[tuple[str, str, str]]:
    """Every static file: its name below /static/, where it is, and the folder that it is found in."""
    for finder in get_finders():
        if not isinstance(finder, Dated):
            for path, storage in finder.list(None):
                yield path, storage.path(path), storage.location


@cache
def joined(name: str) -> bytes:
    """The sheets that stand for one, beside which it lies: addresses in them hold."""
    folder = name.rpartition("/")[0]
    places = {path: place for path, place, _ in files()}
    return b"\n".join(Path(places[f"{folder}/{part}.css"]).read_bytes() for part in JOINED[name])


@cache
def _kept(name: str) -> str:
    """As a file, for Django's own server."""
    with NamedTemporaryFile(suffix=".css", delete=False) as kept:
        kept.write(joined(name))
    atexit.register(Path(kept.name).unlink, missing_ok=True)
    return kept.name


@cache
def digest() -> str:
    """Of what is in all of them; it changes with a release."""
    found = hashlib.sha256(repr(JOINED).encode())
    for path, place, _ in sorted(files()):
        found.update(path.encode() + b"\0" + Path(place).read_bytes() + b"\0")
    return found.hexdigest()[:12]


class Dated(BaseFinder):
    """Finds `<digest>/ui/tokens.css` where Django serves the files itself: in tests."""

    def find(self, path: str, find_all: bool = False, **given: Any) -> Any:
        first, _, rest = path.partition("/")
        if first != digest():
            return []
        found = [_kept(rest)] if rest in JOINED else [place for name, place, _ in files() if name == rest]
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
    packed: dict[str, Ready] = {}
    for path, place, root in files():
        for url in (f"{settings.STATIC_URL}{path}", f"{settings.STATIC_URL}{digest()}/{path}"):
            served.add_file_to_dictionary(url, place, root=root)
        if kind := PACKED.get(Path(path).suffix):
            body = gzip.compress(Path(place).read_bytes(), 9, mtime=0)
            packed[f"{settings.STATIC_URL}{digest()}/{path}"] = _of_packed(kind, body)

    whole = {f"{settings.STATIC_URL}{digest()}/{name}": joined(name) for name in JOINED}
    packed |= {url: _of_packed("text/css", gzip.compress(body, 9, mtime=0)) for url, body in whole.items()}

    def app(environ: Environ, start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        found = packed.get(path)
        if "gzip" not in environ.get("HTTP_ACCEPT_ENCODING", ""):
            found = _as_is(whole[path]) if path in whole else None
        if found is None or environ["REQUEST_METHOD"] != "GET":
            answer: Iterable[bytes] = served(environ, start_response)
            return answer
        start_response("200 OK", found[1])
        return [found[0]]

    return app


def _is_dated(path: str, url: str) -> bool:
    return url.startswith(f"{settings.STATIC_URL}{digest()}/")


def _of_packed(kind: str, body: bytes) -> Ready:
    return body, [("Content-Encoding", "gzip"), *_told(kind, body)]


def _as_is(body: bytes) -> Ready:
    return body, _told("text/css", body)


def _told(kind: str, body: bytes) -> list[tuple[str, str]]:
    return [
        ("Content-Type", f"{kind}; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Vary", "Accept-Encoding"),
        ("Cache-Control", f"max-age={YEAR}, public, immutable"),
        ("X-Content-Type-Options", "nosniff"),
    ]


def _headers(headers: Any, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    if Path(path).suffix in PACKED and _is_dated(path, url):
        headers["Vary"] = "Accept-Encoding"
