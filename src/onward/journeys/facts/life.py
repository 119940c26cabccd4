"""A journey from its beginning to its end: its stages, its people, what closes a stage, the plan it follows."""

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
class RoleHandedOver(Fact):
    """A role went from one of us to another for good: its task of handing over is done, or the journey is complete."""

    name = "journey.role_handed_over"
    role: str
    before: str | None
    after: str


@dataclass(frozen=True)
class RoleEnded(Fact):
    """The journey is complete, and whom its playbook sets free then has this role no more."""

    name = "journey.role_ended"
    role: str
    person: str


@dataclass(frozen=True)
class NextCycleStarted(Fact):
    """Another journey of the account follows on this one, which is complete."""

    name = "journey.next_cycle.started"
    next_id: UUID
    title: str


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
class PaceChanged(Fact):
    name = "journey.pace.changed"
    before: str
    after: str
    reason: str

    @property
    def is_by_time(self) -> bool:
        return self.after in {"behind", "stalled"}


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
