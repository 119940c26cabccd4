"""The journeys behind a person's day: those they own, those that wait for a customer, and any by id."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onward.foundation.postgres import one_statement, tuples
from onward.identity.decisions import require
from onward.insights.decisions.urgency import BEHIND
from onward.insights.queries.portfolio import COLUMNS, PortfolioLine
from onward.kernel.actor import Actor
from onward.kernel.ids import parse_id

COUNTED_UP_TO = 1000
WORST = 3
#: The first of those that need help, one of each account: of these people's, or of others'.
_WORST = f"""(select true as is_worst, row_number() over (order by urgency, urgency_at, journey_id) as place,
         {", ".join(COLUMNS)} from insights_portfolio p where state = 'open' and urgency <= {BEHIND} and {{}}
         and not exists (select from insights_portfolio q where q.account_id = p.account_id and q.state = 'open'
           and (q.urgency, q.urgency_at, q.journey_id) < (p.urgency, p.urgency_at, p.journey_id))
       order by urgency, urgency_at, journey_id limit %(worst)s)"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Journeys that wait for their customer, the longest first, and how many there are (counted up to a thousand).
    `open` journeys are these people's. Of everybody's, `all_open`, `all_needy` are late, stalled or behind, `own_needy`
    of these the reader's own; `worst` are the first of them, these people's before others', one of each account."""

    rows: list[PortfolioLine]
    worst: list[PortfolioLine]
    count: int
    open: int
    all_open: int
    all_needy: int
    own_needy: int


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
    """What these people's journeys (None: everybody's) wait for from customers, and who of all needs help most."""
    require(actor, "see", "journey")
    where = "state = 'open' and waiting_on = 'theirs'" + ("" if owners is None else " and owner_id = any(%(owners)s)")
    values = {
        "owners": None if owners is None else list(owners),
        "me": parse_id("usr", actor.id),
        "limit": limit,
        "most": COUNTED_UP_TO,
        "worst": WORST,
    }
    is_open, is_needy = "dimension = 'state' and value = 'open'", f"dimension = 'urgency' and value <= '{BEHIND}'"
    theirs, of_others = "owner_id = any(%(owners)s)", "(owner_id is null or owner_id <> all(%(owners)s))"
    worst = [_WORST.format("true")] if owners is None else [_WORST.format(theirs), _WORST.format(of_others)]
    since = "coalesce(waiting_since, '9000-01-01 00:00:00+00'::timestamptz)"
    is_theirs = "(%(owners)s::uuid[] is null or owner_id = any(%(owners)s))"
    rows = tuples(
        f"""with figures as (
              select (select count(*) from (select from insights_portfolio where {where} limit %(most)s) counted) as n,
                     coalesce(sum(n) filter (where {is_open} and {is_theirs}), 0)::int as open,
                     coalesce(sum(n) filter (where {is_open}), 0)::int as all_open,
                     coalesce(sum(n) filter (where {is_needy}), 0)::int as all_needy,
                     coalesce(sum(n) filter (where {is_needy} and owner_id = %(me)s), 0)::int as own_needy
              from insights_tally)
            select figures.*, {", ".join(f"p.{name}" for name in ("is_worst", *COLUMNS))}
            from figures left join lateral (
              {" union all ".join(f"(select {at} as rank, * from {part} w)" for at, part in enumerate(worst))}
              union all
              (select {len(worst)}, false, row_number() over (order by {since}, journey_id), {", ".join(COLUMNS)}
               from insights_portfolio where {where} order by {since}, journey_id limit %(limit)s)
            ) p on true
            order by p.rank, p.place""",
        values,
    )
    found = [(row[5], PortfolioLine(*row[6:])) for row in rows if row[5] is not None]
    waits, needy = ([line for is_worst, line in found if is_worst is kind] for kind in (False, True))
    return Waiting(waits, needy[:WORST], *rows[0][:5])


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
