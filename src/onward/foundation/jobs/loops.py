"""The worker: one thread a loop. A loop that raises says so in the log and goes on after a pause."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import structlog
from django.db import close_old_connections, connection

log = structlog.get_logger()

PAUSE_AFTER_ERROR = 2.0


@dataclass(frozen=True)
class Loop:
    """Call `fn` every `every` seconds, and again at once while it answers True (there was work)."""

    name: str
    every: float
    fn: Callable[[], bool]


def run_loops(loops: Iterable[Loop], stop: threading.Event) -> None:
    """Run all loops until `stop` is set; returns when each has ended its turn."""
    threads = [threading.Thread(target=_run, args=(loop, stop), name=loop.name, daemon=True) for loop in loops]
    for thread in threads:
        thread.start()
    stop.wait()
    for thread in threads:
        thread.join(timeout=10)


def _run(loop: Loop, stop: threading.Event) -> None:
    while not stop.is_set():
        pause = loop.every
        try:
            if loop.fn():
                pause = 0.0
        except Exception:
            # The database may be restarting: nothing is lost, the rows are still due.
            log.exception("loop.failed", loop=loop.name)
            pause = PAUSE_AFTER_ERROR
            close_old_connections()
        if pause:
            stop.wait(pause)
    connection.close()
