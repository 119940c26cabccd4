"""What happens to a journey. Facts carry what history needs, so that figures fold from them alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from onward.kernel.fact import Fact


@dataclass(frozen=True)
class JourneyOpened(Fact):
    name = "journey.opened"
    journey_id: UUID
    account_id: UUID
    deal_id: UUID | None
    playbook: str
    playbook_version: UUID
    signed_at: datetime | None
    silent: bool = False


@dataclass(frozen=True)
class JourneySigned(Fact):
    """The deal of a journey that began before the signature was signed."""

    name = "journey.signed"
    signed_at: datetime


@dataclass(frozen=True)
class JourneyAsked(Fact):
    """The playbook wants somebody's yes before the journey opens: of `person`, else of any manager."""

    name = "journey.asked"
    journey_id: UUID
    account_id: UUID
    deal_id: UUID | None
    playbook: str
    playbook_version: UUID
    role: str
    person: str = ""


@dataclass(frozen=True)
class JourneyApproved(Fact):
    name = "journey.approved"
    note: str = ""


@dataclass(frozen=True)
class JourneyRefused(Fact):
    """The one who was asked said no; the journey is cancelled with that reason."""

    name = "journey.refused"
    reason: str


@dataclass(frozen=True)
class JourneyWaits(Fact):
    """A won deal that no playbook fits, or several fit equally: a person has to choose."""

    name = "journey.needs_playbook"
    deal_id: UUID
    account_id: UUID
    why: str


@dataclass(frozen=True)
class JourneyPaused(Fact):
    name = "journey.paused"
    reason: str


@dataclass(frozen=True)
class JourneyResumed(Fact):
    name = "journey.resumed"
    days_paused: int


@dataclass(frozen=True)
class JourneyCancelled(Fact):
    name = "journey.cancelled"
    reason: str


@dataclass(frozen=True)
class JourneyCompleted(Fact):
    name = "journey.completed"
    playbook: str
    signed_at: datetime | None
    days: float | None
    checklist: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class JourneyReopened(Fact):
    name = "journey.reopened"
    because: str


@dataclass(frozen=True)
class OwnerChanged(Fact):
    name = "journey.owner_changed"
    role: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class RoleFilled(Fact):
    name = "journey.role_filled"
    role: str
    person: str | None
    before: str | None = None


@dataclass(frozen=True)
class StageEntered(Fact):
    name = "journey.stage.entered"
    stage: str
    title: str
    rank: int
    playbook: str
    due_at: datetime | None = None


@dataclass(frozen=True)
class StageClosed(Fact):
    """`how` is "proven" or "waived" (at least one criterion was waived); `proof` is every criterion with its inputs."""

    name = "journey.stage.closed"
    stage: str
    title: str
    rank: int
    playbook: str
    how: str
    entered_at: datetime
    days: float
    proof: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class StageReopened(Fact):
    name = "journey.stage.reopened"
    stage: str
    title: str
    because: str


@dataclass(frozen=True)
class StageAgain(Fact):
    """A closed stage was entered anew, as the playbook asks; `cycle` is 2 for the second time."""

    name = "journey.stage.again"
    stage: str
    title: str
    cycle: int
    at_most: int


@dataclass(frozen=True)
class CheckChanged(Fact):
    """An exit criterion of the current stage, or a completion row, became met, not met or unknown."""

    name = "journey.check.changed"
    stage: str
    check: str
    title: str
    before: str
    after: str
    sentence: str


@dataclass(frozen=True)
class CheckWaived(Fact):
    name = "journey.check.waived"
    stage: str
    check: str
    title: str
    reason: str


@dataclass(frozen=True)
class WaiverTakenBack(Fact):
    """A criterion that was waived has to be proven after all."""

    name = "journey.check.unwaived"
    stage: str
    check: str
    title: str


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
    """`group` is one for all that moved in one action; `was` what undoing gives back: {"on", "why", "by_hand"}."""

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
    """The customer says that these answers ("form.field") are right."""

    name = "journey.answers.confirmed"
    fields: list[str]
    titles: list[str]


@dataclass(frozen=True)
class MeasurePicked(Fact):
    name = "journey.measure.picked"
    milestone: str
    measure: str
    title: str
    numbers: dict[str, float]


@dataclass(frozen=True)
class MilestoneMet(Fact):
    """`occurred_at` of the fact is when it became true (event time); `late_days` counts against its date."""

    name = "journey.milestone.met"
    milestone: str
    title: str
    met_at: datetime
    how: str
    first_value: bool
    signed_at: datetime | None
    playbook: str
    days_since_signed: float | None
    days_late: int | None
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class MilestoneReopened(Fact):
    """What it rested on was taken back."""

    name = "journey.milestone.reopened"
    milestone: str
    title: str
    because: str


