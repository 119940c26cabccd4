"""One message of the Segment protocol: read, judged, and turned into the row that is stored."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import Raw

from onward.usage.decisions.bodies import MAX_EVENT
from onward.usage.decisions.moments import clock_error, happened_at, key_day, parse_moment

Type = Literal["track", "identify", "page", "screen", "group", "alias"]
TYPES: frozenset[str] = frozenset({"track", "identify", "page", "screen", "group", "alias"})
LONGEST = 200
EXCERPT = 300
EMPTY = Raw(b"{}")

# Why an event is refused: few and stable, since they are counted by source and shown.
NOT_AN_EVENT = "not a readable event"
TOO_LARGE = "larger than 32 KB"
TOO_DEEP = "nested too deeply"
WRONG_TYPE = "unknown type"
NO_USER = "neither userId nor anonymousId"
NO_NAME = "track without an event name"
NO_GROUP = "group without groupId"
NO_PREVIOUS = "alias without previousId"
TOO_LONG = "an id or name longer than 200 characters"
NOT_AN_OBJECT = "properties or traits are not an object"
UNSTORABLE = "text or numbers that cannot be stored"
EXPIRED = "older than the retention limit"


class Refused(Exception):
    """The event is not stored; the first argument is the reason."""


class _Context(msgspec.Struct):
    groupId: str | int | None = None


class Message(msgspec.Struct):
    """The fields that are read. `properties` and `traits` stay bytes: they are never decoded here."""

    type: str | None = None
    messageId: str | int | None = None
    event: str | None = None
    name: str | None = None
    userId: str | int | None = None
    anonymousId: str | int | None = None
    groupId: str | int | None = None
    previousId: str | int | None = None
    timestamp: str | int | float | None = None
    originalTimestamp: str | int | float | None = None
    sentAt: str | int | float | None = None
    context: _Context | None = None
    properties: Raw = EMPTY
    traits: Raw = EMPTY


class Row(msgspec.Struct):
    """An event as it goes to the database. Letters, because each row repeats them.

    i place in the request; k key as 32 hex digits; d day as sent; t type; w who ("u:" or "a:" and the id as sent);
    g group as sent; n name that is counted, null for none; a moment; l the other end of an edge; m messageId;
    p properties.
    """

    i: int
    k: str
    d: date
    t: str
    w: str
    g: str
    n: str | None
    a: datetime
    l: str  # noqa: E741
    m: str
    p: Raw


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused event for the debugger: place in the request, reason, and the beginning of what was sent."""

    place: int
    reason: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a request amounts to."""

    rows: list[Row]
    refused: list[Refusal]


_message = msgspec.json.Decoder(Message)


def judge(
    messages: Iterable[bytes],
    *,
    source: UUID,
    received_at: datetime,
    sent_at: str | int | float | None = None,
    group: str = "",
    kind: str | None = None,
    keep_from: date | None = None,
) -> Delivery:
    """Read each message; the good ones as rows, the bad ones with the reason.

    `kind` is the type when the address says it; `group` the batch's own groupId; `keep_from` the retention limit.
    """
    rows: list[Row] = []
    refused: list[Refusal] = []
    error = clock_error(parse_moment(sent_at), received_at)
    for place, raw in enumerate(messages):
        try:
            row = _read_event(raw, place, source, received_at, error, group, kind)
            if keep_from is not None and row.a.date() < keep_from:
                raise Refused(EXPIRED)
            rows.append(row)
        except Refused as problem:
            refused.append(Refusal(place, str(problem), excerpt(raw)))
    return Delivery(rows, refused)


def excerpt(raw: bytes) -> str:
    """The beginning of what was sent, as text that can be stored and shown."""
    return raw[:EXCERPT].decode(errors="replace").replace("\x00", "�")


def _read_event(
    raw: bytes, place: int, source: UUID, received_at: datetime, error: timedelta, group: str, kind: str | None
) -> Row:
    if len(raw) > MAX_EVENT:
        raise Refused(TOO_LARGE)
    try:
        if not raw.isascii():
            raw.decode()  # what stays bytes is not looked into by the decoder
        message = _message.decode(raw)
    except RecursionError:
        raise Refused(TOO_DEEP) from None
    except msgspec.ValidationError:
        raise Refused(NOT_AN_EVENT) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Refused(UNSTORABLE) from None
    named = kind or message.type
    if named not in TYPES:
        raise Refused(WRONG_TYPE)
    timestamp = parse_moment(message.timestamp if message.timestamp is not None else message.originalTimestamp)
    if message.sentAt is not None:
        error = clock_error(parse_moment(message.sentAt), received_at)
    message_id = _text(message.messageId)
    context = message.context
    who = _who(message)
    grp = group if context is None or context.groupId is None else _text(context.groupId)
    name = _counted_name(named, message)
    link = _other_end(named, message)
    if len(who) > LONGEST + 2 or len(grp) > LONGEST or len(link) > LONGEST or len(message_id) > LONGEST:
        raise Refused(TOO_LONG)
    if name is not None and len(name) > LONGEST:
        raise Refused(TOO_LONG)
    return Row(
        place,
        _key(source, message_id) if message_id else _key_of_content(source, message, raw, received_at, place),
        key_day(message_id, timestamp),
        named,
        who,
        grp,
        name,
        happened_at(timestamp, error, received_at),
        link,
        message_id,
        _object(message.traits if named == "identify" or named == "group" else message.properties),
    )


def _text(value: str | int | None) -> str:
    return "" if value is None else value if isinstance(value, str) else str(value)


def _who(message: Message) -> str:
    """Users and visitors have separate names, whatever their ids are."""
    user = _text(message.userId)
    if user:
        return f"u:{user}"
    visitor = _text(message.anonymousId)
    if not visitor:
        raise Refused(NO_USER)
    return f"a:{visitor}"


def _counted_name(named: str, message: Message) -> str | None:
    """The name under which the event counts as use; who somebody is (identify, group, alias) is not use."""
    if named == "track":
        if not message.event:
            raise Refused(NO_NAME)
        return message.event
    return f"${named}" if named in ("page", "screen") else None


def _other_end(named: str, message: Message) -> str:
    if named == "identify":
        return _text(message.anonymousId) if message.userId not in (None, "") else ""
    if named == "group":
        group = _text(message.groupId)
        if not group:
            raise Refused(NO_GROUP)
        return group
    if named == "alias":
        previous = _text(message.previousId)
        if not previous:
            raise Refused(NO_PREVIOUS)
        return previous
    return ""


def _object(payload: Raw) -> Raw:
    raw = bytes(payload)
    if raw == b"null":
        return EMPTY
    if raw[:1] != b"{":
        raise Refused(NOT_AN_OBJECT)
    return payload


def _key(source: UUID, message_id: str) -> str:
    """128 bits of source and messageId."""
    return hashlib.blake2b(message_id.encode(), digest_size=16, key=source.bytes).hexdigest()


def _key_of_content(source: UUID, message: Message, raw: bytes, received_at: datetime, place: int) -> str:
    """Without a messageId the same bytes with a timestamp are the same event; without a timestamp each is its own."""
    if message.timestamp is None and message.originalTimestamp is None:
        raw = f"{received_at.isoformat()}/{place}".encode() + raw
    return hashlib.blake2b(b"content:" + raw, digest_size=16, key=source.bytes).hexdigest()
