"""A playbook as it runs: names resolved, modules in, defaults written out. Plain frozen data, no YAML, no positions.

`to_json` and `from_json` round-trip it; `address` is the hash of its meaning. Expressions carry the names that they
read with their types, so that each can be evaluated without the playbook around it.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property
from typing import Any, Literal

import msgspec

from onward.kernel.clock import Span
from onward.playbooks.decisions.parts import (
    Check,
    Escalation,
    EventSpec,
    Expr,
    Figure,
    Form,
    Group,
    Intent,
    Link,
    Measure,
    Need,
    Role,
    Step,
    Target,
    Timing,
    Translation,
)

TaskKind = Literal[
    "to_do", "meeting", "invite", "form", "sign_off", "mail", "file", "course", "survey", "log", "hand_over"
]


@dataclass(frozen=True)
class Task:
    """A unit of work. `by` does it (a role or a group), `also` must say done too, `helpers` help; `confirm` is the
    role whose word turns "reported" into done. `exists_when` unknown means "not decided yet". Keys after `steps`
    belong to kinds: meeting (minutes, must, may, agenda, document, picks), invite (meeting), form, sign_off (of),
    mail (to, text), file (to, file), course, survey, log, hand_over (hand_over_role, hand_over_to). `escalate` None: as
    the playbook says for its side."""

    id: str
    title: str
    kind: TaskKind
    stage: str
    by: str
    also: tuple[str, ...] = ()
    helpers: tuple[str, ...] = ()
    confirm: str = ""
    each: bool = False
    need: Need | None = None
    shared: bool = False
    exists_when: Expr | None = None
    done_when: Expr | None = None
    optional: bool = False
    deferrable: bool = False
    after: tuple[Link, ...] = ()
    starts: Timing | None = None
    due: Timing | None = None
    every: Span | None = None
    on: str = ""
    until: str = ""
    effort_hours: float = 0
    help: str = ""
    group: str = ""
    escalate: tuple[Escalation, ...] | None = None
    steps: tuple[Step, ...] = ()
    minutes: int = 0
    must: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    agenda: tuple[str, ...] = ()
    document: str = ""
    picks: str = ""
    meeting: str = ""
    form: str = ""
    of: str = ""
    to: tuple[str, ...] = ()
    text: str = ""
    file: str = ""
    course: str = ""
    survey: str = ""
    log: str = ""
    hand_over_role: str = ""
    hand_over_to: str = ""

    @property
    def required(self) -> bool:
        return not self.optional

    @property
    def people(self) -> tuple[str, ...]:
        """Every role and group that takes part, the doer first."""
        parts = (self.by, *self.also, *self.helpers, *((self.confirm,) if self.confirm else ()), *self.must, *self.may)
        return tuple(dict.fromkeys((*parts, *self.to)))


@dataclass(frozen=True)
class TaskGroup:
    """Either/or: done when `need` of its tasks are."""

    id: str
    title: str
    need: int
    tasks: tuple[str, ...]


@dataclass(frozen=True)
class Again:
    """The stage may be entered anew as a further cycle with fresh tasks."""

    when: Expr
    at_most: int


@dataclass(frozen=True)
class Stage:
    """`after` names the stages that must be closed first (resolved: the one before, unless the file says otherwise;
    empty for the first). `due` is `due:`, else `takes:` as a span after `entered`. Without `exit`, all its required
    tasks done closes it."""

    id: str
    title: str
    owner: str
    after: tuple[str, ...] = ()
    due: Timing | None = None
    stalled_after: Span | None = None
    starts: Timing | None = None
    enter_when: Expr | None = None
    tasks: tuple[Task, ...] = ()
    groups: tuple[TaskGroup, ...] = ()
    exit: tuple[Check, ...] = ()
    expect: tuple[Check, ...] = ()
    again: Again | None = None


@dataclass(frozen=True)
class Milestone:
    """Met at the earliest instant at which `when` was true; or, with `pick`, the measure of these that was chosen.
    `by_hand` names the role that may record it with evidence. `source` as in Check."""

    id: str
    title: str
    owner: str
    when: Expr | None = None
    pick: tuple[str, ...] = ()
    by_hand: str = ""
    first_value: bool = False
    due: Timing | None = None
    source: Literal["any", "server"] = "any"


@dataclass(frozen=True)
class CheckIn:
    """A dated talk: `at` a moment, or `every` so long `since` one moment `until` another, on a weekday."""

    id: str
    title: str
    by: str
    participants: tuple[str, ...] = ()
    at: Timing | None = None
    every: Span | None = None
    on: str = ""
    since: str = ""
    until: str = ""
    form: str = ""
    internal: bool = False


@dataclass(frozen=True)
class Kpi:
    """A figure kept for every journey on this playbook: `actual`, or the time `since` one moment `until` another.
    A KPI without either is a built-in one (`completion_rate`)."""

    id: str
    title: str
    target: Target | None = None
    actual: Expr | None = None
    since: str = ""
    until: str = ""
    below_zero: Literal["as_zero", "keep", "leave_out"] = "keep"


@dataclass(frozen=True)
class Activation:
    """A person (or the account) is activated once all checks are met within `within` of their first event."""

    id: str
    title: str
    of: Literal["person", "account"]
    checks: tuple[Check, ...]
    within: Span | None = None
    account_when: Expr | None = None


@dataclass(frozen=True)
class Reading:
    """A number or judgement set by hand by a role, or pushed by the API (`by` empty)."""

    id: str
    title: str
    type: Literal["yes_no", "number", "choice"]
    choices: tuple[tuple[str, str], ...] = ()
    by: str = ""
    stale_after: Span | None = None
    gone_after: Span | None = None


@dataclass(frozen=True)
class Log:
    """A register that people fill in: early wins, expansion opportunities."""

    id: str
    title: str
    internal: bool = False


@dataclass(frozen=True)
class OnComplete:
    """What follows completion: the account's new state, roles set free, what may start then."""

    account: str = ""
    free: tuple[str, ...] = ()
    may_start: tuple[str, ...] = ()


