"""What runs later: the outbox is emptied."""

from __future__ import annotations

from onward.engagement.actions import claim_messages, deliver
from onward.kernel.actor import SYSTEM


def deliver_due() -> bool:
    """One turn of the mail loop: True when there was something, so that it is called again at once."""
    claimed = claim_messages(actor=SYSTEM)
    for message_id in claimed:
        deliver(message_id)
    return bool(claimed)
