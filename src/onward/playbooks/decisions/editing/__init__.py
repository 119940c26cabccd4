"""Change a playbook's text in place, so that comments and layout stay and the difference is a line or a few.

Every change is written at the marks of the YAML's nodes, and what comes out is read again: a text that would not mean
exactly what was asked for is never handed back (Unwritable). An unreadable text raises tree.Refused.
"""

from copy import deepcopy
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from onward.playbooks.decisions.editing import cutting, nodes
from onward.playbooks.decisions.editing.nodes import Path
from onward.playbooks.decisions.editing.writing import Unwritable, Value
from onward.playbooks.decisions.tree import Refused, read

__all__ = ["Path", "Unwritable", "added", "changed", "lines_of", "moved", "rekeyed", "removed", "same", "value_at"]
MISSING: Any = object()
#: Keys that a playbook must have: left empty they stay.
KEPT = frozenset({"stages", "roles", "ours", "fields"})


def value_at(text: str, path: Path, otherwise: Value = None) -> Value:
    """The value at a path, as plain data; `otherwise` where there is none."""
    value = _plain(text)
    for step in path:
        is_there = step in value if isinstance(value, dict) else isinstance(value, list) and step in range(len(value))
        if not is_there:
            return otherwise
        value = value[step]
    return deepcopy(value)


@lru_cache(maxsize=32)
def _plain(text: str) -> Value:
    return read(text, "").plain()


def lines_of(text: str, path: Path) -> tuple[int, int]:
    """The first and the last line, from 1, of what stands at a path (or of the nearest thing around it)."""
    root = nodes.composed(text)
    while (node := nodes.node_at(root, path)) is None:
        path = path[:-1]
    return node.start_mark.line + 1, text.count("\n", 0, nodes.end(node, text)) + 1


def changed(text: str, path: Path, value: Value, order: tuple[str, ...] = ()) -> str:
    """The text with `value` at `path`; None takes it away, and with it what is left empty. Only what differs is
    touched. `order`: how keys follow one another where a new one is put in."""
    return _checked(text, _changed(text, path, value, order), path, value)


def removed(text: str, path: Path) -> str:
    """The text without the key or the entry at `path`."""
    return changed(text, path, None)


def rekeyed(text: str, path: Path, key: str) -> str:
    """The text with another key for what stands at `path`, in its place. The key must be new there."""
    holder = value_at(text, path[:-1])
    wanted = {key if name == path[-1] else name: one for name, one in holder.items()}
    return _checked(text, cutting.with_name(text, path, key), path[:-1], wanted)


def added(text: str, path: Path, entry: Value, at: int | None = None, order: tuple[str, ...] = ()) -> str:
    """The text with one more entry in the list at `path`, made where it is missing; at its end by default."""
    before = value_at(text, path) or []
    if not isinstance(before, list):
        raise Unwritable(".".join(map(str, path)))
    at = len(before) if at is None else min(max(at, 0), len(before))
    value = [*before[:at], entry, *before[at:]]
    if not before:
        return changed(text, path, value, order)
    return _checked(text, cutting.with_entry(_ended(text), path, at, entry), path, value)


def moved(text: str, path: Path, to: int) -> str:
    """The text with the entry at `path` at another place of its list, with the comments above it."""
    holder, at = path[:-1], path[-1]
    entries = list(value_at(text, holder) or [])
    if not isinstance(at, int) or at not in range(len(entries)) or to not in range(len(entries)):
        return text
    entries.insert(to, entries.pop(at))
    new = _ended(text) if at != to else text
    for left in range(at, to) if to > at else range(at - 1, to - 1, -1):
        new = cutting.swapped(new, holder, left)
    return _checked(text, new, holder, entries)


def same(one: Value, other: Value) -> bool:
    """Whether two values mean the same: the order of keys does not count, and 1 is not true."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and bool(one == other)


def _changed(text: str, path: Path, value: Value, order: tuple[str, ...] = ()) -> str:
    old = value_at(text, path, MISSING)
    if (value is None and old is MISSING) or same(old, value):
        return text
    text = _ended(text)
    if value is None:
        return _taken(text, path)
    if old is MISSING:
        around = value_at(text, path[:-1], MISSING)
        if around is MISSING or not isinstance(around, dict) or (not around and len(path) > 1):
            return _changed(text, path[:-1], {path[-1]: value}, order)
        return cutting.with_key(text, path, value, order)
    if isinstance(old, dict) and isinstance(value, dict) and old and value:
        for key in (one for one in old if one not in value):
            text = _changed(text, (*path, key), None)
        for key, one in value.items():
            text = _changed(text, (*path, key), one, tuple(value))
        return text
    if isinstance(old, list) and isinstance(value, list) and old and value:
        return _listed(text, path, old, value)
    return cutting.replaced(text, path, value, old)


def _listed(text: str, path: Path, old: list[Value], value: list[Value]) -> str:
    """Entry by entry, from the end, so that the places before stay what they are."""
    matcher = SequenceMatcher(None, [repr(one) for one in old], [repr(one) for one in value], autojunk=False)
    for sign, left, until, first, last in reversed(matcher.get_opcodes()):
        if sign == "equal":
            continue
        both = min(until - left, last - first)
        for at in range(last - 1, first + both - 1, -1):
            text = cutting.with_entry(text, path, left + both, value[at])
        for at in range(until - 1, left + both - 1, -1):
            text = cutting.without_entry(text, (*path, at))
        for at in range(both):
            text = _changed(text, (*path, left + at), value[first + at])
    return text


def _taken(text: str, path: Path) -> str:
    """Without a key or an entry; what is left empty around it goes too, but for what a playbook must have."""
    around, last = path[:-1], path[-1]
    holder = value_at(text, around)
    if len(holder) > 1:
        return cutting.without_entry(text, path) if isinstance(last, int) else cutting.without_key(text, path)
    empty: Value = [] if isinstance(last, int) else {}
    if not around or isinstance(around[-1], int) or around[-1] in KEPT:
        return cutting.replaced(text, around, empty, holder)
    return _taken(text, around)


def _checked(old: str, new: str, path: Path, value: Value) -> str:
    """The new text, once it reads back as the old one with that value."""
    try:
        found = _plain(new)
    except Refused as trouble:
        raise Unwritable(str(trouble)) from None
    if not same(_bare(found), _bare(_put(_plain(old), path, value))):
        raise Unwritable(".".join(map(str, path)))
    return new


def _put(whole: Value, path: Path, value: Value) -> Value:
    """Plain data with another value at a path."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        if not isinstance(whole, list) or step not in range(len(whole)):
            raise Unwritable(".".join(map(str, path)))
        inner = [_put(whole[step], rest, value)]
        return [*whole[:step], *([] if inner == [None] else inner), *whole[step + 1 :]]
    held = whole if isinstance(whole, dict) else {}
    return {**held, step: _put(held.get(step), rest, value)}


def _bare(value: Value) -> Value:
    """Without keys that hold nothing: an empty list means the same as none."""
    if isinstance(value, dict):
        inside = {key: _bare(one) for key, one in value.items()}
        return {key: one for key, one in inside.items() if one is not None and one != [] and one != {}}
    return [_bare(one) for one in value] if isinstance(value, list) else value


def _ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"
