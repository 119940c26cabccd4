"""Strict YAML: a small part of YAML 1.2 with the place of every value, and none of the traps.

Refused in our words: anchors and aliases, tags, several documents, duplicate keys, keys that are no plain text, and
text that YAML reads as something else than its author meant. `yes`, `on`, `012`, `12:30` are plain text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from onward.playbooks.decisions.problems import Problem
from onward.playbooks.decisions.traps import broken

LARGEST = 300_000
DEEPEST = 40
Path = tuple[str | int, ...]
_QUOTES = "put quotes round the text"
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


class _Strict(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
    depth = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            raise _Sign(event.start_mark, "`*` makes an alias, and there are none here")
        if getattr(event, "anchor", None):
            raise _Sign(event.start_mark, "`&` makes an anchor, and there are none here")
        if getattr(event, "tag", None):
            raise _Sign(event.start_mark, "`!` makes a tag, and there are none here", f"{_QUOTES}; `not` negates")
        if self.depth > DEEPEST:
            raise _Sign(event.start_mark, "the file is nested too deeply", "")
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


class _Sign(Exception):
    def __init__(self, mark: Any, message: str, mend: str = "put quotes round the text") -> None:
        super().__init__(message)
        self.mark, self.message, self.mend = mark, message, mend


for _tag, _pattern, _firsts in (
    ("bool", r"true|false", "tf"),
    ("null", r"null|~|", "n~"),
    ("int", r"-?(?:0|[1-9][0-9]{0,17})", "-0123456789"),
    ("float", r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,17}", "-0123456789"),
):
    _Strict.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), list(_firsts))
_Strict.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"\Z"), [""])


class Refused(Exception):
    """The text cannot be read at all."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True)
class Place:
    """Where a value stands; line and column count from 1."""

    file: str
    line: int
    column: int

    def problem(self, code: str, message: str, mend: str = "", *, warning: bool = False) -> Problem:
        return Problem(self.file, self.line, self.column, "warning" if warning else "error", code, message, mend)


@dataclass(frozen=True)
class Piece:
    """A value with its place. `value` is a scalar, a dict of pieces, or a list of pieces; `keys` places the keys of a
    dict; `raw` and `start` let an index in a text be mapped back to the file; `cut`: a comment follows it."""

    value: Any
    place: Place
    keys: dict[str, Place]
    raw: str = ""
    cut: bool = False

    def plain(self) -> Any:
        """The value without places."""
        if isinstance(self.value, dict):
            return {key: inner.plain() for key, inner in self.value.items()}
        if isinstance(self.value, list):
            return [inner.plain() for inner in self.value]
        return self.value

    def at(self, path: Path) -> "Piece":
        """The piece at a path, or the deepest one on the way to it (steps that are no keys are passed over)."""
        piece = self
        for step in path:
            inner: Any = piece.value
            is_key = isinstance(inner, dict) and step in inner
            if is_key or (isinstance(inner, list) and isinstance(step, int) and 0 <= step < len(inner)):
                piece = inner[step]
        return piece

    def get(self, path: Path) -> "Piece":
        """The piece at exactly that path, or one without a value."""
        piece = self
        for step in path:
            inner = piece.at((step,))
            if inner is piece:
                return Piece(None, self.place, {})
            piece = inner
        return piece

    def put(self, path: Path, piece: "Piece | None", key: Place | None = None) -> "Piece":
        """This tree with another piece at the path (None takes it away); `key` places the key of a new one."""
        if not path:
            return piece or Piece(None, self.place, {})
        step, rest = path[0], path[1:]
        if isinstance(self.value, list) and isinstance(step, int):
            inner = self.value[step].put(rest, piece, key) if rest else piece
            return replace(self, value=[*self.value[:step], *([inner] if inner else []), *self.value[step + 1 :]])
        values = dict(self.value) if isinstance(self.value, dict) else {}
        keys = dict(self.keys)
        held = values.get(str(step), Piece(None, self.place, {}))
        found = held.put(rest, piece, key) if rest else piece
        if found is None:
            values.pop(str(step), None)
            keys.pop(str(step), None)
        else:
            values[str(step)] = found
            keys[str(step)] = (key if not rest else None) or keys.get(str(step), found.place)
        return replace(self, value=values, keys=keys)

    def place_of(self, index: int) -> Place:
        """Where the character `index` of a text stands in the file."""
        if not isinstance(self.value, str) or not self.raw:
            return self.place
        offset = _offset(self.raw, self.value, index)
        before = self.raw[:offset]
        newlines = before.count("\n")
        if not newlines:
            return Place(self.place.file, self.place.line, self.place.column + offset)
        return Place(self.place.file, self.place.line + newlines, offset - before.rindex("\n"))


