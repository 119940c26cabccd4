"""The objectives of a proposal as they were asked for, and what is missing in them."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from onward.journeys.decisions.success.versions import Party, Stated
from onward.kernel.ids import format_id


@dataclass(frozen=True, slots=True)
class Wanted:
    """An objective as somebody asks for it; `ref` "" for a new one. `theirs` and `ours` are references of its owners,
    `tasks` keys of what serves it; for the rest see Stated."""

    ref: str
    outcome: str
    due_on: date | None
    theirs: str
    ours: str
    measure: str = ""
    metric: str = ""
    start: float | None = None
    target: float | None = None
    unit: str = ""
    tasks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What an objective may name: figures that the journey reads (`shares` count in per cent), people by reference,
    steps that both sides see."""

    figures: Mapping[str, str]
    people: Mapping[str, Party]
    tasks: Mapping[str, str]
    shares: Collection[str] = ()


def stated(one: Wanted, known: Known, new_id: Callable[[], UUID]) -> Stated:
    """As a version states it; a share counts in per cent."""
    return Stated(
        one.ref or format_id("obj", new_id()),
        one.outcome,
        one.due_on,
        known.people.get(one.theirs),
        known.people.get(one.ours),
        one.measure,
        one.metric,
        one.start,
        one.target,
        "%" if one.metric in known.shares else one.unit,
        tuple((key, known.tasks[key]) for key in dict.fromkeys(one.tasks) if key in known.tasks),
    )


def wrong(wanted: Sequence[Wanted], known: Known) -> dict[str, str]:
    """What is missing or cannot be, as a sentence by "place.field"."""
    return {f"{place}.{name}": words for place, one in enumerate(wanted) for name, words in _wrong(one, known)}


def _wrong(one: Wanted, known: Known) -> Iterator[tuple[str, str]]:
    if not one.outcome:
        yield "outcome", "It is missing. Write what they want in a sentence."
    for name, given, limit in (("outcome", one.outcome, 500), ("measure", one.measure, 300), ("unit", one.unit, 40)):
        if len(given) > limit:
            yield name, f"It is longer than {limit} characters. Shorten it."
    if one.due_on is None:
        yield "due_on", "It needs a day. Choose by when it is to be reached."
    if one.theirs not in known.people or not one.theirs.startswith("contact:"):
        yield "theirs", "It needs an owner on the customer’s side. Choose one."
    if one.ours not in known.people or not one.ours.startswith("user:"):
        yield "ours", "It needs an owner on the vendor’s side. Choose one."
    if any(key not in known.tasks for key in one.tasks):
        yield "tasks", "One of these is no step that both sides see. Choose from the list."
    if one.metric and one.metric not in known.figures:
        yield "metric", "This onboarding does not read that figure. Choose one from the list."
    if why := _no_target(one):
        yield "target", why


def _no_target(one: Wanted) -> str:
    given = [number for number in (one.start, one.target) if number is not None]
    if not all(math.isfinite(number) and abs(number) < 1e15 for number in given):
        return "It has to be a number. Write it like 8, 0.8 or 1,500."
    if one.target is None and one.metric:
        return "A figure needs a number to come to. Write one."
    if one.target is None and not one.measure:
        return "Nobody could tell that it is reached. Write a number, or the measure in words."
    if one.target is not None and one.target == (one.start or 0):
        return "Start and target are the same. Write the number to come to."
    return ""
