"""Which journeys need help most: one order, for every page that begins with them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

#: Late and stalled are one rank, so that the sum below weighs them against each other.
PRESSING, BEHIND, ON_TRACK, PAUSED, ENDED = 0, 3, 4, 5, 6
FAR = datetime(9000, 1, 1, tzinfo=UTC)

#: What counts beside time, in days: first value late, a customer without an answer, each late step of ours, each of
#: theirs.
LATE, ASKED, OURS_LATE, THEIRS_LATE = 7, 7, 2, 1
#: And the money, where something is wrong: so many days for each of these sums that the yearly revenue reaches, in the
#: account's own currency.
MONEY: Sequence[int] = (10_000, 30_000, 100_000, 300_000, 1_000_000)
MONEY_DAYS = 14


@dataclass(frozen=True, slots=True)
class Situation:
    """What urgency looks at. Moments are None where there is none; `overdue_*` are late steps; `asked`: a question of
    the customer waits for an answer."""

    state: str
    pace: str
    pace_since: datetime | None
    first_value_due_at: datetime | None
    first_value_met_at: datetime | None
    next_due_at: datetime | None
    started_at: datetime
    ended_at: datetime | None
    overdue_ours: int = 0
    overdue_theirs: int = 0
    asked: bool = False
    arr: Decimal | None = None


@dataclass(frozen=True, slots=True, order=True)
class Urgency:
    """Sorted by (rank, at): the smaller, the sooner it is shown."""

    rank: int
    at: datetime


def urgency(now: datetime, case: Situation) -> Urgency:
    """First what is wrong, by rank; then since when, put earlier by what counts beside time: money only where something
    is wrong. Ended ones last, newest first."""
    if case.ended_at is not None:
        return Urgency(ENDED, FAR - (case.ended_at - datetime(1970, 1, 1, tzinfo=UTC)))
    if case.state == "paused":
        return Urgency(PAUSED, case.next_due_at or FAR)
    rank, since = _since(now, case)
    counted = OURS_LATE * case.overdue_ours + THEIRS_LATE * case.overdue_theirs + ASKED * case.asked
    counted += LATE * (_late(now, case) is not None)
    if rank <= BEHIND:
        counted += MONEY_DAYS * money(case.arr)
    return Urgency(rank, since - timedelta(days=counted))


def _late(now: datetime, case: Situation) -> datetime | None:
    """Since when first value is late."""
    due = case.first_value_due_at
    return due if case.first_value_met_at is None and due is not None and due < now else None


def _since(now: datetime, case: Situation) -> tuple[int, datetime]:
    """The longest late or stalled first, by the earlier of the two; then by what is due next."""
    stalled = (case.pace_since or case.started_at) if case.pace == "stalled" else None
    since = [at for at in (_late(now, case), stalled) if at is not None]
    if since:
        return PRESSING, min(since)
    return BEHIND if case.pace == "behind" else ON_TRACK, case.next_due_at or FAR


def money(arr: Decimal | None) -> int:
    """How many of the sums in MONEY it reaches."""
    return bisect_right(MONEY, arr) if arr is not None else 0
