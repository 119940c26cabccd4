"""When an event happened, and the day under which its messageId is remembered.

Two times are kept apart on purpose. The *key day* comes from the timestamp as sent, so that every retry of one
delivery has the same; the *moment* may be corrected for the sender's wrong clock, and differs from retry to retry.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

UNDATED = date(1, 1, 1)
SKEW = timedelta(seconds=60)
NOTHING = timedelta(0)
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECONDS_FROM = 100_000_000_000

_MADE_BY_AN_SDK = re.compile(
    r"(?:ajs-next-|node-next-).{8,}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE
).fullmatch


def parse_moment(sent: str | int | float | None) -> datetime | None:
    """ISO 8601 text, or Unix seconds or milliseconds, as UTC; None when it is none of them or implausible.

    Text without an offset is taken as UTC. The bounds are fixed, not relative to now: a retry must fare like the first.
    """
    if sent is None or sent == "":
        return None
    try:
        if isinstance(sent, str):
            moment = datetime.fromisoformat(sent)
            moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        else:
            moment = EPOCH + timedelta(seconds=sent / 1000 if abs(sent) >= MILLISECONDS_FROM else sent)
    except (ValueError, OverflowError):
        return None
    return moment if EARLIEST <= moment < LATEST else None


def clock_error(sent_at: datetime | None, received_at: datetime) -> timedelta:
    """How far behind the sender's clock is, when that is more than a minute; else nothing."""
    error = received_at - sent_at if sent_at is not None else NOTHING
    return error if abs(error) > SKEW else NOTHING


def happened_at(timestamp: datetime | None, error: timedelta, received_at: datetime) -> datetime:
    """The event's own time, corrected by the error of its sender's clock.

    Nothing happens after it was received: a local time labelled as UTC would otherwise lie hours ahead.
    """
    if timestamp is None:
        return received_at
    if error:
        timestamp += error
        if timestamp < EARLIEST:
            return received_at
    return received_at if timestamp > received_at + SKEW else timestamp


def key_day(message_id: str, timestamp: datetime | None) -> date:
    """The partition that remembers this messageId: the day as sent, or the undated one.

    An application's own ids may come again with another timestamp; ids that an SDK makes do not.
    """
    if timestamp is None or not _MADE_BY_AN_SDK(message_id):
        return UNDATED
    return timestamp.date()