# Nobody changes a tree, and the same modules stand beside each playbook and each letter that is typed.
@lru_cache(maxsize=32)
def read(text: str, file: str) -> Piece:
    """The tree of a YAML text. Raises Refused with one problem when the text cannot be read."""
    start = Place(file, 1, 1)
    if len(text) > LARGEST:
        raise Refused(start.problem("yaml", f"the file is longer than {LARGEST:,} characters", "split it into modules"))
    loader: _Strict | None = None
    try:
        loader = _Strict(text)
        node = loader.get_single_node()
    except _Sign as sign:
        place = Place(file, sign.mark.line + 1, sign.mark.column + 1)
        raise Refused(place.problem("yaml", sign.message, sign.mend)) from None
    except yaml.MarkedYAMLError as trouble:
        raise Refused(_syntax(trouble, text, file)) from None
    except yaml.reader.ReaderError as trouble:
        before = text[: trouble.position] if isinstance(trouble.position, int) else ""
        place = Place(file, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
        raise Refused(place.problem("yaml", "a character that no text file should hold", "remove it")) from None
    except (yaml.YAMLError, ValueError):
        raise Refused(start.problem("yaml", "this is not readable as YAML")) from None
    finally:
        if loader is not None:
            loader.dispose()
    if node is None:
        raise Refused(start.problem("yaml", "the file is empty", "`onward playbook new` writes a first one"))
    return _piece(node, text, file)


def _syntax(trouble: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    line, column, message, mend = broken(trouble, text)
    return Place(file, line, column).problem("yaml", message, mend)


def _piece(node: Node, text: str, file: str) -> Piece:
    place = Place(file, node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, ScalarNode):
        return _scalar(node, text, place)
    if isinstance(node, SequenceNode):
        return Piece([_piece(inner, text, file) for inner in node.value], place, {})
    if isinstance(node, MappingNode):
        return _mapping(node, text, file, place)
    raise Refused(place.problem("yaml", "this has no meaning in a playbook"))


def _mapping(node: MappingNode, text: str, file: str, place: Place) -> Piece:
    values: dict[str, Piece] = {}
    keys: dict[str, Place] = {}
    for key_node, value_node in node.value:
        key_place = Place(file, key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        if not isinstance(key_node, ScalarNode):
            raise Refused(key_place.problem("yaml", "a key must be a word", _QUOTES))
        key = str(_piece(key_node, text, file).value if _UNFIT.search(key_node.value) else key_node.value)
        if node.flow_style and _is_empty(value_node) and not re.fullmatch(r"[a-z][a-z0-9_]*", key):
            message = f"a comma inside braces starts a new key, so `{key[:40]}` became a key without a value"
            raise Refused(key_place.problem("yaml", message, f"{_QUOTES} before it, up to here"))
        if key in values:
            message = f"`{key}` stands here a second time; the first is in line {keys[key].line}"
            raise Refused(key_place.problem("yaml", message, "keep one of the two"))
        values[key] = _piece(value_node, text, file)
        keys[key] = key_place
    return Piece(values, place, keys)


def _is_empty(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.value == "" and node.style is None


def _scalar(node: ScalarNode, text: str, place: Place) -> Piece:
    found = _UNFIT.search(str(node.value))
    if found:
        raise Refused(place.problem("yaml", "an escape makes a character that no text should hold", "remove it"))
    raw = text[node.start_mark.index : node.end_mark.index]
    line_end = text.find("\n", node.end_mark.index)
    rest = text[node.end_mark.index : line_end if line_end >= 0 else len(text)]
    cut = node.style is None and rest.lstrip().startswith("#")
    tag = node.tag.rpartition(":")[2] if node.tag.startswith("tag:yaml.org,2002:") else node.tag
    value: Any = node.value
    if node.style is None and tag == "bool":
        value = node.value == "true"
    elif node.style is None and tag == "null":
        value = None
    elif node.style is None and tag == "int":
        value = int(node.value)
    elif node.style is None and tag == "float":
        value = float(node.value)
    return Piece(value, place, {}, raw, cut)


def _offset(raw: str, value: str, index: int) -> int:
    """Where in the raw text the character `index` of its value stands: quotes, folds and indents are stepped over."""
    if "\\" in raw and raw.startswith('"'):
        return 0
    at = 0
    if raw[:1] in "\"'":
        at = 1
    elif raw[:1] in "|>":
        at = raw.find("\n") + 1
    for character in value[: index + 1]:
        while at < len(raw) and not _same(raw[at], character):
            at += 1
        at += 1
        if raw[:1] == "'" and character == "'":
            at += 1
    return max(min(at - 1, len(raw)), 0)


def _same(raw: str, character: str) -> bool:
    return raw == character or (character in " \n" and raw in " \n")


def pieces(piece: Piece) -> Iterator[Piece]:
    """Every piece in a tree, itself first."""
    yield piece
    inner = piece.value
    for one in inner.values() if isinstance(inner, dict) else inner if isinstance(inner, list) else ():
        yield from pieces(one)
