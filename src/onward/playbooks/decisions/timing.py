"""When something is due: a timing, the moments known so far, a working calendar -> a date with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from onward.kernel.clock import WorkingCalendar, after, before, within
from onward.kernel.expressions import Value
from onward.playbooks.decisions.parts import Timing

PLANNED = " (planned)"


@dataclass(frozen=True)
class Moment:
    """An instant by its name (`signed`, `task.kickoff.held`); `planned`: still to come, this is its planned date, and
    `on` the calendar date where that is done."""

    at: datetime
    planned: bool = False
    on: date | None = None


@dataclass(frozen=True)
class Due:
    """`at` is None while open; `because` says why in words. `promise`: a `within`, whose breach alerts. `planned`:
    rests on something still to come. `waits_for`: the moments (or metrics) that are not known yet."""

    at: datetime | None
    promise: bool = False
    planned: bool = False
    because: str = ""
    waits_for: tuple[str, ...] = ()


def is_planned(because: str) -> bool:
    """Whether a date, by its reason, rests on something still to come."""
    return PLANNED in because


def due(
    timing: Timing | None,
    *,
    moments: Mapping[str, Moment],
    readings: Mapping[str, Value | None],
    calendar: WorkingCalendar,
    day_one: bool = False,
) -> Due:
    """The date of a timing. `moments` holds what is known or planned, with `day_zero`, and `entered` for the stage in
    hand; `readings` what tables and `times` read; `calendar` is the doer's."""
    if timing is None or timing.word == "none":
        return Due(None, because="no date")
    if timing.word == "table":
        return _by_table(timing, moments, readings, calendar, day_one)
    timing, open_until = _stretched(timing, readings)
    if open_until:
        return Due(None, because=f"open until {open_until} is known", waits_for=(open_until,))
    name = "day_zero" if timing.word == "day" else timing.moment
    moment = moments.get(name)
    if moment is None:
        return Due(None, timing.word == "within", because=f"open until {name} is known", waits_for=(name,))
    # The end of a day in one zone is the next day in another: what is counted in days counts from that date.
    is_by_day = moment.on is not None and timing.span is not None and timing.span.unit != "h"
    start = calendar.end_of(moment.on) if moment.on and is_by_day else moment.at
    at = _reckoned(timing, start, calendar, day_one)
    because = timing.text + _off(timing, start, at, calendar) + (PLANNED if moment.planned else "")
    return Due(at, timing.word == "within", moment.planned, because)


def _off(timing: Timing, start: datetime, at: datetime, calendar: WorkingCalendar) -> str:
    """That a counted day is a day off, so that another one stands in the plan."""
    if timing.span is None or timing.span.unit in {"h", "wd"}:
        return ""
    counted = calendar.shift(calendar.day_of(start), timing.span, -1 if timing.word == "before" else 1)
    day = calendar.day_of(at)
    return "" if day == counted else f", moved {'on' if day > counted else 'back'} from a day off"


def resolved(timing: Timing, readings: Mapping[str, Value | None]) -> Timing | None:
    """The line of a table that fits, its span stretched; None while what chooses or stretches it is not known."""
    if timing.word == "table":
        line = _line(timing, readings)
        return resolved(line, readings) if line else None
    found, open_until = _stretched(timing, readings)
    return None if open_until else found


def _line(timing: Timing, readings: Mapping[str, Value | None]) -> Timing | None:
    value = readings.get(timing.by)
    chosen = next((case.timing for case in timing.cases if case.value == value), timing.otherwise)
    return replace(chosen, times=timing.times) if chosen and timing.times and not chosen.times else chosen


def _by_table(
    timing: Timing,
    moments: Mapping[str, Moment],
    readings: Mapping[str, Value | None],
    calendar: WorkingCalendar,
    day_one: bool,
) -> Due:
    chosen, value = _line(timing, readings), readings.get(timing.by)
    if chosen is None:
        return Due(None, because=f"open until {timing.by} is known", waits_for=(timing.by,))
    found = due(chosen, moments=moments, readings=readings, calendar=calendar, day_one=day_one)
    known = "not known" if value is None else str(value)
    return replace(found, because=f"{found.because}, as {timing.by} is {known}")


def _stretched(timing: Timing, readings: Mapping[str, Value | None]) -> tuple[Timing, str]:
    if not timing.times or timing.span is None:
        return timing, ""
    factor = readings.get(timing.times)
    if not isinstance(factor, (int, float)) or isinstance(factor, bool):
        return timing, timing.times
    span = timing.span.times(factor)
    if timing.counts_days:
        return replace(timing, span=span, text=timing.text.replace(timing.times, str(span))), ""
    return (timing if factor == 1 else replace(timing, span=span, text=f"{timing.text} x {factor:g}")), ""


def _reckoned(timing: Timing, moment: datetime, calendar: WorkingCalendar, day_one: bool) -> datetime:
    if timing.word == "day":
        days = timing.day - (1 if day_one and timing.day > 0 else 0)
        return calendar.end_of(calendar.day_of(moment) + timedelta(days=days))
    if timing.span is None:
        return moment
    reckon = {"after": after, "before": before, "within": within}[timing.word]
    return reckon(moment, timing.span, calendar)
