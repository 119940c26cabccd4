"""The one place that asks what time it is. Actions and doors call it; decisions are given `now`."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)
