"""Pace: on track, behind or stalled - a judgement derived from dates and silence, with its reason in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from onward.journeys.decisions.readings import Readings
from onward.journeys.decisions.state import Run
from onward.playbooks.decisions.definition import Playbook

QUIET = timedelta(days=14)


@dataclass(frozen=True)
class Pace:
    """`turns_at`: when silence alone would change it."""

    word: str
    reason: str
    turns_at: datetime | None = None


def pace(book: Playbook, run: Run, readings: Readings, now: datetime) -> Pace:
    """Stalled when neither side has done anything for longer than the stage allows; behind when a date has passed."""
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
        return Pace("stalled", f"Nothing has happened on either side for {(now - active).days} days.")
    late = _late(run, now)
    if late:
        worst = max(late, key=lambda item: item[0])
        return Pace("behind", f"{worst[1]} is {_days(worst[0])} late.", active + quiet)
    return Pace("on_track", "", active + quiet)


def _quiet(book: Playbook, run: Run) -> timedelta:
    spans = [book.stage(stage.key).stalled_after for stage in run.current]
    return min((span.exact for span in spans if span), default=QUIET)


def _late(run: Run, now: datetime) -> list[tuple[timedelta, str]]:
    rows: list[tuple[timedelta, str]] = []
    for milestone in run.milestones:
        if not milestone.met_at and milestone.due_at and milestone.due_at < now:
            # First value is what all else is for: it is named first when it is late.
            weight = timedelta(days=3650) if milestone.first_value else timedelta(0)
            rows.append((now - milestone.due_at + weight, milestone.title))
    if rows:
        late, title = max(rows)
        return [(late % timedelta(days=3650), title)]
    rows += [(now - stage.due_at, stage.title) for stage in run.current if stage.due_at and stage.due_at < now]
    entered = {stage.key for stage in run.stages if stage.entered_at}
    open_tasks = [task for task in run.tasks if task.counts and task.state == "open" and task.stage in entered]
    return rows + [(now - task.due_at, task.title) for task in open_tasks if task.due_at and task.due_at < now]


def _days(span: timedelta) -> str:
    days = max(1, span.days)
    return "1 day" if days == 1 else f"{days} days"
