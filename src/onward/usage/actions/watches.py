"""Who wants to know, and whose is what: the two things that others tell usage."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from onward.accounts import queries as accounts
from onward.foundation import clock
from onward.foundation.actions import action, on_commit
from onward.foundation.ledger import Batch, stream_of
from onward.foundation.postgres import one_statement
from onward.kernel.actor import Actor
from onward.usage.actions.waking import wake

ANY = "*"


@action(stream=lambda kwargs: stream_of(kwargs["account_id"]))
def set_watches(*, actor: Actor, account_id: UUID, names: Collection[str]) -> None:
    """From now on a change of any of these event names (as sent; "*" is any) asks for a fresh look at the account.

    Replaces what was watched; nothing to watch takes the watch away.
    """
    if names:
        one_statement(
            "insert into usage_watch as kept (account_id, names) values (%s, %s) on conflict (account_id)"
            " do update set names = excluded.names where kept.names <> excluded.names",
            (account_id, sorted(set(names))),
        )
    else:
        one_statement("delete from usage_watch where account_id = %s", (account_id,))


def remap(*group_ids: str | None) -> None:
    """These groups were given to, moved between or taken from accounts: count their people anew.

    Call it in the transaction that changes the mapping, with the old and the new id (None and "" are passed over).
    """
    groups = sorted({group for group in group_ids if group})
    if groups:
        one_statement("insert into usage_dirty (received_at, groups) values (%s, %s)", (clock.now(), groups))
        on_commit(wake)


def concerns_mapping(batch: Batch) -> bool:
    """Whether `follow_mapping` has anything to do with these facts."""
    return any(fact.name in {"account.opened", "account.changed"} for fact in batch.facts)


def follow_mapping(batch: Batch) -> None:
    """Reaction to accounts: whoever got, lost or handed on their id in the product is counted anew."""
    groups: set[str | None] = set()
    opened: set[UUID] = set()
    for fact in batch.facts:
        if fact.name == "account.opened":
            opened.add(UUID(fact.data["account_id"]))
        elif fact.name == "account.changed" and "group_id" in fact.data["changed"]:
            groups |= {fact.data["changed"]["group_id"], fact.data["was"].get("group_id")}
    if opened:
        groups |= set(accounts.group_ids(opened).values())
    remap(*sorted(group for group in groups if group))


def sweep_mapping() -> bool:
    """Find groups whose account is not the one that was counted, and have them counted anew; True when there were.

    Insurance against a change of the mapping that nobody told of. Cost: one row a group.
    """
    rows = one_statement("select distinct group_id, account_id from usage_person where group_id <> ''")
    known = accounts.account_by_group({row["group_id"] for row in rows})
    stale = {row["group_id"] for row in rows if row["account_id"] != known.get(row["group_id"])}
    remap(*sorted(stale))
    return bool(stale)
