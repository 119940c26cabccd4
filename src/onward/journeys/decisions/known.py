"""What is known: who said each answer and where it came from, and which answers the customer may read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import Field, Form

#: What the form in which sales hands over is called, where it has that id.
HANDOFF = "handoff"
Answer = dict[str, Any]


def handoff_of(book: Playbook) -> Form | None:
    """The form in which sales hands over: the one with that id, else the first that whoever has the deal fills in,
    unseen by the customer."""
    sellers = {role.id for role in book.roles if role.fill == "deal_owner"}
    given = [task.form for task in book.tasks if task.kind == "form" and task.by in sellers and not task.shared]
    return next((form for key in (HANDOFF, *given) for form in book.forms if form.id == key), None)


def told(book: Playbook, form: Form) -> set[str]:
    """The fields that the customer may read: of forms that they take part in, those that say so, and those from which
    a question to them is filled in. What is internal never is."""
    asked = {task.form for task in book.tasks if task.shared and task.form}
    shown = {
        item.prefill
        for other in book.forms
        if other.id in asked
        for item in other.fields
        if item.prefill and not item.internal
    }
    return {
        item.id
        for item in form.fields
        if not item.internal and (item.shared or form.id in asked or f"answer.{form.id}.{item.id}" in shown)
    }


def keeping(book: Playbook, answers: dict[str, Answer]) -> dict[str, Answer]:
    """The answers, each form with `kept`: the fields that their door does not read. As given where nothing differs."""
    marked = {
        form.id: kept
        for form in book.forms
        if form.id in answers
        and (kept := sorted({item.id for item in form.fields} - told(book, form))) != answers[form.id].get("kept", [])
    }
    return {key: {**one, "kept": marked[key]} if key in marked else one for key, one in answers.items()}


def may_put_right(answer: Answer, field: Field) -> bool:
    """Whether the customer reads, confirms and corrects this answer on their page: once all of it was handed over."""
    is_there = answer.get("values", {}).get(field.id) is not None
    return field.shared and not field.internal and bool(answer.get("complete")) and is_there


def known_to_them(book: Playbook, answers: Mapping[str, Answer]) -> list[tuple[str, str]]:
    """(form, field) of all that they read so, in the playbook's order."""
    return [
        (form.id, field.id)
        for form in book.forms
        if form.id in answers
        for field in form.fields
        if may_put_right(answers[form.id], field)
    ]


def stamp(value: Any) -> str:
    """What a page carries of a value that was read, so that nobody confirms another."""
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def with_values(
    answer: Answer, given: Mapping[str, Any], by: str, at: datetime, origins: Mapping[str, tuple[Any, str]]
) -> Answer:
    """An answer with these values in it. Of each that is another now: who said it, when, and `from` where its first
    value came from if that was taken over. What a customer had confirmed is no longer when others change it."""
    before, said = answer.get("values", {}), dict(answer.get("said", {}))
    sure = dict(answer.get("sure", {}))
    for name, value in given.items():
        if name in before and before[name] == value:
            continue
        known, origin = origins.get(name, (None, ""))
        said[name] = {"by": by, "at": at.isoformat()} | ({"from": origin} if origin and known == value else {})
        sure.pop(name, None)
    return {**answer, "values": {**before, **given}, "said": said, "sure": sure}


def corrected(answer: Answer, name: str, value: Any, by: str, at: datetime) -> Answer:
    """An answer with one value that its reader put right: the correction stands beside what stood there before."""
    was, who = answer.get("values", {}).get(name), source_of(answer, name).get("by", "")
    found = with_values(answer, {name: value}, by, at, {})
    return {**found, "said": {**found["said"], name: {**found["said"][name], "was": was, "was_by": who}}}


def confirmed(answer: Answer, names: list[str], by: str, at: datetime, through: str = "") -> Answer:
    """An answer of which somebody says that these fields are right, `through` a key where they said it elsewhere."""
    sure = {"by": by, "at": at.isoformat()} | ({"through": through} if through else {})
    return {**answer, "sure": answer.get("sure", {}) | dict.fromkeys(names, sure)}


def source_of(answer: Answer, name: str) -> dict[str, Any]:
    """Who said a field, when, and from where; of older answers who filled in the form. Empty when it has no value."""
    if answer.get("values", {}).get(name) is None:
        return {}
    said: dict[str, Any] | None = answer.get("said", {}).get(name)
    return said or {key: answer[key] for key in ("by", "at") if key in answer}
