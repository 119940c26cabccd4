"""The days of a plan's rows: dates or days counted from day zero, and the one that a length leaves out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from onward.kernel.clock import Span, WorkingCalendar
from onward.playbooks.decisions.planned.cells import read_day, read_span
from onward.playbooks.decisions.planned.columns import How

Say = Callable[[int, str, str, str, str, str], None]
Cells = Mapping[str, str]
Found = tuple[date | None, date | None, bool, Span | None]
#: A day on which nothing happens to fall, for sheets that count days and have no date.
NO_DAY = date(2001, 1, 1)
FARTHEST = 3650
_WEEK = WorkingCalendar()


class Days:
    """Reads the days of rows. `zero`: day zero, as somebody said, else the first date of the sheet."""

    def __init__(self, how: How, rows: Sequence[Cells]) -> None:
        self.how = how
        read = [self.read(cells[name]) for cells in rows for name in ("start", "due")]
        dates = [day for day in read if isinstance(day, date)]
        self.zero = how.zero or min(dates, default=NO_DAY)
        self.ends = self._convention(rows)

    def read(self, text: str) -> date | int | None:
        """A cell's date, or day counted from day zero."""
        return read_day(text, self.how.dates) if text else None

    def check(self, row: int, cells: Cells, say: Say) -> None:
        """Tell what is no day and no length, and what lies too far off."""
        for name in ("start", "due", "done_on"):
            day = self.read(cells[name])
            if cells[name] and day is None:
                order = f" as {self.how.dates}" if self.how.dates else ""
                message = f"{cells[name][:40]} is no date{order} and no day number."
                say(row, name, "error", "impossible_date", message, "Write a date in the sheet’s order, or day 5.")
            elif day is not None and abs((self._day(day) - self.zero).days) > FARTHEST:
                message = f"{cells[name][:40]} is more than ten years from the beginning of the plan."
                say(row, name, "error", "far_date", message, "Correct the year.")
        if cells["duration"] and read_span(cells["duration"]) is None:
            message = f"{cells['duration'][:40]} is no length of time."
            say(row, "duration", "error", "no_span", message, "Write it as 3d, 2 weeks or 3 (days).")

    def of(self, cells: Cells) -> Found:
        """When a row starts and is due, whether a date says so, and its length where that is in neither."""
        start, due = self.read(cells["start"]), self.read(cells["due"])
        takes = read_span(cells["duration"]) if cells["duration"] else None
        is_dated = isinstance(due, date) or (due is None and isinstance(start, date) and takes is not None)
        begins = self._day(start) if start is not None else None
        ends = self._day(due) if due is not None else None
        if takes and begins and not ends:
            return begins, _within(self.ends(begins, takes, 1)), is_dated, None
        if takes and ends and not begins:
            return _within(self.ends(ends, takes, -1)), ends, is_dated, None
        return begins, ends, is_dated, None if begins or ends else takes

    def _day(self, day: date | int) -> date:
        if isinstance(day, date):
            return day
        return self.zero + timedelta(days=day)

    def _convention(self, rows: Sequence[Cells]) -> Callable[[date, Span, int], date]:
        """How this sheet counts lengths, by the rows that give all three: in working days or not, with the first day
        counted or not. Where none tells: start and length add up."""
        full = []
        for cells in rows:
            start, due = self.read(cells["start"]), self.read(cells["due"])
            takes = read_span(cells["duration"]) if cells["duration"] else None
            if isinstance(start, date) and isinstance(due, date) and takes:
                full.append((start, due, takes))
        return max(_WAYS, key=lambda way: sum(way(start, takes, 1) == due for start, due, takes in full))


def _plain(day: date, takes: Span, sign: int) -> date:
    return _WEEK.shift(day, takes, sign)


def _with_first(day: date, takes: Span, sign: int) -> date:
    return _WEEK.shift(day, takes, sign) - timedelta(days=sign if takes.amount else 0)


def _working(day: date, takes: Span, sign: int) -> date:
    return _WEEK.shift(day, Span(_worked(takes), "wd"), sign)


def _working_with_first(day: date, takes: Span, sign: int) -> date:
    return _WEEK.shift(day, Span(max(_worked(takes) - 1, 0), "wd"), sign)


_WAYS = (_plain, _with_first, _working, _working_with_first)


def _worked(takes: Span) -> int:
    return takes.amount * {"h": 1, "d": 1, "wd": 1, "w": 5, "mo": 22}[takes.unit]


def _within(day: date) -> date:
    return min(max(day, date(1990, 1, 1)), date(2200, 12, 31))
