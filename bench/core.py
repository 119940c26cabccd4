"""P14: onboardings of 35 tasks from start to end through the product's own actions, against the same in plain SQL.

    python bench/core.py [--n 40] [--rounds 5]

Audit, exit criteria and read models are on: every completion locks, judges, records its facts and is drained. The
scenario and its floor are not part of the product: they are looked for in ONWARD_BENCH_CORE, then in
../shared/bench/core. Floor and product take turns on one durable PostgreSQL; the figure is the CPU of this process and
its database sessions, least of all rounds.
"""

from __future__ import annotations

import argparse
import importlib
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
JOURNEYS, ROWS = 0.10, 0.5


def scenario_folder() -> Path | None:
    """Where the scenario is, if it is anywhere."""
    named = os.environ.get("ONWARD_BENCH_CORE")
    folder = Path(named) if named else ROOT.parent / "shared" / "bench" / "core"
    return folder if (folder / "scenario.py").exists() else None


class Clock:
    """CPU seconds of this process and of the sessions named."""

    def __init__(self) -> None:
        self.pids: set[int] = set()

    def __call__(self) -> float:
        used = time.process_time()
        for pid in self.pids:
            used += int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
        return used


class Onward:
    """The scenario's peer: five methods, each one of the product's own doors to the same thing."""

    name = "onward"
    version = "this tree"

    def __init__(self, scenario: Any, clock: Clock) -> None:
        self.scenario, self.clock = scenario, clock
        self.round, self.reading = 0, 0.0

    def setup(self) -> None:
        """Once: people, the playbook, a week without weekends (the scenario's dates know none)."""
        from bench.core_playbook import text
        from onward.identity import actions as identity
        from onward.kernel.actor import SYSTEM, Actor
        from onward.kernel.ids import format_id
        from onward.playbooks import actions as playbooks

        if hasattr(self, "mara"):
            return
        week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        identity.change_organization(actor=SYSTEM, name="Bench", working_week=week)
        self.owner = identity.add_user(actor=SYSTEM, name="Mara", role="manager", mail="mara@bench.example")
        self.mara = Actor("staff", format_id("usr", self.owner), "Mara", role="manager")
        sc = self.scenario
        yaml = text(stages=sc.STAGES, tasks=sc.TASKS_PER_STAGE, due_every=sc.DUE_EVERY)
        self.book = playbooks.publish(actor=SYSTEM, text=yaml, file="core.yaml").version_id

    def start(self, i: int) -> object:
        from onward.accounts import actions as accounts
        from onward.journeys import actions as journeys
        from onward.journeys.queries import load_run

        account_id = accounts.open_account(actor=self.mara, name=f"Round{self.round} {i:05}", owner_id=self.owner)
        journey_id = journeys.open_journey(
            actor=self.mara, account_id=account_id, version_id=self.book, signed_at=self.scenario.started_at()
        )
        run = load_run(journey_id)
        assert run is not None
        tasks = {task.key: task.id for task in run.tasks}
        return [tasks[self.scenario.task_name(k)] for k in range(self.scenario.TASKS)]

    def complete(self, ref: Any, k: int) -> None:
        from onward.journeys import actions as journeys

        journeys.complete_task(actor=self.mara, task_id=ref[k])

    def portfolio(self) -> Iterable[Any]:
        from onward.insights.queries.portfolio import Filters, portfolio

        began = self.clock()
        page = portfolio(self.mara, Filters(words=f"round{self.round}", state="all"), sort="account", limit=1000)
        rows = []
        for line in page.rows:
            stage = self.scenario.STAGES + 1 if line.state == "completed" else line.stage_number
            overdue = 0 if line.state == "completed" else line.overdue_ours + line.overdue_theirs
            rows.append(self.scenario.Row(stage, line.tasks_done * 100 // line.tasks_total, overdue))
        self.reading += self.clock() - began
        return rows

    def db_bytes(self) -> int:
        return 0


def timed_floor(made: Any, clock: Clock) -> Any:
    """The floor with the same stopwatch round its page."""
    plain = made.portfolio

    def portfolio() -> Iterable[Any]:
        began = clock()
        rows = list(plain())
        made.reading += clock() - began
        return rows

    made.reading, made.portfolio = 0.0, portfolio
    return made


def measured(peer: Any, run: Callable[[Any, int], Any], n: int, clock: Clock) -> tuple[float, float]:
    """CPU seconds of n onboardings, and of the pages read meanwhile."""
    peer.reading = 0.0
    began = clock()
    run(peer, n)
    return clock() - began - peer.reading, peer.reading


def main() -> int:
    """0 when both ratios are reached (or the scenario is not here, which is said)."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--n", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    folder = scenario_folder()
    if folder is None:
        print("NOT RUN: the scenario of the core bench is not here (set ONWARD_BENCH_CORE to its folder)")
        return 0
    from onward.foundation.postgres.server import EmbeddedServer

    home = Path(tempfile.mkdtemp(prefix="onward-bench-"))
    home.chmod(0o711)
    server = EmbeddedServer(home / "postgres")
    server.start()
    try:
        return compare(server, folder, asked.n, asked.rounds, home)
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def compare(server: Any, folder: Path, n: int, rounds: int, home: Path) -> int:
    """Let both take turns, and print the figures."""
    import psycopg

    # The floor asks for psycopg2 by name; ours answers the same calls.
    sys.modules.setdefault("psycopg2", psycopg)
    sys.path.insert(0, str(folder))
    scenario, floor_sql = importlib.import_module("scenario"), importlib.import_module("floor_sql")
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "onward.config.settings",
        "ONWARD_DATA": str(home / "data"),
        "DATABASE_URL": server.url("onward"),
    }
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from onward.foundation import clock as today

    call_command("migrate", verbosity=0)
    clock = Clock()
    ours = Onward(scenario, clock)
    theirs = timed_floor(floor_sql.FloorSql(argparse.Namespace(db=floor_database(server))), clock)
    theirs.setup()
    clock.pids = {connection.connection.info.backend_pid, theirs.db.info.backend_pid}
    theirs.setup = lambda: theirs._sql("truncate task, onboarding")
    best = {"floor": (9e9, 9e9), "onward": (9e9, 9e9)}
    for number in range(rounds):
        ours.round = number
        for name, peer in (("floor", theirs), ("onward", ours)):
            with today.pretend(scenario.NOW):
                found = measured(peer, scenario.run, n, clock)
            best[name] = (min(best[name][0], found[0]), min(best[name][1], found[1]))
    return told(best, n)


def floor_database(server: Any) -> str:
    """An empty database of the same server."""
    import psycopg

    from onward.foundation.postgres.server import SUPERUSER

    with psycopg.connect(server.url("postgres", role=SUPERUSER), autocommit=True) as connection:
        connection.execute("create database floor owner onward")
    found: str = server.url("floor")
    return found


def told(best: dict[str, tuple[float, float]], n: int) -> int:
    """Print both figures; 0 when both pass."""
    passed = True
    for title, place, goal in (("journeys", 0, JOURNEYS), ("portfolio rows", 1, ROWS)):
        floor, value = best["floor"][place] / n, best["onward"][place] / n
        ratio = floor / value
        passed &= ratio >= goal
        word = "PASS" if ratio >= goal else "FAIL"
        print(f"P14 {title}: floor {floor * 1000:.2f} ms CPU, product {value * 1000:.2f} ms CPU, "
              f"{ratio:.3f} of the floor (goal {goal}) {word}")  # fmt: skip
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