@dataclass(frozen=True)
class Approval:
    """The journey opens only when `by` says yes; always, or only `when`."""

    by: str
    when: Expr | None = None


@dataclass(frozen=True)
class Targets:
    """When first value and completion should be reached, by the account's segment and complexity."""

    first_value: Timing | None = None
    complete: Timing | None = None


@dataclass(frozen=True)
class Escalations:
    """Who hears of tasks that say nothing of it themselves, by whose they are."""

    theirs: tuple[Escalation, ...] = ()
    ours: tuple[Escalation, ...] = ()


@dataclass(frozen=True)
class Playbook:
    """One version. `day_zero` is a moment (`signed`); `day_one` means that days count from 1. `counts_from` "ever"
    lets usage from before day zero count. `choose_rank`: the highest of those that fit an account wins. `was`: (former
    address, address) of what was renamed."""

    id: str
    title: str
    accountable: str
    source: str = ""
    language: int = 1
    choose_when: Expr | None = None
    choose_rank: int = 0
    opens_when: Expr | None = None
    approve: Approval | None = None
    day_zero: str = "signed"
    day_one: bool = False
    counts_from: Literal["day_zero", "ever"] = "day_zero"
    targets: Targets = Targets()
    goals: tuple[Check, ...] = ()
    kpis: tuple[Kpi, ...] = ()
    roles: tuple[Role, ...] = ()
    groups: tuple[Group, ...] = ()
    events: tuple[EventSpec, ...] = ()
    figures: tuple[Figure, ...] = ()
    forms: tuple[Form, ...] = ()
    measures: tuple[Measure, ...] = ()
    readings: tuple[Reading, ...] = ()
    stages: tuple[Stage, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    completion: tuple[Check, ...] = ()
    on_complete: OnComplete = OnComplete()
    activations: tuple[Activation, ...] = ()
    check_ins: tuple[CheckIn, ...] = ()
    logs: tuple[Log, ...] = ()
    intents: tuple[Intent, ...] = ()
    escalate: Escalations = Escalations()
    texts: tuple[tuple[str, str], ...] = ()
    was: tuple[tuple[str, str], ...] = ()
    translations: tuple[Translation, ...] = ()

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """Every task of every stage, in the order of the file."""
        return tuple(task for stage in self.stages for task in stage.tasks)

    def renamed(self, kind: str) -> dict[str, str]:
        """Former id -> id of what was renamed of one kind: `task`; `form.kickoff` for the fields of that form."""
        pairs = ((was.rpartition("."), now.rpartition(".")) for was, now in self.was)
        return {was[2]: now[2] for was, now in pairs if was[0] == kind}

    def find(self, kind: str, thing_id: str) -> Any:
        """The stage, task, milestone, form, measure, role, group, event, figure, check_in, log, activation or
        reading of that id; KeyError when there is none."""
        return self._by_id[kind, thing_id]

    def stage(self, stage_id: str) -> Stage:
        return self._by_id["stage", stage_id]  # type: ignore[no-any-return]

    def task(self, task_id: str) -> Task:
        return self._by_id["task", task_id]  # type: ignore[no-any-return]

    def milestone(self, milestone_id: str) -> Milestone:
        return self._by_id["milestone", milestone_id]  # type: ignore[no-any-return]

    @property
    def first_value(self) -> Milestone | None:
        return next((milestone for milestone in self.milestones if milestone.first_value), None)

    @cached_property
    def _by_id(self) -> dict[tuple[str, str], Any]:
        return {(kind, thing.id): thing for kind, things in self._things() for thing in things}

    def _things(self) -> Iterator[tuple[str, tuple[Any, ...]]]:
        yield "stage", self.stages
        yield "task", self.tasks
        yield "milestone", self.milestones
        yield "form", self.forms
        yield "measure", self.measures
        yield "role", self.roles
        yield "group", self.groups
        yield "event", self.events
        yield "figure", self.figures
        yield "check_in", self.check_ins
        yield "log", self.logs
        yield "activation", self.activations
        yield "reading", self.readings


def to_json(playbook: Playbook) -> bytes:
    """The playbook as JSON, keys sorted, defaults left out (so that a key added later does not change addresses)."""
    return msgspec.json.encode(_spoken(playbook), order="sorted")


def from_json(raw: bytes | str) -> Playbook:
    """The playbook that `to_json` wrote. Raises msgspec.ValidationError when it is none."""
    return msgspec.json.decode(raw, type=Playbook)


def address(playbook: Playbook) -> str:
    """The content address of its meaning: 64 hex digits, the same for texts that differ in comments or layout only."""
    return hashlib.sha256(to_json(playbook)).hexdigest()


def _spoken(value: Any) -> Any:
    if is_dataclass(value):
        pairs = ((field, getattr(value, field.name)) for field in fields(value))
        return {field.name: _spoken(inner) for field, inner in pairs if inner != field.default}
    if isinstance(value, tuple):
        return [_spoken(inner) for inner in value]
    return value
