"""What was written down in a journey, as pages see it: check-ins, objectives, registers, figures, agreed days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from onward.journeys.queries.person import Person


@dataclass(frozen=True, slots=True)
class CheckInView:
    id: UUID
    ref: str
    key: str
    title: str
    due_at: datetime | None
    due_on: date | None
    held_at: datetime | None
    held_by: Person | None
    note: str
    internal: bool
    is_late: bool


@dataclass(frozen=True, slots=True)
class ObjectiveView:
    id: UUID
    ref: str
    outcome: str
    due_on: date | None
    owner: Person | None
    agreed_at: datetime | None
    agreed_by: Person | None
    met_at: datetime | None
    met_by: Person | None
    evidence: str
    edition: int


@dataclass(frozen=True, slots=True)
class LogView:
    id: UUID
    ref: str
    log: str
    title: str
    value: float | None
    note: str
    written_by: Person | None
    written_at: datetime
    confirmed_by: Person | None
    confirmed_at: datetime | None
    unit: str = ""
    edition: int = 0


@dataclass(frozen=True, slots=True)
class EvidenceView:
    metric: str
    value: Any
    note: str
    given_by: Person | None
    given_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """A figure that people enter. Of a reading: its title and choices, and whether the newest is `stale` (look again)
    or `gone` (counts no more)."""

    metric: str
    title: str
    choices: tuple[tuple[str, str], ...] = ()
    age: str = ""


@dataclass(frozen=True, slots=True)
class AgreedDay:
    """A day that a form fixed; `key` is how dates name it: form.field."""

    title: str
    due_on: date
    key: str

    @property
    def what(self) -> str:
        """Like "Go-live" of a "Go-live date", to stand beside its day."""
        return self.title.removesuffix(" date")
