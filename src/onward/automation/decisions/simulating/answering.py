"""How a simulated customer answers forms: what the plan hopes for, so that days and not answers make the difference."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from onward.automation.decisions.simulating.personas import Persona
from onward.journeys.decisions.outside import Outside
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import Check, Field, Form

WEEKS_AHEAD = 4
SOME = 2.0


def answers(book: Playbook, persona: Persona, form: Form, outside: Outside, now: datetime) -> dict[str, Any]:
    """A value for each field of the form, as it is stored."""
    hoped = {check.actual.text.strip(): check for check in _checks(book) if check.actual and check.target}
    found = {}
    for field in form.fields:
        check = hoped.get(f"answer.{form.id}.{field.id}")
        found[field.id] = _value(field, check, persona, outside, now)
    return found


def evidence(check: Check, name: str) -> float | bool | None:
    """The figure that somebody enters by hand for a check; None where it asks for no plain one."""
    if check.when is not None:
        return True if check.when.text.strip() == name else None
    if check.actual is None or check.target is None or check.actual.text.strip() != name:
        return None
    return None if isinstance(check.target.value, str) else check.target.value


def _value(field: Field, check: Check | None, persona: Persona, outside: Outside, now: datetime) -> Any:
    if field.type in {"number", "scale"}:
        return _whole(_number(field, check, outside))
    if field.type == "yes_no":
        return persona.says_yes
    if field.type == "date":
        return outside.theirs.next_working(outside.theirs.day_of(now) + timedelta(weeks=WEEKS_AHEAD)).isoformat()
    if field.type in {"choice", "choices"}:
        first = field.choices[0].id
        return first if field.type == "choice" else [first]
    return "Simulated"


def _number(field: Field, check: Check | None, outside: Outside) -> float:
    if check is not None and check.target is not None and isinstance(check.target.value, float):
        return check.target.value
    if field.type == "scale" and field.scale:
        return float(field.scale[1])
    known = outside.readings.get(field.prefill)
    if isinstance(known, float):
        return known
    return min(max(SOME, field.min or 0), field.max if field.max is not None else max(SOME, field.min or 0))


def _whole(number: float) -> float | int:
    return int(number) if number == int(number) else number


def _checks(book: Playbook) -> Iterator[Check]:
    for stage in book.stages:
        yield from stage.exit
    yield from book.completion
