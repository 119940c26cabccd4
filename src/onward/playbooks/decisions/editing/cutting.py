"""One cut at a time: an entry or a key put in, taken out, swapped or written anew. Nothing else of the text moves."""

from typing import Any

from yaml.nodes import MappingNode, Node, SequenceNode

from onward.playbooks.decisions.editing import nodes
from onward.playbooks.decisions.editing.nodes import Path
from onward.playbooks.decisions.editing.writing import Unwritable, Value, after_key, block, flowing, scalar

WIDTH = 118


def with_key(text: str, path: Path, value: Value, order: tuple[str, ...]) -> str:
    """A key that is not there yet, after those that come before it in `order`, else at the end."""
    key, node = str(path[-1]), _node(text, path[:-1])
    if not isinstance(node, MappingNode):
        raise Unwritable(key)
    if node.flow_style:
        piece = f"{key}: {flowing(value)}"
        return _put_into(text, node, len(node.value), [one for _, one in node.value], piece)
    names = [name.value for name, _ in node.value]
    earlier = order[: order.index(key)] if key in order else tuple(names)
    at = max((names.index(name) for name in earlier if name in names), default=len(names) - 1)
    column = node.start_mark.column
    after = nodes.line_end(text, nodes.pair_end(node.value[at], text))
    return f"{text[:after]}\n{' ' * column}{key}:{after_key(value, column)}{text[after:]}"


def with_name(text: str, path: Path, key: str) -> str:
    """Another name for a key."""
    node = _node(text, path[:-1])
    if not isinstance(node, MappingNode):
        raise Unwritable(key)
    name = next(one for one, _ in node.value if one.value == path[-1])
    return text[: nodes.start(name)] + key + text[nodes.end(name, text) :]


def without_key(text: str, path: Path) -> str:
    """One of several keys away."""
    node = _node(text, path[:-1])
    assert isinstance(node, MappingNode)
    at = [name.value for name, _ in node.value].index(path[-1])
    begin, until = nodes.start(node.value[at][0]), nodes.pair_end(node.value[at], text)
    if node.flow_style:
        return _out_of(text, [(nodes.start(name), nodes.pair_end((name, one), text)) for name, one in node.value], at)
    line = nodes.line_start(text, begin)
    if text[line:begin].strip():
        # It stands right after the `-` of an entry: the next key takes its place.
        return text[:begin] + text[nodes.start(node.value[at + 1][0]) :]
    return text[:line] + text[nodes.line_end(text, until) + 1 :]


def with_entry(text: str, path: Path, at: int, value: Value) -> str:
    """One more entry in a list that has some."""
    node = _list(text, path)
    if node.flow_style:
        return _put_into(text, node, at, node.value, flowing(value))
    column = node.start_mark.column
    written = f"- {block(value, column + 2)}"
    if at:
        after = nodes.line_end(text, nodes.end(node.value[at - 1], text))
        return f"{text[:after]}\n{' ' * column}{written}{text[after:]}"
    begin = nodes.dash(node, 0, text)
    return f"{text[:begin]}{written}\n{' ' * column}{text[begin:]}"


def without_entry(text: str, path: Path) -> str:
    """One of several entries away, with the comments right above it."""
    at, node = path[-1], _list(text, path[:-1])
    assert isinstance(at, int)
    if node.flow_style:
        return _out_of(text, [(nodes.start(one), nodes.end(one, text)) for one in node.value], at)
    begin, until = nodes.chunk(node, at, text)
    return text[:begin] + text[until:]


def swapped(text: str, path: Path, at: int) -> str:
    """The entry at a place and the one after it change places."""
    node = _list(text, path)
    if node.flow_style:
        first, second = ((nodes.start(one), nodes.end(one, text)) for one in node.value[at : at + 2])
    else:
        first, second = nodes.chunk(node, at, text), nodes.chunk(node, at + 1, text)
    between = text[first[1] : second[0]]
    return text[: first[0]] + text[slice(*second)] + between + text[slice(*first)] + text[second[1] :]


def replaced(text: str, path: Path, value: Value, old: Value) -> str:
    """Another value at a path: a text in the quotes that it had, lists and sets of keys in block style."""
    root = nodes.composed(text)
    node, holder = nodes.node_at(root, path), nodes.node_at(root, path[:-1])
    if node is None or not path:
        raise Unwritable("the whole file")
    begin, until = nodes.start(node), nodes.end(node, text)
    if _in_flow(root, path):
        style = nodes.style_of(node)
        nested = isinstance(value, list | dict)
        written = flowing(value) if nested else scalar(value, flow=True, indent=0, was=style, had=old)
        gap = " " if begin == until and text[begin - 1] == ":" else ""
        return f"{text[:begin]}{gap}{written}{text[until:]}"
    column = holder.start_mark.column if holder else 0
    nested = isinstance(value, list | dict) or isinstance(old, list | dict)
    if isinstance(holder, MappingNode) and (nested or begin == until):
        name = next(key for key, _ in holder.value if key.value == path[-1])
        colon = text.index(":", int(name.end_mark.index))
        gap = text[colon + 1 : begin]
        if "#" not in gap:
            return f"{text[: colon + 1]}{after_key(value, column)}{text[max(until, colon + 1) :]}"
        # Comments between the key and its value stay where they are.
        return f"{text[: nodes.line_start(text, begin)]}{block(value, column + 2, first=True)}{text[until:]}"
    if nested:
        return f"{text[:begin]}{block(value, column + 2)}{text[until:]}"
    indent = nodes.indent_of(text, node, column + 2)
    written = scalar(value, flow=False, indent=indent, was=nodes.style_of(node), had=old)
    return f"{text[:begin]}{written}{text[until:]}"


def _node(text: str, path: Path) -> Node | None:
    return nodes.node_at(nodes.composed(text), path)


def _list(text: str, path: Path) -> SequenceNode:
    node = _node(text, path)
    if not isinstance(node, SequenceNode):
        raise Unwritable(str(path[-1]) if path else "the file")
    return node


def _in_flow(root: Node, path: Path) -> bool:
    around = (nodes.node_at(root, path[:depth]) for depth in range(len(path)))
    return any(isinstance(one, MappingNode | SequenceNode) and one.flow_style for one in around)


def _put_into(text: str, node: Any, at: int, values: list[Node], piece: str) -> str:
    """One more piece in braces or brackets, on a line of its own where the line would grow too long."""
    if not values:
        begin = nodes.start(node) + 1
        return f"{text[:begin]}{piece}{text[begin:]}"
    index = nodes.end(values[at - 1], text) if at else nodes.start(values[0])
    line = nodes.line_start(text, index)
    is_long = nodes.line_end(text, index) - line + len(piece) > WIDTH
    gap = "\n" + " " * (node.start_mark.column + 1) if is_long else " "
    return f"{text[:index]},{gap}{piece}{text[index:]}" if at else f"{text[:index]}{piece},{gap}{text[index:]}"


def _out_of(text: str, spans: list[tuple[int, int]], at: int) -> str:
    """One of several pieces away, with the comma between."""
    if at + 1 < len(spans):
        return text[: spans[at][0]] + text[spans[at + 1][0] :]
    return text[: spans[at - 1][1]] + text[spans[at][1] :]
