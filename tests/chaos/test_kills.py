"""R1: web and worker killed at random moments under load. Nothing acknowledged is lost, nothing counts twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
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
from tests.processes import ROOT, Started, children_of, processes_of, wait_until

SHORT, LONG = 30, 300
VICTIMS = ["web", "web's worker", "worker"]
NOTHING_DUE = (
    "select not exists (select 1 from usage_dirty)"
    " and not exists (select 1 from ledger_stream where drained < head or due_at is not null)"
)


@pytest.fixture
def started() -> Iterator[Started]:
    with tempfile.TemporaryDirectory(prefix="onward-chaos-") as folder:
        Path(folder).chmod(0o711)
        running = Started(Path(folder) / "data")
        yield running
        running.end()
        wait_until(lambda: not processes_of(running.data))


def begin(url: str, data: Path, accounts: int) -> dict[str, Any]:
    environment = os.environ | {"DATABASE_URL": url, "ONWARD_DATA": str(data), "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}
    command = [sys.executable, "-m", "tests.chaos.begin", str(accounts)]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def kill_one(started: Started) -> str:
    """SIGKILL to a random process that serves or works, as soon as there is one; who it was."""
    while True:
        living = children_of(started.process.pid)
        if "web" in living:
            living["web's worker"] = next(iter(children_of(living["web"]).values()), 0)
        there = [name for name in VICTIMS if living.get(name)]
        if there:
            victim = random.choice(there)
            os.kill(living[victim], signal.SIGKILL)
            return victim
        time.sleep(0.02)


def test_kills_lose_and_double_nothing(started: Started, is_long: bool) -> None:
    # covers R1
    cycles = LONG if is_long else SHORT
    url = json.loads((started.data / "running.json").read_text())["database_url"]
    groups = [f"group-{number}" for number in range(cycles)]
    load = Load(started.port, begin(url, started.data, len(groups))["write_key"])
    load.aimed_at = groups[:2]
    load.start()
    killed: Counter[str] = Counter()
    for cycle in range(cycles):
        time.sleep(random.uniform(0.05, 0.8))
        killed[kill_one(started)] += 1
        # The aim moves on, so that every cycle has crossings of its own.
        load.aimed_at = groups[cycle : cycle + 2]
    load.stop()
    for group in groups:
        load.deliver([group] * max(MILESTONES))
    with psycopg.connect(url, autocommit=True) as connection:
        wait_until(lambda: (connection.execute(NOTHING_DUE).fetchone() or [False])[0], seconds=120)
        wrong = differences(load.sent, load.acknowledged, read(connection))
    print(
        f"{cycles} cycles, killed {dict(killed)}, {len(load.acknowledged)} acknowledged, refused {dict(load.failures)}"
    )
    assert wrong == []
    assert killed.total() == cycles
    assert load.failures, "the kills did not reach the clients: the test proves nothing"


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
