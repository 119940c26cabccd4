"""One look at a journey: from what is known now to what follows, repeated until nothing moves.

Order within a look: tasks, dates, milestones, stages, check-ins, completion, promises, pace. A stage whose exit is met
on entry closes at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from onward.journeys import facts
from onward.journeys.decisions import judging
from onward.journeys.decisions.judging import GOOD
from onward.journeys.decisions.milestones import settle_milestones
from onward.journeys.decisions.moments import Moments
from onward.journeys.decisions.outside import Outside
from onward.journeys.decisions.pace import Pace, pace
from onward.journeys.decisions.readings import Readings, days_late
from onward.journeys.decisions.schedule import Schedule, plan_check_ins
from onward.journeys.decisions.state import Run, StageRow, TaskRow
from onward.journeys.decisions.tasks import repeat, settle
from onward.kernel.clock import WorkingCalendar
from onward.kernel.fact import Fact
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.judge import verdict
from onward.playbooks.decisions.timing import due

MAX_ROUNDS = 40


@dataclass(frozen=True)
class Happened:
    """A fact to record, and when it became true if that is not now."""

    fact: Fact
    at: datetime | None = None


def advance(book: Playbook, run: Run, outside: Outside, now: datetime, new_id: Callable[[], UUID]) -> list[Happened]:
    """Bring a journey up to date in place; what happened on the way."""
    if run.journey.state == "completed":
        readings = Readings(book, run, outside, now)
        return [Happened(fact, at) for fact, at in settle_milestones(book, run, readings, now, corrections_only=True)]
    if run.journey.state != "open":
        run.journey.next_check_at = None
        return []
    return _Look(book, run, outside, now, new_id).take()


class _Look:
    def __init__(self, book: Playbook, run: Run, outside: Outside, now: datetime, new_id: Callable[[], UUID]) -> None:
        self.book, self.run, self.outside, self.now, self.new_id = book, run, outside, now, new_id
        self.happened: list[Happened] = []

    def take(self) -> list[Happened]:
        for _ in range(MAX_ROUNDS):
            before = len(self.happened)
            if not self.round() and len(self.happened) == before:
                break
        self.promises()
        self.judge_pace()
        return self.happened

    def say(self, fact: Fact, at: datetime | None = None) -> None:
        self.happened.append(Happened(fact, at))

    def fresh(self) -> Readings:
        return Readings(self.book, self.run, self.outside, self.now)

    def round(self) -> bool:
        """One pass; whether something moved that has no fact of its own."""
        readings = self.fresh()
        before = [(task.state, tuple(task.waits_for)) for task in self.run.tasks]
        for task in settle(self.book, self.run, readings, self.now):
            self.say(task_done(task, self.now))
        moved = before != [(task.state, tuple(task.waits_for)) for task in self.run.tasks]
        moved |= bool(
            repeat(self.book, self.run, self.now, Moments(self.run, self.outside, self.book.day_zero), self.new_id)
        )
        readings = self.fresh()
        schedule = Schedule(self.book, self.run, self.outside, readings)
        moved |= schedule.set_dates()
        for fact, at in settle_milestones(self.book, self.run, readings, self.now):
            self.say(fact, at)
        self.stages()
        check_ins = len(self.run.check_ins)
        plan_check_ins(self.book, self.run, schedule, self.now, self.new_id)
        moved |= check_ins != len(self.run.check_ins)
        self.completion()
        return moved

    def stages(self) -> None:
        for row in self.run.stages:
            if row.closed_at:
                continue
            if row.entered_at is None:
                if not self.may_enter(row):
                    continue
                row.entered_at = self.now
                self.say(facts.StageEntered(row.key, row.title, row.rank, self.run.journey.playbook, row.due_at))
            self.judge_stage(row)

    def may_enter(self, row: StageRow) -> bool:
        spec = self.book.stage(row.key)
        if any((before := self.run.stage(key)) is not None and not before.closed_at for key in spec.after):
            return False
        readings = self.fresh()
        if spec.enter_when is not None and verdict(spec.enter_when, readings).state != "met":
            return False
        if spec.starts is not None:
            moments = Moments(self.run, self.outside, self.book.day_zero, row)
            start = due(spec.starts, moments=moments, readings=readings, calendar=WorkingCalendar()).at
            return start is not None and start <= self.now
        return True

    def judge_stage(self, row: StageRow) -> None:
        spec = self.book.stage(row.key)
        readings = self.fresh()
        after = judging.exit_records(spec, row, readings, self.now)
        for before, record in judging.changes(row.checks, after):
            if before and record["state"] != "waived":
                self.say(
                    facts.CheckChanged(
                        row.key, record["id"], record["title"], before, record["state"], record["sentence"]
                    )
                )
        row.checks = after
        row.expects = judging.judged(spec.expect, row.expects, readings, self.now)
        if judging.is_passed(after) and row.entered_at:
            row.closed_at = self.now
            row.how = "waived" if any(record["state"] == "waived" for record in after) else "proven"
            days = round((self.now - row.entered_at).total_seconds() / 86400, 6)
            self.say(
                facts.StageClosed(
                    row.key, row.title, row.rank, self.run.journey.playbook, row.how, row.entered_at, days, after
                )
            )

    def completion(self) -> None:
        journey = self.run.journey
        if journey.state != "open":
            return
        after = judging.judged(self.book.completion, journey.checklist, self.fresh(), self.now)
        for before, record in judging.changes(journey.checklist, after):
            if before and record["state"] != "waived":
                self.say(
                    facts.CheckChanged("", record["id"], record["title"], before, record["state"], record["sentence"])
                )
        journey.checklist = after
        if all(row.closed_at for row in self.run.stages) and judging.is_passed(after):
            days = (self.now - journey.signed_at).total_seconds() / 86400 if journey.signed_at else None
            journey.state, journey.ended_at = "completed", self.now
            self.say(facts.JourneyCompleted(journey.playbook, journey.signed_at, days, after))

    def promises(self) -> None:
        """A `within` date that has passed is a broken promise, told once; what lay before an import is not told."""
        if self.run.journey.state != "open":
            return
        silent_before = self.run.journey.silent_before
        rows = [(f"stage.{row.key}", row, row.closed_at) for row in self.run.stages]
        rows += [(f"task.{row.key}", row, row.done_at or row.is_over) for row in self.run.tasks]  # type: ignore[misc]
        rows += [(f"milestone.{row.key}", row, row.met_at) for row in self.run.milestones]  # type: ignore[misc]
        told: set[tuple[str, datetime]] = set()
        for thing, row, kept in rows:
            if not (row.promise and row.due_at and row.due_at < self.now) or kept or row.broken_at:
                continue
            row.broken_at = row.due_at
            # A stage and its milestone often promise the same thing for the same day: one word is enough.
            same = (row.title, row.due_at)
            if same not in told and (silent_before is None or row.due_at >= silent_before):
                told.add(same)
                self.say(facts.PromiseBroken(thing, row.title, row.due_at, row.due_on))

    def judge_pace(self) -> None:
        journey = self.run.journey
        readings = self.fresh()
        found = pace(self.book, self.run, readings, self.now)
        if found.word != journey.pace:
            self.say(facts.PaceChanged(journey.pace, found.word, found.reason))
        journey.pace, journey.pace_reason = found.word, found.reason
        journey.next_check_at = self.next_check(found) if journey.state == "open" else None

    def next_check(self, found: Pace) -> datetime | None:
        """The first moment at which time alone may change something."""
        ahead: list[datetime | None] = [found.turns_at]
        for task in self.run.tasks:
            if not task.is_over:
                ahead += [task.due_at, task.starts_at]
        ahead += [row.due_at for row in self.run.stages if not row.closed_at]
        ahead += [row.due_at for row in self.run.milestones if not row.met_at]
        ahead += [row.due_at for row in self.run.check_ins if not row.held_at]
        for record in (record for row in self.run.current for record in row.checks):
            if record["state"] not in GOOD and self.moves_with_time(record):
                # Windows and ages are counted in whole UTC days.
                ahead.append(datetime.combine(self.now.date() + timedelta(days=1), time(0, 1), UTC))
        later = [moment + timedelta(seconds=1) for moment in ahead if moment and moment >= self.now]
        if any(row.entered_at is None and self.book.stage(row.key).starts for row in self.run.stages):
            later.append(self.now + timedelta(hours=6))
        return min(later, default=None)

    def moves_with_time(self, record: judging.Record) -> bool:
        names = [*record["readings"], *record["missing"]]
        return bool(record.get("holds_since")) or any(
            name.startswith(("days_", "figure.")) or ".last_" in name or ".prev_" in name for name in names
        )


def task_done(task: TaskRow, now: datetime) -> facts.TaskCompleted:
    """The fact of a task that is done."""
    late = days_late(task.due_at, task.done_at, now)
    return facts.TaskCompleted(
        task.key,
        task.id,
        task.title,
        task.stage,
        task.how,
        task.for_them,
        task.note,
        int(late) if late is not None else None,
        task.asked_by,
    )
