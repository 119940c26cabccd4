"""Compile an expression once, evaluate it often. Missing data makes a Verdict unknown, by Kleene's logic."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from cel_expr_python import cel

from onward.kernel.expressions.lexer import Token, names_of, read, to_cel, token_at
from onward.kernel.expressions.trouble import ExpressionError

Value = bool | float | str
ValueType = Literal["yes_no", "number", "text", "date"]
State = Literal["met", "not_met", "unknown"]
Outcome = Literal["yes_no", "number", "text"]

KNOWN = ".known"
_TYPES = {"yes_no": cel.Type.BOOL, "number": cel.Type.DOUBLE, "text": cel.Type.STRING, "date": cel.Type.STRING}
_OUTCOMES: dict[str, Outcome] = {"BOOL": "yes_no", "DOUBLE": "number", "STRING": "text"}
_WORDS = {"yes_no": "yes or no", "number": "a number", "text": "a text", "date": "a date"}


@dataclass(frozen=True)
class Verdict:
    """`missing`: names that were read and had no value, filled only when they left the matter open. `problem`: why a
    run failed for another reason. `readings`: what it was judged by."""

    state: State
    missing: tuple[str, ...] = ()
    readings: dict[str, Value] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True)
class Worth:
    """What an expression comes to; `value` is None while unknown."""

    value: Value | None
    missing: tuple[str, ...] = ()
    readings: dict[str, Value] = field(default_factory=dict)
    problem: str = ""


class Program:
    """A compiled expression. `names`: the metrics that it reads (`X` for `X.known`); `outcome`: what it comes to."""

    def __init__(self, text: str, types: Mapping[str, ValueType], expression: Any, outcome: Outcome) -> None:
        self.text = text
        self.outcome = outcome
        self.types = dict(types)
        self.names = frozenset(base_of(name) for name in types)
        self._asked = tuple(name for name in types if name.endswith(KNOWN))
        self._read = tuple(name for name in types if not name.endswith(KNOWN))
        self._expression = expression

    def evaluate(self, readings: Mapping[str, Value | None]) -> Verdict:
        """Met, not met or unknown. A reading that is absent or None counts as missing. For yes/no expressions."""
        worth = self.worth(readings)
        if worth.value is None:
            return Verdict("unknown", worth.missing, worth.readings, worth.problem)
        return Verdict("met" if worth.value is True else "not_met", (), worth.readings)

    def worth(self, readings: Mapping[str, Value | None]) -> Worth:
        """What the expression comes to, by the readings."""
        data: dict[str, Value] = {}
        missing = []
        for name in self._read:
            value = readings.get(name)
            if value is None:
                missing.append(name)
            elif not _fits(value, self.types[name]):
                return Worth(None, problem=f"{name} should be {_WORDS[self.types[name]]}, not {value!r}")
            else:
                data[name] = value if isinstance(value, (bool, str)) else float(value)
        shown = dict(data)
        for name in self._asked:
            data[name] = readings.get(name[: -len(KNOWN)]) is not None
        result = self._expression.eval(data=data)
        # A failed run is a value of type ERROR whose Python object is truthy: never look at it before its type.
        if result.type() == cel.Type.ERROR:
            return _open(str(result.plain_value()), tuple(missing), shown)
        plain = result.plain_value()
        if isinstance(plain, float) and not math.isfinite(plain):
            return Worth(None, (), shown, "the result is no finite number")
        return Worth(plain, (), {**shown, **{name: bool(data[name]) for name in self._asked}})


def compile_expression(
    text: str,
    type_of: Callable[[str], ValueType | None],
    *,
    nearest: Callable[[str], str] = lambda name: "",
    wanted: tuple[Outcome, ...] = ("yes_no",),
) -> Program:
    """Compile. `type_of` gives the type of a metric's name, or None when there is no such name; `nearest` the right
    name that is most like a wrong one. Raises ExpressionError with the column in the author's text."""
    tokens = read(text)
    types = _types(text, tokens, type_of, nearest)
    try:
        expression = _checked(to_cel(tokens), tuple(types.items()))
    except RuntimeError as trouble:
        raise _in_our_words(str(trouble), tokens, text) from None
    outcome = _OUTCOMES.get(expression.return_type().name())
    if outcome is None or outcome not in wanted:
        is_now = _WORDS[outcome] if outcome else "a list"
        should = " or ".join(_WORDS[want] for want in wanted)
        mend = "compare it, such as `>= 1`" if outcome == "number" and "yes_no" in wanted else ""
        raise ExpressionError(f"this comes to {is_now}, and {should} is needed", 0, len(text), mend)
    return Program(text, types, expression, outcome)