@dataclass(frozen=True)
class MilestoneMoved(Fact):
    """Late events showed that it was met earlier; corrected in silence."""

    name = "journey.milestone.corrected"
    milestone: str
    title: str
    before: datetime
    met_at: datetime
    first_value: bool


@dataclass(frozen=True)
class PromiseBroken(Fact):
    """A `within` date passed; the journey's owner is alerted. `due_on` is its calendar date where it is done."""

    name = "journey.promise.broken"
    thing: str
    title: str
    due_at: datetime
    due_on: date | None = None


@dataclass(frozen=True)
class PaceChanged(Fact):
    name = "journey.pace.changed"
    before: str
    after: str
    reason: str


@dataclass(frozen=True)
class ObjectiveWritten(Fact):
    name = "journey.objective.written"
    objective_id: UUID
    outcome: str
    due_on: date | None
    owner: str | None


@dataclass(frozen=True)
class ObjectiveAgreed(Fact):
    name = "journey.objective.agreed"
    objective_id: UUID
    outcome: str


@dataclass(frozen=True)
class ObjectiveMet(Fact):
    name = "journey.objective.met"
    objective_id: UUID
    outcome: str
    evidence: str


@dataclass(frozen=True)
class ObjectiveMeasured(Fact):
    """How far an objective is, entered by a person, in its unit; `note` is what the figure rests on."""

    name = "journey.objective.measured"
    objective_id: UUID
    outcome: str
    value: float
    unit: str
    note: str


@dataclass(frozen=True)
class PlanProposed(Fact):
    """One side put a version of the success plan before the other. `hash` is of its bytes, `before` of the answer that
    the version before it got; `differs` says in words what it changes of the plan that stands."""

    name = "journey.success_plan.proposed"
    number: int
    hash: str
    before: str
    side: str
    differs: list[str]
    note: str = ""


@dataclass(frozen=True)
class PlanAgreed(Fact):
    """The other side agreed by name, `mail` being the address that they are known by. `answer` is the hash of the
    answer, which names the version's."""

    name = "journey.success_plan.agreed"
    number: int
    hash: str
    answer: str
    mail: str
    words: str = ""


@dataclass(frozen=True)
class PlanRefused(PlanAgreed):
    """The other side said no, in words."""

    name = "journey.success_plan.refused"


@dataclass(frozen=True)
class PlanWithdrawn(PlanAgreed):
    """The side that proposed it took it back before it was answered."""

    name = "journey.success_plan.withdrawn"


@dataclass(frozen=True)
class CheckInHeld(Fact):
    name = "journey.check_in.held"
    check_in: str
    title: str
    held_at: datetime
    note: str


@dataclass(frozen=True)
class EvidenceGiven(Fact):
    """A figure entered by hand, with the person's name and what it rests on."""

    name = "journey.evidence.given"
    metric: str
    value: Any
    note: str


@dataclass(frozen=True)
class LogWritten(Fact):
    name = "journey.log.written"
    log: str
    title: str
    value: float | None = None
    unit: str = ""


@dataclass(frozen=True)
class LogChanged(LogWritten):
    """A line was put differently; a confirmation of it ended."""

    name = "journey.log.changed"


@dataclass(frozen=True)
class LogWithdrawn(LogWritten):
    """A line was taken back, as it stood."""

    name = "journey.log.withdrawn"


@dataclass(frozen=True)
class LogRestored(LogWritten):
    """A line that was taken back stands again."""

    name = "journey.log.restored"


@dataclass(frozen=True)
class LogConfirmed(Fact):
    name = "journey.log.confirmed"
    log: str
    title: str


@dataclass(frozen=True)
class PlanTaken(Fact):
    """The plan came from a sheet: how many rows of it went in and stayed out, and the `days` that it gave, by task."""

    name = "journey.plan.taken"
    rows: int
    left_out: int
    days: dict[str, date]


@dataclass(frozen=True)
class PlaybookMerged(Fact):
    """The plan took over another version of its playbook: the names of the changes that were `taken`, what it
    `renamed` (former address -> address), and `kept`: the rows as they were, as JSON, for taking it back."""

    name = "journey.playbook.merged"
    playbook: str
    title: str
    before: int
    after: int
    taken: list[str]
    renamed: dict[str, str]
    kept: dict[str, Any]


@dataclass(frozen=True)
class PlaybookUnmerged(Fact):
    """A merge was taken back. `stages` and `milestones`: keys of those that had begun, or were met,
    by what came with it, and are not any more."""

    name = "journey.playbook.unmerged"
    playbook: str
    title: str
    before: int
    after: int
    renamed: dict[str, str]
    stages: list[str]
    milestones: list[str]
