"""Who reacts to facts, in which order, and which loops the worker runs."""

from __future__ import annotations

from onward.foundation import ledger
from onward.foundation.jobs import Loop


def connect() -> None:
    """Subscribe the reactions: automation first, then the read models."""


LOOPS: list[Loop] = [
    Loop("drain", 0.05, ledger.drain_due),
    Loop("stuck", 15.0, ledger.retry_stuck),
]
