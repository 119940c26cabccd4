"""Pace: on track, behind or stalled - a judgement derived from dates and silence, with its reason in words.

A reason names a date and never a count of days: it is stored, and read on later days too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from onward.journeys.decisions.judging import GOOD
from onward.journeys.decisions.readings import Readings
from onward.journeys.decisions.starting import starts_ahead
from onward.journeys.decisions.state import MilestoneRow, Run, StageRow, TaskRow
from onward.playbooks.decisions.definition import Playbook

QUIET = timedelta(days=14)
HOUR = timedelta(hours=1)
#: How long a journey has, once opened, for what was due before it was.
CATCH_UP = timedelta(days=1)

Dated = MilestoneRow | StageRow | TaskRow


@dataclass(frozen=True)
class Pace:
    """`turns_at`: when silence alone would change it."""

    word: str
    reason: str
    turns_at: datetime | None = None


def pace(book: Playbook, run: Run, readings: Readings, now: datetime) -> Pace:
    """Stalled when neither side has done anything for longer than the stage allows; behind when a date has passed.

    While all that is left waits for a set day, silence counts from that day on.

    What was due before the journey was opened (its signature is older) counts a day later: nobody could keep it. First
    value is the customer's date and counts at once. Judged as of an earlier day, all dates count as they are on it;
    first value counts by today even then, since every list says by today whether it is late.
    """
    journey = run.journey
    if journey.state != "open":
        return Pace("on_track", {"paused": "Paused."}.get(journey.state, ""))
    today, now = now, journey.judged_on or now
    seen = readings.get("days_since.last_seen")
    active = run.active_at
    used = now - timedelta(days=float(seen)) if seen is not None else None
    quiet = _quiet(book, run)
    # Use is known to the whole day: on its last one the moment at which it turns is looked for by the hour.
    soonest = now + HOUR if used is not None and used >= active else now
    active = silent = max(active, used or active)
    if now - silent > quiet:
        silent = max(silent, _possible(book, run, readings, now) or silent)
    if now - silent > quiet:
        since = readings.outside.ours.day_of(active)
        return Pace("stalled", f"No step was taken on either side since {since:%-d %b %Y}.")
    catch_up = journey.started_at + CATCH_UP if journey.judged_on is None else None
    late = _latest(run, now, today, None if catch_up is None or now >= catch_up else journey.started_at)
    turns = max(silent + quiet, soonest)
    if catch_up is not None and now < catch_up:
        turns = min(turns, catch_up)
    if late:
        return Pace("behind", f"{late.title} was due {late.due_on or late.due_at:%-d %b %Y}.", turns)
    return Pace("on_track", "", turns)


def _quiet(book: Playbook, run: Run) -> timedelta:
    spans = [book.stage(stage.key).stalled_after for stage in run.current]
    return min((span.exact for span in spans if span), default=QUIET)


def _possible(book: Playbook, run: Run, readings: Readings, now: datetime) -> datetime | None:
    """The first moment at which anything that is left may be done; None where nothing keeps it from being done."""
    entered = {stage.key for stage in run.stages if stage.entered_at}
    left = [row for row in run.tasks if row.state == "open" and row.counts and row.stage in entered]
    if any(row.is_written and book.task(row.key).every for row in left):
        return None
    moments = [row.starts_at or row.opened_at for row in left]
    known = [moment for moment in moments if moment] + starts_ahead(book, run, readings, now)
    if not known or None in moments:
        return None
    day = min(known)
    asked = [name for stage in run.current for one in stage.checks if one["state"] not in GOOD for name in _read(one)]
    by_use = any(not name.startswith("task.") for name in asked)
    return None if by_use or any(not row.met_at and row.due_at and row.due_at < day for row in run.milestones) else day


def _read(record: dict[str, Any]) -> list[str]:
    return [*record["readings"], *record["missing"]]


def _latest(run: Run, now: datetime, today: datetime, since: datetime | None) -> Dated | None:
    """What has been late for longest: a milestone before stages and tasks, first value before all that it is made of.

    With `since` only what came due from then on, and first value.
    """

    def is_late(row: Dated) -> bool:
        return row.due_at is not None and row.due_at < now and (since is None or row.due_at >= since)

    missed = [row for row in run.milestones if not row.met_at]
    value = [row for row in missed if row.first_value and row.due_at and row.due_at < today]
    entered = {stage.key for stage in run.stages if stage.entered_at}
    open_tasks = [task for task in run.tasks if task.counts and task.state == "open" and task.stage in entered]
    late: Sequence[Dated] = (
        value or list(filter(is_late, missed)) or [*filter(is_late, run.current), *filter(is_late, open_tasks)]
    )
    return min(late, key=lambda row: (row.due_at, row.title), default=None)
