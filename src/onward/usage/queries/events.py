"""Raw events of an account, the latest first, for programs that read them back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from onward.foundation.postgres import one_statement
from onward.identity.decisions import require
from onward.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class EventRow:
    """One stored message. `person` is the end user's id after identities were joined; `key` orders equal moments."""

    at: datetime
    key: UUID
    type: str
    name: str | None
    person: str
    group_id: str
    message_id: str
    server: bool
    received_at: datetime
    props: dict[str, Any]


def events_of(
    actor: Actor,
    account_id: UUID,
    *,
    name: str = "",
    before: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[EventRow]:
    """The latest events of an account, of one name if given, before a moment and key if given."""
    require(actor, "see", "event")
    rows = one_statement(
        """select e.at, e.key, e.type, e.name, coalesce(p.person, e.who) as person, p.group_id, e.message_id, e.server,
                  e.received_at, e.props
           from usage_person p join usage_event e on e.who = p.who and e.grp = p.grp
           where p.account_id = %(account)s and (%(name)s = '' or e.name = %(name)s)
             and (%(at)s::timestamptz is null or (e.at, e.key) < (%(at)s, %(key)s::uuid))
           order by e.at desc, e.key desc limit %(limit)s""",
        {
            "account": account_id,
            "name": name,
            "at": before[0] if before else None,
            "key": before[1] if before else None,
            "limit": limit,
        },
    )
    return [EventRow(**row) for row in rows]
