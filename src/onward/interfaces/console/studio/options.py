"""What the fields of a form choose from, in the words of the playbook."""

from __future__ import annotations

import re
from collections.abc import Iterator

from onward.interfaces.console.studio.fields import Field
from onward.playbooks.decisions.editing import value_at
from onward.playbooks.decisions.editing.parts import Part
from onward.playbooks.decisions.parts import DOER
from onward.playbooks.decisions.publishing import Draft
from onward.playbooks.decisions.vocabulary import Vocabulary


def options(
    one: Field, found: list[Part], names: Vocabulary | None, part: Part, draft: Draft
) -> tuple[tuple[str, str], ...]:
    """What a field chooses from: (what is written, words)."""
    if not isinstance(one.of, str):
        return one.of
    if one.look == "timing":
        return tuple(_moments(found, part, draft))

    def titled(kind: str) -> tuple[tuple[str, str], ...]:
        return tuple((each.id, each.title) for each in found if each.kind == kind and each.address != part.address)

    def declared(kind: str) -> tuple[tuple[str, str], ...]:
        here = dict(titled(kind))
        # A file that lacks a key has no vocabulary yet; its parts are there all the same.
        known = names.ids.get(kind, ()) if names else tuple(here)
        return tuple((each, here.get(each) or each.replace("_", " ").capitalize()) for each in known)

    if one.of == "person":
        # Whoever leads the team is no role of the playbook: kept where the file names them, and not offered.
        return (*declared("role"), *declared("group"))
    if one.of == "told":
        mine = titled("role") if not names else (*declared("role"), *declared("group"))
        return ((DOER, "Whoever does it"), *mine, ("manager", "Their manager"))
    if one.of == "fill":
        asked = tuple((f"asked of {key}", "") for key, _ in titled("role"))
        return (("account owner", ""), ("deal owner", ""), ("by hand", ""), ("least loaded of specialists", ""), *asked)
    if one.of == "signed":
        return (("plan", "The plan"), ("steps", "Its steps"), *declared("form"))
    if one.of == "text":
        return tuple((name, name.removeprefix("texts/")) for name in sorted(draft.texts))
    if one.of == "module":
        used = {each.id for each in found if each.kind == "use" and each.address != part.address}
        return tuple((name, name.replace("_", " ").capitalize()) for name in modules_of(draft) if name not in used)
    if one.of in ("stage", "task", "milestone"):
        return titled(one.of)
    return declared(one.of) if one.of else ()


def modules_of(draft: Draft) -> tuple[str, ...]:
    """The modules that lie beside a text, by name; those last whose stages want a place among the playbook's."""
    found = {name: text for name, text in draft.modules.items() if re.search(r"^module:", text, re.MULTILINE)}
    return tuple(sorted(found, key=lambda name: (bool(re.search(r"^stages:", found[name], re.MULTILINE)), name)))


def _moments(found: list[Part], part: Part, draft: Draft) -> Iterator[tuple[str, str]]:
    """What a date may count from, the likeliest first; others are written by their name."""
    yield "signed", "the contract is signed"
    if part.kind in ("task", "stage"):
        yield "entered", "this stage begins"
    for each in found:
        if each.address == part.address:
            continue
        if each.kind == "task":
            is_meeting = value_at(draft.text, (*each.path, "kind")) == "meeting"
            yield (
                f"task.{each.id}.{'held' if is_meeting else 'done'}",
                f"“{each.title}” is {'held' if is_meeting else 'done'}",
            )
        elif each.kind == "stage":
            yield f"stage.{each.id}.closed", f"the stage “{each.title}” is over"
        elif each.kind == "milestone":
            yield f"milestone.{each.id}.met", f"“{each.title}” is reached"
        elif each.kind == "field" and value_at(draft.text, (*each.path, "type")) == "date":
            yield f"answer.{each.address.split('.')[1]}.{each.id}", f"the answer to “{each.title}”"
