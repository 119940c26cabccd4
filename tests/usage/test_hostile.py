"""What only an enemy or a broken client sends: no 5xx, the bad listed with a reason, the good stored.  covers R5"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onward.kernel.actor import SYSTEM
from onward.usage import actions, queries
from onward.usage.decisions import bodies
from onward.usage.decisions.events import judge
from tests.usage.sending import Client

Rows = Callable[..., list[tuple[Any, ...]]]
SOURCE_ID, NOW = UUID(int=1), datetime(2026, 1, 1, tzinfo=UTC)
GOOD = b'{"type":"track","userId":"ann","event":"Run","messageId":"good"}'

BAD = {
    "NUL in an id": rb'{"type":"track","userId":"a\u0000b","event":"Run","messageId":"bad"}',
    "NUL in a property": rb'{"type":"track","userId":"a","event":"Run","messageId":"bad","properties":{"x":"\u0000"}}',
    "NUL in a key": rb'{"type":"track","userId":"a","event":"Run","messageId":"bad","properties":{"\u0000":1}}',
    "half a surrogate pair": rb'{"type":"track","userId":"a","event":"\ud800","messageId":"bad"}',
    "half a pair in a property": rb'{"type":"track","userId":"a","event":"Run","properties":{"x":"\udc00"}}',
    "halves swapped": rb'{"type":"track","userId":"a","event":"Run","properties":{"x":"\udc00\ud800"}}',
    "1e999999": b'{"type":"track","userId":"a","event":"Run","messageId":"bad","properties":{"x":1e999999}}',
    "-1e-999999": b'{"type":"track","userId":"a","event":"Run","messageId":"bad","properties":{"x":-1e-999999}}',
    "deep lists": b'{"type":"track","userId":"a","event":"Run","properties":{"x":' + b"[" * 9000 + b"]" * 9000 + b"}}",
    "deep objects": b'{"type":"track","userId":"a","event":"R","properties":' + b'{"x":' * 5000 + b"1" + b"}" * 5001,
    "no UTF-8 in a property": b'{"type":"track","userId":"a","event":"Run","properties":{"x":"\xff"}}',
    "a number": b"5",
    "a list": b"[[]]",
    "nothing": b"null",
    "text": b'"track"',
    "unknown type": b'{"type":"tracks","userId":"a","event":"Run"}',
    "no type": b'{"userId":"a","event":"Run"}',
    "nobody": b'{"type":"track","event":"Run"}',
    "empty ids": b'{"type":"track","userId":"","anonymousId":"","event":"Run"}',
    "no name": b'{"type":"track","userId":"a"}',
    "no group": b'{"type":"group","userId":"a"}',
    "no previous id": b'{"type":"alias","userId":"a"}',
    "an id of 5,000 characters": b'{"type":"track","event":"Run","userId":"' + b"x" * 5000 + b'"}',
    "a messageId of 5,000 characters": b'{"type":"track","event":"Run","userId":"a","messageId":"'
    + b"x" * 5000
    + b'"}',
    "a name of 201 characters": b'{"type":"track","userId":"a","event":"' + "é".encode() * 201 + b'"}',
    "a user that is a list": b'{"type":"track","userId":["a"],"event":"Run"}',
    "a user that is a fraction": b'{"type":"track","userId":1.5,"event":"Run"}',
    "a user that is true": b'{"type":"track","userId":true,"event":"Run"}',
    "an event that is an object": b'{"type":"track","userId":"a","event":{}}',
    "properties that are a list": b'{"type":"track","userId":"a","event":"Run","properties":[1]}',
    "properties that are a text": b'{"type":"track","userId":"a","event":"Run","properties":"x"}',
    "a context that is a text": b'{"type":"track","userId":"a","event":"Run","context":"x"}',
    "33 KB": b'{"type":"track","userId":"a","event":"Run","properties":{"x":"' + b"y" * 33_000 + b'"}}',
}
ODD_BUT_GOOD = {
    "1e400": b'{"type":"track","userId":"a","event":"Run","messageId":"odd","properties":{"x":1e400}}',
    "a huge integer": b'{"type":"track","userId":"a","event":"Run","messageId":"odd","properties":{"x":'
    + b"9" * 9000
    + b"}}",
    "a whole surrogate pair": rb'{"type":"track","userId":"a","event":"\ud83d\ude00","messageId":"odd"}',
    "a backslash and u0000": rb'{"type":"track","userId":"a","event":"R","messageId":"odd","properties":{"\\u0000":1}}',
    "a huge user number": b'{"type":"track","userId":' + b"9" * 60 + b',"event":"Run","messageId":"odd"}',
    "year 1": b'{"type":"track","userId":"a","event":"Run","messageId":"odd","timestamp":"0001-01-01T00:00:00+14:00"}',
    "year 9999": b'{"type":"track","userId":"a","event":"Run","messageId":"odd","timestamp":"9999-12-31T23:59-14:00"}',
    "no time at all": b'{"type":"track","userId":"a","event":"Run","messageId":"odd","timestamp":"yesterday"}',
    "a time of 1e400": b'{"type":"track","userId":"a","event":"Run","messageId":"odd","timestamp":1e300}',
    "a key twice": b'{"type":"track","type":"track","userId":"a","event":"Run","messageId":"odd"}',
    "quotes and brackets": rb'{"type":"track","userId":"a","event":"],\"}[{","messageId":"odd"}',
    "an id of 150 characters": b'{"type":"track","userId":"a","event":"Run","messageId":"' + b"x" * 150 + b'"}',
    "400 levels": b'{"type":"track","userId":"a","event":"R","messageId":"odd","properties":'
    + b'{"x":' * 400
    + b"1"
    + b"}" * 401,
}


def sent(client: Client, *messages: bytes) -> int:
    return client.send("/v1/batch", b'{"batch": [' + b" ,\n".join(messages) + b'], "sentAt": null}')[0]


def test_bad_events_are_listed_and_their_neighbours_are_stored(client: Client, rows: Rows) -> None:
    for number, (name, bad) in enumerate(BAD.items(), 1):
        neighbours = [GOOD.replace(b"good", f"{side} {number}".encode()) for side in ("before", "after")]
        assert sent(client, neighbours[0], bad, neighbours[1]) == 200, name
        assert rows("select count(*) from usage_event") == [(2 * number,)], name
        actions.derive_all()
        row = queries.source_named(SYSTEM, "product")
        assert (row.refused_total, row.received) == (number, 3 * number), name
        assert queries.sightings(SYSTEM, row.id, outcome="refused", limit=1)[0].reason in row.refused, name
    for name, bad in BAD.items():
        assert client.send("/v1/track", bad)[0] in (200, 400), name


def test_odd_events_are_stored(client: Client, rows: Rows) -> None:
    for number, (name, odd) in enumerate(ODD_BUT_GOOD.items(), 1):
        odd = odd.replace(b'"odd"', f'"odd {number}"'.encode())
        assert sent(client, odd, GOOD) == 200, name
        assert rows("select count(*) from usage_event") == [(number + 1,)], name
        # Beside a bad one it takes another way, to the same end.
        assert sent(client, odd, BAD["half a surrogate pair"], BAD["NUL in a property"]) == 200, name
        assert rows("select count(*) from usage_event") == [(number + 1,)], name
    actions.derive_all()
    assert len(queries.source_named(SYSTEM, "product").refused) == 1


UNREADABLE = [
    b"", b"{", b"[]", b"5", b"null", b"{}", b'{"batch":{}}', b'{"batch":null}', b'{"batch":"x"}', b'{"batch":[}',
    b'{"batch":[],}', b"\xff\xfe", b"\x1f\x8b", b"\x1f\x8b\x08\x00garbage", gzip.compress(b"{}")[:-4], b"batch=1",
    b"[" * 100_000, b'{"batch":' + b"[" * 100_000, b"\x00" * 100, b'{"batch":[NaN]}', b'{"x":"\xff"}',
    gzip.compress(gzip.compress(b'{"batch":[]}')), b'{"batch":[],"writeKey":5}', b'{"batch":[]} trailing',
]  # fmt: skip


def test_what_cannot_be_read_is_400(client: Client) -> None:
    for body in UNREADABLE:
        for path in ("/v1/batch", "/v1/import/"):
            assert client.send(path, body)[0] == 400, body[:40]


def test_a_length_that_lies(client: Client) -> None:
    assert client.send("/v1/batch", b'{"batch":[]}')[0] == 200
    assert client.send("/v1/batch", b" " * 600_000)[0] == 400


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 10))
def test_reading_any_bytes_ends_in_messages_or_unreadable(noise: bytes, place: int) -> None:
    batch = b'{"batch":[' + GOOD + b'],"sentAt":"2026-01-01"}'
    for body in (noise, batch[: place * 9] + noise + batch[place * 9 :]):
        for read in (bodies.read_batch, bodies.read_single):
            try:
                messages = read(bodies.inflate(body)).messages
            except bodies.Unreadable:
                continue
            judge(messages, source=SOURCE_ID, received_at=NOW, kind="track" if read is bodies.read_single else None)


def mutated(dice: random.Random) -> bytes:
    """A batch with some of its bytes changed, dropped, doubled or replaced by something nasty."""
    pieces = [GOOD, *dice.sample(list(BAD.values()), 2), *dice.sample(list(ODD_BUT_GOOD.values()), 2)]
    body = bytearray(b'{"batch":[' + b",".join(piece for piece in pieces if len(piece) < 3000) + b"]}")
    nasty = [b"\x00", b"\\u0000", b"\\ud800", b'"', b"{", b"]", b",", b"1e400", b"\xff", b"null", b"[[[[", b"\\"]
    for _ in range(dice.randrange(0, 5)):
        at = dice.randrange(len(body))
        match dice.randrange(3):
            case 0:
                body[at : at + 1] = dice.choice(nasty)
            case 1:
                del body[at : at + dice.randrange(1, 20)]
            case _:
                body[at:at] = body[at : at + dice.randrange(1, 40)]
    return gzip.compress(bytes(body)) if dice.random() < 0.1 else bytes(body)


def assault(client: Client, requests: int, seed: int) -> None:
    dice = random.Random(seed)
    paths = ["/v1/batch", "/v1/b", "/v1/track", "/v1/i", "/v1/group/", "/ingest/v1/batch", "/beacon/v1/batch", "/v1/x"]
    answers = set()
    for _ in range(requests):
        status, _, body = client.send(
            dice.choice(paths), mutated(dice), method=dice.choice(["POST"] * 9 + ["GET"]),
            headers={"Content-Encoding": dice.choice(["", "gzip", "br"])},
        )  # fmt: skip
        answers.add(status)
        json.loads(body)
    assert answers <= {200, 400, 401, 404, 405}, answers


def accounts_for_everything(rows: Rows) -> None:
    actions.derive_all()
    row = queries.source_named(SYSTEM, "product")
    assert row.received == row.stored + row.duplicate + row.refused_total
    assert rows("select count(*) from usage_event") == rows("select count(*) from usage_key") == [(row.stored,)]
    assert rows("select count(*) from usage_event where name is not null") == rows("select sum(n) from usage_daily")


def test_an_assault(client: Client, rows: Rows) -> None:
    assault(client, 400, seed=1)
    accounts_for_everything(rows)


@pytest.mark.long
def test_a_long_assault(client: Client, rows: Rows) -> None:
    assault(client, 20_000, seed=2)
    accounts_for_everything(rows)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_any_json_is_judged(value: Any) -> None:
    for message in (value, {"type": "track", "userId": "a", "event": "R", "properties": value}, {"type": value}):
        judge([json.dumps(message).encode()], source=SOURCE_ID, received_at=NOW)
