"""The journeys behind each figure of the insights page: as many as the figure says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from onward.foundation.postgres import one_statement
from onward.identity.decisions import require
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import invalid

PAGE = 50
_STAY = "s.stage = %(stage)s and s.entered_at <= %(as_of)s"
_CLOSED = "s.closed_at <= %(as_of)s and (c.cancelled_at is null or s.closed_at <= c.cancelled_at)"
_REACHED = "r.reached_at <= %(as_of)s and (c.cancelled_at is null or r.reached_at <= c.cancelled_at)"
_SIGNED = "c.signed_at <= %(as_of)s"

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
}


@dataclass(frozen=True, slots=True)
class Record:
    """A journey as history has it: from signature to first value, or from entering a stage to closing it."""

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

    @property
    def ref(self) -> str:
        """The journey's external id."""
        return format_id("jny", self.journey_id)

    def days(self, as_of: datetime) -> float | None:
        """Seconds / 86,400, so far for what still goes on; None where it never began."""
        if self.began_at is None:
            return None
        return max(((self.ended_at or self.left_at or as_of) - self.began_at).total_seconds() / 86_400, 0.0)


@dataclass(frozen=True, slots=True)
class Records:
    """Fifty, by account name, and the cursor of the next page ("" at the end)."""

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
    values: dict[str, Any] = {"stage": stage, "playbook": playbook, "segment": segment, "as_of": as_of, "low": ""}
    values["last"] = None
    if after:
        ref, _, values["low"] = after.partition(".")
        values["last"] = parse_id("jny", ref)
    rows = one_statement(
        f"""select c.journey_id, p.account_name, p.segment, c.playbook, p.owner_name, c.signed_at,
                   {"s.entered_at" if of_stage else "c.signed_at"} as began_at,
                   {"s.closed_at" if of_stage else "r.reached_at"} as ended_at, c.cancelled_at as left_at,
                   {"s.title" if of_stage else "''"} as stage_title, p.state
            from insights_course c join insights_portfolio p using (journey_id)
            {"join insights_stagestay s using (journey_id)" if of_stage else ""}
            left join (select journey_id, min(met_at) as reached_at from insights_reached
                       where first_value group by journey_id) r using (journey_id)
            where {WHAT[what]} and (%(playbook)s = '' or c.playbook = %(playbook)s)
              and (%(segment)s = '' or p.segment = %(segment)s)
              and (%(last)s::uuid is null or (p.account_low, c.journey_id) > (%(low)s, %(last)s::uuid))
            order by p.account_low, c.journey_id limit {PAGE + 1}""",
        values,
    )
    found = [Record(**row) for row in rows]
    more = len(found) > PAGE
    last = found[PAGE - 1] if more else None
    return Records(found[:PAGE], f"{last.ref}.{last.account_name.lower()}" if last else "")
