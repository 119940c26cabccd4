"""Take the demo away whole: accounts with all that hangs on them, what was sent for them, its people and sources."""

from __future__ import annotations

from django.db import transaction

from onward.accounts import actions as accounts
from onward.accounts import queries as account_queries
from onward.conversation import actions as conversation
from onward.engagement import actions as engagement
from onward.foundation import ledger
from onward.identity import actions as identity
from onward.identity.decisions import require
from onward.insights import actions as insights
from onward.journeys import actions as journeys
from onward.kernel.actor import Actor
from onward.usage import actions as usage


def remove(*, actor: Actor) -> int:
    """Remove it; how many accounts went. What people did to the organization itself stays in its ledger."""
    require(actor, "remove_demo", "installation")
    with transaction.atomic():
        # From above downwards: each app clears what it keeps before those that it points to.
        going = account_queries.demo_account_ids()
        for app in (insights, engagement, conversation, journeys, usage):
            app.forget_demo(actor=actor, account_ids=going)
        gone = accounts.forget_demo_accounts(actor=actor)
        identity.forget_demo_people(actor=actor)
        ledger.forget(ledger.stream_of(account_id) for account_id in gone)
    return len(gone)
