"""The append-only ledger between cause and effect. See `writing` (facts), `draining` (reactions), `reading`."""

from onward.foundation.ledger.draining import (
    Batch,
    drain,
    drain_due,
    retry_stuck,
    stuck_rows,
    subscribe,
    subscribers,
)
from onward.foundation.ledger.reading import Recorded, every_fact, facts_of, named_in, newest_facts
from onward.foundation.ledger.writing import ORG, forget, lock, stream_of, touch

__all__ = [
    "ORG",
    "Batch",
    "Recorded",
    "drain",
    "drain_due",
    "every_fact",
    "facts_of",
    "forget",
    "lock",
    "named_in",
    "newest_facts",
    "retry_stuck",
    "stream_of",
    "stuck_rows",
    "subscribe",
    "subscribers",
    "touch",
]
