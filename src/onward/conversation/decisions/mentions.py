"""Who is called in a text: "@Mara Lindqvist", "@Mara" where only one bears the name, or "@[Mara](user:usr_...)"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_TAGGED = re.compile(r"@\[([^\]\n]{1,200})\]\(((?:user|contact):[a-z0-9_]{5,60})\)")


@dataclass(frozen=True, slots=True)
class Called:
    """A stretch of the text that calls somebody; `name` is theirs, or what was written for an unknown `ref`."""

    start: int
    end: int
    ref: str
    name: str


def called(text: str, people: Iterable[tuple[str, str]]) -> list[Called]:
    """Every call, in order. `people` are (reference, name); the longest name that fits counts."""
    known = dict(people)
    names = _names(known)
    found: list[Called] = []
    at = text.find("@")
    while at >= 0:
        end = at + 1
        before = text[at - 1] if at else " "
        if not (before.isalnum() or before in "@_."):
            tagged = _TAGGED.match(text, at)
            hit = (tagged.end(), tagged[2], known.get(tagged[2], tagged[1])) if tagged else _named(text, at, names)
            if hit:
                end = hit[0]
                found.append(Called(at, *hit))
        at = text.find("@", end)
    return found


def plain(text: str, people: Iterable[tuple[str, str]]) -> str:
    """The text for mails and lists: calls as "@Name", without their references."""
    out, last = [], 0
    for one in called(text, people):
        out += [text[last : one.start], f"@{one.name}"]
        last = one.end
    return "".join([*out, text[last:]])


def _names(known: dict[str, str]) -> list[tuple[str, str, str]]:
    """(name as it is looked for, reference, full name), the longest first; names that several bear are left out."""
    full = [(" ".join(name.split()), ref, name) for ref, name in known.items() if name.strip()]
    first = [(name.split()[0], ref, whole) for name, ref, whole in full if " " in name]
    borne = Counter(name.casefold() for name, _, _ in full)
    short = Counter(name.casefold() for name, _, _ in first)
    kept = [row for row in full if borne[row[0].casefold()] == 1]
    kept += [row for row in first if short[row[0].casefold()] == 1 and row[0].casefold() not in borne]
    return sorted(kept, key=lambda row: -len(row[0]))


def _named(text: str, at: int, names: list[tuple[str, str, str]]) -> tuple[int, str, str] | None:
    for name, ref, full in names:
        end = at + 1 + len(name)
        after = text[end : end + 1]
        if text[at + 1 : end].casefold() == name.casefold() and not (after.isalnum() or after == "_"):
            return end, ref, full
    return None
