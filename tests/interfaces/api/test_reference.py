"""The reference page says what the API does."""

from __future__ import annotations

from pathlib import Path

from onward.interfaces.api.reference import page
from onward.interfaces.api.root import schema

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "api.md"


def test_the_page_is_that_of_this_api() -> None:
    assert PAGE.read_text() == page(schema()), "python -m onward.interfaces.api.reference docs/reference/api.md"
