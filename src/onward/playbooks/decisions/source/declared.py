"""What a playbook declares before its stages: roles, events, figures, forms, measures, readings, logs."""

from typing import Literal

from pydantic import Field as Key

from onward.playbooks.decisions.source.words import (
    Amount,
    Condition,
    Id,
    Number,
    Shape,
    Span,
    Timing,
    Title,
    Was,
)


class Role(Shape):
    """`fill`: account owner, deal owner, least loaded of TEAM, asked of ROLE, by hand."""

    title: Title | None = None
    fill: str | None = None
    asked: Id | None = None
    due: Timing | None = None
    optional: bool = False
    was: Was | None = None


class Group(Shape):
    group: Id
    title: Title | None = None
    was: Was | None = None


class Roles(Shape):
    """One person each, ours and theirs; groups are any number of their people."""

    ours: dict[Id, str | Role]
    theirs: dict[Id, str | Role] = Key(default_factory=dict)
    groups: list[Id | Group] = Key(default_factory=list)


class Event(Shape):
    """An event of your product: `track` is its name as sent, or several names."""

    track: Title | list[Title]
    title: Title | None = None
    where: dict[str, str | bool | Number | list[str | bool | Number]] = Key(default_factory=dict)
    distinct: str | None = None
    sum: str | None = None
    source: Literal["any", "server"] = "any"
    was: Was | None = None


class Figure(Shape):
    """A named number: `part` and `whole`, or `is` with an expression."""

    title: Title | None = None
    part: Amount | None = None
    whole: Amount | None = None
    is_: Amount | None = Key(None, alias="is")
    was: Was | None = None


class Field(Shape):
    field: Id
    title: Title | None = None
    type: Literal["text", "long_text", "number", "date", "yes_no", "choice", "choices", "scale", "file"]
    required: bool = False
    from_: str | None = Key(None, alias="from")
    choices: dict[Id, Title] | list[Id] = Key(default_factory=dict)
    scale: str | None = None
    min: Number | None = Key(None, description="The least that a number may be, itself included")
    max: Number | None = Key(None, description="The most that a number may be, itself included")
    internal: bool = False
    shared: bool = Key(False, description="The customer reads it as known, and confirms or corrects it")
    help: Title | None = None
    was: Was | None = None


class Form(Shape):
    form: Id
    title: Title | None = None
    fields: list[Field]
    was: Was | None = None


class Measure(Shape):
    """What "value" may mean; the kickoff picks one and fills in the numbers that it asks for."""

    measure: Id
    title: Title
    ask: dict[Id, Number] = Key(default_factory=dict)
    when: Condition
    was: Was | None = None


class Reading(Shape):
    """A number or judgement set by hand (`by`), or pushed (`from: api`)."""

    title: Title | None = None
    type: Literal["yes_no", "number", "choice"]
    choices: dict[Id, Title] | list[Id] = Key(default_factory=dict)
    by: Id | None = None
    from_: Literal["api"] | None = Key(None, alias="from")
    stale_after: Span | None = None
    gone_after: Span | None = None
    at_handover: str | None = None
    was: Was | None = None


class Log(Shape):
    """A register that people fill in."""

    title: Title | None = None
    internal: bool = False
    was: Was | None = None


class Approve(Shape):
    """The journey opens only when that person says yes."""

    by: Id
    when: Condition | None = None


class OnComplete(Shape):
    account: str | None = None
    free: list[Id] = Key(default_factory=list)
    may_start: list[Id] = Key(default_factory=list)


class Targets(Shape):
    """When first value and completion should be reached, counted from day zero."""

    first_value: Timing | None = None
    complete: Timing | None = None


class OwnFields(Shape):
    """The types of your own fields on accounts and deals; one not named here is a text."""

    account: dict[Id, Literal["yes_no", "number", "text", "date"]] = Key(default_factory=dict)
    deal: dict[Id, Literal["yes_no", "number", "text", "date"]] = Key(default_factory=dict)
