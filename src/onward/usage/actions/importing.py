"""Events out of a file: each row is a message of a source of its own, and the same row is the same event."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from onward.accounts.decisions.sheets import read_sheet
from onward.foundation import clock
from onward.identity.decisions import require
from onward.kernel.actor import Actor
from onward.usage.actions.intake import take
from onward.usage.actions.sources import create_source
from onward.usage.decisions.events import judge
from onward.usage.decisions.moments import parse_moment
from onward.usage.decisions.sheets import columns_of, message_of
from onward.usage.models import Source

BATCH = 1000
SOURCE = "Imported events"
NO_TIME = "the time cannot be read"


@dataclass
class EventImport:
    """What an import came to; the keys are those of every import. `problems` are (row, reason), at most 10,000."""

    read: int = 0
    stored: int = 0
    known: int = 0
    refused: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        return {
            "read": self.read,
            "opened": self.stored,
            "changed": 0,
            "unchanged": self.known,
            "warnings": 0,
            "errors": self.refused,
        }


def import_events(
    *,
    actor: Actor,
    content: bytes,
    mapping: Mapping[str, Any] | None = None,
    source: str = SOURCE,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> EventImport:
    """Store the rows of a CSV file (also .gz) as events of the source of that name, made when it is missing.

    `mapping` may hold `columns` ({column: event, userId, anonymousId, groupId, timestamp, messageId, type, property or
    ignore}). A row that cannot be stored stays out and is listed; the rest goes in. Sending it again changes nothing.
    """
    require(actor, "create", "import")
    sheet = read_sheet(content)
    columns = columns_of(sheet.header, dict((mapping or {}).get("columns") or {}))
    found = Source.objects.filter(name__iexact=source).values_list("id", flat=True).first()
    source_id = found or create_source(actor=actor, name=source).source_id
    result = EventImport()
    rows = iter(sheet.rows)
    while chunk := list(islice(rows, BATCH)):
        received_at = clock.now()
        numbers: list[int] = []
        messages: list[bytes] = []
        for number, cells in chunk:
            message = message_of(sheet.header, cells, columns)
            if parse_moment(message.get("timestamp")) is None:
                result.problems.append((number, NO_TIME))
                result.refused += 1
                continue
            numbers.append(number)
            messages.append(json.dumps(message).encode())
        delivery = judge(messages, source=source_id, received_at=received_at)
        outcome = take(delivery, source_id=source_id, server=True, received_at=received_at)
        result.problems += [(numbers[item.place], item.reason) for item in delivery.refused]
        result.read += len(chunk)
        result.stored += outcome.stored
        result.known += outcome.duplicate
        result.refused += outcome.refused
        progress(result.read, len(sheet.rows))
    del result.problems[10_000:]
    return result
