"""What is wrong with a playbook: the file, the line and column, what, the nearest right name and how to mend it."""

import difflib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, order=True)
class Problem:
    """`line` and `column` count from 1. An error refuses publishing; a warning does not. `code` names the lint."""

    file: str
    line: int
    column: int
    level: Level
    code: str
    message: str
    mend: str = ""

    def __str__(self) -> str:
        mend = f" ({self.mend})" if self.mend else ""
        return f"{self.file}:{self.line}:{self.column}: {self.level}: {self.message}{mend}"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def nearest(name: str, names: Iterable[str], cutoff: float = 0.6) -> str:
    """The name most like a wrong one, or nothing."""
    found = difflib.get_close_matches(name, list(names), n=1, cutoff=cutoff)
    return found[0] if found else ""


def nearest_mend(name: str, names: Iterable[str], otherwise: str = "") -> str:
    """`did you mean X?`, else the given mend, else the names to choose from."""
    known = sorted(set(names))
    like = nearest(name, known)
    if like:
        return f"did you mean {like}?"
    if otherwise:
        return otherwise
    return f"one of: {', '.join(known)}" if 0 < len(known) <= 16 else ""
