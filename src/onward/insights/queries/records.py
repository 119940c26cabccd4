"""The journeys behind each figure of the insights page: as many as the figure says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from onward.foundation.postgres import one_statement
from onward.identity.decisions import require
from onward.insights.decisions.keeping import STATES
from onward.insights.queries.board import BEYOND, FURTHEST, MIDDLE, STAYED, on_the_day
from onward.insights.queries.keeping import keeping
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import invalid

PAGE = 50
_TARGETED = "c.journey_id = any(%(among)s)"
_STAY = "s.stage = %(stage)s and s.entered_at <= %(as_of)s"
_CLOSED = "s.closed_at <= %(as_of)s and (c.cancelled_at is null or s.closed_at <= c.cancelled_at)"
_REACHED = "r.reached_at <= %(as_of)s and (c.cancelled_at is null or r.reached_at <= c.cancelled_at)"
_SIGNED = "c.signed_at <= %(as_of)s"
_STANDS = "s.stage = %(stage)s and s.closed_at is null and p.stage = s.stage and p.state = 'open'"

# Figure -> its condition. `coalesce`: what is not known is not so.
WHAT = {
    "signed": _SIGNED,
    "reached": f"{_SIGNED} and coalesce({_REACHED}, false)",
    "not_yet": f"{_SIGNED} and not coalesce({_REACHED}, false)",
    "unsigned": "c.signed_at is null",
    "entered": _STAY,
    "closed": f"{_STAY} and coalesce({_CLOSED}, false)",
    "in_it": f"{_STAY} and not coalesce({_CLOSED}, false) and coalesce(c.cancelled_at > %(as_of)s, true)",
    "left": f"{_STAY} and not coalesce({_CLOSED}, false) and c.cancelled_at <= %(as_of)s",
    "stand": _STANDS,
    **dict.fromkeys(STATES, _TARGETED),
}


@dataclass(frozen=True, slots=True)
class Record:
    """A journey as history has it: from signature to first value, or from entering a stage to closing it. How it
    stands now: `due_on` of the stage that it is in, the days that it has `stayed` there and those `beyond` its promise
    (below 0 within it, None where it was entered after its day), on whom it waits and for what, its pace. `is_middle`:
    the stage's figures are those of this row. `target`: its duration target in days, where the figure is of those."""

    journey_id: UUID
    account_name: str
    segment: str
    playbook: str
    owner_name: str
    signed_at: datetime | None
    began_at: datetime | None
    ended_at: datetime | None
    left_at: datetime | None
    stage_title: str
    state: str
    due_on: date | None
    stayed: int | None
    beyond: int | None
    waiting_on: str
    waiting_what: str
    waiting_since: datetime | None
    pace: str
    pace_reason: str
    next_due_what: str
    checks_met: int
    checks_total: int
    is_middle: bool
    target: int | None

    @property
    def ref(self) -> str:
        """The journey's external id."""
        return format_id("jny", self.journey_id)

    def days(self, as_of: datetime) -> float | None:
        """Seconds / 86,400, so far for what still goes on; None where it never began."""
        if self.began_at is None:
            return None
        return max(((self.ended_at or self.left_at or as_of) - self.began_at).total_seconds() / 86_400, 0.0)

    @property
    def promised(self) -> int | None:
        """The days promised for the stage that it is in."""
        return None if self.stayed is None or self.beyond is None else self.stayed - self.beyond


@dataclass(frozen=True, slots=True)
class Records:
    """Fifty, and the cursor of the next page ("" at the end): those that took longest first; of those that stand in a
    stage the furthest beyond their promise."""

    rows: list[Record]
    next: str


def records(
    actor: Actor,
    what: str,
    *,
    stage: str = "",
    playbook: str = "",
    segment: str = "",
    as_of: datetime,
    after: str = "",
) -> Records:
    """The journeys of one figure. `what` is a key of WHAT; those of a stage need `stage`."""
    require(actor, "see", "insight")
    if what not in WHAT:
        raise invalid("There is no such figure.", mend=f"One of: {', '.join(WHAT)}.")
    of_stage = "s.stage" in WHAT[what]
    targets = keeping(actor, as_of=as_of, segment=segment, playbook=playbook) if what in STATES else []
    began, ended = ("s.entered_at", "s.closed_at") if of_stage else ("c.signed_at", "r.reached_at")
    ended = "c.completed_at" if what in STATES else ended
    took = f"coalesce({began} - coalesce({ended}, c.cancelled_at, %(as_of)s), interval '0')"
    stayed, beyond, took = (STAYED, BEYOND, FURTHEST) if what == "stand" else ("null::int", "null::int", took)
    today, zone = on_the_day(as_of)
    rows = one_statement(
        f"""with each as (
              select c.journey_id, p.account_name, p.segment, c.playbook, p.owner_name, c.signed_at,
                     {began} as began_at, {ended} as ended_at, c.cancelled_at as left_at,
                     {"s.title" if of_stage else "''"} as stage_title, p.state, p.account_low,
                     ({WHAT[what]}) as counts, {took} as took,
                     p.stage_due_on as due_on, {stayed} as stayed, {beyond} as beyond, p.waiting_on, p.waiting_what,
                     p.waiting_since, p.pace, p.pace_reason, p.next_due_what, p.checks_met, p.checks_total
              from insights_course c join insights_portfolio p using (journey_id)
              {"join insights_stagestay s using (journey_id)" if of_stage else ""}
              left join (select journey_id, min(met_at) as reached_at from insights_reached
                         where first_value group by journey_id) r using (journey_id)
              cross join (select %(today)s::date as today, %(zone)s::text as zone) d
              where (%(playbook)s = '' or c.playbook = %(playbook)s) and (%(segment)s = '' or p.segment = %(segment)s)
                and {"s.stage = %(stage)s" if of_stage else "true"}),
            placed as (
              select *, {MIDDLE} = row_number() over (stage order by took, account_low, journey_id) as is_middle
              from each where counts window stage as ())
            select journey_id, account_name, segment, playbook, owner_name, signed_at, began_at, ended_at, left_at,
                   stage_title, state, due_on, stayed, beyond, waiting_on, waiting_what, waiting_since, pace,
                   pace_reason, next_due_what, checks_met, checks_total, is_middle
            from placed where (%(last)s::uuid is null or (took, account_low, journey_id) >
              (select took, account_low, journey_id from each where journey_id = %(last)s::uuid))
            order by took, account_low, journey_id limit {PAGE + 1}""",
        {
            "stage": stage,
            "playbook": playbook,
            "segment": segment,
            "as_of": as_of,
            "today": today,
            "zone": zone,
            "among": [one.journey_id for one in targets if one.state == what],
            "last": parse_id("jny", after) if after else None,
        },
    )
    most = {one.journey_id: one.most for one in targets}
    found = [Record(**row, target=most.get(row["journey_id"])) for row in rows]
    return Records(found[:PAGE], found[PAGE - 1].ref if len(found) > PAGE else "")
