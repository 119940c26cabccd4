"""From a tree to the models of the file, its shape checked: keys, kinds of values, ids. Messages are ours."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from onward.playbooks.decisions.problems import Problem, nearest_mend
from onward.playbooks.decisions.source.words import RESERVED
from onward.playbooks.decisions.source.work import KINDS, AnyTask
from onward.playbooks.decisions.tree import Piece, Place

Model = TypeVar("Model", bound=BaseModel)

_OF_ANY_TASK = frozenset(field.alias or name for name, field in AnyTask.model_fields.items())
_WRONG = {
    "string_type": "text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "list_type": "a list",
    "dict_type": "a set of keys",
    "model_type": "a set of keys",
    "model_attributes_type": "a set of keys",
}


def shaped(model: type[Model], tree: Piece) -> tuple[Model | None, list[Problem]]:
    """The file as its model, or the problems of its shape."""
    try:
        return model.model_validate(tree.plain()), []
    except ValidationError as trouble:
        problems = [
            _problem(model, tree, error["loc"], error["type"], error)
            for error in trouble.errors(include_url=False, include_input=False)
        ]
    return None, _best(problems)


def plain_tasks(tree: Piece) -> Piece:
    """The tree with every task as one without a kind, so that what its kind wants hides nothing else."""
    if isinstance(tree.value, list):
        return replace(tree, value=[plain_tasks(one) for one in tree.value])
    if not isinstance(tree.value, dict):
        return tree
    if "task" in tree.value:
        return replace(tree, value={key: one for key, one in tree.value.items() if key in _OF_ANY_TASK})
    inside = {key: plain_tasks(one) if key in ("stages", "tasks") else one for key, one in tree.value.items()}
    return replace(tree, value=inside)


def _best(problems: list[Problem]) -> list[Problem]:
    """One problem a place: a value that may be text or a table fails as both, and the more telling one says more."""
    found: dict[tuple[str, int, int], Problem] = {}
    for problem in problems:
        place = (problem.file, problem.line, problem.column)
        known = found.get(place)
        if known is None or (known.code == "type" and problem.code != "type"):
            found[place] = problem
    return sorted(found.values())


def _problem(model: type[BaseModel], tree: Piece, loc: tuple[str | int, ...], kind: str, error: Any) -> Problem:
    piece = tree.at(loc)
    last = str(loc[-1]) if loc else ""
    if kind == "extra_forbidden":
        return _unknown_key(model, tree, loc)
    if kind == "missing":
        return piece.place.problem("missing", f"`{last}` is missing here", f"add `{last}: ...`")
    if kind == "literal_error":
        expected = re.findall(r"'([^']*)'|\b(\d+)\b", error["ctx"]["expected"])
        mend = nearest_mend(str(piece.value), [first or second for first, second in expected])
        return piece.place.problem("choice", f"{_shown(piece)} is none of the words that fit here", mend)
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        found = piece.value.get("kind") if isinstance(piece.value, dict) else None
        place = found.place if found else piece.place
        named = _shown(found) if found else "this"
        return place.problem("kind", f"there is no kind of task called {named}", nearest_mend(named.strip("`"), KINDS))
    if kind == "string_pattern_mismatch":
        place = _key_place(tree, loc) or piece.place
        return place.problem("id", f"{_shown(piece)} is no id", "small letters, digits and _, a letter first")
    if kind in _WRONG:
        return _wrong_type(piece, _WRONG[kind])
    if kind in ("string_too_short", "string_too_long"):
        return piece.place.problem(
            "length", "this text is empty" if kind.endswith("short") else "this text is too long"
        )
    return piece.place.problem("type", f"{_shown(piece)} does not fit here")


def _wrong_type(piece: Piece, wanted: str) -> Problem:
    if piece.value is None:
        return piece.place.problem("missing", "a value is missing here", f"write {wanted}")
    if wanted == "text" and not isinstance(piece.value, (dict, list)):
        is_now = "yes or no" if isinstance(piece.value, bool) else "a number"
        return piece.place.problem(
            "type", f"{_shown(piece)} is read as {is_now}, and text is needed", "put quotes round it"
        )
    mend = "write [ ] round it" if wanted == "a list" and isinstance(piece.value, str) else ""
    if wanted == "true or false" and piece.value in ("yes", "no", "on", "off"):
        mend = f"write {'true' if piece.value in ('yes', 'on') else 'false'}"
    return piece.place.problem("type", f"{_shown(piece)} stands where {wanted} is needed", mend)


def _shown(piece: Piece) -> str:
    if isinstance(piece.value, dict):
        return "a set of keys"
    if isinstance(piece.value, list):
        return "a list"
    if isinstance(piece.value, bool):
        return "`true`" if piece.value else "`false`"
    return f"`{str(piece.value)[:60]}`"


def _key_place(tree: Piece, loc: tuple[str | int, ...]) -> Place | None:
    if len(loc) >= 2 and loc[-1] == "[key]":
        return tree.at(loc[:-2]).keys.get(str(loc[-2]))
    return None


def _unknown_key(model: type[BaseModel], tree: Piece, loc: tuple[str | int, ...]) -> Problem:
    key = str(loc[-1])
    holder = tree.at(loc[:-1])
    place = holder.keys.get(key, holder.place)
    allowed = _keys_at(model, loc[:-1])
    mend = nearest_mend(key, allowed, f"the keys here are {', '.join(sorted(allowed))}" if allowed else "remove it")
    return place.problem("unknown_key", f"`{key}` is no key here", mend)


def _keys_at(model: type[BaseModel], loc: tuple[str | int, ...]) -> list[str]:
    """The keys that the model at a path takes; steps that name one of several models choose among them."""
    here = [model]
    for step in loc:
        inside = [inner for shape in here for inner in _field_models(shape, step)]
        tagged = [shape for shape in here if step in (shape.__name__, _tag(shape))]
        here = inside or tagged or here
    return [field.alias or name for name, field in here[0].model_fields.items()] if here else []


def _field_models(shape: type[BaseModel], step: str | int) -> list[type[BaseModel]]:
    for name, field in shape.model_fields.items():
        if step == (field.alias or name):
            return list(_models(field.annotation)) or [shape]
    return []


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _tag(shape: type[BaseModel]) -> str:
    kind = shape.model_fields.get("kind")
    if kind is None:
        return "group" if shape.__name__ == "TaskGroup" else ""
    words = get_args(kind.annotation)
    return str(words[0]) if words else ""


def reserved(thing_id: str) -> bool:
    """Whether an id is a word of the language itself."""
    return thing_id in RESERVED
