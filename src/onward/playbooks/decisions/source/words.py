"""The words that values are made of: ids, spans, timings, expressions, targets."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

RESERVED = frozenset(
    {"in", "true", "false", "null", "and", "or", "not", "known", "total", "share", "least", "greatest"}
)
ID_PATTERN = r"^[a-z][a-z0-9_]*$"

Id = Annotated[str, StringConstraints(pattern=ID_PATTERN, max_length=60)]
Was = Annotated[Id | list[Id], Field(description="The id that it had before it was renamed; several, the oldest first")]
Title = Annotated[str, StringConstraints(min_length=1, max_length=400)]
Help = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Span = Annotated[str, Field(description="A number and h, d, wd (working days), w or mo: 24h, 3wd, 2w")]
Condition = Annotated[str, Field(description="A yes/no expression: task.kickoff.done and tasks.overdue == 0")]
Amount = Annotated[str, Field(description="An expression that is a number, a yes or no, or a text")]
TargetText = Annotated[str, Field(description="at least 80%, at most 7d, more than 3, less than 2, is yes, is red")]
MomentText = Annotated[str, Field(description="signed, started, task.T.held, stage.S.closed, milestone.M.met, ...")]
TimingText = Annotated[
    str,
    Field(
        description="within SPAN of M, SPAN after M, SPAN before M, at M, day N, week N, none; "
        "for SPAN also account.target_days or account.setup_days"
    ),
]


class Shape(BaseModel):
    """Unknown keys are refused, and a number is not taken for a text."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


class Table(BaseModel):
    """One value for each reading of a metric: `{by: account.complexity, simple: 2w, otherwise: 4w}`."""

    model_config = ConfigDict(extra="allow", strict=True)
    __pydantic_extra__: dict[str, str]

    by: str
    otherwise: str | None = None
    times: str | None = None


Timing = TimingText | Table
People = list[Id]
Number = float | int
Free = dict[str, Any]


class Check(Shape):
    """A condition: either `when`, or `actual` with `target`."""

    check: Id
    title: Title | None = None
    when: Condition | None = None
    actual: Amount | None = None
    target: TargetText | None = None
    for_: Span | None = Field(None, alias="for")
    category: Title | None = None
    source: str | None = None
    was: Was | None = None


class Goal(Shape):
    """What the playbook wants for everyone."""

    goal: Id
    title: Title | None = None
    when: Condition | None = None
    actual: Amount | None = None
    target: TargetText | None = None
    for_: Span | None = Field(None, alias="for")
    was: Was | None = None


class Escalation(Shape):
    """`{after: 1h late, to: manager}`"""

    after: str
    to: Id
    severity: str | None = None
    respond: Id | None = None


class Escalations(Shape):
    """Who hears of steps that say nothing of it themselves: those of the customer’s, and those of ours."""

    theirs: list[Escalation] = Field(default_factory=list)
    ours: list[Escalation] = Field(default_factory=list)
