"""The figures above the list: sums of maintained counters, so that they cost the same at any number of journeys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from onward.foundation.postgres import one_statement
from onward.identity.decisions import require
from onward.insights.decisions.urgency import BEHIND
from onward.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Slice:
    """`n` journeys have this `value`; `label` is how people call it ("" where the value says it)."""

    value: str
    label: str
    rank: int
    n: int


@dataclass(frozen=True, slots=True)
class Tiles:
    """`by_state` counts all journeys, the others the open ones. `by_owner`: the value is the owner's UUID, "" nobody.
    `by_urgency`: the value is the rank as text, see PortfolioLine. `by_first_value`: "reached", or "stalled" before it,
    the others are not told. `by_asked`: a question of the customer waits for an answer."""

    by_state: list[Slice]
    by_stage: list[Slice]
    by_pace: list[Slice]
    by_waiting: list[Slice]
    by_segment: list[Slice]
    by_playbook: list[Slice]
    by_urgency: list[Slice]
    by_first_value: list[Slice]
    by_asked: list[Slice]
    by_owner: list[Slice]

    def count(self, dimension: str, value: str) -> int:
        """How many have that value; 0 when none. `dimension` is "pace", "state" ..."""
        found: list[Slice] = getattr(self, f"by_{dimension}")
        return sum(one.n for one in found if one.value == value)

    @property
    def needy(self) -> int:
        """How many are late, stalled or behind."""
        return sum(one.n for one in self.by_urgency if one.rank <= BEHIND)


@dataclass(frozen=True, slots=True)
class Lede:
    """The figures of the portfolio's sentence and of its tile of first value; all of open journeys. `asked`: a
    question of the customer waits for an answer.

    `stalled_before` are the stalled ones that have not reached first value, those that are late for it too.
    """

    open: int
    behind: int
    stalled: int
    first_value_late: int
    stalled_before: int
    first_value_this_week: int
    first_value_reached: int
    asked: int


# Kinds whose deltas cancel are left out first: a label that no journey has any more must not name the others.
_SUMS = """
with kinds as (
  select owner_id, dimension, value, label, rank, sum(n)::int as n from insights_tally
  where %(owner)s::uuid is null or owner_id = %(owner)s group by 1, 2, 3, 4, 5 having sum(n) <> 0
)
select dimension, value, max(label) as label, min(rank) as rank, sum(n)::int as n from kinds group by 1, 2
union all
select 'owner', coalesce(owner_id::text, ''), '', 0, sum(n)::int from kinds
where dimension = 'state' and value = 'open' group by 2
"""
_DIMENSIONS = ("state", "stage", "pace", "waiting", "segment", "playbook", "urgency", "first_value", "asked")


def tiles(actor: Actor, *, owner_id: UUID | None = None) -> Tiles:
    """How many journeys there are of each kind; of one owner only with `owner_id`."""
    require(actor, "see", "journey")
    found: dict[str, list[Slice]] = {name: [] for name in (*_DIMENSIONS, "owner")}
    for row in one_statement(_SUMS, {"owner": owner_id}):
        found[row["dimension"]].append(Slice(row["value"], row["label"], row["rank"], row["n"]))
    ordered = {
        f"by_{name}": sorted(slices, key=lambda one: (one.rank, one.label, one.value)) for name, slices in found.items()
    }
    return Tiles(**ordered)


def lede(actor: Actor, now: datetime, *, of: Tiles, owner_id: UUID | None = None) -> Lede:
    """The figures of the sentence; `of` are the tiles of the same owner."""
    require(actor, "see", "journey")
    # What the clock decides is counted in an index that holds nothing else; the rest stands in the tally.
    mine = " and owner_id = %(owner)s" if owner_id else ""
    (value,) = one_statement(
        f"""select count(*) filter (where first_value_due_at < %(now)s) as late,
                   count(*) filter (where first_value_due_at >= %(now)s) as week from insights_portfolio
            where state = 'open' and first_value_met_at is null and first_value_due_at < %(end)s{mine}""",
        {"now": now, "end": now + timedelta(days=7), "owner": owner_id},
    )
    return Lede(
        open=of.count("state", "open"),
        behind=of.count("pace", "behind"),
        stalled=of.count("pace", "stalled"),
        first_value_late=value["late"],
        stalled_before=of.count("first_value", "stalled"),
        first_value_this_week=value["week"],
        first_value_reached=of.count("first_value", "reached"),
        asked=of.count("asked", ""),
    )
