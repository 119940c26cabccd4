"""R1: web and worker killed at random moments under load. Nothing acknowledged is lost, nothing counts twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.chaos.account import Found, differences, read
from tests.chaos.begin import MILESTONES
from tests.chaos.load import Load
from tests.processes import ROOT, Started, children_of, running, wait_until

SHORT, LONG = 6, 300
VICTIMS = ["web", "web's worker", "worker"]
# "8 worker": so many kills, of these alone; for proofs that need only a part.
KNOB = os.environ.get("ONWARD_TEST_KILLS", "")
LATEST_KILL = 0.2
NOTHING_DUE = (
    "select not exists (select 1 from usage_dirty)"
    " and not exists (select 1 from ledger_stream where drained < head or due_at is not null)"
)


@pytest.fixture
def started() -> Iterator[Started]:
    with running() as found:
        yield found


def begin(url: str, data: Path, accounts: int) -> dict[str, Any]:
    environment = os.environ | {"DATABASE_URL": url, "ONWARD_DATA": str(data), "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}
    command = [sys.executable, "-m", "tests.chaos.begin", str(accounts)]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def kill_one(started: Started, victims: list[str]) -> str:
    """SIGKILL to a random process that serves or works, as soon as there is one; who it was."""
    while True:
        living = children_of(started.process.pid)
        if "web" in living:
            living["web's worker"] = next(iter(children_of(living["web"]).values()), 0)
        there = [name for name in victims if living.get(name)]
        if there:
            victim = random.choice(there)
            os.kill(living[victim], signal.SIGKILL)
            return victim
        time.sleep(0.02)


def burst(load: Load, pair: list[str]) -> None:
    """All crossings of two groups, which nothing is sent to afterwards: what a kill takes, no later event brings."""
    parts = random.choice([1, 1, 3])
    for _ in range(parts):
        load.deliver(pair * (max(MILESTONES) // parts))


def work_goes_on(connection: psycopg.Connection[Any]) -> None:
    """Events come in and are counted: a kill proves something only where both serve and work."""
    counted = "select coalesce(sum(n), 0)::int from usage_account"
    (before,) = connection.execute(counted).fetchone() or (0,)
    wait_until(lambda: (connection.execute(counted).fetchone() or (0,))[0] > before, seconds=60)


def test_kills_lose_and_double_nothing(started: Started, is_long: bool) -> None:
    # covers R1
    cycles, victims = LONG if is_long else SHORT, VICTIMS
    if KNOB:
        cycles, victims = int(KNOB.split()[0]), KNOB.split(maxsplit=1)[1:] or VICTIMS
    url = json.loads((started.data / "running.json").read_text())["database_url"]
    groups = [f"group-{number}" for number in range(1 + 2 * cycles)]
    load = Load(started.port, begin(url, started.data, len(groups))["write_key"])
    load.aimed_at = groups[:1]
    load.start()
    killed: Counter[str] = Counter()
    with psycopg.connect(url, autocommit=True) as connection:
        for cycle in range(cycles):
            work_goes_on(connection)
            pair = groups[1 + 2 * cycle : 3 + 2 * cycle]
            sending = threading.Thread(target=burst, args=(load, pair), daemon=True)
            sending.start()
            time.sleep(random.uniform(0, LATEST_KILL))
            killed[kill_one(started, victims)] += 1
            sending.join(timeout=60)
        load.stop()
        wait_until(lambda: (connection.execute(NOTHING_DUE).fetchone() or [False])[0], seconds=120)
        wrong = differences(load.sent, load.acknowledged, read(connection))
    print(
        f"{cycles} cycles, killed {dict(killed)}, {len(load.acknowledged)} acknowledged, refused {dict(load.failures)}"
    )
    assert wrong == []
    assert killed.total() == cycles
    assert load.failures or victims == ["worker"], "the kills did not reach the clients: the test proves nothing"


def good() -> tuple[dict[str, tuple[str, datetime]], Found]:
    began = datetime(2026, 1, 1, tzinfo=UTC)
    sent = {f"m{n}": ("g", began + timedelta(seconds=n)) for n in range(max(MILESTONES))}
    found = Found(
        events=[(id, "g") for id in sent],
        totals={"g": len(sent)},
        daily=len(sent),
        met=[("g", f"ran_{need}", began + timedelta(seconds=need - 1)) for need in MILESTONES],
        closed=[("g", f"stage_{need}") for need in MILESTONES],
        completed=["g"],
    )
    return sent, found


@pytest.mark.parametrize(
    "fault",
    [
        lambda found: replace(found, events=found.events[1:]),
        lambda found: replace(found, events=[*found.events, found.events[0]]),
        lambda found: replace(found, totals={"g": found.totals["g"] + 1}),
        lambda found: replace(found, daily=found.daily - 1),
        lambda found: replace(found, met=found.met[1:]),
        lambda found: replace(found, met=[*found.met, found.met[0]]),
        lambda found: replace(found, met=[(g, k, at + timedelta(seconds=1)) for g, k, at in found.met]),
        lambda found: replace(found, closed=[*found.closed, found.closed[-1]]),
        lambda found: replace(found, completed=[]),
        lambda found: replace(found, stuck=1),
    ],
)
def test_a_planted_loss_or_double_is_seen(fault: Any) -> None:
    sent, found = good()
    assert differences(sent, set(sent), found) == []
    assert differences(sent, set(sent), fault(found)) != []
