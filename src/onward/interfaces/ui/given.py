"""What forms send, read: moments, days, numbers, editions. A Refusal names what cannot be read and how to write it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from onward.foundation.clock import now
from onward.kernel.clock import is_plausible
from onward.kernel.refusals import Refusal, invalid


def moment(given: str, what: str, field: str = "") -> datetime:
    """A day, or day and time, in the reader's zone. A plain day is its noon, or now where that is earlier."""
    text = given.strip()
    try:
        found = datetime.fromisoformat(text)
        if not is_plausible(found):
            raise ValueError
        found = found if found.tzinfo else timezone.make_aware(found)
    except (ValueError, OverflowError):
        raise invalid(
            f"{what} is not a date.", mend="Write it like 2026-03-13 or 2026-03-13 14:00.", field=field
        ) from None
    if len(text) != 10:
        return found
    noon = found.replace(hour=12)
    return min(noon, max(now(), found)) if found.date() == timezone.localtime(now()).date() else noon


def day(given: str, field: str = "") -> date | None:
    """A date of a form; None when it was left empty."""
    if not given.strip():
        return None
    try:
        found = date.fromisoformat(given.strip())
        if not is_plausible(found):
            raise ValueError
    except ValueError:
        raise invalid(f"“{given[:40]}” is not a date.", mend="Write it like 2026-03-13.", field=field) from None
    return found


def number(given: Any, what: str, field: str = "value") -> float:
    """A number as a person writes it: 8, 0.8, 0,8, 80%, 1,500, 1.500,25, $ 1 500. Groups have three digits each."""
    text = re.sub(r"[\s'’$€£]", "", str(given))
    if re.fullmatch(r"-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?%?", text):
        text = text.replace(",", "")
    elif re.fullmatch(r"-?[1-9]\d{0,2}(\.\d{3})+,\d+%?|-?[1-9]\d{0,2}(\.\d{3}){2,}%?", text):
        text = text.replace(".", "")
    if not re.fullmatch(r"-?\d{1,15}([.,]\d{1,15})?%?", text):
        raise invalid(f"{what} is not a number.", mend="Write it like 8, 0.8, 1,500 or 80%.", field=field)
    return float(text.removesuffix("%").replace(",", ".")) / (100 if text.endswith("%") else 1)


def figure(given: str) -> bool | float:
    """Yes, no, or a number."""
    spoken = {"yes": True, "no": False, "true": True, "false": False}
    found = spoken.get(given.strip().lower())
    return found if found is not None else number(given, "The figure")


def version(request: HttpRequest) -> int:
    """The number of the version that a form is about."""
    given = request.POST.get("number", "")
    if not (given.isascii() and given.isdigit() and len(given) < 5):
        raise invalid("This form does not say which version it is about.", mend="Open the plan anew, then send it.")
    return int(given)


def is_agreed(request: HttpRequest) -> bool:
    """Whether a plan was agreed to or refused; Refusal "invalid" where the form says neither."""
    given = request.POST.get("answer", "")
    if given not in {"agreed", "refused"}:
        raise invalid("This form does not say whether you agree.", mend="Open the plan anew, then answer.")
    return given == "agreed"


def edition(request: HttpRequest) -> int | None:
    """The edition that the person was looking at, if the form says so. Refusal "invalid" for what is none."""
    given = request.POST.get("edition", "")
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise invalid("This form does not say what you were looking at.", mend="Open the page anew, then send it.")
    return int(given)


def wrong_at(refusal: Refusal | None, name: str) -> str:
    """What a Refusal says of the field with this name; "" where it says nothing."""
    if refusal is None:
        return ""
    told = refusal.details.get("fields")
    if isinstance(told, Mapping) and told.get(name):
        return str(told[name])
    return refusal.message if refusal.details.get("field") == name else ""
