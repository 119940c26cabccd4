"""While nothing is published under it, an id follows its title, and everything that names it follows the id."""

import re
from collections.abc import Iterator
from typing import Any

from onward.playbooks.decisions.editing import changed, rekeyed, value_at
from onward.playbooks.decisions.editing.naming import id_for
from onward.playbooks.decisions.editing.nodes import Path
from onward.playbooks.decisions.editing.parts import MAPS, Part, parts

#: Kind -> (the key that holds its id, keys of the file under which ids of that kind are named).
_KINDS = {
    "stage": ("stage", ("after",)),
    "task": ("task", ("after", "before", "meeting", "of", "task")),
    "milestone": ("milestone", ("picks",)),
    "form": ("form", ("form", "of")),
    "field": ("field", ()),
    "measure": ("measure", ("pick",)),
    "check_in": ("check_in", ()),
    "exit": ("check", ()),
    "expect": ("check", ()),
    "completion": ("check", ()),
    "goal": ("goal", ()),
    "kpi": ("kpi", ()),
}
#: Kinds whose id is a key of the file. So many places may name them that they keep it once anything does.
_KEYED = frozenset({"role", *(kind for kind, _ in MAPS.values())})


def retitled(text: str, part: Part, was: str, published: frozenset[str]) -> tuple[str, str]:
    """The text after a part's title changed from `was`: an id that was made of the old title is made of the new one,
    unless it is among the `published` addresses. And the part's address. The id of a role, an event, a figure, a
    reading or a log follows only while nothing names it."""
    if part.kind not in _KINDS.keys() | _KEYED or part.address in published:
        return text, part.address
    if not re.fullmatch(rf"{re.escape(id_for(was))}(_\d+)?", part.id):
        return text, part.address
    others = [one.id for one in parts(text) if one.kind == part.kind and one.path != part.path]
    if part.kind == "field":
        others = [one.id for one in parts(text) if one.path[:-1] == part.path[:-1] and one.path != part.path]
    new = id_for(part.title, others)
    if part.kind not in _KEYED:
        return renamed(text, part, new)
    if new == part.id or _is_named_anywhere(text, part):
        return text, part.address
    return rekeyed(text, part.path, new), f"{part.kind}.{new}"


def _is_named_anywhere(text: str, part: Part) -> bool:
    word = re.compile(rf"(?<![\w-]){re.escape(part.id)}(?![\w-])")
    named = (step for path, _ in _texts(value_at(text, ())) if path[: len(part.path)] != part.path for step in path)
    said = (value for path, value in _texts(value_at(text, ())) if path[: len(part.path)] != part.path)
    return any(isinstance(one, str) and word.search(one) for one in (*named, *said))


def renamed(text: str, part: Part, new: str) -> tuple[str, str]:
    """The text with a part's id changed everywhere, and its address."""
    key, named_by = _KINDS[part.kind]
    if new == part.id:
        return text, part.address
    whole = value_at(text, ())
    text = changed(text, (*part.path, key), new)
    heads = {"form": "form|answer", "field": rf"(?:form|answer)\.{value_at(text, (*part.path[:2], 'form'))}"}
    pattern = re.compile(rf"\b({heads.get(part.kind, part.kind)})\.{re.escape(part.id)}(?![\w-])")
    for path, value in list(_texts(whole)):
        if path == (*part.path, key):
            continue
        if value == part.id and _is_named(part.kind, path, named_by):
            text = changed(text, path, new)
        elif pattern.search(value):
            text = changed(text, path, pattern.sub(rf"\g<1>.{new}", value))
    return text, next(one.address for one in parts(text) if one.path == part.path)


def _is_named(kind: str, path: Path, named_by: tuple[str, ...]) -> bool:
    """Whether an id at this place is one of that kind: `after` names stages in a stage, and tasks in a task."""
    key = next((step for step in reversed(path) if isinstance(step, str)), "")
    return key in named_by and (key != "after" or ("tasks" in path) == (kind == "task"))


def _texts(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in inner:
        if isinstance(one, str):
            yield (*path, step), one
        else:
            yield from _texts(one, (*path, step))
