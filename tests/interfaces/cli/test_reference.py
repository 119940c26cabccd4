"""The generated reference pages are the ones in the repository."""

from __future__ import annotations

from pathlib import Path

from onward.interfaces.cli.reference import pages

FOLDER = Path(__file__).parents[3] / "docs" / "reference"


def test_reference_pages_are_true() -> None:
    stale = [name for name, text in pages().items() if (FOLDER / name).read_text("utf-8") != text]
    assert stale == [], f"run `./onward reference docs/reference` for {', '.join(stale)}"
