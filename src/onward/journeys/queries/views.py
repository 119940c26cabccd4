"""A journey as pages and the API read it: frozen rows, names resolved, what a contact may not see left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from onward.journeys.decisions.forecast import Expected, chain
from onward.journeys.queries.hops import Hop, hops
from onward.journeys.queries.person import Person
from onward.journeys.queries.records import AgreedDay, CheckInView, EvidenceView, LogView, ObjectiveView, Wanted
from onward.playbooks.decisions.definition import Playbook


@dataclass(frozen=True, slots=True)
class RoleView:
    """`person` None: nobody yet. `until`: since the end of the journey they have other work."""

    role: str
    title: str
    side: str
    person: Person | None
    optional: bool = False
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class CheckView:
    """`state` met | not_met | unknown | waived. `actual` and `target` are words, empty for yes-or-no checks."""

    id: str
    title: str
    state: str
    sentence: str
    since: datetime | None
    category: str = ""
    actual: str = ""
    target: str = ""
    missing: tuple[str, ...] = ()
    readings: dict[str, Any] = field(default_factory=dict)
    waived_by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PastStage:
    """How an earlier time of a stage that was entered anew ended."""

    entered_at: datetime
    closed_at: datetime
    how: str
    checks: tuple[CheckView, ...]


@dataclass(frozen=True, slots=True)
class StageView:
    """`state` waiting | entered | closed."""

    id: UUID
    ref: str
    key: str
    title: str
    rank: int
    state: str
    owner: Person | None
    entered_at: datetime | None
    closed_at: datetime | None
    how: str
    due_at: datetime | None
    due_on: date | None
    due_why: str
    promise: bool
    checks: tuple[CheckView, ...]
    expects: tuple[CheckView, ...]
    cycle: int = 1
    past: tuple[PastStage, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task in a list. `person` does it; `waits_for` says in words what keeps it from starting; `turn` is the side
    that still has to act, which is not `side` once one of the two has said done. `begun`: a step is ticked, or
    something is filled in or said. `confirm`: "now" while only the word that confirms it is missing, "later" before.
    `starts_at`: the time that somebody chose for it. `asks`: what a step of ours asks of the customer. `each`: each of
    its group does it for themselves."""

    id: UUID
    ref: str
    key: str
    title: str
    kind: str
    stage: str
    side: str
    role: str
    role_title: str
    person: Person | None
    shared: bool
    required: bool
    state: str
    waits_for: tuple[str, ...]
    due_at: datetime | None
    due_on: date | None
    due_why: str
    promise: bool
    is_late: bool
    days_late: int
    opened_at: datetime | None
    done_at: datetime | None
    done_by: Person | None
    how: str
    for_them: bool
    deferrable: bool
    deferred_at: datetime | None
    note: str
    edition: int
    starts_at: datetime | None
    held_at: datetime | None
    turn: str
    begun: bool = False
    asked_by: Person | None = None
    due_by_hand: bool = False
    confirm: str = ""
    asks: str = ""
    blocked_at: datetime | None = None
    blocked_why: str = ""
    each: bool = False
    locked: bool = False

    @property
    def counts(self) -> bool:
        """Part of what has to be done: required, wanted, and not put off."""
        return self.required and self.state not in {"skipped", "withdrawn"} and self.deferred_at is None

    @property
    def is_with_contact(self) -> bool:
        """Whether it is open, the customer's turn, and somebody of theirs has it."""
        theirs = self.turn == "theirs" and self.person is not None and self.person.side == "theirs"
        return theirs and self.state == "open"


