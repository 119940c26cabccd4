"""A real clickstream, shuffled and twice: as many events as there are, the known funnel, the known first times."""

from __future__ import annotations

import csv
import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from onward.kernel.actor import SYSTEM
from onward.usage import actions, queries
from tests.usage.sending import Client

STEPS = ["catalog", "product_view", "add_to_cart", "cart", "shipping_details", "payment_details", "purchase"]
Rows = Callable[..., list[tuple[Any, ...]]]


def figures() -> None:
    assert [step.count for step in queries.funnel(STEPS)] == [600, 596, 502, 419, 315, 209, 109]
    times = queries.first_times("purchase", as_of=queries.last_event_at())
    assert len(times) == 600
    assert sum(1 for time in times if time.end) == 328


@pytest.mark.usefixtures("clean")
def test_imported_from_the_file_twice(real_data: Path, rows: Rows) -> None:
    content = (real_data / "events-ecom" / "ecom.csv.gz").read_bytes()
    first = actions.import_events(actor=SYSTEM, content=content)
    assert first.counts == {
        "read": 31106, "opened": 31076, "changed": 0, "unchanged": 30, "warnings": 0, "errors": 0,
    }  # fmt: skip
    again = actions.import_events(actor=SYSTEM, content=content)
    assert (again.stored, again.known) == (0, 31106)
    figures()
    actions.derive_all()
    figures()
    assert rows("select sum(n) from usage_daily") == [(31076,)]
    assert rows("select count(*) from usage_partition where parent = 'usage_event'") == [(6,)]


def test_sent_shuffled_and_twice(real_data: Path, client: Client, rows: Rows) -> None:
    with gzip.open(real_data / "events-ecom" / "ecom.csv.gz", "rt") as lines:
        sheet = list(csv.DictReader(lines))
    messages = [
        json.dumps(
            {
                "type": "track", "userId": row["user_id"], "event": row["event"], "timestamp": row["timestamp"],
                "messageId": "row-" + str(abs(hash(tuple(row.values())))), "properties": {"platform": row["platform"]},
            }
        ).encode()
        for row in sheet
    ] * 2  # fmt: skip
    random.Random(5).shuffle(messages)
    for start in range(0, len(messages), 1000):
        assert client.batch(*messages[start : start + 1000]) == 200
    assert rows("select count(*) from usage_event") == [(31076,)]
    figures()
