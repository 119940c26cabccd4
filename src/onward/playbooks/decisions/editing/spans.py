"""Which lines the parts of a text stand in."""

from onward.playbooks.decisions.editing import lines_of, value_at
from onward.playbooks.decisions.editing.parts import Part


def spans_of(text: str, found: list[Part]) -> dict[str, tuple[int, int]]:
    """Address -> first and last line, from 1; 0 for what the file says nothing of."""
    return {part.address: lines_of(text, part.path) if _is_there(text, part) else (0, 0) for part in found}


def _is_there(text: str, part: Part) -> bool:
    return part.kind != "escalate" or value_at(text, part.path) is not None
