"""Saved views, and how many journeys each list has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onward.foundation.postgres import one_statement
from onward.identity.decisions import may, require
from onward.insights.models import SavedView
from onward.insights.queries.conditions import Filters, where_of
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import not_found

COUNTED_UP_TO = 10_000


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A list that somebody keeps; `query` is the address's words. `may_change` says whether the reader may."""

    id: UUID
    name: str
    query: str
    is_shared: bool
    is_mine: bool
    may_change: bool

    @property
    def ref(self) -> str:
        """The view's external id."""
        return format_id("viw", self.id)


def views(actor: Actor) -> list[ViewRow]:
    """The views that the actor sees: shared ones first, then their own, each in its order."""
    require(actor, "see", "journey")
    me = parse_id("usr", actor.id) if actor.is_staff else None
    rows = one_statement(
        """select id as view_id, name, query, is_shared, owner_id from insights_savedview
           where removed_at is null and (is_shared or owner_id = %s)
           order by is_shared desc, position, created_at""",
        [me],
    )
    return [_view(actor, **row) for row in rows]


def view(actor: Actor, view_id: UUID) -> ViewRow:
    """One of them; Refusal "not_found" also for another's own."""
    require(actor, "see", "journey")
    me = parse_id("usr", actor.id) if actor.is_staff else None
    row = SavedView.objects.filter(id=view_id, removed_at=None).first()
    if row is None or not (row.is_shared or row.owner_id == me):
        raise not_found("view", format_id("viw", view_id))
    return _view(actor, row.id, row.name, row.query, row.is_shared, row.owner_id)


def _view(actor: Actor, view_id: UUID, name: str, query: str, is_shared: bool, owner_id: UUID) -> ViewRow:
    is_mine = actor.is_staff and owner_id == parse_id("usr", actor.id)
    may_change = is_mine or actor.role in {"admin", "manager"}
    if is_shared:
        may_change = may_change and may(actor, "share", "insight")
    return ViewRow(view_id, name, query, is_shared, is_mine, may_change)


def counts(actor: Actor, lists: Sequence[Filters], now: datetime, *, up_to: int = COUNTED_UP_TO) -> list[int]:
    """How many journeys each list has, counted up to `up_to`; one statement for all."""
    require(actor, "see", "journey")
    if not lists:
        return []
    parts, values = [], []
    for number, filters in enumerate(lists):
        where, given = where_of(filters, now)
        parts.append(
            f"select {number} as n, (select count(*) from (select 1 from insights_portfolio"
            f" where {' and '.join(where) or 'true'} limit %s) capped) as found"
        )
        values += [*given, up_to]
    found = {row["n"]: row["found"] for row in one_statement(" union all ".join(parts), values)}
    return [found[number] for number in range(len(lists))]
