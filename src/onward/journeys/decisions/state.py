"""A running journey in memory: plain rows that deciders read and change. Replace JSON values, never edit them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID


@dataclass(slots=True)
class JourneyRow:
    id: UUID
    account_id: UUID
    deal_id: UUID | None
    version_id: UUID
    playbook: str
    title: str
    state: str
    owner_id: UUID | None
    signed_at: datetime | None
    started_at: datetime
    paused_at: datetime | None
    paused_days: float
    ended_at: datetime | None
    end_reason: str
    silent_before: datetime | None
    judged_on: datetime | None
    roles: dict[str, Any]
    groups: dict[str, Any]
    answers: dict[str, Any]
    picks: dict[str, Any]
    checklist: list[dict[str, Any]]
    pace: str
    pace_reason: str
    active_at: datetime
    next_check_at: datetime | None
    edition: int
    is_demo: bool
    #: Name of what is open -> {"on": day, "by": what holds it there}, where that is not the day agreed (forecast.py).
    expected: dict[str, Any] = field(default_factory=dict)
    #: By which calendars the days were set, and the days first agreed: {"signed": moment, "days": {id: day}} (days.py).
    calendars: str = ""
    baseline: dict[str, Any] = field(default_factory=dict)
    #: The published version that the plan follows, where `version_id` is a plan of its own made from it.
    template_id: UUID | None = None
    #: The journey that this one follows on, as its next cycle.
    previous_id: UUID | None = None

    @property
    def follows(self) -> UUID:
        """The published version of the playbook that this plan was made from, or last took over."""
        return self.template_id or self.version_id


@dataclass(slots=True)
class StageRow:
    id: UUID
    journey_id: UUID
    account_id: UUID
    key: str
    title: str
    rank: int
    owner_role: str
    entered_at: datetime | None = None
    closed_at: datetime | None = None
    how: str = ""
    due_at: datetime | None = None
    due_on: date | None = None
    due_why: str = ""
    promise: bool = False
    broken_at: datetime | None = None
    checks: list[dict[str, Any]] = field(default_factory=list)
    expects: list[dict[str, Any]] = field(default_factory=list)
    #: How often it was entered (`again`); `past` holds how each earlier time ended.
    cycle: int = 1
    past: list[dict[str, Any]] = field(default_factory=list)
    #: What asks for another time has been answered by the present one, and has to come anew.
    is_spent: bool = False


@dataclass(slots=True)
class TaskRow:
    id: UUID
    journey_id: UUID
    account_id: UUID
    key: str
    cycle: int
    stage: str
    rank: int
    title: str
    kind: str
    side: str
    role: str
    shared: bool
    required: bool
    person: str = ""
    state: str = "waiting"
    waits_for: list[str] = field(default_factory=list)
    starts_at: datetime | None = None
    due_at: datetime | None = None
    due_on: date | None = None
    due_why: str = ""
    due_by_hand: bool = False
    promise: bool = False
    broken_at: datetime | None = None
    opened_at: datetime | None = None
    done_at: datetime | None = None
    done_by: str = ""
    how: str = ""
    for_them: bool = False
    note: str = ""
    reported: dict[str, Any] = field(default_factory=dict)
    steps: list[str] = field(default_factory=list)
    held_at: datetime | None = None
    attended: list[str] = field(default_factory=list)
    deferred_at: datetime | None = None
    edition: int = 1
    asked_by: str = ""
    #: A person has said that its day stays: nothing that is moved moves it along.
    locked: bool = False
    #: Its day was not chosen: it moved along with what it comes after.
    due_follows: bool = False
    #: Steps whose own condition says that they are not needed.
    left_out: list[str] = field(default_factory=list)
    blocked_at: datetime | None = None
    blocked_why: str = ""
    #: Of whom it was told already, as "blocked 48h sponsor".
    escalated: list[str] = field(default_factory=list)

    @property
    def is_written(self) -> bool:
        """Written in the playbook; not one that asks for a name or for leave to open."""
        return self.kind not in {"fill_role", "approve"}

    @property
    def is_begun(self) -> bool:
        """Somebody has done a part of it: its condition is fixed from then on."""
        return bool(self.steps or self.reported or self.held_at)

    @property
    def is_over(self) -> bool:
        """Done, skipped or withdrawn: nothing waits for it any more."""
        return self.state in {"done", "skipped", "withdrawn"}

    @property
    def counts(self) -> bool:
        """Part of what has to be done: required, wanted, and not put off."""
        return self.required and self.state not in {"skipped", "withdrawn"} and self.deferred_at is None


@dataclass(slots=True)
class MilestoneRow:
    id: UUID
    journey_id: UUID
    account_id: UUID
    key: str
    title: str
    rank: int
    owner_role: str
    first_value: bool = False
    due_at: datetime | None = None
    due_on: date | None = None
    due_why: str = ""
    promise: bool = False
    broken_at: datetime | None = None
    met_at: datetime | None = None
    noticed_at: datetime | None = None
    how: str = ""
    met_by: str = ""
    verdict: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class CheckInRow:
    id: UUID
    journey_id: UUID
    account_id: UUID
    key: str
    cycle: int
    title: str
    role: str
    internal: bool = False
    due_at: datetime | None = None
    due_on: date | None = None
    held_at: datetime | None = None
    held_by: str = ""
    note: str = ""
    answers: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class ObjectiveRow:
    """`reading` is the newest, in `unit`; `tasks` are the keys of those that serve it."""

    id: UUID
    journey_id: UUID
    account_id: UUID
    outcome: str
    due_on: date | None
    owner_contact_id: UUID | None
    measure: str
    written_by: str
    written_at: datetime
    agreed_at: datetime | None
    agreed_by: str
    met_at: datetime | None
    met_by: str
    evidence: str
    edition: int
    metric: str = ""
    start: float | None = None
    target: float | None = None
    unit: str = ""
    reading: float | None = None
    read_at: datetime | None = None
    owner_user_id: UUID | None = None
    tasks: list[str] = field(default_factory=list)


@dataclass(slots=True)
class EvidenceRow:
    id: UUID
    journey_id: UUID
    account_id: UUID
    metric: str
    value: Any
    note: str
    given_by: str
    given_at: datetime


@dataclass(slots=True)
class LogRow:
    id: UUID
    journey_id: UUID
    account_id: UUID
    log: str
    title: str
    value: float | None
    note: str
    written_by: str
    written_at: datetime
    confirmed_by: str
    confirmed_at: datetime | None
    closed_at: datetime | None
    unit: str = ""
    edition: int = 0


@dataclass(slots=True)
class Run:
    """One journey with all its parts, in the order of the playbook. `evidence` is the newest for each metric."""

    journey: JourneyRow
    stages: list[StageRow] = field(default_factory=list)
    tasks: list[TaskRow] = field(default_factory=list)
    milestones: list[MilestoneRow] = field(default_factory=list)
    check_ins: list[CheckInRow] = field(default_factory=list)
    objectives: list[ObjectiveRow] = field(default_factory=list)
    evidence: list[EvidenceRow] = field(default_factory=list)
    logs: list[LogRow] = field(default_factory=list)

    def stage(self, key: str) -> StageRow | None:
        for row in self.stages:
            if row.key == key:
                return row
        return None

    def task(self, key: str) -> TaskRow | None:
        """The task of that id; of a repeated one the latest."""
        found = None
        for row in self.tasks:
            if row.key == key and (found is None or row.cycle > found.cycle):
                found = row
        return found

    def tasks_of(self, stage: StageRow) -> list[TaskRow]:
        """The tasks of a stage; of one that was entered anew, those of the present time."""
        mine = [row for row in self.tasks if row.stage == stage.key]
        newest = {row.key: row.cycle for row in sorted(mine, key=lambda row: row.cycle)}
        return mine if stage.cycle == 1 else [row for row in mine if row.cycle == newest[row.key]]

    def milestone(self, key: str) -> MilestoneRow | None:
        return next((row for row in self.milestones if row.key == key), None)

    def holder_of(self, role: str) -> str:
        """Who fills a role, as a reference; "" for nobody."""
        return (self.journey.roles.get(role) or {}).get("person") or ""

    def doer_of(self, task: TaskRow) -> str:
        """The person who has the task, else who fills its role."""
        return task.person or self.holder_of(task.role)

    def check_in(self, key: str) -> CheckInRow | None:
        found = [row for row in self.check_ins if row.key == key]
        return max(found, key=lambda row: row.cycle) if found else None

    @property
    def active_at(self) -> datetime:
        """When either side last did something: here, or in the product, as a task that its data closed shows."""
        shown = (task.done_at for task in self.tasks if task.how == "data" and task.done_at)
        return max([self.journey.active_at, *shown])

    @property
    def current(self) -> list[StageRow]:
        """The stages that are entered and not closed."""
        return [row for row in self.stages if row.entered_at and not row.closed_at]
