"""Types of the API's edge: strict, so that 0 is no date, "1" no number, and nothing comes in that cannot be stored."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, Strict, WithJsonSchema

from onward.kernel.clock import is_plausible

DEEPEST = 20
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)\Z", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_AMOUNT = re.compile(r"\d{1,14}(\.\d{1,2})?\Z", re.ASCII)


def storable(text: str) -> str:
    """The text, unless it has what PostgreSQL cannot store."""
    if "\0" in text:
        raise ValueError("has a NUL character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("has half of a surrogate pair") from None
    return text


def _moment(value: Any) -> datetime:
    if not isinstance(value, str) or not _MOMENT.match(value):
        raise ValueError("is a moment with its zone, such as 2026-03-13T09:00:00Z")
    try:
        read = datetime.fromisoformat(value.upper().replace("Z", "+00:00")).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("is no moment that exists") from None
    if not is_plausible(read):
        raise ValueError("lies outside the years 1900 to 2999")
    return read


def _day(value: Any) -> date:
    if not isinstance(value, str) or not _DAY.match(value):
        raise ValueError("is a day, such as 2026-03-13")
    try:
        read = date.fromisoformat(value)
    except ValueError:
        raise ValueError("is no day that exists") from None
    if not is_plausible(read):
        raise ValueError("lies outside the years 1900 to 2999")
    return read


def _amount(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("is an amount, such as 84000 or 84000.50")
    text = value if isinstance(value, str) else format(value, ".2f") if isinstance(value, float) else str(value)
    if not _AMOUNT.match(text) or (isinstance(value, float) and abs(value - float(text)) > 1e-6):
        raise ValueError("is an amount of zero or more with at most two decimals")
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError("is no amount") from None


def _document(value: Any, depth: int = 0) -> Any:
    if depth > DEEPEST:
        raise ValueError(f"is nested deeper than {DEEPEST}")
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, float) and (value != value or abs(value) == float("inf")):
        raise ValueError("has a number that is none")
    if isinstance(value, dict):
        return {storable(key): _document(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_document(item, depth + 1) for item in value]
    return value


def _fields(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("is an object")
    if len(value) > 200 or any(len(key) > 120 for key in value):
        raise ValueError("has at most 200 fields with names of at most 120 characters")
    read: dict[str, Any] = _document(value)
    return read


Name = Annotated[str, Strict(), AfterValidator(storable), Field(min_length=1, max_length=200)]
Short = Annotated[str, Strict(), AfterValidator(storable), Field(max_length=200)]
Address = Annotated[str, Strict(), AfterValidator(storable), Field(max_length=500)]
Cursor = Annotated[str, Strict(), AfterValidator(storable), Field(max_length=2000)]
Text = Annotated[str, Strict(), AfterValidator(storable), Field(max_length=2000)]
Ref = Annotated[str, Strict(), AfterValidator(storable), Field(max_length=60)]
Whole = Annotated[int, Strict(), Field(ge=0, le=2_000_000_000)]
Yes = Annotated[bool, Strict()]
Moment = Annotated[
    datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"}, mode="validation")
]
Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"}, mode="validation")]
Amount = Annotated[
    Decimal,
    BeforeValidator(_amount),
    WithJsonSchema(
        {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": r"^\d{1,14}(\.\d{1,2})?$"}]},
        mode="validation",
    ),
]
Fields = Annotated[dict[str, Any], BeforeValidator(_fields), WithJsonSchema({"type": "object"}, mode="validation")]
Document = Annotated[Any, BeforeValidator(_document)]
Limit = Annotated[int, Field(ge=1, le=200)]


def _no_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


def may_be_left_out() -> Any:
    """For a field of a change that cannot be null: left out, it stays as it is."""
    return Field(default="-", json_schema_extra=_no_default)


class Asked(Schema):
    """A request's body: unknown fields are refused, so that a slip of the pen is told."""

    model_config = ConfigDict(extra="forbid")


class Told(Schema):
    """An answer's body."""
