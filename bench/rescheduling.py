"""Moving a day of a plan of 2,000 tasks: deciding what follows against a bare walk of the same graph, and writing it
against one UPDATE of the same rows.

    python bench/rescheduling.py [--tasks 2000] [--stages 10] [--rounds 7]

Floor and product take turns; the figure is the least of all rounds (deciding: CPU; writing: the clock). The walk knows
only the order, laid out beforehand: for each task the latest end before it and a day of work. What the product adds:
laying the order out, calendars of both sides, lags, what is counted from a date, how things stood before, and the
reason of each day.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onward.config.settings")

DECIDE, WRITE = 3.0, 2.0
TODAY = date(2026, 3, 16)


def plan(count: int, width: int):  # type: ignore[no-untyped-def]
    """Stages side by side; in each every task waits for the one before, each third for one further back."""
    from onward.journeys.decisions.opening import opened
    from onward.journeys.decisions.outside import Outside
    from onward.journeys.decisions.state import JourneyRow
    from onward.kernel.clock import WorkingCalendar
    from onward.playbooks.decisions.definition import Playbook, Stage, Task
    from onward.playbooks.decisions.parts import Link, Role

    stages = []
    for number in range(width):
        keys = [f"t{number}_{n}" for n in range(count // width)]
        tasks = []
        for n, key in enumerate(keys):
            links = [Link(keys[n - 1])] if n else []
            links += [Link(keys[n - 3])] if n > 3 and n % 3 == 0 else []
            by = "champion" if n % 3 == 1 else "csm"
            tasks.append(Task(key, key, "to_do", f"s{number}", by, after=tuple(links)))
        stages.append(Stage(f"s{number}", f"S{number}", "csm", tasks=tuple(tasks)))
    roles = (Role("csm", "CSM", "ours", "account_owner"), Role("champion", "Champion", "theirs", "by_hand"))
    book = Playbook(id="wide", title="Wide", accountable="csm", roles=roles, stages=tuple(stages))
    start = datetime(2026, 3, 2, 12, tzinfo=UTC)
    journey = JourneyRow(
        UUID(int=1), UUID(int=2), None, UUID(int=3), "wide", "Wide", "open", None, start, start, None, 0, None, "",
        None, None, {}, {}, {}, {}, [], "on_track", "", start, None, 1, False,
    )  # fmt: skip
    run = opened(book, journey, uuid4)
    run.tasks = [row for row in run.tasks if row.kind != "fill_role"]
    for stage in run.stages:
        stage.entered_at = start
    ours = WorkingCalendar(holidays=frozenset({date(2026, 4, 3), date(2026, 4, 6)}))
    theirs = WorkingCalendar(weekdays=frozenset({6, 0, 1, 2, 3}))
    for n, row in enumerate(run.tasks):
        side = theirs if row.role == "champion" else ours
        row.due_on = side.next_working(TODAY + timedelta(days=1 + n % (count // width)))
        row.due_at, row.due_by_hand = side.end_of(row.due_on), True
    return book, run, Outside(ours=ours, theirs=theirs)


def walk(tasks, ends, first, day):  # type: ignore[no-untyped-def]
    """The floor: the same order with plain days."""
    found = {}
    for key, before in tasks:
        start = max((found[name] for name in before), default=0)
        found[key] = max(ends[key], start + 1, day if key == first else 0)
    return found


def least(fn: Callable[[], object]) -> float:
    begin = time.process_time()
    fn()
    return time.process_time() - begin


def deciding(count: int, width: int, rounds: int) -> None:
    from onward.journeys.decisions.rescheduling import cascade

    book, run, outside = plan(count, width)
    links = [(task.id, [link.id for link in task.after]) for task in book.tasks]
    ends = {row.key: row.due_on.toordinal() for row in run.tasks if row.due_on}
    now, first = datetime.combine(TODAY, datetime.min.time(), UTC), run.tasks[0].key
    to = TODAY + timedelta(days=20)
    floor = product = 1e9
    moved = 0
    for _ in range(rounds):
        floor = min(floor, least(lambda: walk(links, ends, first, to.toordinal())))
        shifts = []
        product = min(product, least(lambda: shifts.extend(cascade(book, run, outside, now, {f"task.{first}": to}))))  # noqa: B023
        moved = sum(one.moves for one in shifts)
    tell("deciding", f"{count} tasks, {moved} move", floor, product, DECIDE)


def writing(count: int, width: int, rounds: int) -> None:
    """Other days for every task: as an action saves them (rows compared before and after), and as one bare UPDATE. The
    facts, one a task, are not in it."""
    from onward.foundation.postgres.server import EmbeddedServer

    home = Path(tempfile.mkdtemp(prefix="onward-bench-"))
    home.chmod(0o711)
    server = EmbeddedServer(home / "postgres")
    server.start()
    try:
        os.environ |= {"ONWARD_DATA": str(home / "data"), "DATABASE_URL": server.url("onward")}
        written(count, width, rounds)
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def written(count: int, width: int, rounds: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    from onward.accounts import actions as accounts
    from onward.foundation.postgres import one_statement, pipelined
    from onward.journeys.actions.saving import all_rows, insert_all, remember, save
    from onward.kernel.actor import SYSTEM
    from tests.world import publish

    call_command("migrate", verbosity=0)
    book, run, _ = plan(count, width)
    account_id = accounts.open_account(actor=SYSTEM, name="Acme")
    run.journey.version_id = publish(book)
    for row in all_rows(run):
        row.account_id = account_id
    with transaction.atomic():
        pipelined(insert_all(all_rows(run)))
    sql = """update journeys_taskrun t set due_at = v.at, due_on = v.day, edition = t.edition + 1
             from unnest(%s::uuid[], %s::timestamptz[], %s::date[]) v (id, at, day) where t.id = v.id"""
    floor = product = 1e9
    for _ in range(rounds):
        at = [row.due_at + timedelta(days=1) for row in run.tasks if row.due_at]
        begin = time.perf_counter()
        with transaction.atomic():
            one_statement(sql, ([row.id for row in run.tasks], at, [one.date() for one in at]))
        floor = min(floor, time.perf_counter() - begin)
        begin = time.perf_counter()
        with transaction.atomic():
            before = remember(run)
            for row in run.tasks:
                row.due_at, row.due_on = row.due_at + timedelta(days=2), row.due_on + timedelta(days=2)  # type: ignore[operator]
                row.edition += 1
            save(run, before)
        product = min(product, time.perf_counter() - begin)
    tell("writing", f"{count} rows", floor, product, WRITE)


def tell(what: str, of: str, floor: float, product: float, bound: float) -> None:
    ratio = product / floor
    verdict = "PASS" if ratio <= bound else "FAIL"
    times = f"floor {floor * 1000:.2f} ms, product {product * 1000:.2f} ms"
    print(f"{what} ({of}): {times}, {ratio:.2f} x of {bound:g} x: {verdict}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=2000)
    parser.add_argument("--stages", type=int, default=10, help="side by side: all tasks move where it is 1")
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    deciding(asked.tasks, asked.stages, asked.rounds)
    writing(asked.tasks, asked.stages, asked.rounds)


if __name__ == "__main__":
    main()