# A playbook that is being written is checked whole at every change, of which nearly all of it is as it was.
@lru_cache(maxsize=4096)
def _checked(text: str, types: tuple[tuple[str, ValueType], ...]) -> Any:
    """CEL's own expression. Raises RuntimeError in its words."""
    variables = {name: _TYPES[kind] for name, kind in types}
    return cel.NewEnv(variables=variables, functions=_functions()).compile(text)


@lru_cache(maxsize=4096)
def compiled(text: str, reads: tuple[tuple[str, ValueType], ...]) -> Program:
    """The program of an expression that was checked before, kept in this process."""
    return compile_expression(text, dict(reads).get, wanted=("yes_no", "number", "text"))


def base_of(name: str) -> str:
    """`answer.kickoff.migrate` for `answer.kickoff.migrate.known`."""
    return name.removesuffix(KNOWN)


def _types(
    text: str,
    tokens: tuple[Token, ...],
    type_of: Callable[[str], ValueType | None],
    nearest: Callable[[str], str],
) -> dict[str, ValueType]:
    types: dict[str, ValueType] = {}
    for token in names_of(tokens):
        kind = type_of(token.text)
        if kind is None and token.text.endswith(KNOWN) and type_of(base_of(token.text)) is not None:
            kind = "yes_no"
        if kind is None:
            like = nearest(token.text)
            mend = f"the nearest name is {like}" if like else "the reference of metrics lists every name"
            if text[token.column + len(token.text) :][:1] == "-":
                mend = "ids have no dashes: write _ for -"
            raise ExpressionError(f"nothing is called {token.text}", token.column, len(token.text), mend)
        types[token.text] = kind
    return types


def _fits(value: Value, kind: ValueType) -> bool:
    if kind == "yes_no":
        return isinstance(value, bool)
    if kind == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    return isinstance(value, str)


def _open(message: str, missing: tuple[str, ...], shown: dict[str, Value]) -> Worth:
    if message.startswith("UNKNOWN: No value with name"):
        return Worth(None, missing, shown)
    _, _, rest = message.partition(": ")
    return Worth(None, missing, shown, rest or message)


@lru_cache(maxsize=1)
def _functions() -> tuple[Any, ...]:
    def share(part: float, whole: float) -> float:
        if whole == 0:
            raise ValueError("a share of nothing: the whole is 0")
        return part / whole

    return tuple(_function(name, run) for name, run in (("share", share), ("least", min), ("greatest", max)))


def _function(name: str, run: Callable[[float, float], float]) -> Any:
    double = cel.Type.DOUBLE
    overload = cel.Overload(f"{name}_of_two", return_type=double, parameters=[double, double], impl=run)
    return cel.FunctionDecl(name, [overload])


_PLACE = re.compile(r"<input>:(\d+):(\d+): (.*)")


def _in_our_words(trouble: str, tokens: tuple[Token, ...], text: str) -> ExpressionError:
    found = _PLACE.search(trouble)
    if found is None:
        return ExpressionError("this expression cannot be read", 0, len(text), "check its brackets and signs")
    said = found[3]
    if re.search(r"(?:input|at) '<EOF>'", said):
        return ExpressionError("this expression ends too early", len(text.rstrip()), 1, "its end is missing")
    token = token_at(tokens, int(found[2]) - 1)
    overload = re.search(r"no matching overload for '([^']*)' applied to '\(([^)]*)\)'", said)
    if overload:
        return _mismatch(overload[1], overload[2], token)
    return ExpressionError(f"`{token.text}` cannot stand here", token.column, len(token.text), "see what is before it")


def _mismatch(operator: str, sides: str, token: Token) -> ExpressionError:
    words = {"bool": "yes or no", "double": "a number", "string": "a text"}
    kinds = [words.get(side.strip(), "a list") for side in sides.split(",")]
    sign = token.text
    if operator in ("_&&_", "_||_", "!_"):
        mend = f"both sides of `{sign}` must be conditions" if len(kinds) == 2 else "write `not (…)` round a condition"
        return ExpressionError(f"`{sign}` stands beside {' and '.join(kinds)}", token.column, len(sign), mend)
    if operator in FUNCTIONS_TAKING_NUMBERS:
        return ExpressionError(f"{operator}() takes two numbers", token.column, len(sign), f"write {operator}(a, b)")
    return ExpressionError(
        f"`{sign}` cannot join {' and '.join(kinds)}", token.column, len(sign), "compare like with like"
    )


FUNCTIONS_TAKING_NUMBERS = ("share", "least", "greatest")
