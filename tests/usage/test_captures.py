"""The requests of a real client, replayed byte for byte."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from onward.kernel.actor import SYSTEM
from onward.usage import actions
from tests.usage.sending import Client

Rows = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def requests(real_data: Path) -> list[dict[str, Any]]:
    with gzip.open(real_data / "client-captures" / "segment-python-2.4.0.jsonl.gz") as lines:
        return [json.loads(line) for line in lines]


def replay(requests: list[dict[str, Any]]) -> list[int]:
    answers = []
    for request in requests:
        headers = {k: v for k, v in request["headers"] if k.lower() not in ("host", "content-length", "connection")}
        body = base64.b64decode(request["body_base64"])
        answers.append(Client("").send(request["path"], body, headers=headers, key=None)[0])
    return answers


@pytest.mark.usefixtures("clean")
def test_a_replayed_capture_is_stored_once(requests: list[dict[str, Any]], rows: Rows) -> None:
    taken = actions.create_source(actor=SYSTEM, name="Product", write_key="WRITEKEY_TEST_python")
    assert taken.write_key == "WRITEKEY_TEST_python"
    assert set(replay(requests)) == {200}
    assert rows("select count(*) from usage_event") == [(284,)]
    kinds = dict(rows("select type, count(*) from usage_event group by type"))
    assert kinds.pop("track") == 274
    assert set(kinds) == {"identify", "page", "screen", "group", "alias"}
    assert sum(kinds.values()) == 10
    actions.derive_all()
    state = [rows(f"select * from {table} order by 1, 2") for table in ("usage_daily", "usage_person")]
    assert set(replay(requests)) == {200}
    actions.derive_all()
    assert rows("select count(*) from usage_event") == [(284,)]
    assert state == [rows(f"select * from {table} order by 1, 2") for table in ("usage_daily", "usage_person")]
    counts = dict(rows("select what, n from usage_source_count"))
    assert (counts["received"], counts["stored"], counts["duplicate"]) == (588, 284, 304)
