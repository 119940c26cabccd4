"""The worker process: every loop of the wiring, until SIGTERM. Time-driven loops are the scheduler."""

from __future__ import annotations

import os
import signal
import threading

import django


def main() -> None:
    """Run the loops; each ends its turn before the process does."""
    # A loop holds one connection; a pool would only add threads of its own.
    os.environ.pop("ONWARD_POOLED", None)
    django.setup()
    from onward.config import wiring
    from onward.foundation import logs
    from onward.foundation.jobs import run_loops

    logs.configure("worker")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run_loops(wiring.LOOPS, stop)


if __name__ == "__main__":
    main()
