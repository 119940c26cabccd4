"""Which lines the parts of a text stand in."""

from onward.playbooks.decisions.editing import lines_of
from onward.playbooks.decisions.editing.parts import Part


def spans_of(text: str, found: list[Part]) -> dict[str, tuple[int, int]]:
    """Address -> first and last line, from 1."""
    return {part.address: lines_of(text, part.path) for part in found}
