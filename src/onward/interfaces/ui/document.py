"""What a document holds, before it is a page or a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A row: `mark` says how it stands (met, open, reached, milestone, us, link, or that of a check), then what it is,
    more in small, and what stands at the right, of which `tone` says "proof" or "warn". `href` is where it leads."""

    title: str
    small: str = ""
    at: str = ""
    mark: str = "open"
    tone: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """`aside` stands at the right of the heading; `empty` is said where there are no lines."""

    title: str
    lines: Sequence[Line]
    aside: str = ""
    empty: str = ""
    is_said: bool = False


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Whose document it is. `accent` is "#rrggbb", `logo` the bytes of a PNG or JPEG, each empty for none."""

    name: str
    accent: str = ""
    logo: bytes = b""
