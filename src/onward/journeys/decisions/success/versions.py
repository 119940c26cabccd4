"""What a version of the success plan says, as bytes that can be hashed, and the answer that it got.

They make one chain: an answer names the hash of its version, and the next version the hash of that answer.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

VERSION, ANSWER = "onward.success-plan/1", "onward.success-plan-answer/1"


@dataclass(frozen=True, slots=True)
class Party:
    """A person who stands in a plan: by reference ("user:usr_...", "contact:con_...") and as they were called then."""

    ref: str
    name: str
    mail: str = ""

    @property
    def side(self) -> str:
        return "theirs" if self.ref.startswith("contact:") else "ours"


@dataclass(frozen=True, slots=True)
class Stated:
    """An objective as a version states it. Measured by `metric` or by hand, from `start` to `target` in `unit`, or in
    the words of `measure`; `tasks` are (key, title) of what serves it."""

    ref: str
    outcome: str
    due_on: date | None
    theirs: Party | None
    ours: Party | None
    measure: str = ""
    metric: str = ""
    start: float | None = None
    target: float | None = None
    unit: str = ""
    tasks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """`before` is the hash of the answer that the version before got, "" for the first. `at` is a moment as text."""

    journey: str
    account: str
    vendor: str
    number: int
    before: str
    by: Party
    at: str
    note: str
    objectives: tuple[Stated, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """`answer` agreed | refused | withdrawn, to the version with that hash."""

    number: int
    version: str
    answer: str
    by: Party
    at: str
    words: str


def version_text(version: Version) -> str:
    """Its bytes as text: JSON with sorted keys and no spaces, the same for the same plan."""
    stated = [{**asdict(one), "due_on": one.due_on.isoformat() if one.due_on else None} for one in version.objectives]
    return _canonical({**asdict(version), "format": VERSION, "objectives": stated})


def answer_text(answer: Answer) -> str:
    return _canonical({**asdict(answer), "format": ANSWER})


def digest(text: str) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_version(text: str) -> Version:
    """What `version_text` wrote."""
    data = json.loads(text)
    del data["format"]
    return Version(**{**data, "by": Party(**data["by"]), "objectives": tuple(map(_stated, data["objectives"]))})


def read_answer(text: str) -> Answer:
    """What `answer_text` wrote."""
    data = json.loads(text)
    del data["format"]
    return Answer(**{**data, "by": Party(**data["by"])})


def _stated(data: dict[str, Any]) -> Stated:
    return Stated(
        **{
            **data,
            "due_on": date.fromisoformat(data["due_on"]) if data["due_on"] else None,
            "theirs": Party(**data["theirs"]) if data["theirs"] else None,
            "ours": Party(**data["ours"]) if data["ours"] else None,
            "tasks": tuple((key, title) for key, title in data["tasks"]),
        }
    )


def _canonical(data: dict[str, Any]) -> str:
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
