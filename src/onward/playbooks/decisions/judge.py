"""Checks judged by readings: a state, both numbers, and a sentence that says what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from onward.kernel.expressions import Program, Value, Verdict, Worth, compiled
from onward.kernel.expressions.program import State
from onward.playbooks.decisions.parts import Check, Expr, Figure, Target

Readings = Mapping[str, Value | None]


@dataclass(frozen=True)
class CheckVerdict:
    """`state` met, not_met or unknown; `actual` and `target` as text for the page (empty for a `when` check);
    `sentence` says in plain words why it is not met or what is missing (empty when met)."""

    state: State
    sentence: str = ""
    actual: str = ""
    target: str = ""
    missing: tuple[str, ...] = ()
    readings: dict[str, Value] = field(default_factory=dict)

    @property
    def is_met(self) -> bool:
        return self.state == "met"


def program(expression: Expr) -> Program:
    """The compiled expression, kept in this process."""
    return compiled(expression.text, expression.reads)


def verdict(expression: Expr, readings: Readings) -> Verdict:
    """A condition by the readings (metric name -> value; absent or None is missing; a measure's `n` beside them)."""
    return program(expression).evaluate(readings)


def worth(expression: Expr, readings: Readings) -> Worth:
    """What an `actual:` comes to."""
    return program(expression).worth(readings)


def figure_value(figure: Figure, readings: Readings) -> Worth:
    """A figure's number; unknown while a part is, or when its whole is 0."""
    if figure.value is not None:
        return worth(figure.value, readings)
    if figure.part is None or figure.whole is None:
        return Worth(None, problem="this figure has neither a value nor a part and a whole")
    part, whole = worth(figure.part, readings), worth(figure.whole, readings)
    used = {**part.readings, **whole.readings}
    if part.value is None or whole.value is None:
        return Worth(None, part.missing + whole.missing, used, part.problem or whole.problem)
    if not whole.value:
        return Worth(None, (), used, "a share of nothing: the whole is 0")
    return Worth(float(part.value) / float(whole.value), (), used)


def judge(check: Check, readings: Readings) -> CheckVerdict:
    """A check by the readings. `lasts` (`for: 14d`) is the caller's: it knows since when the check has held."""
    if check.when is not None:
        found = verdict(check.when, readings)
        return CheckVerdict(
            found.state, _why(found.state, found.missing, found.problem, ""), "", "", found.missing, found.readings
        )
    if check.actual is None or check.target is None:
        return CheckVerdict("unknown", "This check has no condition.")
    number = worth(check.actual, readings)
    target = check.target.words
    if number.value is None:
        sentence = _why("unknown", number.missing, number.problem, "")
        return CheckVerdict("unknown", sentence, "", target, number.missing, number.readings)
    state: State = "met" if reaches(number.value, check.target) else "not_met"
    actual = shown(number.value, check.target)
    wanted = (
        f"it has to be {check.target.text.removeprefix('is ')}"
        if check.target.op == "is"
        else f"the target is {target}"
    )
    sentence = "" if state == "met" else f"It is {actual}; {wanted}."
    return CheckVerdict(state, sentence, actual, target, (), number.readings)


def reaches(value: Value, target: Target) -> bool:
    """Whether a value reaches its target."""
    if target.op == "is" or isinstance(value, (bool, str)) or isinstance(target.value, (bool, str)):
        return value == target.value
    # Shares are sums of floats: 0.1 + 0.2 must reach 30 %.
    slack = 1e-9
    if target.op == "at_least":
        return value >= target.value - slack
    if target.op == "at_most":
        return value <= target.value + slack
    if target.op == "more_than":
        return value > target.value + slack
    return value < target.value - slack


def shown(value: Value, target: Target) -> str:
    """A value written as its target is: `62%`, `3 days`, `yes`, `4`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if target.text.endswith("%"):
        # Never round up to a target that is not reached: 99.6 % of sources is not 100 %.
        percent = value * 100
        return f"{int(percent + 1e-6)}%" if percent >= 1 or percent == 0 else f"{percent:.1f}%"
    return f"{value:g}" if value != int(value) else str(int(value))


def _why(state: State, missing: tuple[str, ...], problem: str, met: str) -> str:
    if state == "met":
        return met
    if problem:
        return f"Cannot be judged: {problem}."
    if state == "unknown":
        return f"Not known yet: needs {', '.join(missing)}."
    return "Not yet."
