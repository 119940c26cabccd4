"""What runs in the worker: the deriver, woken by intake, and the slow look for changed mappings."""

from __future__ import annotations

import threading

import psycopg

from onward.usage.actions import derive, sweep_mapping
from onward.usage.actions.pool import conninfo
from onward.usage.actions.waking import CHANNEL

PATIENCE = 1.0
_listening = threading.local()


def derive_when_told() -> bool:
    """Derive; with nothing to do wait for intake's word, at most a second. True: look again at once."""
    if derive():
        return True
    connection: psycopg.Connection | None = getattr(_listening, "connection", None)
    if connection is None or connection.closed:
        _listening.connection = connection = psycopg.connect(conninfo(), autocommit=True, connect_timeout=5)
        connection.execute(f"listen {CHANNEL}")
        return True
    try:
        for _ in connection.notifies(timeout=PATIENCE, stop_after=1):
            return True
    except psycopg.Error:
        connection.close()
        raise
    return False


def sweep() -> bool:
    """Have groups counted anew whose account changed without a word. Once a run is enough."""
    sweep_mapping()
    return False
