"""What follows when a day is moved, over the same graph that says when things end (forecast.py).

A person moves one day, or says that the customer pauses until one. What is counted from it follows by its own rule;
what waits for it, by its order, moves to the earliest day that the order allows, and only when it has to. Promises and
locked days never move: it is said which of them can then no longer be kept, and so it is for stages and milestones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime

from onward.journeys.decisions.forecast import HELD, Expected, days_of
from onward.journeys.decisions.graph import Thing, answers_of, graph_of
from onward.journeys.decisions.outside import Outside
from onward.journeys.decisions.readings import Readings
from onward.journeys.decisions.schedule import Schedule
from onward.journeys.decisions.state import MilestoneRow, Run, StageRow, TaskRow
from onward.playbooks.decisions.definition import Playbook

Row = StageRow | TaskRow | MilestoneRow
#: More rounds than any plan needs: each moves some day later, or is the last.
ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Shift:
    """One day of the plan: `before` and `after` in what was agreed, `at` the moment of `after`, `on` the day that can
    be kept as things then stand, and `stood` the one before that. `by`: what holds it (as in forecast.Expected).

    `how`: "asked" (the one that a person moves), "counted" (its date is counted from one that moves), "along" (it comes
    after one that moves); or it keeps its day although `on` is later: "locked", "promised" or "missed".
    """

    name: str
    title: str
    how: str
    before: date | None
    after: date | None
    on: date | None
    by: str = ""
    at: datetime | None = None
    stood: date | None = None

    @property
    def is_new(self) -> bool:
        """Whether it comes of this move: what was late before is in the list too, to be put in order."""
        return self.how == "counted" or self.on != self.stood

    @property
    def days(self) -> int:
        """How many days later: of the day that was agreed, or of the one that can be kept where that one stays."""
        last = self.after if self.moves else self.on
        return (last - self.before).days if last and self.before else 0

    @property
    def earliest(self) -> date | None:
        """The day that can be kept, where it is moved to one before that."""
        return self.on if self.moves and self.on and self.after and self.on > self.after else None

    @property
    def moves(self) -> bool:
        return self.how in {"asked", "counted", "along"}


def cascade(
    book: Playbook,
    run: Run,
    outside: Outside,
    now: datetime,
    days: Mapping[str, date],
    *,
    held: date | None = None,
    along: bool = True,
) -> list[Shift]:
    """What moves when `days` ("task.connect", "answer.kickoff.go_live") are set and they pause up to `held`, in the
    order of the plan. Without `along` nothing moves but what is counted. The run is left as it was."""
    known = set(days) | ({f"task.{row.key}" for row in run.tasks if _pauses(row)} if held else set())
    while True:
        with _left_alone(run):
            moving = _Moving(book, run, outside, now, known)
            shifts = moving.cascade(days, held, along)
        if not moving.more:
            return shifts
        # The plan counted a day anew that nothing here moves: it stands beside what was laid out.
        known |= moving.more


def too_early(shifts: Iterable[Shift]) -> Shift | None:
    """What is asked for a day that it cannot keep, where other days would move with it: from such a day nothing else
    is counted."""
    moves = [one for one in shifts if one.moves]
    follows = any(one.how != "asked" for one in moves)
    return next((one for one in moves if one.how == "asked" and one.earliest), None) if follows else None


def with_day(
    things: Mapping[str, Thing], book: Playbook, run: Run, outside: Outside, readings: Readings, name: str, day: date
) -> dict[str, Thing]:
    """The same graph with one of its days chosen anew. The run is left as it was."""
    found = {**things, name: replace(things[name], to=day)}
    row = next((row for row in run.tasks if f"task.{row.key}" == name), None)
    if row is None:
        return found
    with _left_alone(run):
        row.due_on, row.due_by_hand, row.due_follows = day, True, False
        return found | answers_of(found, book, run, outside, readings)


class _Moving:
    """`known` are the days that move; `more` those that turn out to move beside what they can move along."""

    def __init__(self, book: Playbook, run: Run, outside: Outside, now: datetime, known: set[str]) -> None:
        self.book, self.run, self.outside = book, run, outside
        self.today = outside.ours.day_of(now)
        self.rows: dict[str, Row] = {f"task.{row.key}": row for row in run.tasks}
        self.rows |= {f"stage.{row.key}": row for row in run.stages}
        self.rows |= {f"milestone.{row.key}": row for row in run.milestones}
        self.readings = Readings(book, run, outside, now)
        self.things: dict[str, Thing] = graph_of(book, run, outside, self.readings, known) if known else {}
        self.agreed = {name: row.due_on for name, row in self.rows.items()}
        self.known, self.more = known, set[str]()
        self.schedule = Schedule(book, run, outside, self.readings)
        self.how: dict[str, str] = {}
        self.by: dict[str, str] = {}

    def cascade(self, days: Mapping[str, date], held: date | None, along: bool) -> list[Shift]:
        before = {name: thing.agreed for name, thing in self.things.items()}
        stood = days_of(self.things, self.today)
        for name, day in days.items():
            self.move(name, day, "asked")
        self.link()
        if held is not None:
            for name, thing in self.things.items():
                if isinstance(row := self.rows.get(name), TaskRow) and _pauses(row):
                    thing.held = held
        causes = {HELD, *days} if held else set(days)
        self.count()
        for _ in range(ROUNDS):
            found = days_of(self.things, self.today)
            # What moved along stands where the graph had it: only what is counted from it can ask for another round.
            if not along or not self.follow(found, causes | set(self.how)) or not self.count():
                break
        return list(self.told(before, stood, found))

    def move(self, name: str, day: date, how: str) -> None:
        """Give a task, or an answer, another day."""
        self.how[name] = how
        thing, row = self.things[name], self.rows.get(name)
        thing.to = day
        if isinstance(row, TaskRow):
            row.due_on, row.due_at, row.due_by_hand = day, thing.calendar.end_of(day), True
            row.due_follows = how == "along"
        else:
            form, item = name.removeprefix("answer.").split(".")
            self.run.journey.answers = answered(self.run, form, item, day)

    def link(self) -> None:
        """Let the dates of forms rest on the steps as they stand now."""
        self.things |= answers_of(self.things, self.book, self.run, self.outside, self.readings)

    def count(self) -> bool:
        """Let the plan say anew what it counts from days that moved; whether any did."""
        if not self.schedule.set_dates():
            return False
        counted = False
        for name, row in self.rows.items():
            if row.due_on is None or (row.due_on == self.agreed[name] and name not in self.how):
                continue
            thing = self.things.get(name)
            if thing is None:
                self.more |= {name} - self.known
            elif row.due_on != (thing.to or thing.agreed):
                thing.to = row.due_on
                self.how.setdefault(name, "counted")
                counted = True
        return counted

    def follow(self, found: Mapping[str, Expected], causes: set[str]) -> bool:
        """Move what has to come after something that moved; whether anything did. Days are found in their order."""
        moved = False
        for name, one in found.items():
            if one.by not in causes:
                continue
            causes.add(name)
            row = self.rows.get(name)
            stays = not isinstance(row, TaskRow) or row.promise or row.locked or self.how.get(name) == "asked"
            if not stays and one.agreed and one.on > one.agreed:
                self.move(name, one.on, "along")
                self.by[name] = one.by
                moved = True
        if moved:
            self.link()
        return moved

    def told(
        self, before: Mapping[str, date | None], stood: Mapping[str, Expected], found: Mapping[str, Expected]
    ) -> Iterator[Shift]:
        for name, thing in self.things.items():
            row, one = self.rows.get(name), found.get(name)
            now, by = thing.to or thing.agreed, self.by.get(name) or (one.by if one else "")
            on, was = one.on if one else now, stood[name].on if name in stood else None
            if name in self.how and (now != before[name] or self.how[name] == "asked"):
                at = row.due_at if row else None
                yield Shift(name, self.title(name), self.how[name], before[name], now, on, by, at, was)
            elif on and now and on > now and (was is None or on > was):
                promised = row is not None and row.promise
                how = "promised" if promised else "locked" if isinstance(row, TaskRow) and row.locked else "missed"
                yield Shift(name, self.title(name), how, before[name], now, on, by, None, was)

    def title(self, name: str) -> str:
        row = self.rows.get(name)
        if row is not None:
            return row.title
        form, item = name.removeprefix("answer.").split(".")
        return str(next(field.title for field in self.book.find("form", form).fields if field.id == item))


def _pauses(row: TaskRow) -> bool:
    return row.side != "ours" and not row.is_over


def movable(book: Playbook, run: Run) -> dict[str, tuple[str, date | None]]:
    """What a person may move: dates that were given in forms, and open tasks, with their title and day."""
    found: dict[str, tuple[str, date | None]] = {}
    for form in book.forms:
        given = run.journey.answers.get(form.id, {}).get("values", {})
        for item in form.fields:
            if item.type == "date" and isinstance(given.get(item.id), str):
                found[f"answer.{form.id}.{item.id}"] = item.title, date.fromisoformat(given[item.id])
    for row in run.tasks:
        name = f"task.{row.key}"
        found.pop(name, None)
        # What is put off has no place in the order until it is brought back.
        if not row.is_over and not row.deferred_at:
            found[name] = row.title, row.due_on
    return found


def answered(run: Run, form: str, item: str, day: date) -> dict[str, dict[str, object]]:
    """The answers with another date in one of them."""
    known = run.journey.answers.get(form, {})
    return {**run.journey.answers, form: {**known, "values": {**known.get("values", {}), item: day.isoformat()}}}


@contextmanager
def _left_alone(run: Run) -> Iterator[None]:
    """Give every date back that is changed within."""
    answers = run.journey.answers
    tasks = [
        (row, row.due_at, row.due_on, row.due_why, row.promise, row.due_by_hand, row.due_follows) for row in run.tasks
    ]
    others: Iterable[StageRow | MilestoneRow] = [*run.stages, *run.milestones]
    kept = [(row, row.due_at, row.due_on, row.due_why, row.promise) for row in others]
    checks = [(row, row.due_at, row.due_on) for row in run.check_ins]
    try:
        yield
    finally:
        for task, at, on, why, promise, by_hand, follows in tasks:
            task.due_at, task.due_on, task.due_why, task.promise = at, on, why, promise
            task.due_by_hand, task.due_follows = by_hand, follows
        for row, at, on, why, promise in kept:
            row.due_at, row.due_on, row.due_why, row.promise = at, on, why, promise
        for check_in, at, on in checks:
            check_in.due_at, check_in.due_on = at, on
        run.journey.answers = answers
