"""Cursors that are not ids: opaque, and refused when they are none of ours."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime
from uuid import UUID

from onward.kernel.refusals import Refusal


def pack(*parts: object) -> str:
    """A cursor."""
    return base64.urlsafe_b64encode("|".join(str(part) for part in parts).encode()).decode().rstrip("=")


def unpack(cursor: str, parts: int) -> list[str]:
    """Its parts; Refusal "invalid"."""
    try:
        found = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode().split("|")
    except (ValueError, binascii.Error):
        found = []
    if len(found) != parts:
        raise no_cursor()
    return found


def moment_and_id(cursor: str) -> tuple[datetime, UUID]:
    """A cursor of a moment and a UUID."""
    at, one = unpack(cursor, 2)
    try:
        moment = datetime.fromisoformat(at)
        return moment.astimezone(UTC), UUID(one)
    except (ValueError, OverflowError):
        raise no_cursor() from None


def number(cursor: str) -> int:
    """A cursor of a whole number."""
    (text,) = unpack(cursor, 1)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise no_cursor()
    return int(text)


def no_cursor() -> Refusal:
    """What a wrong cursor is answered with."""
    return Refusal("invalid", "This is not the cursor of a page.", mend="Begin at the first page.")
