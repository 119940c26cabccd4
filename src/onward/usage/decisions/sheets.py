"""Rows of a table as messages: which column is what, and an id that makes the same row the same event."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from onward.kernel.refusals import invalid

ROWS = UUID("6f9f5ac0-7f0e-5f0b-9e2c-5c2d1e9b7a10")
FIELDS = {
    "event": ("event", "event name", "name", "action", "activity"),
    "userId": ("userid", "user id", "user", "distinct id"),
    "anonymousId": ("anonymousid", "anonymous id", "visitor", "visitor id", "device id"),
    "groupId": (
        "groupid",
        "group id",
        "account id",
        "account",
        "company id",
        "company",
        "organization id",
        "workspace",
    ),
    "timestamp": ("timestamp", "time", "at", "date", "occurred at", "created at", "event time"),
    "messageId": ("messageid", "message id", "event id", "uuid", "insert id"),
    "type": ("type",),
}
IGNORE = "ignore"
PROPERTY = "property"


def columns_of(header: Sequence[str], given: Mapping[str, Any]) -> dict[str, str]:
    """Each column's field: as given (column: field, "property" or "ignore"), else by its name, else a property.

    Refusal for a column or field that does not exist, and when no column says who, what or when.
    """
    for column, field in given.items():
        if column not in header:
            raise invalid(f"There is no column “{column}”.", mend=f"The file has: {', '.join(header)}.")
        if field not in (*FIELDS, IGNORE, PROPERTY):
            raise invalid(
                f"“{field}” is no field of an event.", mend=f"Choose from {', '.join(FIELDS)}, property, ignore."
            )
    found = {column: str(field) for column, field in given.items()}
    for field, names in FIELDS.items():
        if field not in found.values():
            free = [column for column in header if column not in found]
            match = next((column for name in names for column in free if plain(column) == name), None)
            if match is not None:
                found[match] = field
    fields = set(found.values())
    if "event" not in fields or "timestamp" not in fields or not fields & {"userId", "anonymousId"}:
        raise invalid(
            "A file of events needs a column for the event, one for the user and one for the time.",
            mend="Name them in the map: columns: {COLUMN: event, COLUMN: userId, COLUMN: timestamp}.",
        )
    return {column: found.get(column, PROPERTY) for column in header}


def plain(column: str) -> str:
    """A column's name for comparing: lower case, words parted by single spaces."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", column.lower()).split())


def message_of(header: Sequence[str], cells: Sequence[str], columns: Mapping[str, str]) -> dict[str, Any]:
    """The row as a message. Empty cells are left out; without a messageId the whole row makes one."""
    message: dict[str, Any] = {"type": "track"}
    properties: dict[str, str] = {}
    for column, cell in zip(header, cells, strict=False):
        field = columns[column]
        if not cell or field == IGNORE:
            continue
        if field == PROPERTY:
            properties[column] = cell
        elif field == "groupId":
            message["context"] = {"groupId": cell}
        else:
            message[field] = cell
    message["properties"] = properties
    if "messageId" not in message:
        message["messageId"] = str(uuid5(ROWS, json.dumps(message, sort_keys=True)))
    return message
