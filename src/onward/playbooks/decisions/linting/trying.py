"""Conditions tried out on invented readings: one that is met by all of them, or by none, says nothing.

Tried are, for each name, what its comparisons turn on: the numbers and words that stand in the condition, and their
neighbours. More than a few thousand combinations, or a date among the names, are not tried.
"""

import itertools
import math
import re
from collections.abc import Iterable, Iterator

from onward.kernel.expressions import Value, base_of
from onward.playbooks.decisions.judge import judge, verdict
from onward.playbooks.decisions.parts import Check, Expr

MOST = 3000
_NUMBER = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)(%?)(?![\w.])")
_WORD = re.compile(r'"([^"]*)"')
Tried = dict[str, Value | None]


def always_or_never(check: Check) -> str:
    """`always` or `never` when every trial of a check ends alike; nothing when they differ or cannot be made."""
    expression = check.when or check.actual
    extra = [float(check.target.value)] if check.target and isinstance(check.target.value, (int, float)) else []
    words = [check.target.value] if check.target and isinstance(check.target.value, str) else []
    return _sum(judge(check, readings).is_met for readings in trials([expression], extra, words))


def always_or_never_true(expression: Expr | None) -> str:
    """The same for a condition by itself."""
    if expression is None:
        return ""
    return _sum(verdict(expression, readings).state == "met" for readings in trials([expression]))


def can_both_hold(one: Expr | None, other: Expr | None) -> bool:
    """Whether some trial meets both."""
    if one is None or other is None:
        return False
    return any(
        verdict(one, readings).state == "met" == verdict(other, readings).state for readings in trials([one, other])
    )


def trials(
    expressions: Iterable[Expr | None], numbers: Iterable[float] = (), words: Iterable[str] = ()
) -> Iterator[Tried]:
    """Readings for the names of these; none when there are too many, or a name cannot be invented."""
    found = [expression for expression in expressions if expression is not None]
    text = " ".join(expression.text for expression in found)
    turns = {*numbers, *(float(number) / (100 if percent else 1) for number, percent in _NUMBER.findall(text))}
    said = {*words, *_WORD.findall(text), "another"}
    values: dict[str, list[Value | None]] = {}
    for name, kind in (pair for expression in found for pair in expression.reads):
        base = base_of(name)
        if base != name:
            values.setdefault(base, [])
            values[base] += [None, *([1.0] if len(values[base]) == 0 else [])]
        elif kind == "yes_no":
            values[name] = [*values.get(name, []), False, True]
        elif kind == "number":
            values[name] = [*values.get(name, []), *_numbers(name, turns)]
        elif kind == "text":
            values[name] = [*values.get(name, []), *sorted(said)]
        else:
            return
    if any(expression.named for expression in found) or math.prod(len(some) for some in values.values()) > MOST:
        return
    for some in itertools.product(*values.values()):
        yield dict(zip(values, some, strict=True))


def _numbers(name: str, turns: set[float]) -> list[Value | None]:
    """Around each number that something is compared with; a share lies between nothing and the whole."""
    if name.endswith("share"):
        near = {0.0, 1.0, *(turn + step for turn in turns for step in (-0.01, 0, 0.01))}
        return [*sorted(one for one in near if 0 <= one <= 1)]
    return [*sorted({0.0, 1_000_000.0, *(turn + step for turn in turns for step in (-1, 0, 1) if turn + step >= 0)})]


def _sum(ends: Iterable[bool]) -> str:
    found = set(ends)
    return "" if len(found) != 1 else ("always" if found == {True} else "never")
