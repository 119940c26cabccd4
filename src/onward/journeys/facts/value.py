"""What a customer wants, and what shows that it was reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from onward.kernel.fact import Fact


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

    @property
    def is_by_time(self) -> bool:
        return True


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
