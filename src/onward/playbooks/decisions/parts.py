"""The small pieces that stages, tasks and milestones of a playbook are made of."""

import re
from dataclasses import dataclass
from typing import Literal

from onward.kernel.clock import Span
from onward.kernel.expressions import ValueType, base_of

Side = Literal["ours", "theirs"]
TimingWord = Literal["within", "after", "before", "at", "day", "none", "table"]


@dataclass(frozen=True)
class Expr:
    """An expression and the names that it reads, each with its type; `named` are its parameters (a measure's `n`)."""

    text: str
    reads: tuple[tuple[str, ValueType], ...] = ()
    named: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The metrics that it reads, its own parameters left out."""
        return tuple(dict.fromkeys(base_of(name) for name, _ in self.reads if name not in self.named))


def both(one: Expr, other: Expr | None) -> Expr:
    """What holds where the two hold."""
    return _joined(f"({one.text}) and ({other.text})", one, other) if other else one


def unless(only: Expr, then: Expr) -> Expr:
    """What holds where `only` does not, and else where `then` does."""
    return _joined(f"not ({only.text}) or ({then.text})", only, then)


def _joined(text: str, one: Expr, other: Expr) -> Expr:
    return Expr(
        text, tuple(dict.fromkeys((*one.reads, *other.reads))), tuple(dict.fromkeys((*one.named, *other.named)))
    )


@dataclass(frozen=True)
class Case:
    """One line of a table of timings: when the metric of the table reads `value`."""

    value: str
    timing: "Timing"


@dataclass(frozen=True)
class Timing:
    """When something is due. `text` is what the author wrote; only the keys of its word are set.

    within, after, before: `span` and `moment`; at: `moment`; day: `day` (counted from day zero); table: `by`, `cases`,
    `otherwise`. `times` names a metric (account.complexity_factor) by which the span is stretched; or, where it stands
    for the span (`account.setup_days after entered`), how many days that is.
    """

    word: TimingWord
    text: str
    span: Span | None = None
    moment: str = ""
    day: int = 0
    by: str = ""
    cases: tuple[Case, ...] = ()
    otherwise: "Timing | None" = None
    times: str = ""

    @property
    def counts_days(self) -> bool:
        """Whether a metric stands for the span."""
        return bool(self.times) and self.times in self.text.split()

    @property
    def words(self) -> str:
        """What the author wrote, a table with all its lines."""
        if self.word != "table":
            return self.text
        lines = [f"{case.value} {case.timing.text}" for case in self.cases]
        lines += [f"otherwise {self.otherwise.text}"] if self.otherwise else []
        times = f", times {self.times}" if self.times else ""
        return f"by {self.by}: {', '.join(lines)}{times}"

    @property
    def moments(self) -> frozenset[str]:
        """Every moment that it may rest on."""
        own = {self.moment} if self.moment else {"day_zero"} if self.word == "day" else set()
        inner = [case.timing for case in self.cases] + ([self.otherwise] if self.otherwise else [])
        return frozenset(own).union(*(timing.moments for timing in inner))

    @property
    def reads(self) -> frozenset[str]:
        """The metrics that choose or stretch it."""
        own = {name for name in (self.by, self.times) if name}
        inner = [case.timing for case in self.cases] + ([self.otherwise] if self.otherwise else [])
        return frozenset(own).union(*(timing.reads for timing in inner))


@dataclass(frozen=True)
class Target:
    """`at least 80%` is ("at_least", 0.8, "80%"); `is yes` is ("is", True, "yes"); a span counts in days."""

    op: Literal["at_least", "at_most", "more_than", "less_than", "is"]
    value: float | bool | str
    text: str

    @property
    def words(self) -> str:
        return f"{self.op.replace('_', ' ')} {self.text}"


@dataclass(frozen=True)
class Check:
    """The one kind of condition: `when` (yes or no), or `actual` with `target`.

    `lasts`: how long it must hold (`for: 14d`). `category` heads its row in the completion table. `source` "server"
    means that only a server's events may prove it (publishing makes sure that its events are declared so).
    """

    id: str
    title: str
    when: Expr | None = None
    actual: Expr | None = None
    target: Target | None = None
    lasts: Span | None = None
    category: str = ""
    source: Literal["any", "server"] = "any"

    @property
    def names(self) -> tuple[str, ...]:
        expression = self.when or self.actual
        return expression.names if expression else ()


@dataclass(frozen=True)
class Role:
    """One person. `fill`: account_owner, deal_owner, least_loaded (of the team `fill_by`), asked (of the role
    `fill_by`: that person gets a task, due at `fill_due`), or by_hand. `side`: whose person it is."""

    id: str
    title: str
    side: Side
    fill: Literal["account_owner", "deal_owner", "least_loaded", "asked", "by_hand"] = "by_hand"
    fill_by: str = ""
    fill_due: Timing | None = None
    optional: bool = False


@dataclass(frozen=True)
class Group:
    """Any number of the customer's people."""

    id: str
    title: str