@dataclass(frozen=True, slots=True)
class MilestoneView:
    id: UUID
    ref: str
    key: str
    title: str
    owner: Person | None
    first_value: bool
    due_at: datetime | None
    due_on: date | None
    due_why: str
    met_at: datetime | None
    noticed_at: datetime | None
    how: str
    met_by: Person | None
    by_hand: bool
    days_late: int
    verdict: dict[str, Any]
    picks: tuple[dict[str, Any], ...]
    picked: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Whose turn it is: ours | theirs | nobody; the task they hold, and since when."""

    side: str
    task: TaskLine | None
    since: datetime | None


@dataclass(frozen=True)
class JourneyView:
    """`done` of `total` counts required tasks (for a contact: the visible ones). `agreed_dates`: the days that forms
    fixed, the soonest first; a contact has those of forms that are shared. `expected`: the days that cannot be kept as
    things stand, by "task.KEY", "stage.KEY", "milestone.KEY" and "answer.FORM.FIELD"; what a contact does not see
    stands there as UNSEEN, and by itself where it is late."""

    id: UUID
    ref: str
    title: str
    account_id: UUID
    account_ref: str
    account_name: str
    deal_id: UUID | None
    state: str
    playbook: str
    playbook_title: str
    version_id: UUID
    follows: UUID
    owner: Person | None
    signed_at: datetime | None
    started_at: datetime
    ended_at: datetime | None
    end_reason: str
    pace: str
    pace_reason: str
    is_demo: bool
    edition: int
    roles: tuple[RoleView, ...]
    stages: tuple[StageView, ...]
    tasks: tuple[TaskLine, ...]
    milestones: tuple[MilestoneView, ...]
    check_ins: tuple[CheckInView, ...]
    objectives: tuple[ObjectiveView, ...]
    checklist: tuple[CheckView, ...]
    logs: tuple[LogView, ...]
    log_titles: dict[str, str]
    evidence: tuple[EvidenceView, ...]
    evidence_wanted: tuple[Wanted, ...]
    answers: dict[str, Any]
    agreed_dates: tuple[AgreedDay, ...]
    waiting: Waiting
    expected: dict[str, Expected]
    done: int
    total: int
    #: Answers that the customer reads as known, and how many of them nobody of theirs has confirmed.
    known: int
    to_confirm: int

    @property
    def current(self) -> tuple[StageView, ...]:
        """The stages that are under way."""
        return tuple(stage for stage in self.stages if stage.state == "entered")

    @property
    def first_value(self) -> MilestoneView | None:
        return next((row for row in self.milestones if row.first_value), None)

    def later(self, name: str) -> Expected | None:
        """The day of something that comes later than agreed, as things stand."""
        found = self.expected.get(name)
        return found if found and found.days > 0 else None

    def follows_from(self, name: str) -> list[str]:
        """What that day follows from, the nearest first, down to what is late by itself."""
        return chain(self.expected, name)

    def hops(self, name: str) -> tuple[Hop, ...]:
        """The same as steps of a way, from the first cause to the thing itself."""
        return hops(self.expected, self.tasks, self.stages, self.milestones, self.agreed_dates, name)

    @property
    def next_tasks(self) -> tuple[TaskLine, ...]:
        """Open tasks that nobody put off, what is due first ahead."""
        return next_first(task for task in self.tasks if task.state == "open" and task.deferred_at is None)


@dataclass(frozen=True, slots=True)
class JourneyLine:
    """A journey in a list of an account's. `stages` are the titles of those under way, in the plan's order."""

    id: UUID
    ref: str
    title: str
    playbook: str
    state: str
    pace: str
    pace_reason: str
    stages: tuple[str, ...]
    signed_at: datetime | None
    started_at: datetime
    ended_at: datetime | None
    done: int
    total: int
    first_value_due: datetime | None
    first_value_met: datetime | None
    previous_id: UUID | None = None


def next_first(tasks: Iterable[TaskLine]) -> tuple[TaskLine, ...]:
    """By due date, those without one last; then in the plan's order."""
    return tuple(
        sorted(
            tasks,
            key=lambda task: (
                task.due_at is None,
                task.due_at.timestamp() if task.due_at else 0.0,
            ),
        )
    )


def role_title(book: Playbook, role: str) -> str:
    """The words for a role or group."""
    titles = {item.id: item.title for item in book.groups} | {item.id: item.title for item in book.roles}
    return titles.get(role) or role.replace("_", " ").capitalize()
