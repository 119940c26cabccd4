"""Who hears of a step that lasts too long, as rows of a form: whom, of what, after how long."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onward.interfaces.console.studio.waiting import UNITS

#: What has lasted, as it is written -> in words.
STATES = {"late": "late", "open": "open", "blocked": "blocked"}


@dataclass(frozen=True)
class Told:
    """One row: the role, and what has lasted for how long, as a number and its unit."""

    to: str = ""
    state: str = "late"
    amount: str = "3"
    unit: str = "d"


def told_of(value: Any) -> list[Told]:
    """The rows of `escalate:`, and an empty one to write the next in."""
    return [*filter(None, map(_row, value or [])), Told()]


def fits_told(value: Any) -> bool:
    """Whether the form can show it."""
    return isinstance(value, list) and None not in map(_row, value)


def told_posted(name: str, post: Mapping[str, str], value: Any) -> Any:
    """What the rows say; an entry that says the same stays as it is written. A list that was empty says that nobody
    is told, and stays."""
    was = {row: one for one in value or [] if (row := _row(one))}
    found: dict[Told, Any] = {}
    number = 0
    while (to := post.get(f"{name}:to:{number}")) is not None:
        said = {key: post.get(f"{name}:{key}:{number}", "").strip() for key in ("state", "n", "unit")}
        number += 1
        row = Told(to, said["state"] or "late", said["n"] or "3", said["unit"] or "d")
        if to:
            found[row] = was.get(row, {"after": f"{row.amount}{row.unit} {row.state}", "to": to})
    return list(found.values()) or (value if value == [] else None)


def _row(one: Any) -> Told | None:
    if not isinstance(one, dict) or one.keys() != {"after", "to"} or not isinstance(one["to"], str):
        return None
    said = re.fullmatch(rf"(\S+?)({'|'.join(UNITS)}) (late|open|blocked)", str(one["after"]))
    # What is no number is shown as it was typed, with what is wrong below it.
    return Told(one["to"], said[3], said[1], said[2]) if said else None
