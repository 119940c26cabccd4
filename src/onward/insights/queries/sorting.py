"""In which order a list stands, and where its next page begins."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from onward.kernel.refusals import Refusal, invalid


@dataclass(frozen=True, slots=True)
class Key:
    """A column that sorts: its SQL, its type, and how a cursor's text is read."""

    expression: str
    cast: str
    read: Callable[[str], Any]


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _number(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return number


def _text(text: str) -> str:
    if "\0" in text:
        raise ValueError(text)
    return text


def _small(text: str) -> int:
    number = int(text)
    if not -32768 <= number < 32768:
        raise ValueError(text)
    return number


_NEVER = "'9000-01-01 00:00:00+00'::timestamptz"
_ID = Key("journey_id", "uuid", UUID)
_URGENCY = (Key("urgency", "int2", _small), Key("urgency_at", "timestamptz", _moment))
_NAME = Key("account_low", "text", _text)

# Name -> (keys, newest or largest first). Each has an index that begins with the state (migration 0002).
SORTS: dict[str, tuple[tuple[Key, ...], bool]] = {
    "urgency": (_URGENCY, False),
    "account": ((_NAME,), False),
    "stage": ((Key("stage_number", "int2", _small), _NAME), False),
    "due": ((Key(f"coalesce(next_due_at, {_NEVER})", "timestamptz", _moment),), False),
    "first_value": ((Key(f"coalesce(first_value_due_at, {_NEVER})", "timestamptz", _moment),), False),
    "waiting": ((Key(f"coalesce(waiting_since, {_NEVER})", "timestamptz", _moment),), False),
    "arr": ((Key("coalesce(arr, -1)", "numeric", _number),), True),
    "signed": ((Key("coalesce(signed_at, started_at)", "timestamptz", _moment),), True),
    "owner": ((Key("owner_name", "text", _text), _NAME), False),
}


def sorted_by(sort: str) -> tuple[tuple[Key, ...], bool]:
    """The keys of a sort, with "-" before its name in reverse, and whether it goes down."""
    name = sort.removeprefix("-")
    if name not in SORTS:
        raise invalid(f"The list is not sorted by “{name[:40]}”.", mend=f"Sort by one of: {', '.join(SORTS)}.")
    keys, down = SORTS[name]
    return (*keys, _ID), down != sort.startswith("-")


def cursor_of(sort: str, values: tuple[str, ...]) -> str:
    """Where the next page begins: the sort and the keys of the last row."""
    return base64.urlsafe_b64encode(json.dumps([sort, *values]).encode()).decode().rstrip("=")


def after(cursor: str, sort: str, keys: tuple[Key, ...]) -> list[Any]:
    """A cursor read back; a Refusal when it is none of this sort."""
    try:
        said = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(said, list) or len(said) != len(keys) + 1 or said[0] != sort:
            raise ValueError(cursor)
        return [key.read(value) for key, value in zip(keys, said[1:], strict=True)]
    except (ValueError, TypeError, AttributeError, InvalidOperation, OverflowError, RecursionError) as error:
        raise Refusal("invalid", "This is not the cursor of a page.", mend="Begin at the first page.") from error
