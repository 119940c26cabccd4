"""One look at a journey: from what is known now to what follows, repeated until nothing moves.

Order within a look: tasks, dates, milestones, stages, check-ins, completion, promises, pace. A stage whose exit is met
on entry closes at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onward.journeys import facts
from onward.journeys.decisions import judging
from onward.journeys.decisions.again import enter_again
from onward.journeys.decisions.approving import needs_yes, open_up
from onward.journeys.decisions.days import Days, keep_baseline
from onward.journeys.decisions.escalating import escalate
from onward.journeys.decisions.forecast import AGREED, forecast
from onward.journeys.decisions.handing import conclude, hand_over
from onward.journeys.decisions.known import keeping
from onward.journeys.decisions.milestones import settle_milestones
from onward.journeys.decisions.moments import Moments
from onward.journeys.decisions.next_look import next_look
from onward.journeys.decisions.outside import Outside
from onward.journeys.decisions.pace import pace
from onward.journeys.decisions.readings import Readings
from onward.journeys.decisions.schedule import Schedule, plan_check_ins
from onward.journeys.decisions.starting import begins
from onward.journeys.decisions.state import Run, StageRow
from onward.journeys.decisions.success import measure
from onward.journeys.decisions.tasks import repeat, settle
from onward.kernel.fact import Fact
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.judge import verdict
from onward.playbooks.decisions.timing import is_planned

MAX_ROUNDS = 40


@dataclass(frozen=True)
class Happened:
    """A fact to record, and when it became true if that is not now."""

    fact: Fact
    at: datetime | None = None


def advance(book: Playbook, run: Run, outside: Outside, now: datetime, new_id: Callable[[], UUID]) -> list[Happened]:
    """Bring a journey up to date in place; what happened on the way."""
    begun: list[Happened] = []
    if run.journey.state == "asked" and not needs_yes(book, Readings(book, run, outside, now)):
        begun = [Happened(fact) for fact in open_up(run, now)]
    if run.journey.state == "completed":
        readings = Readings(book, run, outside, now)
        return [Happened(fact, at) for fact, at in settle_milestones(book, run, readings, now, corrections_only=True)]
    if run.journey.state != "open":
        run.journey.next_check_at, run.journey.expected = None, {}
        return []
    return begun + _Look(book, run, outside, now, new_id).take()


class _Look:
    def __init__(self, book: Playbook, run: Run, outside: Outside, now: datetime, new_id: Callable[[], UUID]) -> None:
        self.book, self.run, self.outside, self.now, self.new_id = book, run, outside, now, new_id
        self.happened: list[Happened] = []

    def take(self) -> list[Happened]:
        days = Days(self.run, self.outside)
        for _ in range(MAX_ROUNDS):
            before = len(self.happened)
            if not self.round() and len(self.happened) == before:
                break
        self.happened += map(Happened, days.told())
        keep_baseline(self.book, self.run)
        self.run.journey.answers = keeping(self.book, self.run.journey.answers)
        measure(self.book, self.run, self.fresh(), self.now)
        self.promises()
        if self.run.journey.state == "open":
            self.happened += [Happened(fact) for fact in escalate(self.book, self.run, self.now)]
        self.expect()
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
        for done in settle(self.book, self.run, readings, self.now):
            self.say(done)
        for given in hand_over(self.book, self.run, self.now):
            self.say(given)
        moved = before != [(task.state, tuple(task.waits_for)) for task in self.run.tasks]
        moved |= bool(repeat(self.book, self.run, self.now, Moments(self.book, self.run, self.outside), self.new_id))
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
            if again := enter_again(self.book, self.run, row, self.fresh(), self.now, self.new_id):
                self.say(again)
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
            start = begins(spec.starts, self.book, readings, row.owner_role, row)
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
            for fact in conclude(self.book, self.run, self.now):
                self.say(fact)

    def promises(self) -> None:
        """A `within` date that has passed is a broken promise, told once; what lay before an import is not told. While
        what it counts from is still to come it has no day of its own that could be broken."""
        if self.run.journey.state != "open":
            return
        silent_before = self.run.journey.silent_before
        rows = [(f"stage.{row.key}", row, row.closed_at) for row in self.run.stages]
        rows += [(f"task.{row.key}", row, row.done_at or row.is_over) for row in self.run.tasks]  # type: ignore[misc]
        rows += [(f"milestone.{row.key}", row, row.met_at) for row in self.run.milestones]  # type: ignore[misc]
        told: set[tuple[str, datetime]] = set()
        for thing, row, kept in rows:
            if kept or row.broken_at or not row.promise or is_planned(row.due_why):
                continue
            if row.due_at is None or row.due_at >= self.now:
                continue
            row.broken_at = row.due_at
            # A stage and its milestone often promise the same thing for the same day: one word is enough.
            same = (row.title, row.due_at)
            if same not in told and (silent_before is None or row.due_at >= silent_before):
                told.add(same)
                self.say(facts.PromiseBroken(thing, row.title, row.due_at, row.due_on))

    def expect(self) -> None:
        """The days that cannot be kept, as things stand."""
        journey = self.run.journey
        found = forecast(self.book, self.run, self.outside, self.outside.ours.day_of(self.now), self.fresh())
        moved = {
            name: {"on": one.on.isoformat(), "by": one.by, "due": one.agreed.isoformat() if one.agreed else None}
            for name, one in found.items()
            if one.by != AGREED
        }
        journey.expected = moved if journey.state == "open" else {}

    def judge_pace(self) -> None:
        journey = self.run.journey
        readings = self.fresh()
        found = pace(self.book, self.run, readings, self.now)
        if found.word != journey.pace:
            self.say(facts.PaceChanged(journey.pace, found.word, found.reason))
        journey.pace, journey.pace_reason = found.word, found.reason
        looked = next_look(self.book, self.run, readings, self.now, found.turns_at)
        journey.next_check_at = looked if journey.state == "open" else None
