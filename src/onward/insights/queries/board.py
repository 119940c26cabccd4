"""Journeys by stage: how many stand in each, how long, and the most urgent of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from onward.foundation.postgres import one_statement, tuples
from onward.identity.decisions import require
from onward.insights.decisions import Stand
from onward.insights.queries.conditions import Filters, where_of
from onward.insights.queries.portfolio import COLUMNS, PortfolioLine
from onward.kernel.actor import Actor

CARDS = 12


@dataclass(frozen=True, slots=True)
class Card:
    """A journey, and since when it is in its stage."""

    line: PortfolioLine
    entered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Column:
    """A stage, and the most urgent of those that stand in it."""

    stand: Stand
    cards: list[Card]


@dataclass(frozen=True, slots=True)
class Stay:
    """A journey's time in one stage."""

    entered_at: datetime
    closed_at: datetime | None
    how: str


def stands(actor: Actor, filters: Filters, *, now: datetime) -> list[Stand]:
    """A line a stage, playbook by playbook in the plan's order; a stage that several playbooks have is one line."""
    require(actor, "see", "journey")
    where, values = where_of(filters, now)
    rows = one_statement(
        f"""select p.stage, coalesce(nullif(max(p.stage_title), ''), 'No stage') as title, count(*) as count,
                   array_agg(distinct p.playbook_title) as books,
                   count(*) filter (where p.state = 'open' and p.pace in ('behind', 'stalled')) as behind,
                   count(s.entered_at) as timed,
                   round(percentile_cont(0.5) within group
                     (order by extract(epoch from %s::timestamptz - s.entered_at)) / 86400)::int as stayed,
                   round(percentile_cont(0.5) within group (order by extract(epoch from p.stage_due_at - s.entered_at))
                     filter (where p.stage_due_at > s.entered_at) / 86400)::int as promised,
                   round(percentile_cont(0.5) within group
                     (order by extract(epoch from %s::timestamptz - p.stage_due_at))
                     filter (where p.stage_due_at > s.entered_at) / 86400)::int as beyond
            from (select journey_id, playbook, playbook_title, stage, stage_title, stage_number, state, pace,
                         stage_due_at
                  from insights_portfolio where {" and ".join(where) or "true"}) p
            left join insights_stagestay s on s.journey_id = p.journey_id and s.stage = p.stage
              and s.closed_at is null and p.state = 'open'
            group by p.stage order by min(p.playbook), min(p.stage_number), title""",
        [now, now, *values],
    )
    return [Stand(**row) for row in rows]


def board(actor: Actor, filters: Filters, *, now: datetime, limit: int = CARDS) -> list[Column]:
    """A column a stage, as `stands` orders them."""
    heads = stands(actor, filters, now=now)
    where, values = where_of(filters, now)
    condition = " and ".join(where) or "true"
    shown = ", ".join(f"c.{name}" for name in COLUMNS)
    rows: list[tuple[Any, ...]] = tuples(
        f"""select {shown}, s.entered_at from unnest(%s::text[]) k
            cross join lateral (
              select {", ".join(COLUMNS)} from insights_portfolio
              where {condition} and stage = k order by urgency, urgency_at, journey_id limit %s) c
            left join insights_stagestay s on s.journey_id = c.journey_id and s.stage = c.stage
            order by c.urgency, c.urgency_at, c.journey_id""",
        [[head.stage for head in heads], *values, limit],
    )
    cards: dict[str, list[Card]] = {}
    for row in rows:
        card = Card(PortfolioLine(*row[:-1]), row[-1])
        cards.setdefault(card.line.stage, []).append(card)
    return [Column(head, cards.get(head.stage, [])) for head in heads]


def stays_of(actor: Actor, journey_ids: Collection[UUID]) -> dict[UUID, list[Stay]]:
    """When these journeys entered and closed their stages, in that order."""
    require(actor, "see", "journey")
    found: dict[UUID, list[Stay]] = {}
    if not journey_ids:
        return found
    for row in one_statement(
        "select journey_id, entered_at, closed_at, how from insights_stagestay where journey_id = any(%s)"
        " order by closed_at nulls last, rank",
        (list(journey_ids),),
    ):
        found.setdefault(row["journey_id"], []).append(Stay(row["entered_at"], row["closed_at"], row["how"]))
    return found


def labels_in_use(actor: Actor, *, limit: int = 200) -> list[tuple[str, int]]:
    """Account fields with their values as "name=value", the most frequent first, of a sample of open journeys."""
    require(actor, "see", "journey")
    rows = one_statement(
        """select label, count(*) as n from (
             select unnest(labels) as label from (
               select labels from insights_portfolio where state = 'open' limit 20000) sample) each
           group by 1 order by 2 desc, 1 limit %s""",
        (limit,),
    )
    return [(row["label"], row["n"]) for row in rows]
