"""When the open stages of a journey will likely end, by the history of the same steps in other journeys."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from random import Random
from uuid import UUID

from onward.accounts import queries as accounts
from onward.foundation import clock
from onward.foundation.postgres import one_statement
from onward.journeys.decisions.graph import graph_of
from onward.journeys.decisions.likely import Likely, likely
from onward.journeys.decisions.outside import Outside
from onward.journeys.queries.calendars import both_calendars
from onward.journeys.queries.lines import book_of, visible_run
from onward.kernel.actor import Actor
from onward.playbooks.decisions.planned import SHEET

# The newest tell most of how it goes now, and an open journey's page is not the place to read them all.
_TOOK = """
select t.key, t.opened_at, t.done_at
from journeys_taskrun t join journeys_journey j on j.id = t.journey_id
where j.playbook = %(playbook)s and j.id <> %(journey)s and j.is_demo = %(demo)s
  and t.state = 'done' and t.opened_at < t.done_at
order by t.done_at desc limit 3000
"""


@dataclass(frozen=True, slots=True)
class LikelyEnd:
    """`few`: titles of what too few like steps tell about; `due_on`: the day agreed."""

    key: str
    title: str
    due_on: date | None
    likely: Likely
    few: tuple[str, ...]


def likely_ends(actor: Actor, journey_id: UUID) -> tuple[LikelyEnd, ...]:
    """Each stage that is not closed, in their order; () for a plan that came from a sheet, which no other is like."""
    run = visible_run(actor, journey_id)
    journey = run.journey
    if journey.playbook == SHEET or journey.state != "open":
        return ()
    ours, theirs, away = both_calendars(accounts.account_metrics(journey.account_id))
    given = {"playbook": journey.playbook, "journey": journey.id, "demo": journey.is_demo}
    took: dict[str, list[int]] = defaultdict(list)
    for row in one_statement(_TOOK, given):
        took[f"task.{row['key']}"].append(ours.working_days(ours.day_of(row["opened_at"]), ours.day_of(row["done_at"])))
    book = book_of(run)
    things = graph_of(book, run, Outside(ours=ours, theirs=theirs, away=away), {})
    open_ = [row for row in run.stages if row.closed_at is None]
    # The same journey is told the same days each time.
    choose = Random(journey.id.int).choice
    found = likely(things, ours.day_of(clock.now()), took, [f"stage.{row.key}" for row in open_], choose)
    titles = {f"task.{row.key}": row.title for row in run.tasks} | {f"stage.{row.key}": row.title for row in run.stages}
    return tuple(
        LikelyEnd(row.key, row.title, row.due_on, one, tuple(titles.get(name, "a milestone") for name in one.few))
        for row in open_
        if (one := found.get(f"stage.{row.key}"))
    )
