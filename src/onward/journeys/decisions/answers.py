"""Answers to a form, checked by the type of each field."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from onward.kernel.clock import is_plausible
from onward.kernel.refusals import Refusal, invalid
from onward.playbooks.decisions.parts import Field, Form

LONG = 10_000


def checked_answers(form: Form, values: Mapping[str, Any], *, by_contact: bool) -> dict[str, Any]:
    """The values as stored (numbers, yes_no as booleans, dates as text), empty ones as None; a Refusal by field."""
    known = {field.id: field for field in form.fields if not (field.internal and by_contact)}
    stored: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, value in values.items():
        if name not in known:
            problems[str(name)[:60]] = "There is no such field."
            continue
        try:
            stored[name] = _stored(known[name], value)
        except (ValueError, TypeError, OverflowError):
            problems[name] = f"{known[name].title}: {_wants(known[name])}."
    if problems:
        raise invalid("; ".join(problems.values()), mend="Mend these fields and send again.", fields=problems)
    return stored


def is_complete(form: Form, values: Mapping[str, Any], *, complain: bool) -> bool:
    """Whether every required field is answered; with `complain` a Refusal names those that are not."""
    missing = {field.id: field.title for field in form.fields if field.required and values.get(field.id) is None}
    if missing and complain:
        raise Refusal(
            "invalid",
            f"Still to answer: {', '.join(missing.values())}.",
            mend="Answer these, or save what you have and go on later.",
            details={"fields": {name: f"{title} is still to answer." for name, title in missing.items()}},
        )
    return not missing


def _stored(field: Field, value: Any) -> Any:
    if isinstance(value, str):
        value = value.replace("\x00", "").strip()
    if value is None or value == "" or value == []:
        return None
    if field.type in {"number", "scale"}:
        number = float(value.replace(",", ".")) if isinstance(value, str) else float(value)
        if isinstance(value, bool) or not math.isfinite(number) or abs(number) > 1e15:
            raise ValueError
        if field.scale and not field.scale[0] <= number <= field.scale[1]:
            raise ValueError
        if (field.min is not None and number < field.min) or (field.max is not None and number > field.max):
            raise ValueError
        return int(number) if number == int(number) else number
    if field.type == "yes_no":
        spoken = {"yes": True, "true": True, "on": True, "no": False, "false": False}
        if not isinstance(value, bool) and str(value).lower() not in spoken:
            raise ValueError
        return value if isinstance(value, bool) else spoken[str(value).lower()]
    if field.type == "date":
        day = date.fromisoformat(str(value)[:10])
        if not is_plausible(day):
            raise ValueError
        return day.isoformat()
    if field.type == "choice":
        return _choice(field, str(value))
    if field.type == "choices":
        return [_choice(field, str(item)) for item in (value if isinstance(value, list) else [value])]
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise ValueError
    words = str(value)
    if len(words) > LONG:
        raise ValueError
    return words


def _choice(field: Field, value: str) -> str:
    if value not in {choice.id for choice in field.choices}:
        raise ValueError
    return value


def limits(field: Field) -> str:
    """Between which values a number may lie, in words; empty where any will do."""
    if field.min is not None and field.max is not None:
        return f"from {field.min:g} to {field.max:g}"
    if field.min is not None:
        return f"of at least {field.min:g}"
    return f"of at most {field.max:g}" if field.max is not None else ""


def _wants(field: Field) -> str:
    wants = {
        "number": " ".join(["write a number", limits(field)]).strip(),
        "scale": f"choose {field.scale[0]} to {field.scale[1]}" if field.scale else "write a number",
        "yes_no": "say yes or no",
        "date": "write a date like 2026-03-13",
    }
    if field.type in {"choice", "choices"}:
        return "choose one of " + ", ".join(choice.title for choice in field.choices)
    return wants.get(field.type, f"write at most {LONG} characters")
