"""What a simulation found, as plain data for pages, the command line and JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from onward.automation.decisions.simulating.account import Account
from onward.automation.decisions.simulating.living import Moment
from onward.automation.decisions.simulating.personas import Persona
from onward.journeys.decisions.state import Run

EntryKind = Literal[
    "opened", "stage_entered", "stage_closed", "gate", "task_open", "task_done", "task_left_out", "reported", "moved",
    "meeting", "form", "role", "goal", "check_in", "milestone", "promise", "pace", "message", "log", "use", "completed",
]  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One dated line. `day` counts from the start, `side` is whose doing it was ("" nobody's), `name` what it is about
    (`task.kickoff`), `more` the second line: a due date, what is missing, who gets a mail."""

    at: datetime
    on: date
    day: int
    kind: EntryKind
    name: str
    words: str
    side: Literal["ours", "theirs", "both", ""] = ""
    more: str = ""


@dataclass(frozen=True)
class StageTook:
    """`days` from entering to closing, or to the end of the simulation while it is open; None when never entered."""

    key: str
    title: str
    entered_on: date | None
    closed_on: date | None
    due_on: date | None
    days: int | None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stood:
    """A stretch in which nothing moved, what it waited for, and whose turn it was ("" when only time could help)."""

    since: date
    until: date
    days: int
    side: Literal["ours", "theirs", "both", ""]
    waits_for: tuple[str, ...]


@dataclass(frozen=True)
class Reached:
    """First value, or completion: the day on which it came (None: not within the simulation) and its target."""

    title: str
    on: date | None
    day: int | None
    target_on: date | None
    target_day: int | None

    @property
    def days_late(self) -> int | None:
        """Days after the target; below 0 before it; None where one of both is missing."""
        if self.day is None or self.target_day is None:
            return None
        return self.day - self.target_day


@dataclass(frozen=True)
class Judged:
    """A check and how it fared: met already at the opening, met at some time, or judged and never met."""

    name: str
    title: str
    held_at_opening: bool
    was_judged: bool
    was_met: bool


@dataclass(frozen=True)
class Simulation:
    """`moments` are the steps of the clock behind the entries; `run` is the journey as it stands at the end."""

    playbook: str
    title: str
    persona: Persona
    account: Account
    start: date
    days: int
    entries: tuple[Entry, ...]
    stages: tuple[StageTook, ...]
    first_value: Reached | None
    complete: Reached
    stood: tuple[Stood, ...]
    checks: tuple[Judged, ...]
    run: Run
    moments: tuple[Moment, ...]

    @property
    def state(self) -> str:
        """open or completed, at the end."""
        return self.run.journey.state

    @property
    def pace(self) -> str:
        """on_track, behind or stalled, at the end."""
        return self.run.journey.pace

    @property
    def pace_reason(self) -> str:
        return self.run.journey.pace_reason

    @property
    def stands_still_on(self) -> Stood | None:
        """The longest stretch in which nothing moved."""
        return max(self.stood, key=lambda one: one.days, default=None)
