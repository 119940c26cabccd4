"""Stages, tasks by kind, milestones, check-ins."""

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from onward.playbooks.decisions.source.words import (
    Amount,
    Check,
    Condition,
    Escalation,
    Help,
    Id,
    MomentText,
    People,
    Shape,
    Span,
    Timing,
    Title,
    Was,
)


class Linked(Shape):
    """Rests on another task in another way than finish to start."""

    task: Id
    link: Literal["finish_to_start", "start_to_start", "finish_to_finish", "start_to_finish"] = "finish_to_start"
    lag: Span | None = None


class Step(Shape):
    step: Id
    title: Title
    when: Condition | None = None
    was: Was | None = None


class Attendees(Shape):
    must: People
    may: People = Field(default_factory=list)


class AnyTask(Shape):
    """The keys of every kind of task."""

    task: Id
    title: Title | None = None
    by: Id | None = None
    and_: People = Field(default_factory=list, alias="and")
    with_: People = Field(default_factory=list, alias="with")
    confirm: Id | None = None
    each: bool = False
    need: int | str | None = None
    internal: bool | None = None
    shared: bool | None = None
    when: Condition | None = None
    done_when: Condition | None = None
    optional: bool = False
    deferrable: bool = False
    after: list[Id | Linked] = Field(default_factory=list)
    before: People = Field(default_factory=list)
    starts: Timing | None = None
    due: Timing | None = None
    every: Span | None = None
    on: str | None = None
    until: MomentText | None = None
    effort: Span | None = None
    help: Help | None = None
    steps: list[Title | Step] = Field(default_factory=list)
    escalate: list[Escalation] | None = None
    was: Was | None = None


class ToDo(AnyTask):
    kind: Literal["to_do"] = "to_do"


class Meeting(AnyTask):
    kind: Literal["meeting"]
    minutes: int = 60
    attendees: Attendees
    agenda: list[Title] = Field(default_factory=list)
    document: Id | None = None
    form: Id | None = None
    picks: Id | None = None


class Invite(AnyTask):
    kind: Literal["invite"]
    meeting: Id


class FormTask(AnyTask):
    kind: Literal["form"]
    form: Id


class SignOff(AnyTask):
    kind: Literal["sign_off"]
    of: Id


class Mail(AnyTask):
    kind: Literal["mail"]
    to: People
    text: str


class File(AnyTask):
    kind: Literal["file"]
    to: People
    file: str | None = None


class CourseTask(AnyTask):
    kind: Literal["course"]
    course: Id


class SurveyTask(AnyTask):
    kind: Literal["survey"]
    survey: Id


class LogTask(AnyTask):
    kind: Literal["log"]
    log: Id


class HandOver(AnyTask):
    kind: Literal["hand_over"]
    role: Id
    to: Id


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return "group" if "group" in value else str(value.get("kind", "to_do"))
    return str(getattr(value, "kind", "group"))


OneTask = (
    Annotated[ToDo, Tag("to_do")]
    | Annotated[Meeting, Tag("meeting")]
    | Annotated[Invite, Tag("invite")]
    | Annotated[FormTask, Tag("form")]
    | Annotated[SignOff, Tag("sign_off")]
    | Annotated[Mail, Tag("mail")]
    | Annotated[File, Tag("file")]
    | Annotated[CourseTask, Tag("course")]
    | Annotated[SurveyTask, Tag("survey")]
    | Annotated[LogTask, Tag("log")]
    | Annotated[HandOver, Tag("hand_over")]
)
Task = Annotated[OneTask, Discriminator(_kind)]


class TaskGroup(Shape):
    """Either/or: done when `need` of its tasks are."""

    group: Id
    title: Title | None = None
    need: int = 1
    tasks: list[Task]
    was: Was | None = None


TaskOrGroup = Annotated[OneTask | Annotated[TaskGroup, Tag("group")], Discriminator(_kind)]


def single(entry: AnyTask | TaskGroup) -> list[AnyTask]:
    """The tasks of an entry: itself, or those of the group."""
    return list(entry.tasks) if isinstance(entry, TaskGroup) else [entry]


KINDS = (
    "to_do",
    "meeting",
    "invite",
    "form",
    "sign_off",
    "mail",
    "file",
    "course",
    "survey",
    "log",
    "hand_over",
)


class Again(Shape):
    when: Condition
    at_most: int = 3


class Stage(Shape):
    """A position in the journey; each after the one above unless `after` says otherwise. With `when` its tasks and
    checks are only for accounts of which that holds: for the others it closes as soon as it is their turn."""

    stage: Id
    title: Title | None = None
    owner: Id | None = None
    after: People | None = None
    due: Timing | None = None
    takes: Timing | None = None
    stalled_after: Span | None = None
    starts: Timing | None = None
    enter_when: Condition | None = None
    when: Condition | None = None
    tasks: list[TaskOrGroup] = Field(default_factory=list)
    exit: list[Check] = Field(default_factory=list)
    expect: list[Check] = Field(default_factory=list)
    again: Again | None = None
    was: Was | None = None


class Milestone(Shape):
    """When a result was first true."""

    milestone: Id
    title: Title | None = None
    when: Condition | None = None
    pick: People = Field(default_factory=list)
    by_hand: Id | None = None
    first_value: bool = False
    due: Timing | None = None
    owner: Id | None = None
    source: Literal["any", "server"] = "any"
    was: Was | None = None


class CheckIn(Shape):
    """A dated talk: `at`, or `every` so long `from` one moment `until` another."""

    check_in: Id
    title: Title | None = None
    at: Timing | None = None
    every: Span | None = None
    on: str | None = None
    from_: MomentText | None = Field(None, alias="from")
    until: MomentText | None = None
    by: Id
    with_: People = Field(default_factory=list, alias="with")
    form: Id | None = None
    internal: bool = False
    was: Was | None = None


class Activation(Shape):
    """Proven use by a person, or by the account."""

    activation: Id
    title: Title | None = None
    of: Literal["person", "account"]
    within: Span | None = None
    account_when: Condition | None = None
    checks: list[Check]
    was: Was | None = None


class Kpi(Shape):
    """A figure kept for every journey on this playbook."""

    kpi: Id
    title: Title | None = None
    actual: Amount | None = None
    from_: MomentText | None = Field(None, alias="from")
    to: MomentText | None = None
    target: str | None = None
    below_zero: Literal["as_zero", "keep", "leave_out"] = "keep"
    was: Was | None = None
