"""Tells the deriver that there is something to do, after the commit and outside of it.

NOTIFY takes a lock that serialises commits: inside intake's transaction it costs a third of the throughput. Here one
thread a process notifies on a connection of its own, once for however many batches came meanwhile.
"""

from __future__ import annotations

import threading
import time

import psycopg
import structlog

from onward.usage.actions.pool import conninfo

CHANNEL = "onward_usage"
PAUSE = 0.02

log = structlog.get_logger()
_due = threading.Event()
_lock = threading.Lock()
_thread: threading.Thread | None = None


def wake() -> None:
    """Ask for the deriver. Never blocks and never fails: without it the deriver looks by itself a second later."""
    global _thread
    _due.set()
    if _thread is None or not _thread.is_alive():
        with _lock:
            if _thread is None or not _thread.is_alive():
                _thread = threading.Thread(target=_notify, name="usage-wake", daemon=True)
                _thread.start()


def _notify() -> None:
    connection: psycopg.Connection | None = None
    while _due.wait():
        _due.clear()
        try:
            if connection is None or connection.closed:
                connection = psycopg.connect(conninfo(), autocommit=True, connect_timeout=5)
            connection.execute("select pg_notify(%s, '')", [CHANNEL])
        except psycopg.Error as error:
            log.warning("usage.wake_failed", problem=type(error).__name__)
            connection = None
            time.sleep(1)
        time.sleep(PAUSE)
