"""From the bytes of a request to the raw messages in it. Only what cannot be read at all is refused as a whole."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import dataclass

import msgspec
from msgspec import Raw

MAX_BODY = 500 * 1024
MAX_EVENT = 32 * 1024
MAX_EVENTS = 2500

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.DOTALL)


class Unreadable(Exception):
    """The request as a whole cannot be taken: why, in words for its sender (answered with 400)."""


class _Context(msgspec.Struct):
    groupId: str | int | None = None


class Envelope(msgspec.Struct):
    """What stands around the messages of a batch."""

    batch: list[Raw]
    writeKey: str | None = None
    sentAt: str | int | float | None = None
    context: _Context | None = None


class _Single(msgspec.Struct):
    writeKey: str | None = None
    sentAt: str | int | float | None = None


@dataclass(frozen=True, slots=True)
class Body:
    """The raw messages of a request, with what their envelope says. `group` is "" without one."""

    messages: list[bytes]
    write_key: str | None
    sent_at: str | int | float | None
    group: str = ""


_batch = msgspec.json.Decoder(Envelope)
_single = msgspec.json.Decoder(_Single)


def inflate(body: bytes) -> bytes:
    """The body, decompressed when its content says gzip: Content-Encoding and Content-Type are not reliable."""
    if len(body) > MAX_BODY:
        raise Unreadable("The request is larger than 500 KB.")
    if body[:2] != b"\x1f\x8b":
        return body
    stream = zlib.decompressobj(wbits=31)
    try:
        plain = stream.decompress(body, MAX_BODY + 1)
    except zlib.error as error:
        raise Unreadable("The request's gzip data are damaged.") from error
    if len(plain) > MAX_BODY:
        raise Unreadable("The request is larger than 500 KB when decompressed.")
    if not stream.eof:
        raise Unreadable("The request's gzip data end too early.")
    return plain


def read_batch(body: bytes) -> Body:
    """The messages of a batch, each still as sent. A message that is bad JSON by itself does not spoil the others."""
    try:
        envelope = _batch.decode(body)
    except UnicodeDecodeError as error:
        raise Unreadable("The request is not UTF-8.") from error
    except (msgspec.DecodeError, RecursionError):
        envelope = _read_slowly(body)
    if len(envelope.batch) > MAX_EVENTS:
        raise Unreadable(f"The batch has {len(envelope.batch)} events; {MAX_EVENTS} is the most.")
    group = envelope.context.groupId if envelope.context else None
    return Body(
        [bytes(raw) for raw in envelope.batch], envelope.writeKey, envelope.sentAt, "" if group is None else str(group)
    )


def read_single(body: bytes) -> Body:
    """One message that is the whole body."""
    if len(body) > MAX_EVENT:
        raise Unreadable("The event is larger than 32 KB.")
    try:
        found = _single.decode(body)
    except UnicodeDecodeError as error:
        raise Unreadable("The request is not UTF-8.") from error
    except msgspec.ValidationError:
        found = _Single()
        if body.lstrip()[:1] != b"{":
            raise Unreadable("The request is not a JSON object.") from None
    except (msgspec.DecodeError, RecursionError):
        loose = _loosely(body)
        key, sent = loose.get("writeKey"), loose.get("sentAt")
        found = _Single(key if isinstance(key, str) else None, sent if isinstance(sent, str) else None)
    return Body([body], found.writeKey, found.sentAt)


def _loosely(body: bytes) -> dict[str, object]:
    """JSON as Python's own reader sees it, which allows lone surrogates; its other faults make it unreadable."""
    try:
        # Numbers stay text: Python refuses to read whole ones of more than 4,300 digits.
        read = json.loads(body, parse_constant=_refuse, parse_int=str, parse_float=str)
    except RecursionError:
        return {}
    except ValueError as error:
        raise Unreadable("The request is not readable as JSON.") from error
    if not isinstance(read, dict):
        raise Unreadable("The request is not a JSON object.")
    return read


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _read_slowly(body: bytes) -> Envelope:
    loose = _loosely(body)
    spans = _members(body)
    if spans is None or (loose and not isinstance(loose.get("batch"), list)):
        raise Unreadable("The request has no list of events named batch.")
    around, messages = spans
    try:
        rest = msgspec.json.decode(around, type=Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable("What stands around the batch is not readable.") from error
    rest.batch = [Raw(message) for message in messages]
    return rest


def _members(body: bytes) -> tuple[bytes, list[bytes]] | None:
    """The batch's members by counting brackets, however deep they are, and the body with an empty batch instead."""
    depth, start, begun, inside, key = 0, 0, 0, False, b""
    found: list[bytes] = []
    for token in _TOKEN.finditer(body):
        sign = token[0]
        if inside and depth == 2 and sign in (b",", b"]"):
            member = body[start : token.start()].strip()
            if member:
                found.append(member)
            start = token.end()
            if sign == b"]":
                return body[: begun + 1] + body[token.start() :], found
        elif sign[:1] == b'"':
            key = sign if depth == 1 else key
        elif sign in (b"[", b"{"):
            depth += 1
            if depth == 2 and sign == b"[" and key == b'"batch"' and not inside:
                inside, start, begun = True, token.end(), token.start()
        elif sign != b",":
            depth -= 1
    return None
