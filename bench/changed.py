"""P7: what one change costs: a task completed through the action, with all that follows in its drain.

    python bench/changed.py [--rounds 60] [--small 50] [--large 1500]

The floor is one durable commit of one updated row on the same server; both take turns, and medians are compared. What
one change touches is counted by PostgreSQL itself (pg_stat) with few and with many accounts beside it: it must not
differ.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
COMMITS = 8.0
TOUCHED = """
select sum(n_tup_ins) as inserted, sum(n_tup_upd) as updated, sum(n_tup_del) as deleted
from pg_stat_xact_user_tables
"""


class World:
    """Somebody who completes tasks, and a supply of open ones."""

    def __init__(self) -> None:
        from bench.core_playbook import text
        from onward.identity import actions as identity
        from onward.kernel.actor import SYSTEM, Actor
        from onward.kernel.ids import format_id
        from onward.playbooks import actions as playbooks

        self.owner = identity.add_user(actor=SYSTEM, name="Mara", role="manager", mail="mara@bench.example")
        self.mara = Actor("staff", format_id("usr", self.owner), "Mara", role="manager")
        yaml = text(stages=7, tasks=5, due_every=2)
        self.book = playbooks.publish(actor=SYSTEM, text=yaml, file="core.yaml").version_id
        self.accounts = 0

    def open_accounts(self, upto: int) -> None:
        from onward.accounts import actions as accounts

        for number in range(self.accounts, upto):
            accounts.open_account(actor=self.mara, name=f"Beside {number:06}", owner_id=self.owner)
        self.accounts = max(self.accounts, upto)

    def open_tasks(self) -> list[UUID]:
        """The tasks of a new journey, in order."""
        from onward.accounts import actions as accounts
        from onward.foundation import clock
        from onward.journeys import actions as journeys
        from onward.journeys.queries import load_run

        account_id = accounts.open_account(actor=self.mara, name="The one", owner_id=self.owner)
        journey_id = journeys.open_journey(
            actor=self.mara, account_id=account_id, version_id=self.book, signed_at=clock.now()
        )
        run = load_run(journey_id)
        assert run is not None
        return [task.id for task in run.tasks]

    def complete(self, task_id: UUID) -> None:
        from onward.journeys import actions as journeys

        journeys.complete_task(actor=self.mara, task_id=task_id)


def seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def touched(world: World) -> tuple[int, ...]:
    """Rows written by completing a task that closes nothing, and by one that closes its stage."""
    from django.db import connection, transaction

    found: list[int] = []
    tasks = world.open_tasks()
    for task_id in tasks[:5]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(TOUCHED)
            before = cursor.fetchone()
            world.complete(task_id)
            cursor.execute(TOUCHED)
            after = cursor.fetchone()
            found += [int(b - a) for a, b in zip(before, after, strict=True)]
    return tuple(found)


def statements(world: World) -> int:
    """How many statements one completion sends, drain and all."""
    from django.db import connection

    sent: list[str] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append(sql)
        return execute(sql, params, many, context)

    tasks = world.open_tasks()
    world.complete(tasks[0])
    with connection.execute_wrapper(note):
        world.complete(tasks[1])
    return len(sent)


def compare(rounds: int, small: int, large: int) -> int:
    """Print all figures; 0 when they pass."""
    from django.db import connection

    world = World()
    with connection.cursor() as cursor:
        cursor.execute("create table bench_floor (id int primary key, n int not null)")
        cursor.execute("insert into bench_floor values (1, 0)")

    def floor() -> None:
        with connection.cursor() as cursor:
            cursor.execute("update bench_floor set n = n + 1 where id = 1")

    medians: dict[int, tuple[float, float]] = {}
    rows: dict[int, tuple[int, ...]] = {}
    for accounts in (small, large):
        world.open_accounts(accounts)
        rows[accounts] = touched(world)
        tasks: list[UUID] = []
        commits, changes = [], []
        for _ in range(rounds):
            tasks = tasks or world.open_tasks()
            next_one = tasks.pop(0)
            commits.append(seconds(floor))
            changes.append(seconds(lambda one=next_one: world.complete(one)))  # type: ignore[misc]
        medians[accounts] = (statistics.median(commits), statistics.median(changes))
    commit, change = medians[large]
    ratio = change / commit
    grown = medians[large][1] / medians[small][1] * medians[small][0] / medians[large][0]
    same = rows[small] == rows[large]
    print(f"P7 change: floor {commit * 1000:.2f} ms, product {change * 1000:.2f} ms, {ratio:.1f} commits"
          f" (goal {COMMITS:g}) {'PASS' if ratio <= COMMITS else 'FAIL'}; {statements(world)} statements")  # fmt: skip
    print(f"P7 growth: at {large} accounts {grown:.2f} of the time at {small}, by commits (goal 1.25)"
          f" {'PASS' if grown <= 1.25 else 'FAIL'}")  # fmt: skip
    beside = "the same" if same else f"not {rows[small]} as"
    print(f"P7 rows written by five completions (inserted, updated, deleted): {rows[large]};"
          f" {beside} with {small} accounts {'PASS' if same else 'FAIL'}")  # fmt: skip
    return 0 if ratio <= COMMITS and grown <= 1.25 and same else 1


def main() -> int:
    """A server of its own, durable as it ships."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--small", type=int, default=50)
    parser.add_argument("--large", type=int, default=1500)
    asked = parser.parse_args()
    from onward.foundation.postgres.server import EmbeddedServer

    home = Path(tempfile.mkdtemp(prefix="onward-bench-"))
    home.chmod(0o711)
    server = EmbeddedServer(home / "postgres")
    server.start()
    try:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "onward.config.settings",
            "ONWARD_DATA": str(home / "data"),
            "DATABASE_URL": server.url("onward"),
        }
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        return compare(asked.rounds, asked.small, asked.large)
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
