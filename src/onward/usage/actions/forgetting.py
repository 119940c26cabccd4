"""Taking usage away again: what the demo sent, and all that was made of it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from onward.foundation.actions import action
from onward.foundation.postgres import Statement, pipelined
from onward.identity.decisions import require
from onward.kernel.actor import Actor
from onward.usage.models import Source

_OF_SOURCES = "delete from {table} where source_id = any(%(sources)s)"
_OF_ACCOUNTS = "delete from {table} where account_id = any(%(accounts)s)"


@action()
def forget_demo(*, actor: Actor, account_ids: Collection[UUID]) -> int:
    """Remove the demo's sources with their events, keys and counts, and what was counted for its accounts; how many
    sources. Only sources that are marked as the demo's; their people are nobody else's."""
    require(actor, "remove_demo", "installation")
    sources = list(Source.objects.filter(is_demo=True).values_list("id", flat=True))
    params = {"sources": sources, "accounts": list(account_ids)}
    keys = "(select day, key from usage_event where source_id = any(%(sources)s))"
    names = "(select distinct who from usage_event where source_id = any(%(sources)s))"
    statements = [
        f"delete from usage_daily where who in {names}",
        f"delete from usage_person where who in {names}",
        f"delete from usage_membership where who in {names}",
        f"delete from usage_identity where person in {names}",
        f"delete from usage_key where (day, key) in {keys}",
        *(_OF_ACCOUNTS.format(table=f"usage_{name}") for name in ("account_person", "account", "watch", "joined")),
        *(_OF_SOURCES.format(table=f"usage_{name}") for name in ("dirty", "sighting", "source_count", "event")),
    ]
    pipelined([Statement(statement, params) for statement in statements])
    Source.objects.filter(id__in=sources).delete()
    return len(sources)
