"""Tasks of a journey: done, moved, held up; what was said and how long it took."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from onward.kernel.fact import Fact


@dataclass(frozen=True)
class TaskCompleted(Fact):
    """`how` is "person", "data" (proven by itself) or "sent" (a message went out); `for_them`: the vendor did it,
    because the contact `asked_by` asked, where that is known."""

    name = "journey.task.completed"
    task: str
    task_id: UUID
    title: str
    stage: str
    how: str
    for_them: bool = False
    note: str = ""
    days_late: int | None = None
    asked_by: str = ""


@dataclass(frozen=True)
class TaskReported(Fact):
    """Done as far as one person is concerned; another still has to say so (`waits_for`: roles; empty where each of a
    group says it for themselves)."""

    name = "journey.task.reported"
    task: str
    task_id: UUID
    title: str
    waits_for: list[str]


@dataclass(frozen=True)
class TaskReopened(Fact):
    name = "journey.task.reopened"
    task: str
    task_id: UUID
    title: str
    stage: str
    reason: str


@dataclass(frozen=True)
class TaskSkipped(Fact):
    name = "journey.task.skipped"
    task: str
    task_id: UUID
    title: str
    reason: str


@dataclass(frozen=True)
class TaskWithdrawn(Fact):
    """Either this or another was needed: `instead` names what was done."""

    name = "journey.task.withdrawn"
    task: str
    task_id: UUID
    title: str
    instead: str


@dataclass(frozen=True)
class TaskBlocked(Fact):
    """Somebody said what keeps it from going on."""

    name = "journey.task.blocked"
    task: str
    task_id: UUID
    title: str
    reason: str


@dataclass(frozen=True)
class TaskFreed(Fact):
    name = "journey.task.freed"
    task: str
    task_id: UUID
    title: str


@dataclass(frozen=True)
class TaskEscalated(Fact):
    """It has been late, blocked or open (`state`) for as long as the playbook says; whoever holds `role` is told."""

    name = "journey.task.escalated"
    task: str
    task_id: UUID
    title: str
    state: str
    lasted: str
    role: str
    person: str
    at: datetime

    @property
    def is_by_time(self) -> bool:
        return True


@dataclass(frozen=True)
class TaskDeferred(Fact):
    name = "journey.task.deferred"
    tasks: list[str]
    deferred: bool = True


@dataclass(frozen=True)
class HoursLogged(Fact):
    """Time that `person` of ours spent on a task on one day."""

    name = "journey.hours.logged"
    task: str
    task_id: UUID
    title: str
    hours_id: UUID
    person: str
    minutes: int
    worked_on: date
    note: str = ""


@dataclass(frozen=True)
class HoursWithdrawn(HoursLogged):
    """A line of hours was taken back, as it stood."""

    name = "journey.hours.withdrawn"


@dataclass(frozen=True)
class TaskMoved(Fact):
    """`group` is one for all that moved in one action; `was` what undoing gives back: {"on", "why", "by_hand",
    "follows"}; `undoes` the group that this takes back."""

    name = "journey.task.moved"
    task: str
    task_id: UUID
    title: str
    before: datetime | None
    after: datetime | None
    reason: str
    due_on: date | None = None
    group: str = ""
    was: dict[str, Any] | None = None
    undoes: str = ""


@dataclass(frozen=True)
class DatesMoved(Fact):
    """A date that others hang on was moved, or (`what` "hold") they pause until `after`. The tasks that moved along
    have a fact of their own each, with the same `group`."""

    name = "journey.dates.moved"
    group: str
    what: str
    title: str
    before: date | None
    after: date
    reason: str
    tasks: int


@dataclass(frozen=True)
class TaskLocked(Fact):
    """A person has said that the day of a task stays, or that it may move again."""

    name = "journey.task.locked"
    task: str
    task_id: UUID
    title: str
    locked: bool
    due_on: date | None


@dataclass(frozen=True)
class MeetingHeld(Fact):
    name = "journey.meeting.held"
    task: str
    task_id: UUID
    title: str
    held_at: datetime
    attended: list[str]
    missing: list[str]


@dataclass(frozen=True)
class FormAnswered(Fact):
    name = "journey.form.answered"
    form: str
    fields: list[str]
    complete: bool


@dataclass(frozen=True)
class AnswerCorrected(Fact):
    """Somebody put right what a form said already, outside its task: the customer on their page of what is known, or a
    colleague."""

    name = "journey.answer.corrected"
    form: str
    field: str
    title: str
    before: Any
    after: Any


@dataclass(frozen=True)
class AnswersConfirmed(Fact):
    """The customer says that these answers ("form.field") are right; `asked_by`: who of theirs, where a key handed it
    on."""

    name = "journey.answers.confirmed"
    fields: list[str]
    titles: list[str]
    asked_by: str = ""
