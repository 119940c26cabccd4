"""Which partition a day goes to. Days near now get one each; what lies further off shares its month's.

A public key can send any date: by days that would be 36,500 partitions a century, by months 1,200.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from onward.usage.decisions.moments import UNDATED

NEAR = timedelta(days=2)
DAY = timedelta(days=1)
Span = tuple[date, date]


def span_for(day: date, existing: Sequence[Span], today: date) -> Span:
    """The half-open range of days of the partition to make for `day`, which none of the sorted `existing` covers."""
    if day == UNDATED or abs(day - today) <= NEAR:
        return day, day + DAY
    low = day.replace(day=1)
    high = (low + timedelta(days=32)).replace(day=1)
    # The days round now keep to themselves, or one old event would put the rest of this month into one partition.
    if day < today:
        high = min(high, today - NEAR)
    else:
        low = max(low, today + NEAR + DAY)
    for start, end in existing:
        if end <= day:
            low = max(low, end)
        elif start > day:
            high = min(high, start)
            break
    return low, high


def is_covered(day: date, existing: Iterable[Span]) -> bool:
    """Whether a partition for the day exists."""
    return any(start <= day < end for start, end in existing)
