"""What real clients rely on, point by point. The numbers are those of the list of a compatible server's duties."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from onward.foundation import clock
from onward.kernel.actor import SYSTEM
from onward.usage import actions, queries
from onward.usage.actions import Issued
from tests.usage.sending import Client

Rows = Callable[..., list[tuple[Any, ...]]]
TRACK = {"type": "track", "userId": "ann", "event": "Run", "properties": {"x": 1}}


def track(message_id: str, **more: Any) -> dict[str, Any]:
    return {**TRACK, "messageId": message_id, **more}


# 1. Paths


@pytest.mark.parametrize("prefix", ["/v1/", "/ingest/v1/"])
@pytest.mark.parametrize("tail", ["", "/"])
@pytest.mark.parametrize("call", ["batch", "import", "b"])
def test_1_batches_on_every_path(client: Client, rows: Rows, prefix: str, call: str, tail: str) -> None:
    assert client.send(f"{prefix}{call}{tail}", {"batch": [track("m")]})[0] == 200
    assert rows("select type, message_id from usage_event") == [("track", "m")]


def test_1_single_calls_long_and_short(client: Client, rows: Rows) -> None:
    bodies: dict[str, dict[str, Any]] = {
        "track": {"userId": "ann", "event": "Run"},
        "identify": {"userId": "ann", "anonymousId": "v", "traits": {"plan": "Pro"}},
        "page": {"anonymousId": "v", "name": "Home"},
        "screen": {"userId": "ann", "name": "Home"},
        "group": {"userId": "ann", "groupId": "acct"},
        "alias": {"userId": "ann", "previousId": "old"},
    }
    for call, body in bodies.items():
        assert client.send(f"/v1/{call}", {**body, "messageId": f"long {call}"})[0] == 200
        assert client.send(f"/v1/{call[0]}/", {**body, "messageId": f"short {call}"})[0] == 200
    assert rows("select type, count(*) from usage_event group by 1 order by 1") == [
        (call, 2) for call in sorted(bodies)
    ]
    assert rows("select props->>'plan' from usage_event where type = 'identify'") == [("Pro",)] * 2


def test_1_the_beacon_names_its_key_in_the_address(client: Client, rows: Rows) -> None:
    body = json.dumps({"batch": [track("m")]}).encode()
    assert client.send(f"/beacon/v1/batch?writeKey={client.write_key}", body, key=None)[0] == 200
    assert rows("select count(*) from usage_event") == [(1,)]


def test_1_browser_clients_get_their_settings(client: Client) -> None:
    status, _, body = client.send(f"/v1/projects/{client.write_key}/settings", method="GET", key=None)
    assert status == 200
    assert json.loads(body)["integrations"]["Segment.io"]["apiKey"] == client.write_key
    status, _, body = client.send(f"/sourceConfig/?writeKey={client.write_key}&v=3", method="GET", key=None)
    assert status == 200
    assert json.loads(body)["source"]["writeKey"] == client.write_key
    assert json.loads(body)["source"]["destinations"] == []
    assert client.send("/v1/projects/nobodys-key/settings", method="GET", key=None)[0] == 401


def test_1_other_addresses_and_methods(client: Client) -> None:
    assert client.send("/v1/nothing", {})[0] == 404
    assert client.send("/v1/batch", method="GET")[0] == 405


# 2. Keys


def test_2_the_key_comes_by_header_or_body(client: Client) -> None:
    key = client.write_key
    assert client.send("/v1/batch", {"batch": [track("a")], "writeKey": key}, key=None)[0] == 200
    assert client.send("/v1/batch", {"batch": [track("b")], "writeKey": key})[0] == 200
    assert client.send("/v1/t", {**track("c"), "writeKey": key}, key=None)[0] == 200


def test_2_keys_that_disagree_or_are_wrong_are_401(client: Client, rows: Rows) -> None:
    other = actions.create_source(actor=SYSTEM, name="Other").write_key
    assert client.send("/v1/batch", {"batch": [track("a")], "writeKey": other})[0] == 401
    assert client.send(f"/v1/batch?writeKey={other}", {"batch": [track("a")]})[0] == 401
    assert client.send("/v1/batch", {"batch": [track("a")]}, key="wrong-key-000")[0] == 401
    assert client.send("/v1/batch", {"batch": [track("a")]}, key=None)[0] == 401
    assert client.send("/v1/batch", {"batch": []}, key=None, headers={"Authorization": "Basic %%%"})[0] == 401
    assert rows("select count(*) from usage_event") == [(0,)]


def test_2_keys_are_hashed_rotated_and_revoked(client: Client, source: Issued, rows: Rows) -> None:
    assert client.write_key not in str(rows("select * from usage_writekey"))
    new = actions.rotate_key(actor=SYSTEM, source_id=source.source_id)
    assert client.batch(track("old key in its days of grace")) == 200
    assert Client(new.write_key).batch(track("new key")) == 200
    assert actions.rotate_key(actor=SYSTEM, source_id=source.source_id, grace=timedelta(0)).write_key
    assert client.batch(track("x")) == 401
    assert Client(new.write_key).batch(track("y")) == 401
    assert actions.revoke_keys(actor=SYSTEM, source_id=source.source_id) == 1


# 3, 4. Content


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/json", ""])
def test_3_4_content_decides(client: Client, rows: Rows, kind: str) -> None:
    body = json.dumps({"batch": [track("m")]}).encode()
    assert client.send("/v1/batch", gzip.compress(body), headers={"Content-Type": kind})[0] == 200
    assert client.send("/v1/batch", body, headers={"Content-Type": kind, "Content-Encoding": "gzip"})[0] == 200
    assert rows("select count(*) from usage_event") == [(1,)]


def test_4_the_decompressed_size_is_limited(client: Client) -> None:
    bomb = gzip.compress(b'{"batch":[' + b" " * 50_000_000 + b"]}")
    assert len(bomb) < 100_000
    status, _, body = client.send("/v1/batch", bomb)
    assert (status, "500 KB" in body.decode()) == (400, True)


# 5. Browsers


def test_5_preflight(client: Client) -> None:
    for asked in ("authorization", "anonymousid,authorization,content-type,sentat"):
        headers = {"Origin": "https://app.example.com", "Access-Control-Request-Headers": asked}
        status, sent, _ = client.send("/v1/t", method="OPTIONS", headers=headers, key=None)
        assert status == 204
        assert sent["Access-Control-Allow-Origin"] == "*"
        assert sent["Access-Control-Allow-Headers"] == asked
    assert client.send("/v1/batch", {"batch": []})[1]["Access-Control-Allow-Origin"] == "*"
    assert client.send("/v1/batch", {"batch": []}, key="wrong-key-000")[1]["Access-Control-Allow-Origin"] == "*"


# 6. Sizes


def test_6_limits_of_events_and_requests(client: Client, rows: Rows) -> None:
    fits = track("fits", properties={"x": "y" * 31_000})
    large = track("large", properties={"x": "y" * 33_000})
    assert client.batch(fits, large) == 200
    assert rows("select message_id from usage_event") == [("fits",)]
    assert client.send("/v1/track", large)[0] == 400
    assert client.batch(*[track(f"m{n}") for n in range(2500)]) == 200
    assert client.batch(*[track(f"m{n}") for n in range(2501)]) == 400
    assert client.batch(*[track(f"n{n}", properties={"x": "y" * 30_000}) for n in range(18)]) == 400
    actions.derive_all()
    row = queries.source_named(SYSTEM, "product")
    assert row.refused == {"larger than 32 KB": 1, "unreadable request": 3}
    assert (row.stored, row.received) == (2501, 2505)


# 7, 8. Retries


def test_7_retries_are_known_by_their_message_id(client: Client, rows: Rows) -> None:
    now = clock.now()
    for late in range(3):
        sent_at = (now + timedelta(seconds=late)).isoformat()
        assert (
            client.batch(track("6f0e1b7c-6a86-4b7c-9d6b-000000000001", timestamp=now.isoformat()), sentAt=sent_at)
            == 200
        )
    assert rows("select count(*) from usage_event") == [(1,)]


def test_8_when_the_database_is_away_clients_shall_come_again(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from onward.usage.actions import pool

    assert client.batch(track("a")) == 200
    monkeypatch.setattr(pool, "WAIT_SECONDS", 0.2)
    pool.close()
    monkeypatch.setattr(pool, "conninfo", lambda: "host=/nowhere dbname=nothing")
    status, headers, _ = client.send("/v1/batch", {"batch": [track("b")]})
    assert status == 503
    assert int(headers["Retry-After"]) >= 1
    pool.close()


def test_8_too_much_at_once_is_429(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from onward.interfaces.api import intake

    monkeypatch.setattr(intake, "RATE", 1.0)
    monkeypatch.setattr(intake, "BURST", 2.0)
    intake._buckets.clear()
    assert client.batch(track("a"), track("b")) == 200
    status, headers, _ = client.send("/v1/batch", {"batch": [track("c"), track("d")]})
    assert status == 429
    assert int(headers["Retry-After"]) >= 1
    intake._buckets.clear()


# 9, 10. Messages


def test_9_ids_times_and_texts(client: Client, rows: Rows) -> None:
    at = "2026-01-06T10:00:00"
    sent = [
        track("z", timestamp=f"{at}.123Z"),
        track("offset", timestamp=f"{at}.123+02:00"),
        track("micro", timestamp=f"{at}.123456+00:00"),
        {"type": "track", "event": "Run", "messageId": "visitor", "userId": None, "anonymousId": "v", "timestamp": at},
        {"type": "track", "event": "Run", "messageId": "user", "userId": "u", "anonymousId": None, "timestamp": at},
        {"type": "track", "event": "Run", "messageId": "number", "userId": 12345, "timestamp": at},
        {"type": "track", "event": "Run", "messageId": "original", "userId": "u", "originalTimestamp": f"{at}Z"},
        track("null", timestamp=at, properties={"a": None, "b": 1.5, "name": "Ana Pérez"}),
    ]
    escaped = json.dumps(track("escaped", timestamp=at, properties={"name": "Ana Pérez"})).encode()
    assert b"\\u00e9" in escaped
    assert client.batch(*sent, escaped) == 200
    stored = {row[0]: row[1:] for row in rows("select message_id, who, at, props from usage_event")}
    ten = datetime(2026, 1, 6, 10, tzinfo=UTC)
    assert stored["z"][1] == ten + timedelta(milliseconds=123)
    assert stored["offset"][1] == ten - timedelta(hours=2) + timedelta(milliseconds=123)
    assert stored["micro"][1] == ten + timedelta(microseconds=123456)
    assert [stored[name][0] for name in ("visitor", "user", "number")] == ["a:v", "u:u", "u:12345"]
    assert stored["original"][1] == ten
    assert json.loads(stored["null"][2]) == {"a": None, "b": 1.5, "name": "Ana Pérez"}
    assert json.loads(stored["escaped"][2]) == {"name": "Ana Pérez"}


def test_10_a_users_own_id_twice_in_one_batch(client: Client, rows: Rows) -> None:
    first = clock.now()
    sent = [track("my-own-id-1", timestamp=(first + timedelta(seconds=s)).isoformat()) for s in (0, 0.6)]
    assert client.batch(*sent) == 200
    assert client.batch(track("my-own-id-1", timestamp=(first - timedelta(days=3)).isoformat())) == 200
    assert rows("select count(*) from usage_event") == [(1,)]


# Clocks


@pytest.mark.parametrize(("wrong", "corrected"), [(timedelta(hours=1), True), (timedelta(seconds=50), False)])
def test_a_clock_is_corrected_only_beyond_a_minute(
    client: Client, rows: Rows, wrong: timedelta, corrected: bool
) -> None:
    now = clock.now()
    theirs = now - wrong
    assert client.batch(track("m", timestamp=theirs.isoformat()), sentAt=theirs.isoformat()) == 200
    ((at,),) = rows("select at from usage_event")
    assert abs(at - (now if corrected else theirs)) < timedelta(seconds=5)


def test_a_retry_from_a_wrong_clock_keeps_the_first_time(client: Client, rows: Rows) -> None:
    """Though the corrected times lie days apart: the key goes by the time as sent."""
    now = clock.now()
    event = track("0d8f6a50-6d43-4b60-8b3f-000000000001", timestamp=(now - timedelta(days=9)).isoformat())
    assert client.batch(event, sentAt=(now - timedelta(days=8)).isoformat()) == 200
    before = rows("select at from usage_event")
    assert client.batch(event, sentAt=(now - timedelta(days=6)).isoformat()) == 200
    assert rows("select at from usage_event") == before


def test_nothing_happens_after_it_was_received(client: Client, rows: Rows) -> None:
    future = clock.now() + timedelta(hours=2)
    assert client.batch(track("m", timestamp=future.isoformat()), sentAt=clock.now().isoformat()) == 200
    ((at,),) = rows("select at from usage_event")
    assert at < clock.now() + timedelta(seconds=61)


def test_an_authorization_without_padding_or_password(client: Client) -> None:
    pair = base64.b64encode(f"{client.write_key}:secret".encode()).decode()
    assert client.send("/v1/batch", {"batch": []}, key=None, headers={"Authorization": f"basic {pair}"})[0] == 200
