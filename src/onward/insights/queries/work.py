"""The journeys behind a person's day: those they own, those that wait for a customer, and any by id."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onward.foundation.postgres import one_statement, tuples
from onward.identity.decisions import require
from onward.insights.queries.portfolio import COLUMNS, PortfolioLine
from onward.kernel.actor import Actor

COUNTED_UP_TO = 1000


@dataclass(frozen=True, slots=True)
class Waiting:
    """Journeys that wait for their customer, the longest first, and how many there are (counted up to a thousand)."""

    rows: list[PortfolioLine]
    count: int


def lines_by_ids(actor: Actor, journey_ids: Collection[UUID]) -> dict[UUID, PortfolioLine]:
    """These journeys as lines of the portfolio."""
    require(actor, "see", "journey")
    if not journey_ids:
        return {}
    rows = tuples(
        f"select {', '.join(COLUMNS)} from insights_portfolio where journey_id = any(%s)", [list(journey_ids)]
    )
    return {row[0]: PortfolioLine(*row) for row in rows}


def lines_of_accounts(actor: Actor, account_ids: Sequence[UUID], *, limit: int) -> list[PortfolioLine]:
    """The journeys of these accounts, those under way first."""
    require(actor, "see", "journey")
    rows = tuples(
        f"""select {", ".join(COLUMNS)} from insights_portfolio where account_id = any(%s)
            order by urgency, urgency_at, journey_id limit %s""",
        [list(account_ids), limit],
    )
    return [PortfolioLine(*row) for row in rows]


def waiting_on_customers(actor: Actor, owners: Sequence[UUID] | None, *, limit: int = 8) -> Waiting:
    """What these people's journeys (None: everybody's) wait for from customers."""
    require(actor, "see", "journey")
    where = "state = 'open' and waiting_on = 'theirs'" + ("" if owners is None else " and owner_id = any(%(owners)s)")
    values = {"owners": list(owners or ()), "limit": limit, "most": COUNTED_UP_TO}
    rows = tuples(
        f"""select {", ".join(COLUMNS)}, (select count(*) from (
                select 1 from insights_portfolio where {where} limit %(most)s) counted)
            from insights_portfolio where {where}
            order by coalesce(waiting_since, '9000-01-01 00:00:00+00'::timestamptz), journey_id limit %(limit)s""",
        values,
    )
    return Waiting([PortfolioLine(*row[:-1]) for row in rows], rows[0][-1] if rows else 0)


def journeys_of_owners(
    actor: Actor, owners: Sequence[UUID], *, ended_since: datetime, limit: int = 20_000
) -> list[UUID]:
    """The journeys of these people that are under way, or ended since that moment."""
    require(actor, "see", "journey")
    rows = one_statement(
        """select journey_id from insights_portfolio where owner_id = any(%(owners)s)
           and (state in ('open', 'paused') or state in ('completed', 'cancelled') and ended_at >= %(since)s)
           limit %(limit)s""",
        {"owners": list(owners), "since": ended_since, "limit": limit},
    )
    return [row["journey_id"] for row in rows]
