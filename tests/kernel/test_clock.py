"""Spans and working calendars: rolling, promises, months, zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onward.kernel.clock import Span, WorkingCalendar, add_months, after, before, parse_span, within

FRIDAY = datetime(2026, 3, 6, 15, 30, tzinfo=UTC)
SATURDAY = datetime(2026, 3, 7, 9, 0, tzinfo=UTC)
PLAIN = WorkingCalendar()
BERLIN = WorkingCalendar("Europe/Berlin", holidays=frozenset({date(2026, 3, 9)}))


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("24h", Span(24, "h")),
        ("3wd", Span(3, "wd")),
        ("2w", Span(2, "w")),
        ("1mo", Span(1, "mo")),
        ("0d", Span(0, "d")),
        ("2 w", Span(2, "w")),
        ("2y", None),
        ("-1d", None),
        ("1.5d", None),
        ("99999d", None),
        ("", None),
    ],
)
def test_a_span_is_a_number_and_a_unit(text: str, span: Span | None) -> None:
    assert parse_span(text) == span


@pytest.mark.parametrize(
    ("found", "day", "hour"),
    [
        (after(FRIDAY, Span(24, "h"), PLAIN), date(2026, 3, 7), 15),  # hours are clock hours, never rolled
        (after(FRIDAY, Span(1, "d"), PLAIN), date(2026, 3, 9), 23),  # Saturday rolls to Monday
        (after(FRIDAY, Span(1, "wd"), PLAIN), date(2026, 3, 9), 23),
        (after(FRIDAY, Span(5, "wd"), PLAIN), date(2026, 3, 13), 23),
        (after(FRIDAY, Span(1, "w"), PLAIN), date(2026, 3, 13), 23),
        (within(FRIDAY, Span(2, "d"), PLAIN), date(2026, 3, 6), 23),  # a promise is never moved later
        (within(FRIDAY, Span(24, "h"), PLAIN), date(2026, 3, 7), 15),
        (within(SATURDAY, Span(1, "d"), PLAIN), date(2026, 3, 8), 23),  # the Friday before would break it at once
        (before(FRIDAY, Span(1, "wd"), PLAIN), date(2026, 3, 5), 23),
        (before(FRIDAY, Span(6, "d"), PLAIN), date(2026, 2, 27), 23),  # Saturday rolls back to Friday
        (after(FRIDAY, Span(1, "wd"), BERLIN), date(2026, 3, 10), 22),  # Monday is a holiday; Berlin ends at 22:59 UTC
    ],
)
def test_a_moment_and_a_span(found: datetime, day: date, hour: int) -> None:
    assert (found.date(), found.hour) == (day, hour)


def test_months_end_where_the_month_ends() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 12, 31), 2) == date(2027, 2, 28)
    assert add_months(date(2026, 3, 31), -1) == date(2026, 2, 28)


def test_a_factor_stretches_a_span_and_never_to_nothing() -> None:
    assert Span(30, "d").times(1.5) == Span(45, "d")
    assert Span(1, "w").times(0.2) == Span(1, "w")


def test_a_calendar_without_working_days_still_gives_dates() -> None:
    assert after(FRIDAY, Span(1, "d"), WorkingCalendar(weekdays=frozenset())).date() == date(2026, 3, 7)


DAYS = st.integers(0, 120).map(lambda n: date(2026, 3, 1) + timedelta(days=n))


@given(st.frozensets(st.integers(0, 6), min_size=1), st.frozensets(DAYS, max_size=40), DAYS, st.integers(0, 30), DAYS)
def test_counting_finds_what_walking_finds(
    week: frozenset[int], holidays: frozenset[date], day: date, amount: int, other: date
) -> None:
    calendar = WorkingCalendar(weekdays=week, holidays=holidays)

    def walked(start: date, steps: int, sign: int) -> date:
        for _ in range(steps):
            start += sign * timedelta(days=1)
            while not calendar.works_on(start):
                start += sign * timedelta(days=1)
        return start

    works = calendar.works_on(day)
    assert calendar.next_working(day) == (day if works else walked(day, 1, 1))
    assert calendar.last_working(day) == (day if works else walked(day, 1, -1))
    assert calendar.shift(day, Span(amount, "wd")) == walked(day, amount, 1)
    assert calendar.shift(day, Span(amount, "wd"), -1) == walked(day, amount, -1)
    first, last = sorted((day, other))
    between = [first + timedelta(days=n + 1) for n in range((last - first).days)]
    assert calendar.working_days(first, last) == sum(calendar.works_on(one) for one in between)
    assert calendar.working_days(last, first) == -calendar.working_days(first, last)
