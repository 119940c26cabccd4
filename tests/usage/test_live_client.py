"""The unmodified Python client against a running server, which is killed and comes back in between."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
import segment.analytics.client

from tests.processes import Started, children_of, get, run, running, wait_until

EVENTS = 240


@pytest.fixture
def started() -> Iterator[Started]:
    with running() as found:
        yield found


def kill_the_web(started: Started) -> None:
    web = children_of(started.process.pid)["web"]
    for pid in [web, *children_of(web).values()]:
        os.kill(pid, signal.SIGKILL)


# The client leaves its sockets to the garbage collector.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_all_is_delivered_once_though_the_server_was_killed(started: Started) -> None:
    code, made, told = run("source", "create", "Product", "--kind", "server", data=started.data)
    assert code == 0, told
    failures: list[Any] = []
    client = segment.analytics.client.Client(
        made["write_key"],
        host=f"http://127.0.0.1:{started.port}",
        on_error=lambda error, batch: failures.append(error),
        upload_size=10,
        upload_interval=0.05,
        gzip=True,
        max_retries=10,
    )
    for number in range(EVENTS):
        client.track(f"user-{number % 7}", "Report Run", {"number": number}, context={"groupId": "acme"})
        if number == EVENTS // 3:
            client.flush()
            kill_the_web(started)
    client.identify("user-1", {"plan": "Pro"})
    client.group("user-1", "acme")
    client.flush()
    client.join()
    assert failures == []
    wait_until(lambda: get(started.port, "/healthz") == 200)
    code, shown, _ = run("source", "show", "product", data=started.data)
    assert code == 0
    assert (shown["stored"], shown["refused"]) == (EVENTS + 2, {})
    assert shown["received"] == shown["stored"] + shown["duplicate"]
    url = json.loads((started.data / "running.json").read_text())["database_url"]
    with psycopg.connect(url, autocommit=True) as connection:
        numbers = connection.execute(
            "select count(distinct props->>'number'), count(*) from usage_event where type = 'track'"
        ).fetchone()
        wait_until(lambda: connection.execute("select not exists (select 1 from usage_dirty)").fetchone() == (True,))
        people = connection.execute("select count(*) from usage_person").fetchone()
    assert numbers == (EVENTS, EVENTS)
    assert people == (7,)
