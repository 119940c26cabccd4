"""A playbook as a set of things by (kind, id), taken apart to be compared and put together again."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from onward.playbooks.decisions.definition import Playbook, Stage, Task
from onward.playbooks.decisions.parts import Intent

Key = tuple[str, str]
BOOK: Key = ("playbook", "")

_KINDS = {"completion": "criterion", "activations": "activation"}
#: Fields that hold ids, and of what. Whether `by` means a role or a group is settled by which of them there is.
NAMED = {
    **dict.fromkeys(
        (
            "by", "owner", "also", "helpers", "confirm", "must", "may", "to", "by_hand", "accountable", "participants",
            "fill_by", "hand_over_role", "hand_over_to", "free",
        ),
        ("role", "group"),
    ),
    "form": ("form",),
    "picks": ("milestone",),
    "pick": ("measure",),
    "meeting": ("task",),
    "stage": ("stage",),
    "log": ("log",),
    "tasks": ("task",),
}  # fmt: skip
_DOTTED = re.compile(r"\b([a-z_]+)\.([a-z][a-z0-9_]*)")


def things(book: Playbook) -> dict[Key, Any]:
    """Everything in it, in the order of the file: a stage without its tasks, which stand for themselves after it, and
    the playbook itself without any of them."""
    found: dict[Key, Any] = {}
    emptied: dict[str, Any] = {}
    for attribute, values in _lists(book):
        emptied[attribute] = ()
        for value in values:
            found[_key(attribute, value)] = replace(value, tasks=()) if isinstance(value, Stage) else value
            if isinstance(value, Stage):
                found |= {("task", task.id): task for task in value.tasks}
    found[BOOK] = replace(book, **emptied)
    return found


def put_together(found: Mapping[Key, Any]) -> Playbook:
    """The playbook of these things, in their order; a task goes to the stage that it names."""
    book: Playbook = found[BOOK]
    lists: dict[str, list[Any]] = {attribute: [] for attribute, _ in _lists(book)}
    by_kind = {_kind(attribute): attribute for attribute in lists}
    tasks: dict[str, list[Task]] = {}
    for (kind, _), value in found.items():
        if isinstance(value, Task):
            tasks.setdefault(value.stage, []).append(value)
        elif kind in by_kind:
            lists[by_kind[kind]].append(value)
    lists["stages"] = [replace(stage, tasks=tuple(tasks.get(stage.id, ()))) for stage in lists["stages"]]
    found_lists: dict[str, Any] = {attribute: tuple(values) for attribute, values in lists.items()}
    return replace(book, **found_lists)


def named(value: Any) -> set[Key]:
    """What a thing names, as it may be called: whoever asks keeps those that there are."""
    return set(_named(value))


def _named(value: Any) -> Iterator[Key]:
    if isinstance(value, str):
        if value.startswith("texts/"):
            yield "text", value
        for kind, thing in _DOTTED.findall(value):
            yield {"answer": "form"}.get(kind, kind), thing
    elif isinstance(value, tuple):
        for inner in value:
            yield from _named(inner)
    elif is_dataclass(value):
        for field in fields(value):
            inner = getattr(value, field.name)
            # What is written for people names nothing.
            if field.name in {"title", "help", "source"} or not inner:
                continue
            for one in inner if isinstance(inner, tuple) else (inner,):
                if field.name == "after" and not hasattr(one, "exact"):
                    yield ("stage", one) if isinstance(one, str) else ("task", one.id)
                elif isinstance(one, str) and field.name in NAMED:
                    yield from ((kind, one) for kind in NAMED[field.name])
                else:
                    yield from _named(one)


def _lists(book: Playbook) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The attributes of a playbook that hold things."""
    for field in fields(book):
        value = getattr(book, field.name)
        # What was renamed is no thing of its own.
        if isinstance(value, tuple) and field.name != "was":
            yield field.name, value


def _kind(attribute: str) -> str:
    return _KINDS.get(attribute, attribute.removesuffix("s"))


def _key(attribute: str, value: Any) -> Key:
    if isinstance(value, Intent):
        return "intent", f"{value.kind}.{value.id}"
    return _kind(attribute), value[0] if isinstance(value, tuple) else value.id
