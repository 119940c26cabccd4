"""Keys, scopes, failures in one form, once only, and nobody overwritten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from onward.foundation.clock import now
from onward.interfaces.api import door
from onward.interfaces.api.door import forget_old_answers
from tests.interfaces.api.conftest import Caller

Key = Callable[..., Caller]


def is_problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert found["status"] == status
    assert found["detail"]
    return found


def test_without_a_key_nothing_is_told(key: Key) -> None:
    for secret in ("", "onw_nonsense", "ä"):
        answer = Caller(secret)("GET", "/accounts")
        is_problem(answer, 401)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_key_that_ended_is_none(key: Key) -> None:
    caller = key("read", expires=timedelta(hours=1))
    assert caller("GET", "/accounts").status_code == 200
    with time_machine.travel(now() + timedelta(hours=2)):
        is_problem(caller("GET", "/accounts"), 401)


def test_scopes_bound_nouns_and_verbs(key: Key) -> None:
    caller = key("account:read")
    assert caller("GET", "/accounts").status_code == 200
    assert "account:write" in is_problem(caller("POST", "/accounts", {"name": "Acme"}), 403)["detail"]
    assert "deal:read" in is_problem(caller("GET", "/deals"), 403)["detail"]
    assert "fact:read" in is_problem(caller("GET", "/facts?account_id=acc_1"), 403)["detail"]
    assert key("read")("GET", "/deals").status_code == 200
    assert key("account:write")("POST", "/accounts", {"name": "Acme"}).status_code == 201


def test_failures_have_one_form(api: Caller) -> None:
    is_problem(api("GET", "/nothing"), 404)
    is_problem(api("GET", "/accounts/"), 404)
    is_problem(api("GET", "/accounts/acc_1"), 404)
    is_problem(api("GET", "/accounts/acc_00000000000000000000000000"), 404)
    told = api("PUT", "/accounts", {})
    is_problem(told, 405)
    assert "POST" in told.headers["Allow"]
    is_problem(api("POST", "/accounts", b"{"), 400)
    is_problem(api("POST", "/accounts", b"[" * 100_000), 400)
    is_problem(api("POST", "/accounts", b'{"name": NaN}'), 400)
    is_problem(api("POST", "/accounts", b"\xff"), 400)
    is_problem(api("POST", "/accounts", b" " * 1_000_001), 422)
    fields = is_problem(api("POST", "/accounts", {"nam": "Acme"}), 422)["details"]["fields"]
    assert {field["field"] for field in fields} == {"body.name", "body.nam"} or len(fields) == 2


WRONG: list[dict[str, Any]] = [
    {"name": 1},
    {"name": ""},
    {"name": "a\0b"},
    {"name": "\ud800"},
    {"name": "x" * 201},
    {"name": "Acme", "seats": "1"},
    {"name": "Acme", "seats": True},
    {"name": "Acme", "seats": 1.5},
    {"name": "Acme", "seats": -1},
    {"name": "Acme", "seats": 10**30},
    {"name": "Acme", "arr": True},
    {"name": "Acme", "arr": -1},
    {"name": "Acme", "arr": "1e9"},
    {"name": "Acme", "arr": 0.001},
    {"name": "Acme", "fields": {"a": "\0"}},
    {"name": "Acme", "fields": []},
    {"name": "Acme", "owner_id": ""},
    {"name": "Acme", "zone": "Nowhere/Land"},
    {"name": "Acme", "segment": "huge"},
]


def test_types_are_strict(api: Caller) -> None:
    for body in WRONG:
        assert api("POST", "/accounts", body).status_code in {400, 404, 422}, body
    assert api("GET", "/accounts").json()["rows"] == []


def test_days_and_moments_are_strict(api: Caller) -> None:
    account = api("POST", "/accounts", {"name": "Acme"}).json()["id"]
    for day in (0, "0", "2026-13-01", "2026-02-30", "2026-03-13T00:00:00Z", "20260313", True, "٢٠٢٦-٠٣-١٣"):
        is_problem(api("POST", "/deals", {"account_id": account, "name": "Deal", "closed_on": day}), 422)
    deal = api("POST", "/deals", {"account_id": account, "name": "Deal"}).json()["id"]
    for moment in (0, "2026-03-13", "2026-03-13T09:00:00", "9999-12-31T23:59:59-14:00", "2026-03-13T25:00Z"):
        is_problem(api("POST", f"/deals/{deal}/signature", {"signed_at": moment}), 422)


def test_a_post_is_carried_out_once(api: Caller, key: Key) -> None:
    body = {"name": "Acme", "external_id": "crm-1"}
    first = api("POST", "/accounts", body, Idempotency_Key="k1")
    again = api("POST", "/accounts", body, Idempotency_Key="k1")
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["ETag"] == first.headers["ETag"]
    assert len(api("GET", "/accounts").json()["rows"]) == 1
    is_problem(api("POST", "/accounts", {"name": "Beta"}, Idempotency_Key="k1"), 422)
    is_problem(api("POST", "/deals", body, Idempotency_Key="k1"), 422)
    refused = api("POST", "/accounts", body, Idempotency_Key="k2")
    is_problem(refused, 409)
    assert api("POST", "/accounts", body, Idempotency_Key="k2").content == refused.content
    other = key("read", "write")("POST", "/accounts", {"name": "Beta"}, Idempotency_Key="k1")
    assert other.status_code == 201, "another key's names are its own"
    is_problem(api("POST", "/accounts", body, Idempotency_Key="x" * 256), 422)


def test_answers_are_kept_for_a_day_at_least(api: Caller) -> None:
    first = api("POST", "/accounts", {"name": "Acme"}, Idempotency_Key="k1")
    with time_machine.travel(now() + timedelta(hours=25)):
        forget_old_answers()
        assert api("POST", "/accounts", {"name": "Acme"}, Idempotency_Key="k1").content == first.content
    with time_machine.travel(now() + timedelta(hours=49)):
        forget_old_answers()
        assert api("POST", "/accounts", {"name": "Acme"}, Idempotency_Key="k1").content != first.content


def test_one_that_is_under_way_is_not_begun_again(api: Caller) -> None:
    from onward.foundation.postgres import one_statement

    api("POST", "/accounts", {"name": "Acme"}, Idempotency_Key="k1")
    one_statement("update api_replay set status = null")
    is_problem(api("POST", "/accounts", {"name": "Acme"}, Idempotency_Key="k1"), 409)
    with time_machine.travel(now() + timedelta(minutes=11)):
        assert api("POST", "/accounts", {"name": "Acme"}, Idempotency_Key="k1").status_code == 201


def test_nobody_is_overwritten(api: Caller) -> None:
    made = api("POST", "/accounts", {"name": "Acme"})
    path, tag = f"/accounts/{made.json()['id']}", made.headers["ETag"]
    changed = api("PATCH", path, {"industry": "Freight"}, If_Match=tag)
    assert (changed.status_code, changed.json()["industry"]) == (200, "Freight")
    assert changed.headers["ETag"] != tag
    is_problem(api("PATCH", path, {"industry": "Rail"}, If_Match=tag), 412)
    assert api("PATCH", path, {"industry": "Rail"}, If_Match="*").status_code == 200
    assert api("PATCH", path, {"industry": "Air"}).json()["name"] == "Acme", "what is not sent stays"
    assert api("GET", path).headers["ETag"] == api("HEAD", path).headers["ETag"]


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "A_MINUTE", 3)
    monkeypatch.setattr(door, "STRANGERS_A_MINUTE", 2)


@pytest.mark.usefixtures("few")
def test_too_many_are_told_when_to_come_again(api: Caller) -> None:
    answers = [api("GET", "/accounts") for _ in range(4)]
    is_problem(answers[-1], 429)
    assert answers[-1].headers["Retry-After"] == "60"
    assert [Caller("x")("GET", "/accounts").status_code for _ in range(3)] == [401, 401, 429]


def test_a_body_is_json_whatever_it_says_it_is(api: Caller) -> None:
    answer = api.client.post(
        "/api/v1/accounts",
        b'{"name": "Acme"}',
        content_type="application/x-www-form-urlencoded",
        headers={"Authorization": f"Bearer {api.secret}"},
    )
    assert answer.status_code == 201
