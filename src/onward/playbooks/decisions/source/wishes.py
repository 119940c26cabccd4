"""Kept as visible intents: training, surveys, sequences, nudges, walkthroughs, risks, interventions, health."""

from typing import Literal

from pydantic import Field as Key

from onward.playbooks.decisions.source.words import (
    Amount,
    Condition,
    Escalation,
    Id,
    MomentText,
    Number,
    People,
    Shape,
    Span,
    TargetText,
    Timing,
    Title,
    Was,
)
from onward.playbooks.decisions.source.work import Task


class Certificate(Shape):
    pass_: str = Key(alias="pass")
    valid: Span | None = None


class Course(Shape):
    """`need`: how many people, or which share of the group."""

    course: Id
    title: Title | None = None
    for_: Id = Key(alias="for")
    hours: Number | None = None
    ways: list[Literal["live", "recording", "walkthrough", "practice", "reading"]] = Key(default_factory=list)
    by: Id | None = None
    need: int | str | None = None
    certify: Certificate | None = None
    was: Was | None = None


class Survey(Shape):
    survey: Id
    title: Title | None = None
    type: Literal["scale", "choice", "text", "yes_no"] = "scale"
    scale: str | None = None
    to: People
    remind: list[Span] = Key(default_factory=list)
    closes: Span | None = None
    was: Was | None = None


class Branch(Shape):
    """One way of a step: the first whose `if` fits is taken."""

    if_: Condition | None = Key(None, alias="if")
    otherwise: Literal[True] | None = None
    mail: str


class SequenceStep(Shape):
    step: Id
    mail: str | None = None
    one_of: list[Branch] = Key(default_factory=list)
    send: Timing
    skip_when: Condition | None = None


class Sequence(Shape):
    """Timed messages to a role or group: one enrolment a person."""

    sequence: Id
    title: Title | None = None
    to: People
    cc: People = Key(default_factory=list)
    from_: Id | None = Key(None, alias="from")
    reply_to: Id | None = None
    only_when: Condition | None = None
    start: MomentText
    stop_when: Condition | None = None
    steps: list[SequenceStep]
    was: Was | None = None


class Walkthrough(Shape):
    walkthrough: Id
    title: Title | None = None
    for_: Id = Key(alias="for")
    offer_when: Condition | None = None
    done_when: Condition
    was: Was | None = None


class Nudge(Shape):
    nudge: Id
    title: Title | None = None
    to: People
    channel: Literal["in_app", "mail"]
    when: Condition
    at_most: str | None = None
    text: str
    was: Was | None = None


class Risk(Shape):
    """Opens once `when` has held `for`, stays until `clear_when`."""

    risk: Id
    title: Title
    when: Condition
    for_: Span | None = Key(None, alias="for")
    clear_when: Condition | None = None
    severity: Literal["low", "medium", "high", "critical"]
    owner: Id
    not_before: Timing | None = None
    respond: Id | None = None
    escalate: list[Escalation] = Key(default_factory=list)
    was: Was | None = None


class Intervention(Shape):
    intervention: Id
    title: Title | None = None
    kind: Literal["training", "sponsor", "enhanced_support"]
    tasks: list[Task]
    worked_when: Condition | None = None
    judged: Timing | None = None
    was: Was | None = None


class HealthCase(Shape):
    if_: Condition | None = Key(None, alias="if")
    otherwise: str | None = None
    score: str | None = None


class HealthPart(Shape):
    part: Id
    title: Title | None = None
    weight: Number
    of: Amount | None = None
    full_at: str | Number | None = None
    levels: dict[Id, TargetText] = Key(default_factory=dict)
    cases: list[HealthCase] = Key(default_factory=list)


class Band(Shape):
    band: Id
    from_: Number = Key(alias="from")
    color: Literal["green", "yellow", "orange", "red"] | None = None


class Force(Shape):
    band: Id
    when: Condition
    because: Title


class Health(Shape):
    """Parts with weights, bands, and what forces a band."""

    parts: list[HealthPart]
    bands: list[Band]
    force: list[Force] = Key(default_factory=list)
    scale: Number | None = None
    count_from: Timing | None = None
