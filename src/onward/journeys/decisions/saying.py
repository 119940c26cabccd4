"""Whose word a task still needs before it is done, and what they have to do first."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

from onward.journeys.decisions.opening import role_side
from onward.journeys.decisions.state import Run, TaskRow
from onward.playbooks.decisions.definition import Playbook, Task


def open_points(book: Playbook, run: Run, row: TaskRow) -> list[str]:
    """What is still missing before a person may say done, in words."""
    if row.kind == "fill_role":
        return ["name the person on the People page"]
    if row.kind == "approve":
        return []
    spec = book.task(row.key)
    words = []
    if spec.kind == "meeting" and row.held_at is None:
        words.append("say when it was held")
    if spec.form and not run.journey.answers.get(spec.form, {}).get("complete"):
        words.append(f"fill in {book.find('form', spec.form).title}")
    if spec.picks and spec.picks not in run.journey.picks:
        words.append(f"choose how {book.milestone(spec.picks).title} is measured")
    left = [step.title for step in spec.steps if step.id not in {*row.steps, *row.left_out}]
    if left:
        words.append("tick " + ", ".join(left))
    return words


def also_needed(spec: Task, reported: Mapping[str, object]) -> list[str]:
    """The roles that still have to say done, or to confirm."""
    if spec.each:
        return []
    wanted = [*spec.also, *([spec.confirm] if spec.confirm else [])]
    return [role for role in dict.fromkeys((spec.by, *wanted)) if role not in reported] if wanted else []


def turn(book: Playbook, key: str, side: str, reported: Mapping[str, object]) -> str:
    """The side that still has to act: ours, theirs or both. Who confirms comes last."""
    spec = book.task(key) if side == "both" or reported else None
    left = also_needed(spec, reported) if spec else []
    first = [role for role in left if spec is None or role != spec.confirm]
    sides = {role_side(book, role) for role in first or left}
    return side if not sides else sides.pop() if len(sides) == 1 else "both"


def how_many(spec: Task, people: int) -> int:
    """Of a task that each does for themselves: how many of that many people have to; nobody at all is not enough."""
    if spec.need is None:
        return max(1, people)
    if spec.need.count is not None:
        return spec.need.count
    # A float's share of a whole number may lie a hair above it: 0.07 of 100 is 7 people, not 8.
    return max(1, ceil(round((spec.need.share or 0) * people, 6)))
