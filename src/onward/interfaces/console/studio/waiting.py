"""What a step waits for in a form: other steps, each with how long after it at least; and a day held back from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onward.kernel.clock import parse_span

UNITS = {"d": "days", "wd": "working days", "w": "weeks", "h": "hours", "mo": "months"}
#: How a step rests on another, as it is written -> in words.
LINKS = {
    "finish_to_start": "begins after its end",
    "start_to_start": "begins after its beginning",
    "finish_to_finish": "ends after its end",
    "start_to_finish": "ends after its beginning",
}
_KEYS = {"task", "link", "lag"}
#: How long before a far day a step may begin, where somebody asks for that.
_AHEAD = {"d": 7, "wd": 5, "w": 1}
_FAR = {"d": 21, "wd": 15, "w": 3}


@dataclass(frozen=True)
class Waits:
    """One row: the step, how it rests on it, and the lag as a number and its unit."""

    task: str = ""
    link: str = "finish_to_start"
    amount: str = ""
    unit: str = "d"


def waits_of(value: Any) -> list[Waits]:
    """The rows of `after:`, and an empty one to write the next in."""
    found = [_row(one) for one in value or []]
    return [*(one for one in found if one), Waits()]


def fits_waits(value: Any) -> bool:
    """Whether the form can show it."""
    rows = [_row(one) for one in value] if isinstance(value, list) else [None]
    return None not in rows and len({row.task for row in rows if row}) == len(rows)


def waits_posted(name: str, post: Mapping[str, str], value: Any) -> Any:
    """What the rows say; an entry that says the same stays as it is written."""
    was = {row: one for one in value or [] if (row := _row(one))}
    found: dict[str, Any] = {}
    number = 0
    while (task := post.get(f"{name}:task:{number}")) is not None:
        said = {key: post.get(f"{name}:{key}:{number}", "").strip() for key in ("link", "n", "unit")}
        number += 1
        row = Waits(task, said["link"] or "finish_to_start", said["n"], said["unit"] if said["n"] else "d")
        if task and task not in found:
            found[task] = was.get(row, _entry(row))
    return list(found.values()) or None


def held_back(due: Any) -> str:
    """From when on a step may begin that is due on a day far ahead: a week before it; "" for all others."""
    if not isinstance(due, str):
        return ""
    if (day := re.fullmatch(r"day (\d{1,4})", due)) and int(day[1]) >= _FAR["d"]:
        return f"day {int(day[1]) - _AHEAD['d']}"
    found = re.fullmatch(r"(\d{1,4})(d|wd|w) after (signed|started|contract_start)", due)
    if found is None or int(found[1]) < _FAR[found[2]]:
        return ""
    return f"{int(found[1]) - _AHEAD[found[2]]}{found[2]} after {found[3]}"


def _row(one: Any) -> Waits | None:
    if isinstance(one, str):
        return Waits(one)
    if not isinstance(one, dict) or not isinstance(one.get("task"), str) or not one.keys() <= _KEYS:
        return None
    link, span = one.get("link", "finish_to_start"), parse_span(str(one.get("lag", "0d")))
    if link not in LINKS or span is None:
        return None
    return Waits(one["task"], link, str(span.amount), span.unit) if "lag" in one else Waits(one["task"], link)


def _entry(row: Waits) -> Any:
    lag = {"lag": f"{row.amount}{row.unit}"} if row.amount else {}
    link = {"link": row.link} if row.link != "finish_to_start" else {}
    return {"task": row.task, **link, **lag} if lag or link else row.task
