"""Journeys by stage: how many stand in each, how long, and the most urgent of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from onward.foundation.postgres import one_statement, tuples
from onward.identity.decisions import require
from onward.insights.decisions import Stand
from onward.insights.queries.conditions import Filters, where_of
from onward.insights.queries.portfolio import COLUMNS, PortfolioLine
from onward.kernel.actor import Actor

CARDS = 12
#: Days in a stage, as one counts on a calendar, of a stay `s` of a portfolio's row `p`, on the day `d.today` of
#: `d.zone`: so far, beyond the day that was promised (below 0 within it), and the order that says which is in the
#: middle.
STAYED = "d.today - (s.entered_at at time zone d.zone)::date"
BEYOND = "case when p.stage_due_at > s.entered_at then d.today - p.stage_due_on end"
FURTHEST = f"array[coalesce(-({BEYOND}), 1000000), -({STAYED})]"
#: Which of so many, the furthest first: the middle one of those that were promised a day, else of all.
MIDDLE = "(coalesce(nullif(count(beyond) over stage, 0), count(stayed) over stage) + 1) / 2"


@dataclass(frozen=True, slots=True)
class Card:
    """A journey, and for how many days it has been in its stage."""

    line: PortfolioLine
    stayed: int | None


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
        f"""with placed as (
              select p.*, {STAYED} as stayed, {BEYOND} as beyond, {FURTHEST} as took
              from (select journey_id, account_low, playbook, playbook_title, stage, stage_title, stage_number, state,
                           pace, stage_due_at, stage_due_on
                    from insights_portfolio where {" and ".join(where) or "true"}) p
              left join insights_stagestay s on s.journey_id = p.journey_id and s.stage = p.stage
                and s.closed_at is null and p.state = 'open'
              cross join (select %s::date as today, %s::text as zone) d),
            ranked as (
              select *, {MIDDLE} = row_number() over (stage order by took, account_low, journey_id) as is_middle
              from placed window stage as (partition by stage))
            select stage, coalesce(nullif(max(stage_title), ''), 'No stage') as title, count(*) as count,
                   array_agg(distinct playbook_title) as books,
                   count(*) filter (where state = 'open' and pace in ('behind', 'stalled')) as behind,
                   count(stayed) as timed,
                   max(stayed) filter (where is_middle) as stayed,
                   max(stayed - beyond) filter (where is_middle) as promised,
                   max(beyond) filter (where is_middle) as beyond
            from ranked group by stage order by min(playbook), min(stage_number), title""",
        [*values, *on_the_day(now)],
    )
    return [Stand(**row) for row in rows]


def on_the_day(now: datetime) -> tuple[date, str]:
    """The day that it is, and the zone in which days begin."""
    return timezone.localdate(now), timezone.get_current_timezone_name()


def board(actor: Actor, filters: Filters, *, now: datetime, limit: int = CARDS) -> list[Column]:
    """A column a stage, as `stands` orders them."""
    heads = stands(actor, filters, now=now)
    where, values = where_of(filters, now)
    condition = " and ".join(where) or "true"
    shown = ", ".join(f"c.{name}" for name in COLUMNS)
    rows: list[tuple[Any, ...]] = tuples(
        f"""select {shown}, {STAYED} from unnest(%s::text[]) k
            cross join lateral (
              select {", ".join(COLUMNS)} from insights_portfolio
              where {condition} and stage = k order by urgency, urgency_at, journey_id limit %s) c
            left join insights_stagestay s on s.journey_id = c.journey_id and s.stage = c.stage
            cross join (select %s::date as today, %s::text as zone) d
            order by c.urgency, c.urgency_at, c.journey_id""",
        [[head.stage for head in heads], *values, limit, *on_the_day(now)],
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
