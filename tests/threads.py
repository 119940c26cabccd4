"""Do things at the same moment, each on its own connection."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import connection, transaction

LONGEST_MEETING = 5.0


def together(*jobs: Callable[[], Any]) -> list[Any]:
    """Run all at once; each one's result, or the exception that it raised."""
    gate = threading.Barrier(len(jobs))
    results: list[Any] = [None] * len(jobs)

    def run(number: int, job: Callable[[], Any]) -> None:
        gate.wait()
        try:
            results[number] = job()
        except Exception as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number, job)) for number, job in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def meeting(table: str, row: UUID, *jobs: Callable[[], Any]) -> list[Any]:
    """Run all at once while somebody else holds a row that they write; it is let go when each waits or has ended.

    Without it the quicker one is often through before the other has begun, and a missing lock is not seen.
    """
    over = threading.Semaphore(0)

    def told(job: Callable[[], Any]) -> Callable[[], Any]:
        def run() -> Any:
            try:
                return job()
            finally:
                over.release()

        return run

    results: list[Any] = []
    runner = threading.Thread(target=lambda: results.extend(together(*map(told, jobs))))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"select 1 from {table} where id = %s for update", [row])
        runner.start()
        ended, deadline = 0, time.monotonic() + LONGEST_MEETING
        while time.monotonic() < deadline:
            ended += over.acquire(timeout=0.01)
            cursor.execute("select pg_stat_clear_snapshot()")
            cursor.execute(
                "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
            )
            if ended + cursor.fetchone()[0] >= len(jobs):
                break
    runner.join()
    return results