@dataclass(frozen=True)
class Where:
    """A property of an event must be one of these values."""

    property: str
    values: tuple[str | float | bool, ...]


#: What a new event counts until somebody says its name in the product.
NEW_EVENT = "New event"


@dataclass(frozen=True)
class EventSpec:
    """An event of the vendor's product: `track` are its names as sent, `distinct` and `sum` the properties counted."""

    id: str
    title: str
    track: tuple[str, ...]
    where: tuple[Where, ...] = ()
    distinct: str = ""
    sum: str = ""
    source: Literal["any", "server"] = "any"


@dataclass(frozen=True)
class Figure:
    """A named number: `part` over `whole` (a whole of 0 is unknown), or `value`, one expression."""

    id: str
    title: str
    part: Expr | None = None
    whole: Expr | None = None
    value: Expr | None = None

    @property
    def names(self) -> tuple[str, ...]:
        found = [name for expr in (self.part, self.whole, self.value) if expr for name in expr.names]
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True)
class Choice:
    id: str
    title: str


#: An answer named in a task's help: {answer.kickoff.which}.
NAMED_ANSWER = re.compile(r"\{answer\.(\w+)\.(\w+)\}")


@dataclass(frozen=True)
class Field:
    """`prefill` names where the first value comes from (`answer.handoff.success`, `deal.field.reason`). `min` and `max`
    bound a number, both included. `shared`: the customer reads the answer on their page of what is known already."""

    id: str
    title: str
    type: Literal["text", "long_text", "number", "date", "yes_no", "choice", "choices", "scale", "file"]
    required: bool = False
    prefill: str = ""
    choices: tuple[Choice, ...] = ()
    scale: tuple[int, int] | None = None
    internal: bool = False
    help: str = ""
    min: float | None = None
    max: float | None = None
    shared: bool = False


@dataclass(frozen=True)
class Form:
    id: str
    title: str
    fields: tuple[Field, ...]

    def field(self, field_id: str) -> Field:
        """The field of that id; KeyError when there is none."""
        return {field.id: field for field in self.fields}[field_id]


@dataclass(frozen=True)
class Ask:
    """A number that is asked for when a measure is picked: its name in the expression and the number proposed."""

    id: str
    default: float


@dataclass(frozen=True)
class Measure:
    """What "value" may mean. Evaluate `when` with the answers to `ask` beside the readings, by their ids."""

    id: str
    title: str
    when: Expr
    ask: tuple[Ask, ...] = ()


@dataclass(frozen=True)
class Link:
    """Rests on another task (or stage): by default it starts when that one is finished."""

    id: str
    link: Literal["finish_to_start", "start_to_start", "finish_to_finish", "start_to_finish"] = "finish_to_start"
    lag: Span | None = None


@dataclass(frozen=True)
class Need:
    """How many, or which share, of a group: exactly one of the two is set."""

    count: int | None = None
    share: float | None = None


@dataclass(frozen=True)
class Step:
    id: str
    title: str
    when: Expr | None = None


#: Whoever does the task is told of it: `to: doer`.
DOER = "doer"


@dataclass(frozen=True)
class Escalation:
    """`{after: 1h late, to: manager}`: `state` is what has lasted for `after`; `to` also `manager` or DOER."""

    after: Span
    state: Literal["late", "blocked", "open"]
    to: str
    severity: str = ""
    respond: str = ""


@dataclass(frozen=True)
class Translation:
    """A playbook's words in a language, by address: ("task.uat.title", "Testumgebung ausprobieren")."""

    language: str
    words: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Intent:
    """Something the playbook wants that is kept, shown and checked, and that no part of the product carries out yet:
    a sequence, nudge, walkthrough, survey, risk, intervention, training plan or the health model.

    `body` is its resolved content as JSON text, `reads` the metrics that it touches.
    """

    kind: str
    id: str
    title: str
    body: str
    reads: tuple[str, ...] = ()
