"""Pace: on track, behind or stalled - a judgement derived from dates and silence, with its reason in words.

A reason names a date and never a count of days: it is stored, and read on later days too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from onward.journeys.decisions.readings import Readings
from onward.journeys.decisions.state import MilestoneRow, Run, StageRow, TaskRow
from onward.playbooks.decisions.definition import Playbook

QUIET = timedelta(days=14)
#: How long a journey has, once opened, for what was due before it was.
CATCH_UP = timedelta(days=1)


@dataclass(frozen=True)
class Pace:
    """`turns_at`: when silence alone would change it."""

    word: str
    reason: str
    turns_at: datetime | None = None


def pace(book: Playbook, run: Run, readings: Readings, now: datetime) -> Pace:
    """Stalled when neither side has done anything for longer than the stage allows; behind when a date has passed.

    What was due before the journey was opened (its signature is older) counts a day later: nobody could keep it. First
    value is the customer's date and counts at once. Judged as of an earlier day, all dates count as they are.
    """
    journey = run.journey
    if journey.state != "open":
        return Pace("on_track", {"paused": "Paused."}.get(journey.state, ""))
    now = journey.judged_on or now
    seen = readings.get("days_since.last_seen")
    active = journey.active_at
    if seen is not None:
        active = max(active, now - timedelta(days=float(seen)))
    quiet = _quiet(book, run)
    if now - active > quiet:
        return Pace("stalled", f"Nothing has happened on either side since {active:%-d %B}.")
    catch_up = journey.started_at + CATCH_UP if journey.judged_on is None else None
    late = _late(run, now, None if catch_up is None or now >= catch_up else journey.started_at)
    turns = active + quiet if catch_up is None or now >= catch_up else min(active + quiet, catch_up)
    if late:
        worst = max(late, key=lambda item: item[0])
        return Pace("behind", f"{worst[1]} was due {worst[2]:%-d %B}.", turns)
    return Pace("on_track", "", turns)


def _quiet(book: Playbook, run: Run) -> timedelta:
    spans = [book.stage(stage.key).stalled_after for stage in run.current]
    return min((span.exact for span in spans if span), default=QUIET)


def _late(run: Run, now: datetime, since: datetime | None) -> list[tuple[timedelta, str, date]]:
    """What is late by now: by how much, what, its date. With `since` what came due from then on, and first value."""

    def is_late(due_at: datetime | None) -> bool:
        return due_at is not None and due_at < now and (since is None or due_at >= since)

    rows: list[tuple[timedelta, str, date]] = []
    for milestone in run.milestones:
        counts = is_late(milestone.due_at) or (milestone.first_value and milestone.due_at and milestone.due_at < now)
        if not milestone.met_at and milestone.due_at and counts:
            # First value is what all else is for: it is named first when it is late.
            weight = timedelta(days=3650) if milestone.first_value else timedelta(0)
            rows.append((now - milestone.due_at + weight, milestone.title, _on(milestone)))
    if rows:
        late, title, on = max(rows)
        return [(late % timedelta(days=3650), title, on)]
    rows += [
        (now - stage.due_at, stage.title, _on(stage)) for stage in run.current if stage.due_at and is_late(stage.due_at)
    ]
    entered = {stage.key for stage in run.stages if stage.entered_at}
    open_tasks = [task for task in run.tasks if task.counts and task.state == "open" and task.stage in entered]
    return rows + [
        (now - task.due_at, task.title, _on(task)) for task in open_tasks if task.due_at and is_late(task.due_at)
    ]


def _on(row: MilestoneRow | StageRow | TaskRow) -> date:
    """Its date where it is done."""
    assert row.due_at is not None
    return row.due_on or row.due_at.date()
