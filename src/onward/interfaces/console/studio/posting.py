"""How what is posted by a form becomes the value in the file, and which values a form can show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from onward.interfaces.console.studio.fields import Field
from onward.interfaces.console.studio.tables import DATED, is_table, pairs, shown_pairs, table_posted, typed_table
from onward.interfaces.console.studio.telling import fits_told, told_posted
from onward.interfaces.console.studio.waiting import fits_waits, waits_posted
from onward.playbooks.decisions.editing import same
from onward.playbooks.decisions.editing.naming import id_for


def fits(field: Field, value: Any) -> bool:
    """Whether the form can show the value; what it cannot is written in the file alone."""
    if value is None:
        return True
    if field.look == "yes":
        return isinstance(value, bool)
    if field.look == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if field.look in ("many", "lines"):
        return isinstance(value, list) and all(isinstance(one, str) and "\n" not in one for one in value)
    if field.look == "waits":
        return fits_waits(value)
    if field.look == "told":
        return fits_told(value)
    if field.look == "choices":
        inside = value.values() if isinstance(value, dict) else value
        return isinstance(value, dict | list) and all(isinstance(one, str) for one in inside)
    if field.look == "names":
        return isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))
    if field.look == "pairs":
        plain = isinstance(value, dict) and all(isinstance(one, str | bool | int | float) for one in value.values())
        return plain and same(pairs("\n".join(shown_pairs(value)), value) or {}, value)
    return isinstance(value, str) or (field.look in DATED and is_table(value))


def posted(field: Field, post: QueryDict, value: Any) -> Any:
    """What the form says, as the file's value; `value` is what stands there now. Nothing is None."""
    text = post.get(field.name, "").replace("\r\n", "\n")
    if field.look == "yes":
        return True if post.get(field.name) else (False if value is False else None)
    if field.look == "many":
        found = [one for one in post.getlist(field.name) if one]
        kept = [one for one in value or [] if one in found]
        return [*kept, *(one for one in found if one not in kept)] or None
    if field.look == "waits":
        return waits_posted(field.name, post, value)
    if field.look == "told":
        return told_posted(field.name, post, value)
    if field.look == "lines":
        return [line.strip() for line in text.split("\n") if line.strip()] or None
    if field.look == "number":
        return number(text.strip())
    if field.look == "choices":
        return choices(text, value)
    if field.look == "area":
        same = isinstance(value, str) and value.rstrip("\n") == text.rstrip()
        return value if same else (text.rstrip() or None)
    if field.look == "names":
        found = [line.strip() for line in text.split("\n") if line.strip()]
        return found if len(found) > 1 or (found and isinstance(value, list)) else next(iter(found), None)
    if field.look == "pairs":
        return pairs(text, value)
    # A browser that has not drawn the table yet sends again what was typed.
    if field.look in DATED and is_table(value) and field.name not in post:
        return table_posted(field.name, post, value)
    if field.look in DATED and (table := typed_table(text)):
        return table
    if field.look == "timing":
        return composed(field, post) or text.strip() or None
    return " ".join(text.split()) or None


def number(text: str) -> Any:
    """`3` and `2.5` as numbers; anything else as it is, for the problems to name."""
    if re.fullmatch(r"-?(0|[1-9]\d{0,9})", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?\d{1,9}\.\d{1,6}", text) else text or None


def choices(text: str, value: Any) -> Any:
    """Lines as choices: a title that was there keeps its id."""
    titles = [line.strip() for line in text.split("\n") if line.strip()]
    if isinstance(value, list) and value == titles:
        return value
    known = {title: key for key, title in value.items()} if isinstance(value, dict) else {}
    found: dict[str, str] = {}
    for title in titles:
        found[known.get(title) or id_for(title, [*known.values(), *found])] = title
    return found or None


def composed(field: Field, post: Mapping[str, str]) -> str:
    """What the small helper of a timing says, once something is entered in it."""
    amount = post.get(f"{field.name}:n", "").strip()
    if not amount.isdigit():
        return ""
    unit, word = post.get(f"{field.name}:unit", "d"), post.get(f"{field.name}:word", "within")
    moment = post.get(f"{field.name}:of", "").strip() or "signed"
    if word == "day":
        return f"{'week' if unit == 'w' else 'day'} {amount}"
    return f"{word} {amount}{unit} of {moment}" if word == "within" else f"{amount}{unit} {word} {moment}"
