"""Who reacts to facts, in which order, and which loops the worker runs."""

from __future__ import annotations

from onward.accounts import jobs as accounts
from onward.automation import actions as automation
from onward.conversation import jobs as conversation
from onward.engagement import jobs as engagement
from onward.foundation import ledger, throttle
from onward.foundation.jobs import Loop
from onward.identity.actions import session_store
from onward.insights import actions as insights
from onward.insights import jobs as insights_jobs
from onward.interfaces.api import door as api
from onward.usage import actions as usage_actions
from onward.usage import jobs as usage


def connect() -> None:
    """Subscribe the reactions: automation first, then the read models."""
    ledger.subscribe("automation", automation.react, concerns=automation.concerns)
    ledger.subscribe("insights", insights.react, reads_outcome=True)
    ledger.subscribe("usage", usage_actions.follow_mapping, concerns=usage_actions.concerns_mapping)


LOOPS: list[Loop] = [
    Loop("drain", 0.05, ledger.drain_due),
    Loop("moments", 2.0, automation.tick),
    Loop("stuck", 15.0, ledger.retry_stuck),
    Loop("mail", 1.0, engagement.deliver_due),
    Loop("tallies", 10.0, insights_jobs.fold_tallies),
    Loop("bulk", 1.0, insights_jobs.carry_on_bulk),
    Loop("throttle", 3600.0, throttle.sweep),
    Loop("sessions", 3600.0, session_store.sweep),
    Loop("removed_files", 3600.0, conversation.erase_due),
    Loop("api_answers", 3600.0, api.forget_old_answers),
    Loop("imports", 1.0, accounts.run_imports),
    Loop("usage", 0.01, usage.derive_when_told),
    Loop("usage_mapping", 60.0, usage.sweep),
]
