"""Where things stand in a text: the node at a path, where it really ends, the lines of an entry with its comments."""

from functools import lru_cache
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Path = tuple[str | int, ...]


@lru_cache(maxsize=8)
def composed(text: str) -> Node:
    """The nodes of a text that `tree.read` has read without complaint."""
    node = yaml.compose(text, Loader=yaml.BaseLoader)
    assert node is not None
    return node


def node_at(root: Node, path: Path) -> Node | None:
    """The node at a path, or None."""
    node: Node | None = root
    for step in path:
        node = child(node, step) if node is not None else None
    return node


def child(node: Node, step: str | int) -> Node | None:
    """The value under a key, or the entry at a place."""
    if isinstance(node, MappingNode) and isinstance(step, str):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, SequenceNode) and isinstance(step, int) and 0 <= step < len(node.value):
        return node.value[step]  # type: ignore[no-any-return]
    return None


def start(node: Node) -> int:
    return int(node.start_mark.index)


def end(node: Node, text: str) -> int:
    """Where its last character stands: blocks are said to end where the next thing begins, comments included."""
    if isinstance(node, ScalarNode):
        until = int(node.end_mark.index)
        if node.style not in ("|", ">"):
            return until
        # Blanks at the end of a literal's last line are its own.
        return line_end(text, start(node) + len(text[start(node) : until].rstrip()))
    if not isinstance(node, MappingNode | SequenceNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last: Any = node.value[-1]
    if isinstance(node, SequenceNode):
        return max(end(last, text), start(node) + 1)
    return pair_end(last, text)


def pair_end(pair: tuple[Node, Node], text: str) -> int:
    """Where a key with its value ends."""
    return max(end(pair[1], text), int(pair[0].end_mark.index))


def indent_of(text: str, node: Node, otherwise: int) -> int:
    """Where the lines of a literal stand."""
    if style_of(node) not in ("|", ">"):
        return otherwise
    lines = text[start(node) : end(node, text)].split("\n")[1:]
    return min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=otherwise)


def line_start(text: str, index: int) -> int:
    return text.rfind("\n", 0, index) + 1


def line_end(text: str, index: int) -> int:
    """The end of the line without its break."""
    found = text.find("\n", index)
    return found if found >= 0 else len(text)


def dash(sequence: SequenceNode, at: int, text: str) -> int:
    """Where the `-` of a block sequence's entry stands."""
    column = sequence.start_mark.column
    line = line_start(text, start(sequence.value[at]))
    while text[line : line + column].strip() or text[line + column : line + column + 1] != "-":
        if line <= start(sequence):
            return start(sequence)
        line = line_start(text, line - 1)
    return line + column


def chunk(sequence: SequenceNode, at: int, text: str) -> tuple[int, int]:
    """The lines of a block sequence's entry, the comments right above it included: from, to (after its last break)."""
    begin = line_start(text, dash(sequence, at, text))
    while begin and text[line_start(text, begin - 1) : begin].lstrip().startswith("#"):
        begin = line_start(text, begin - 1)
    return begin, line_end(text, end(sequence.value[at], text)) + 1


def style_of(node: Node) -> str | None:
    return node.style if isinstance(node, ScalarNode) else None
