"""Pure decisions by table: partitions, moments, keys, who is who, columns of a file."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from onward.kernel.refusals import Refusal
from onward.usage.decisions.identity import Belonging, group_of, person_of
from onward.usage.decisions.moments import UNDATED, clock_error, happened_at, key_day, parse_moment
from onward.usage.decisions.rooms import is_covered, span_for
from onward.usage.decisions.sheets import columns_of, message_of

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TODAY = NOW.date()


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("2026-03-10T12:00:00Z", NOW),
        ("2026-03-10T14:00:00.000+02:00", NOW),
        ("2026-03-10 12:00:00", NOW),
        (NOW.timestamp(), NOW),
        (NOW.timestamp() * 1000, NOW),
        ("yesterday", None),
        ("", None),
        (None, None),
        ("1999-12-31T23:59:59Z", None),
        ("2100-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        (1e300, None),
        (-1e300, None),
    ],
)
def test_moments(sent: str | float | None, read: datetime | None) -> None:
    assert parse_moment(sent) == read


def test_a_clock_that_is_wrong_by_a_minute_is_left_alone() -> None:
    minute = timedelta(seconds=60)
    assert clock_error(NOW - minute, NOW) == timedelta(0)
    assert clock_error(NOW + minute, NOW) == timedelta(0)
    assert clock_error(NOW - minute * 2, NOW) == minute * 2
    assert happened_at(NOW - minute * 5, minute * 2, NOW) == NOW - minute * 3
    assert happened_at(NOW + timedelta(hours=2), timedelta(0), NOW) == NOW
    assert happened_at(None, minute, NOW) == NOW


@pytest.mark.parametrize(
    ("message_id", "is_dated"),
    [
        ("522d2bb5-8e8e-4b98-a8a0-44aefc04325c", True),
        ("522D2BB5-8E8E-4B98-A8A0-44AEFC04325C", True),
        ("ajs-next-1732217522-522d2bb5", True),
        ("node-next-1732217522-522d2bb5", True),
        ("my-own-id-1", False),
        ("522d2bb58e8e4b98a8a044aefc04325c", False),
        ("", False),
    ],
)
def test_only_ids_that_an_sdk_made_are_kept_by_day(message_id: str, is_dated: bool) -> None:
    assert key_day(message_id, NOW) == (TODAY if is_dated else UNDATED)
    assert key_day(message_id, None) == UNDATED


def test_partitions_never_overlap_and_cover_every_day() -> None:
    spans: list[tuple[date, date]] = []
    today = TODAY
    for step in (0, 1, -2, 3, -8, -9, 40, -400, 30, 5, -1, 7, 366, -36, 2):
        day = TODAY + timedelta(days=step)
        if not is_covered(day, spans):
            span = span_for(day, sorted(spans), today)
            assert span[0] <= day < span[1]
            assert all(span[1] <= low or high <= span[0] for low, high in spans)
            spans.append(span)
        today += timedelta(days=1)
    assert span_for(UNDATED, sorted(spans), today) == (UNDATED, UNDATED + timedelta(days=1))


def test_an_old_event_leaves_the_days_round_now_to_themselves() -> None:
    today = date(2026, 3, 20)
    assert span_for(date(2026, 3, 3), [], today) == (date(2026, 3, 1), date(2026, 3, 18))
    assert span_for(date(2026, 3, 30), [], today) == (date(2026, 3, 23), date(2026, 4, 1))
    assert span_for(date(2026, 3, 19), [], today) == (date(2026, 3, 19), date(2026, 3, 20))


def test_a_century_of_dates_makes_a_partition_a_month_at_most() -> None:
    spans: list[tuple[date, date]] = []
    for step in range(0, 36_500, 3):
        day = date(2000, 1, 1) + timedelta(days=step)
        if not is_covered(day, reversed(spans)):
            spans.append(span_for(day, spans, TODAY))
            spans.sort()
    assert len(spans) <= 1_206


def test_who_is_who_ends_in_rings_too() -> None:
    edges = {"a:v": "u:1", "u:1": "u:2", "u:2": "u:1"}
    assert [person_of(who, edges) for who in ("a:v", "u:1", "u:2", "u:3")] == ["u:2", "u:1", "u:2", "u:3"]
    late = Belonging(NOW, UUID(int=1), "late")
    early = Belonging(NOW - timedelta(days=1), UUID(int=2), "early")
    assert group_of(["u:1", "a:v", "u:9"], {"u:1": early, "a:v": late}) == "late"
    assert group_of(["u:9"], {"u:1": early}) == ""


def test_columns_are_guessed_and_overruled() -> None:
    header = ("User ID", "Event Name", "Time", "Company", "platform")
    columns = columns_of(header, {"Company": "groupId"})
    assert list(columns.values()) == ["userId", "event", "timestamp", "groupId", "property"]
    message = message_of(header, ("7", "Run", "2026-03-10", "acme", "ios"), columns)
    assert message["context"] == {"groupId": "acme"}
    assert message["properties"] == {"platform": "ios"}
    again = message_of(header, ("7", "Run", "2026-03-10", "acme", "ios"), columns)
    assert message["messageId"] == again["messageId"]
    other = message_of(header, ("7", "Run", "2026-03-10", "acme", "web"), columns)
    assert message["messageId"] != other["messageId"]


@pytest.mark.parametrize("given", [{"Nobody": "event"}, {"Time": "when"}, {"Time": "ignore"}])
def test_columns_that_cannot_be(given: dict[str, str]) -> None:
    with pytest.raises(Refusal):
        columns_of(("User ID", "Event Name", "Time"), given)
