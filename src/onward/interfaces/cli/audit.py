"""`onward audit`: recompute everything derived from raw events and facts, and name each difference."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from onward.accounts.queries import auditing as accounts
from onward.automation.actions import tick
from onward.automation.queries import auditing as automation
from onward.foundation import clock, ledger
from onward.foundation.ledger import auditing as ledger_auditing
from onward.insights.actions import auditing as insights
from onward.interfaces.cli.answers import Answer
from onward.usage import actions as usage_actions
from onward.usage import queries as usage_queries


def register(subparsers: Any) -> None:
    """Add the command."""
    audit = subparsers.add_parser("audit", help="recompute everything derived and name each difference")
    audit.set_defaults(run=run_audit)


def run_audit(arguments: argparse.Namespace) -> Answer:
    """All differences; refused (exit 1) when there is one. What merely waits for a worker is done first."""
    settle()
    found = list(differences())
    document = {"differences": found, "checked": ["ledger", "usage", "accounts", "journeys", "portfolio"]}
    words = "Nothing differs: ledger, usage, accounts, journeys and portfolio follow from events and facts."
    return Answer(document, "\n".join(found) if found else words, refused=bool(found))


def settle() -> None:
    """Bring what is under way to rest."""
    while usage_actions.derive():
        pass
    tick()
    while ledger.drain_due():
        pass


def differences() -> Iterator[str]:
    """Every difference, as a sentence."""
    now = clock.now()
    yield from ledger_auditing.differences()
    yield from (str(item) for item in usage_queries.differences())
    yield from accounts.differences()
    yield from automation.differences(now)
    yield from insights.differences(now)
