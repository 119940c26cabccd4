"""When something became true: the first instant at which an expression over usage held, by the events now known."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from onward.automation.decisions.activation import activation_readings, activations_read, names_of
from onward.automation.ports import Usage
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.judge import figure_value, verdict
from onward.playbooks.decisions.parts import Expr

USAGE = ("event.", "usage.")
MICRO = timedelta(microseconds=1)
#: Events go on arriving while a look runs, and a client's clock may be ahead: they count, so they date too.
AHEAD = timedelta(days=1)
Earliest = Callable[[Expr, Mapping[str, float], datetime | None], datetime | None]


def earliest_in(book: Playbook, usage: Usage, readings: Mapping[str, Any], now: datetime) -> Earliest:
    """A function that finds the first instant at which an expression over usage was true, by the events now known.

    Asked for one before a moment at which it is known to have been true, it looks at the instant before that first:
    nearly always nothing has changed, and then nothing is searched. Within one snapshot each question is answered once.

    The instants at which its metrics moved are searched by halves: thresholds on counts, people, days and shares of
    all events since day zero only ever grow. An expression that also reads a window is answered by now (None).
    """
    answers: dict[tuple[Expr, tuple[tuple[str, float], ...], datetime | None], datetime | None] = {}

    def earliest(expression: Expr, numbers: Mapping[str, float], before: datetime | None) -> datetime | None:
        question = (expression, tuple(sorted(numbers.items())), before)
        if question not in answers:
            answers[question] = found(expression, numbers, before)
        return answers[question]

    def found(expression: Expr, numbers: Mapping[str, float], before: datetime | None) -> datetime | None:
        names = resolved(book, expression.names)
        activations = activations_read(book, names)
        mine = sorted(name for name in names if name.startswith(USAGE))
        people = [name.removeprefix("person.") for activation in activations for name in names_of(activation)]
        if not (mine or people) or any(".last_" in name or ".prev_" in name for name in mine):
            return None

        def holds(until: datetime) -> bool:
            then: dict[str, Any] = dict(readings)
            if mine:
                then |= usage.metrics(mine, until)
            then |= activation_readings(activations, usage, then, until)
            then |= numbers
            return verdict(expression, {**then, **figures(book, then)}).state == "met"

        if before is not None and not holds(before - MICRO):
            return None
        moments = usage.instants([*mine, *people], now + AHEAD)
        if not moments or not holds(moments[-1]):
            return None
        low, high = 0, len(moments) - 1
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if holds(moments[middle]) else (middle + 1, high)
        return moments[low]

    return earliest


def resolved(book: Playbook, names: Iterable[str]) -> set[str]:
    """Metric names with figures replaced by what they read."""
    found: set[str] = set()
    for name in names:
        if name.startswith("figure."):
            found |= resolved(book, book.find("figure", name.removeprefix("figure.")).names)
        else:
            found.add(name)
    return found


def figures(book: Playbook, known: Mapping[str, Any]) -> dict[str, Any]:
    """The figures that can be worked out from what is known."""
    values = {f"figure.{figure.id}": figure_value(figure, known).value for figure in book.figures}
    return {name: value for name, value in values.items() if value is not None}


def then_in(book: Playbook, usage: Usage) -> Callable[[Collection[str], datetime], Mapping[str, Any] | None]:
    """A function that reads metrics of usage as they were at a moment; None when one is of something else."""

    def then(names: Collection[str], moment: datetime) -> Mapping[str, Any] | None:
        wanted = {name for name in resolved(book, names) if not name.startswith("account.")}
        if not wanted or not all(name.startswith(USAGE) for name in wanted):
            return None
        return usage.metrics(sorted(wanted), moment)

    return then
