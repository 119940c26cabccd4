"""Which journeys come first: those whose first value is late, then those that stall before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

LATE, STALLED_BEFORE, STALLED_AFTER, BEHIND, ON_TRACK, PAUSED, ENDED = range(7)
FAR = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Situation:
    """What urgency looks at. Moments are None where there is none."""

    state: str
    pace: str
    pace_since: datetime | None
    first_value_due_at: datetime | None
    first_value_met_at: datetime | None
    next_due_at: datetime | None
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Urgency:
    """Sorted by (rank, at): the smaller, the sooner it is shown."""

    rank: int
    at: datetime


def urgency(now: datetime, case: Situation) -> Urgency:
    """The longest late first; then the longest stalled; then by what is due next. Ended ones last, newest first."""
    if case.ended_at is not None:
        return Urgency(ENDED, FAR - (case.ended_at - datetime(1970, 1, 1, tzinfo=UTC)))
    if case.state == "paused":
        return Urgency(PAUSED, case.next_due_at or FAR)
    before = case.first_value_met_at is None
    due = case.first_value_due_at
    if before and due is not None and due < now:
        return Urgency(LATE, due)
    if case.pace == "stalled":
        rank = STALLED_BEFORE if before else STALLED_AFTER
        return Urgency(rank, case.pace_since or case.started_at)
    return Urgency(BEHIND if case.pace == "behind" else ON_TRACK, case.next_due_at or FAR)
