"""From a playbook and a persona to what would come of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from onward.automation.decisions.simulating.account import Account
from onward.automation.decisions.simulating.asking import USE, asked
from onward.automation.decisions.simulating.living import Living, Moment
from onward.automation.decisions.simulating.personas import Persona
from onward.automation.decisions.simulating.result import Entry, Judged, Reached, Simulation, StageTook, Stood
from onward.automation.decisions.simulating.telling import Teller
from onward.journeys.decisions.judging import GOOD
from onward.journeys.decisions.readings import Readings
from onward.journeys.decisions.schedule import Schedule
from onward.journeys.decisions.state import Run
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.judge import judge
from onward.playbooks.decisions.parts import Check

#: Days without a step from which on it is said that the onboarding stood still.
STILL = 7
#: What moves an onboarding on. A message, a weekly talk or a date that passes does not.
STEPS = {"stage_closed", "task_done", "reported", "meeting", "form", "role", "goal", "milestone", "log", "completed"}
SHOWN = 3

Whose = Literal["ours", "theirs", "both", ""]


@dataclass(frozen=True)
class _Standing:
    side: Whose
    waits_for: tuple[str, ...]
    #: Nothing can be done before a day that the plan sets.
    is_held: bool = False


def simulate(
    book: Playbook, persona: Persona, start: date, days: int = 90, account: Account | None = None
) -> Simulation:
    """Live `days` days of a playbook from its signature on `start` (nine in the morning, UTC). Pure: nothing is read,
    sent or written, and the same question has the same answer."""
    life = Living(book, persona, account or Account(), start, days)
    teller = Teller(book, life.run, start, life.ours)
    moments: list[Moment] = []
    entries: list[Entry] = [teller.entry(life.now, ("opened", "journey", "The contract is signed", "", book.title))]
    watch = _Watch(book, life)
    for moment in life.live():
        told = list(teller.tell(moment))
        moments.append(moment)
        entries += told
        watch.see(moment, told)
    entries.sort(key=lambda entry: entry.at)
    return Simulation(
        book.id,
        book.title,
        persona,
        life.account,
        start,
        days,
        tuple(entries),
        tuple(_stages(life)),
        _first_value(life),
        _complete(life),
        tuple(watch.stood_still()),
        tuple(watch.judged()),
        life.run,
        tuple(moments),
    )


class _Watch:
    """Notes while the days go by: where it stands, since when nothing moved, which checks held."""

    def __init__(self, book: Playbook, life: Living) -> None:
        self.book, self.life = book, life
        self.last = life.now
        self.standing = _Standing("", ())
        self.stood: list[Stood] = []
        self.met: set[str] = set()
        self.seen: set[str] = set()
        self.at_opening: set[str] = set()
        self.began = False
        # What is optional, and done every other week, moves nothing on.
        self.optional = {f"task.{task.id}" for task in book.tasks if task.optional}

    def see(self, moment: Moment, told: list[Entry]) -> None:
        if not self.began:
            self.began = True
            readings = Readings(self.book, self.life.run, self.life.known, moment.at)
            self.at_opening = {name for name, check in _checks(self.book) if judge(check, readings).is_met}
        run = self.life.run
        for stage in run.stages:
            for record in (*stage.checks, *stage.expects) if stage.entered_at else ():
                self.note(f"stage.{stage.key}.{record['id']}", record)
        # Before the last stage has begun nobody expects the onboarding's own gate to be passed.
        for record in run.journey.checklist if all(stage.entered_at for stage in run.stages) else ():
            self.note(f"completion.{record['id']}", record)
        if self.standing.is_held:
            self.last = moment.at
        if any(entry.kind in STEPS and entry.name not in self.optional for entry in told):
            done = [entry for entry in told if entry.kind == "task_done" and entry.side]
            self.gap(moment.at, done[0] if done else None)
            self.last = moment.at
        self.standing = _standing(self.book, run, self.life.whose)

    def note(self, name: str, record: dict[str, Any]) -> None:
        self.seen.add(name)
        if record["state"] in GOOD:
            self.met.add(name)

    def gap(self, until: datetime, done: Entry | None) -> None:
        days = (until - self.last).days
        if days < STILL:
            return
        ours, standing = self.life.ours, self.standing
        title = done.words.removesuffix(" is done") if done else ""
        if done and title in standing.waits_for:
            standing = _Standing(done.side, (title,))
        self.stood.append(
            Stood(ours.day_of(self.last), ours.day_of(until), days, standing.side, standing.waits_for[:SHOWN])
        )

    def stood_still(self) -> list[Stood]:
        if self.life.run.journey.state == "open":
            self.gap(self.life.until, None)
        return self.stood

    def judged(self) -> Iterator[Judged]:
        for name, check in _checks(self.book):
            yield Judged(name, check.title, name in self.at_opening, name in self.seen, name in self.met)


def _standing(book: Playbook, run: Run, whose: Mapping[tuple[Any, ...], str]) -> _Standing:
    """What it waits for now: open tasks that count, the latest due first; without any, the gates' checks."""
    current = {stage.key for stage in run.current}
    open_now = [task for task in run.tasks if task.counts and task.state == "open" and task.stage in current]
    if open_now:
        open_now.sort(key=lambda task: (task.due_at is None, task.due_at, task.rank))
        # A meeting is ours to hold, and waits for them all the same.
        sides = {whose.get((task.id,), task.side) for task in open_now}
        side: Any = sides.pop() if len(sides) == 1 else "both"
        return _Standing(side, tuple(dict.fromkeys(task.title for task in open_now)))
    held = (row for row in run.tasks if row.counts and row.state == "waiting" and row.is_written)
    if any(row.stage in current and book.task(row.key).starts for row in held):
        return _Standing("", (), is_held=True)
    left = [row["title"] for stage in run.current for row in stage.checks if row["state"] not in GOOD]
    by_use = any(name.startswith(USE) for name in asked(book, run))
    return _Standing("theirs" if by_use else "", tuple(dict.fromkeys(left)))


def _stages(life: Living) -> Iterator[StageTook]:
    ours = life.ours
    for row in life.run.stages:
        entered, closed = (ours.day_of(at) if at else None for at in (row.entered_at, row.closed_at))
        end = closed or ours.day_of(life.until)
        missing = [record["title"] for record in row.checks if record["state"] not in GOOD]
        yield StageTook(
            row.key,
            row.title,
            entered,
            closed,
            row.due_on,
            (end - entered).days if entered else None,
            tuple(missing) if entered and not closed else (),
        )


def _first_value(life: Living) -> Reached | None:
    row = next((row for row in life.run.milestones if row.first_value), None)
    if row is None:
        return None
    return _reached(row.title, life, row.met_at, row.due_on)


def _complete(life: Living) -> Reached:
    readings = Readings(life.book, life.run, life.known, life.now)
    schedule = Schedule(life.book, life.run, life.known, readings)
    target = schedule.timed(life.book.targets.complete, life.book.accountable).at
    ended = life.run.journey.ended_at if life.run.journey.state == "completed" else None
    return _reached("Completion", life, ended, life.ours.day_of(target) if target else None)


def _reached(title: str, life: Living, at: datetime | None, target: date | None) -> Reached:
    on = life.ours.day_of(at) if at else None
    return Reached(
        title,
        on,
        (on - life.start).days if on else None,
        target,
        (target - life.start).days if target else None,
    )


def _checks(book: Playbook) -> Iterator[tuple[str, Check]]:
    for stage in book.stages:
        yield from ((f"stage.{stage.id}.{check.id}", check) for check in (*stage.exit, *stage.expect))
    yield from ((f"completion.{check.id}", check) for check in book.completion)
