"""Why a day comes later than agreed: each step of the way, from what is late by itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from django.utils import timezone

from onward.foundation.postgres import one_statement
from onward.identity.decisions import require
from onward.journeys.decisions.forecast import AGREED, OWN, Expected, chain
from onward.kernel.actor import Actor


class Titled(Protocol):
    """A step, stage, milestone or agreed day of a plan; of steps that are done anew the newest is the last."""

    @property
    def key(self) -> str: ...

    @property
    def title(self) -> str: ...
    @property
    def due_on(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Hop:
    """A thing and its day as things stand, where that is known; `days` later than agreed, 0 where nothing was agreed.
    `own`: what makes the first one late by itself (forecast.OWN); what follows waits for the one before. `ended`: what
    became of it on that day (done, closed, reached); "" while it is open."""

    title: str
    on: date | None
    agreed: date | None
    days: int
    own: str
    ended: str = ""


def first_values_later(actor: Actor, journey_ids: Collection[UUID]) -> dict[UUID, date]:
    """The earliest day of first value as things stand, of those whose agreed day cannot be kept."""
    require(actor, "see", "journey")
    rows = one_statement(
        """select j.id, (j.expected -> ('milestone.' || m.key) ->> 'on')::date as kept_on
           from journeys_journey j join journeys_milestonerun m on m.journey_id = j.id
           where j.id = any(%s) and m.first_value and m.met_at is null
             and (j.expected -> ('milestone.' || m.key) ->> 'on')::date > m.due_on""",
        (list(journey_ids),),
    )
    return {row["id"]: row["kept_on"] for row in rows}


def hops(
    expected: Mapping[str, Expected],
    tasks: Iterable[Titled],
    stages: Iterable[Titled],
    milestones: Iterable[Titled],
    agreed: Iterable[Titled],
    name: str,
) -> tuple[Hop, ...]:
    """From the first cause to what is asked for; () where the agreed day holds."""
    last = expected.get(name)
    if last is None or last.days <= 0:
        return ()
    kinds = {"task": tasks, "stage": stages, "milestone": milestones, "answer": agreed}
    rows = {f"{kind}.{row.key}": row for kind, some in kinds.items() for row in some}
    return tuple(_hop(rows.get(one), expected.get(one)) for one in reversed([name, *chain(expected, name)]))


def _hop(row: Titled | None, kept: Expected | None) -> Hop:
    """What has ended counts by the day it did: the plan tells no day of it any more."""
    title = row.title if row else "something before it"
    for what, at in (("done", "done_at"), ("closed", "closed_at"), ("reached", "met_at")):
        ended: Any = getattr(row, at, None)
        if row and ended and getattr(row, "state", "") != "skipped":
            on = timezone.localtime(ended).date()
            return Hop(title, on, row.due_on, max((on - row.due_on).days, 0) if row.due_on else 0, AGREED, what)
    if kept is None:
        return Hop(title, None, None, 0, AGREED)
    return Hop(title, kept.on, kept.agreed, max(kept.days, 0), kept.by if kept.by in OWN else AGREED)
