"""Spans of time, working calendars, and the arithmetic of a moment and a span. The present is always passed in."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from hashlib import sha1
from typing import Literal
from zoneinfo import ZoneInfo

Unit = Literal["h", "d", "wd", "w", "mo"]
LONGEST = {"h": 24 * 3650, "d": 3650, "wd": 2600, "w": 520, "mo": 120}
_SPAN = re.compile(r"(\d{1,6}) ?(h|d|wd|w|mo)\Z")
_UNIT_WORDS = {"h": "hour", "d": "day", "wd": "working day", "w": "week", "mo": "month"}


@dataclass(frozen=True)
class Span:
    """A length of time as an author writes it: `24h`, `3wd`, `2w`, `1mo`. `wd` counts working days."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"

    @property
    def words(self) -> str:
        """`3 working days`, for people."""
        return f"{self.amount} {_UNIT_WORDS[self.unit]}{'' if self.amount == 1 else 's'}"

    @property
    def exact(self) -> timedelta:
        """The length in clock time, a month counted as 30 days and a working day as a day (for ages and limits)."""
        if self.unit == "h":
            return timedelta(hours=self.amount)
        return timedelta(days=self.amount * {"d": 1, "wd": 1, "w": 7, "mo": 30}[self.unit])

    def times(self, factor: float) -> "Span":
        """The span stretched by a factor, rounded to its unit and never under one of it (unless it was nothing)."""
        stretched = int(self.amount * factor + 0.5)
        return Span(max(stretched, 1 if self.amount else 0), self.unit)


def parse_span(text: str) -> Span | None:
    """`"2w"` -> Span(2, "w"); None when it is not a span or longer than ten years."""
    found = _SPAN.match(text.strip())
    if found is None:
        return None
    amount, unit = int(found[1]), found[2]
    if amount > LONGEST[unit]:
        return None
    return Span(amount, unit)  # type: ignore[arg-type]


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(maxsize=16384)
def _day(zone: str, moment: datetime) -> date:
    return moment.astimezone(_zone(zone)).date()


@dataclass(frozen=True)
class WorkingCalendar:
    """The days on which one side works: weekdays (Monday is 0), holidays, and an IANA zone such as `Europe/Berlin`."""

    zone: str = "UTC"
    weekdays: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    holidays: frozenset[date] = frozenset()

    def works_on(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.holidays

    @cached_property
    def mark(self) -> str:
        """Tells calendars apart, today and in another process."""
        days = repr((self.zone, self._week, sorted(self.holidays)))
        return sha1(days.encode(), usedforsecurity=False).hexdigest()[:8]

    @cached_property
    def _closed(self) -> list[int]:
        """The holidays that would be working days, as ordinals."""
        return sorted(day.toordinal() for day in self.holidays if day.weekday() in self.weekdays)

    @cached_property
    def _week(self) -> list[int]:
        return sorted(self.weekdays)

    def _rank(self, ordinal: int) -> int:
        """How many working days there are up to and with a day: two days are compared without walking between them."""
        weeks, rest = divmod(ordinal, 7)
        return weeks * len(self._week) + bisect_left(self._week, rest) - bisect_right(self._closed, ordinal)

    def _nth(self, rank: int) -> date:
        """The working day of that rank."""
        closed, found = 0, 0
        while True:
            weeks, place = divmod(rank + closed - 1, len(self._week))
            found = weeks * 7 + self._week[place] + 1
            if (more := bisect_right(self._closed, found)) == closed:
                return date.fromordinal(found)
            closed = more

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(_zone(self.zone))

    def day_of(self, moment: datetime) -> date:
        return _day(self.zone, moment)

    def end_of(self, day: date) -> datetime:
        """The last second of that day in this calendar's zone, as UTC."""
        return datetime.combine(day, time(23, 59, 59), _zone(self.zone)).astimezone(UTC)

    def next_working(self, day: date) -> date:
        """That day, or the first working day after it."""
        # A calendar without a working day is a slip in its settings; dates still have to exist.
        if not self._week or self.works_on(day):
            return day
        return self._nth(self._rank(day.toordinal()) + 1)

    def last_working(self, day: date) -> date:
        """That day, or the last working day before it."""
        if not self._week or self.works_on(day):
            return day
        return self._nth(self._rank(day.toordinal()))

    def working_days(self, first: date, last: date) -> int:
        """How many working days come after `first` up to `last`; below 0 when `last` lies before it."""
        return self._rank(last.toordinal()) - self._rank(first.toordinal())

    def later(self, day: date, working_days: int) -> date:
        """The day that many working days later: that day itself for none."""
        found = self._later.get((day, working_days))
        if found is None:
            found = self._later[day, working_days] = self._count(day, working_days, 1)
        return found

    @cached_property
    def _later(self) -> dict[tuple[date, int], date]:
        return {}

    def shift(self, day: date, span: Span, sign: int = 1) -> date:
        """The day `span` later (or earlier, `sign=-1`), before any rolling; not for hours."""
        if span.unit == "wd":
            return self._count(day, span.amount, sign)
        if span.unit == "mo":
            return add_months(day, sign * span.amount)
        return day + timedelta(days=sign * span.amount * (7 if span.unit == "w" else 1))

    def _count(self, day: date, working_days: int, sign: int) -> date:
        if not working_days or not self._week:
            return day + timedelta(days=sign * working_days)
        if sign > 0:
            return self._nth(self._rank(day.toordinal()) + working_days)
        return self._nth(self._rank(day.toordinal() - 1) + 1 - working_days)

    def without(self, days: frozenset[date]) -> "WorkingCalendar":
        """The same with further days off; the same days give the same calendar."""
        return _without(self, days) if days else self


@lru_cache(maxsize=1024)
def _without(calendar: WorkingCalendar, days: frozenset[date]) -> WorkingCalendar:
    return replace(calendar, holidays=calendar.holidays | days)


def is_plausible(day: date) -> bool:
    """Whether weeks can be counted from it in both directions; what lies beyond is a slip of a key."""
    return 1900 <= day.year < 3000


def add_months(day: date, months: int) -> date:
    """The same day some months on; the last of the month where that day does not exist."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (first_of_next - timedelta(days=1)).day))


@lru_cache(maxsize=16384)
def after(moment: datetime, span: Span, calendar: WorkingCalendar) -> datetime:
    """`SPAN after M`: rolled to the next working day, end of day. Hours are clock hours, never rolled."""
    return _moved(moment, span, calendar, 1, calendar.next_working)


@lru_cache(maxsize=16384)
def before(moment: datetime, span: Span, calendar: WorkingCalendar) -> datetime:
    """`SPAN before M`: rolled to the last working day not later, end of day."""
    return _moved(moment, span, calendar, -1, calendar.last_working)


@lru_cache(maxsize=16384)
def within(moment: datetime, span: Span, calendar: WorkingCalendar) -> datetime:
    """`within SPAN of M`: a promise, never moved later; days end on the last working day that is not later."""
    promised = _moved(moment, span, calendar, 1, calendar.last_working)
    if promised >= moment:
        return promised
    # Signed on a Saturday, within 1d: the last working day lies before the signature, and nobody can keep that.
    return _moved(moment, span, calendar, 1, lambda day: day)


def _moved(
    moment: datetime, span: Span, calendar: WorkingCalendar, sign: int, roll: Callable[[date], date]
) -> datetime:
    if span.unit == "h":
        return moment + sign * timedelta(hours=span.amount)
    return calendar.end_of(roll(calendar.shift(calendar.day_of(moment), span, sign)))
