"""Answers to a playbook's forms, in words."""

from __future__ import annotations

from onward.interfaces.ui.words import date_words
from onward.journeys.queries import FieldView


def answer_words(item: FieldView) -> str:
    """An answer to a playbook's form in words, "" for none."""
    value, titles = item.value, dict(item.choices)
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if item.type == "date":
        return date_words(value)
    return ", ".join(str(titles.get(one, one)) for one in (value if item.type == "choices" else [value]))
