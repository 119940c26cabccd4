"""Whatever is sent, the API answers in its own form and never breaks. # covers R5"""

from __future__ import annotations

from uuid import UUID

import pytest

from onward.interfaces.api import door
from onward.interfaces.api.root import schema
from tests.interfaces.api.conftest import Caller
from tests.interfaces.api.hostile import Maker
from tests.interfaces.api.test_nouns import account, journey


def test_generated_requests_never_break_it(
    api: Caller, version: UUID, is_long: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "A_MINUTE", 10**9)
    monkeypatch.setattr(door, "STRANGERS_A_MINUTE", 10**9)
    one = journey(api)
    acme = account(api, name="Beta", group_id="beta")["id"]
    tasks = [row["id"] for row in api("GET", f"/journeys/{one}/tasks").json()["rows"]]
    dana = api("POST", "/contacts", {"account_id": acme, "name": "Dana"}).json()["id"]
    deal = api("POST", "/deals", {"account_id": acme, "name": "Deal"}).json()["id"]
    objective = api("POST", f"/journeys/{one}/objectives", {"outcome": "Reports"}).json()["id"]
    refs = {
        "account_id": [acme, api("GET", f"/journeys/{one}").json()["account_id"]],
        "journey_id": [one],
        "task_id": tasks,
        "contact_id": [dana],
        "owner_contact_id": [dana],
        "deal_id": [deal],
        "objective_id": [objective],
        "key": ["first_value", "two_steps"],
        "playbook": ["two_steps"],
    }
    api.client.raise_request_exception = False
    maker = Maker(schema(), refs, seed=20260313)
    seen: dict[int, int] = {}
    for _ in range(20_000 if is_long else 1_000):
        request = maker.make()
        answer = api(request.method, request.path, request.body, **request.headers)
        seen[answer.status_code] = seen.get(answer.status_code, 0) + 1
        assert answer.status_code < 500, request
        kind = answer.headers.get("Content-Type", "")
        assert kind.startswith("application/problem+json" if answer.status_code >= 400 else "application/json"), request
        if answer.status_code >= 400:
            assert answer.json()["detail"], request
    assert {200, 201, 400, 404, 405, 409, 422} <= set(seen), seen


def test_the_document_is_valid_and_names_every_failure() -> None:
    validator = pytest.importorskip("openapi_spec_validator")
    document = schema()
    plain = {**document, "paths": _text_keys(document["paths"])}
    validator.validate(plain)
    assert plain["openapi"].startswith("3.1")
    for path, methods in plain["paths"].items():
        for method, operation in methods.items():
            assert {"401", "403", "404", "422", "429"} <= set(operation["responses"]), (method, path)
            assert operation["x-scope"], (method, path)


def _text_keys(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _text_keys(item) for key, item in value.items()}
    return [_text_keys(item) for item in value] if isinstance(value, list) else value
