"""Ids that a newer version gave to what had another one: an older playbook, and what is kept of a journey, said anew.

Names are former address -> address: `task.connect` -> `task.link`, `form.kickoff.people` -> `form.kickoff.guests`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from onward.playbooks.decisions.comparing.things import NAMED, Key, put_together, things
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import Form

Names = Mapping[str, str]


def renames(old: Playbook, new: Playbook) -> dict[str, str]:
    """What the new version calls otherwise than the old one: what it says was renamed, as far as the old one has it."""
    known, fresh = set(_addresses(old)), set(_addresses(new))
    return {was: now for was, now in new.was if was in known and was not in fresh and now in fresh and now not in known}


def called(book: Playbook, names: Names) -> Playbook:
    """The playbook with these ids instead of the former ones, wherever it names them."""
    if not names:
        return book
    return put_together({_key(key, names): _thing(key, value, names) for key, value in things(book).items()})


def said(value: Any, names: Names) -> Any:
    """Something that was kept as JSON, with the names in it said anew: `task.connect.done` in keys and in texts."""
    if isinstance(value, str):
        return re.sub(r"\b[a-z_]+(?:\.[a-z][a-z0-9_]*)+", lambda found: _dotted(found[0], names), value)
    if isinstance(value, dict):
        return {said(key, names): said(inner, names) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(said(inner, names) for inner in value)
    return value


def new_id(kind: str, thing: str, names: Names) -> str:
    """The id of a thing by its former one; the same where it was not renamed."""
    return names.get(f"{kind}.{thing}", f".{thing}").rpartition(".")[2]


def _addresses(book: Playbook) -> Iterator[str]:
    for (kind, thing), value in things(book).items():
        yield f"{kind}.{thing}"
        if isinstance(value, Form):
            yield from (f"form.{thing}.{field.id}" for field in value.fields)


def _key(key: Key, names: Names) -> Key:
    return key[0], new_id(*key, names)


def _thing(key: Key, value: Any, names: Names) -> Any:
    if not is_dataclass(value):
        return value
    found: Any = _within(value, names)
    if isinstance(found, Form):
        kept = tuple(replace(one, id=new_id(f"form.{key[1]}", one.id, names)) for one in found.fields)
        found = replace(found, fields=kept)
    return replace(found, id=new_id(*key, names)) if key[0] not in {"playbook", "intent"} else found


def _within(value: Any, names: Names) -> Any:
    """A part of a thing with what it names said anew; its own id stays."""
    if isinstance(value, str):
        return said(value, names)
    if isinstance(value, tuple):
        return tuple(_within(inner, names) for inner in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changed: dict[str, Any] = {}
    for field in fields(value):
        inner = getattr(value, field.name)
        if field.name == "id" or not inner:
            continue
        if field.name == "after" and isinstance(inner, tuple):
            changed[field.name] = tuple(_follows(one, names) for one in inner)
        elif field.name in NAMED and isinstance(inner, str | tuple):
            changed[field.name] = _ids(inner, NAMED[field.name], names)
        else:
            changed[field.name] = _within(inner, names)
    return replace(value, **changed)


def _follows(one: Any, names: Names) -> Any:
    return new_id("stage", one, names) if isinstance(one, str) else replace(one, id=new_id("task", one.id, names))


def _ids(value: Any, kinds: tuple[str, ...], names: Names) -> Any:
    if isinstance(value, tuple):
        return tuple(_ids(one, kinds, names) for one in value)
    if not isinstance(value, str):
        return _within(value, names)
    return next((new_id(kind, value, names) for kind in kinds if f"{kind}.{value}" in names), value)


def _dotted(name: str, names: Names) -> str:
    """`task.connect.done` -> `task.link.done`; an answer is named by its form and field."""
    kind, *rest = name.split(".")
    start = 1 if kind == "person" and rest else 0
    if start:
        kind, *rest = rest
    told = "form" if kind == "answer" else kind
    if not rest:
        return name
    thing, *more = rest
    if told == "form" and more:
        more[0] = new_id(f"form.{thing}", more[0], names)
    words = ".".join([kind, new_id(told, thing, names), *more])
    return f"person.{words}" if start else words
