"""What was crossed becomes facts, and who watches is asked to look again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from onward.foundation import ledger
from onward.foundation.ledger.writing import Pending, append
from onward.foundation.postgres import one_statement
from onward.kernel.actor import SYSTEM
from onward.kernel.fact import Fact
from onward.usage.actions.deriving.counting import Counted, Moved, Rows
from onward.usage.facts import AccountConnected, EventFirstSeen, PersonJoined


def tell(moved: Moved) -> set[str]:
    """Record what was crossed, ask for a fresh look where it is watched; the streams concerned."""
    new, known, changed = moved.rows, moved.known, moved.changed
    accounts_changed = sorted({account for account, _ in changed})
    watches = {
        row["account_id"]: set(row["names"])
        for row in one_statement(
            "select account_id, names from usage_watch where account_id = any(%s)", (accounts_changed,)
        )
    }
    connected = {account for account, _ in known}
    first: dict[UUID, datetime] = {}
    first_named: dict[tuple[UUID, str], Counted] = {}
    for row in sorted(new.values(), key=lambda row: (row.first_at, row.person)):
        first.setdefault(row.account_id, row.first_at)
        first_named.setdefault((row.account_id, row.name), row)
    facts: list[tuple[UUID, Fact, datetime]] = [
        (account, AccountConnected(account, first[account]), first[account])
        for account in sorted(first.keys() - connected)
    ]
    for (account, name), row in first_named.items():
        if (account, name) not in known and watches.get(account, set()) & {name, "*"}:
            fact = EventFirstSeen(account, name, row.person, row.first_at)
            facts.append((account, fact, row.first_at))
    facts += _joined(new, set(watches))
    touched = {
        account
        for account, name in changed
        if watches.get(account, set()) & {name, "*"} or (account in watches and account not in connected)
    }
    heads = ledger.lock({ledger.stream_of(account) for account, _, _ in facts}) if facts else {}
    append(
        [Pending(ledger.stream_of(account), None, fact, 0, None, SYSTEM.ref, at) for account, fact, at in facts],
        heads,
        due_in=0.0,
    )
    streams = {ledger.stream_of(account) for account in touched}
    ledger.touch(streams)
    return streams | set(heads)


def _joined(new: Rows, watched: set[UUID]) -> list[tuple[UUID, Fact, datetime]]:
    """Persons of watched accounts who have not been told of."""
    first: dict[tuple[UUID, str], datetime] = {}
    for row in new.values():
        if row.account_id in watched:
            key = (row.account_id, row.person)
            first[key] = min(row.first_at, first.get(key, row.first_at))
    if not first:
        return []
    ordered = sorted(first)
    fresh = one_statement(
        "insert into usage_joined (account_id, person) select * from unnest(%s::uuid[], %s::text[])"
        " on conflict do nothing returning account_id, person",
        ([key[0] for key in ordered], [key[1] for key in ordered]),
    )
    keys = sorted((row["account_id"], row["person"]) for row in fresh)
    return [
        (account, PersonJoined(account, person, first[account, person]), first[account, person])
        for account, person in keys
    ]
