"""Styles and scripts are kept by a browser until a release changes them, and are sent packed."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.templatetags.static import static

from onward.config.statics import digest, files, statics


def get(path: str, **environ: str) -> tuple[str, dict[str, str], bytes]:
    """Status, headers and body."""
    told: list[Any] = []
    given = {"PATH_INFO": path, "REQUEST_METHOD": "GET", **environ}
    body = statics()(given, lambda status, headers, *_: told.extend([status, dict(headers)]))
    return told[0], told[1], b"".join(body)


def test_pages_name_files_below_what_is_in_them() -> None:
    assert static("ui/keys.js") == f"/static/{digest()}/ui/keys.js"
    assert finders.find(f"{digest()}/ui/keys.js") == finders.find("ui/keys.js")
    assert finders.find("000000000000/ui/keys.js") is None


def test_what_a_page_names_is_kept_for_a_year_and_packed() -> None:
    path = static("ui/tokens.css")
    status, headers, body = get(path, HTTP_ACCEPT_ENCODING="gzip, br")
    plain = get(path)
    assert (status, headers["Content-Encoding"]) == ("200 OK", "gzip")
    assert gzip.decompress(body) == plain[2]
    assert "Content-Encoding" not in plain[1]
    for found in (headers, plain[1]):
        assert "immutable" in found["Cache-Control"]
        assert found["X-Content-Type-Options"] == "nosniff"
        assert found["Vary"] == "Accept-Encoding"
    assert "immutable" in get(static("vendor/radio-canada-latin.woff2"))[1]["Cache-Control"]


def test_another_releases_address_is_not_answered_with_this_ones_file() -> None:
    assert get("/static/000000000000/ui/tokens.css")[0].startswith("404")
    assert get("/static/ui/tokens.css")[1]["Cache-Control"] == "max-age=60, public"


def test_every_file_is_served() -> None:
    app, told = statics(), []
    for path, _, _ in files():
        list(app({"PATH_INFO": static(path), "REQUEST_METHOD": "GET"}, lambda status, *_: told.append(status)))
    assert set(told) == {"200 OK"}


def test_what_every_page_needs_comes_in_one_answer() -> None:
    path = static("ui/all.css")
    packed, plain = get(path, HTTP_ACCEPT_ENCODING="gzip"), get(path)
    assert packed[1]["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain[1]
    assert gzip.decompress(packed[2]) == plain[2] == Path(finders.find(path.removeprefix("/static/"))).read_bytes()
    assert plain[2].index(b"@layer reset") < plain[2].index(b"@font-face") < plain[2].index(b".composer")
    assert {kind for name, kind in plain[1].items() if name == "Content-Type"} == {"text/css; charset=utf-8"}
