"""Which journeys need help most: one order, for every page that begins with them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

LATE, STALLED_BEFORE, STALLED_AFTER, BEHIND, ON_TRACK, PAUSED, ENDED = range(7)
FAR = datetime(9000, 1, 1, tzinfo=UTC)

#: What counts beside time, in days: a customer without an answer, each late step of ours, each of theirs.
ASKED, OURS_LATE, THEIRS_LATE = 7, 2, 1
#: And the money, where something is wrong: so many days for each of these sums that the yearly revenue reaches, in the
#: account's own currency.
MONEY: Sequence[int] = (10_000, 30_000, 100_000, 300_000, 1_000_000)
MONEY_DAYS = 7


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


@dataclass(frozen=True, slots=True)
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
    if rank <= BEHIND:
        counted += MONEY_DAYS * money(case.arr)
    return Urgency(rank, since - timedelta(days=counted))


def _since(now: datetime, case: Situation) -> tuple[int, datetime]:
    """The longest late first; then the longest stalled; then by what is due next."""
    before = case.first_value_met_at is None
    due = case.first_value_due_at
    if before and due is not None and due < now:
        return LATE, due
    if case.pace == "stalled":
        return STALLED_BEFORE if before else STALLED_AFTER, case.pace_since or case.started_at
    return BEHIND if case.pace == "behind" else ON_TRACK, case.next_due_at or FAR


def money(arr: Decimal | None) -> int:
    """How many of the sums in MONEY it reaches."""
    return bisect_right(MONEY, arr) if arr is not None else 0
