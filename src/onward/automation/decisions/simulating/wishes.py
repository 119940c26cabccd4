"""What each side would do next, as the plan stands: each wish with the kind of work it is, and when at the earliest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from onward.automation.decisions.messages import SENT, holders_of
from onward.automation.decisions.simulating.acts import Verb
from onward.automation.decisions.simulating.answering import answers, evidence
from onward.automation.decisions.simulating.asking import asked, events_in, resolved, unmet
from onward.automation.decisions.simulating.personas import Persona
from onward.journeys.decisions.by_hand import metrics_by_hand
from onward.journeys.decisions.opening import role_side
from onward.journeys.decisions.outside import Outside
from onward.journeys.decisions.readings import Readings
from onward.journeys.decisions.saying import also_needed, open_points
from onward.journeys.decisions.schedule import Schedule
from onward.journeys.decisions.state import Run, TaskRow
from onward.playbooks.decisions.definition import Playbook, Task

HOUR = timedelta(hours=1)
LINES = 5
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Step:
    """One act of a wish, without its moment."""

    verb: Verb
    role: str
    key: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Wish:
    """`steps` are done one after the other at one moment: `at`, else so many working days after the wish came up (of
    `side`, for `kind`), and not before `since`. `name` is the same as long as it is the same wish."""

    name: tuple[Any, ...]
    side: str
    kind: str
    steps: tuple[Step, ...]
    at: datetime | None = None
    since: datetime | None = None


def wishes(book: Playbook, persona: Persona, run: Run, outside: Outside, now: datetime, moved: int) -> Iterator[Wish]:
    """All wishes as things stand. `moved`: how often the first meeting with them was put off so far."""
    wanted = _Wishes(book, persona, run, outside, now, moved)
    for task in run.tasks:
        if not task.is_over and task.deferred_at is None:
            yield from wanted.of_task(task)
    yield from wanted.of_checks()
    if persona.holds_check_ins:
        yield from wanted.of_check_ins()


def works(book: Playbook, run: Run) -> Iterator[tuple[TaskRow, set[str]]]:
    """The open tasks that use of the product closes, with the events it takes."""
    for task in run.tasks:
        if task.is_over or task.kind == "fill_role" or (done := book.task(task.key).done_when) is None:
            continue
        if events := events_in(resolved(book, run, done.names)):
            yield task, events


class _Wishes:
    def __init__(self, book: Playbook, persona: Persona, run: Run, outside: Outside, now: datetime, moved: int) -> None:
        self.book, self.persona, self.run, self.outside, self.now, self.moved = book, persona, run, outside, now, moved
        self.groups = {group.id for group in book.groups}
        self.by_use = {task.id for task, _ in works(book, run)}

    def of_task(self, task: TaskRow) -> Iterator[Wish]:
        if task.kind == "fill_role":
            if task.state == "open":
                role = task.key.removeprefix("fill_")
                yield Wish(("name", role), "ours", "name", (Step("name", task.role, role),))
            return
        spec = self.book.task(task.key)
        if spec.optional and not self.persona.does_optional:
            return
        if spec.kind == "meeting":
            yield from self.meeting(task, spec)
        elif task.state != "open" or task.id in self.by_use:
            return
        elif spec.kind in SENT:
            # Nobody in particular holds a group: somebody sends it by hand and says so.
            if spec.to and all(role in self.groups for role in spec.to) and not holders_of(self.run, spec.to):
                yield self.done(task, spec, spec.by, ())
        elif spec.done_when is None:
            yield from self.work(task, spec)

    def meeting(self, task: TaskRow, spec: Task) -> Iterator[Wish]:
        theirs = any(role_side(self.book, role) == "theirs" for role in spec.must)
        side = "theirs" if theirs else "ours"
        if task.starts_at is None:
            invited = any(
                row.state == "open" and row.kind == "invite" and self.book.task(row.key).meeting == task.key
                for row in self.run.tasks
            )
            if task.state == "open" or invited:
                # What is due in some weeks, such as a review, is not met about today.
                near = task.due_at - WEEK if task.due_at else self.now
                since = near if near - self.now > 2 * WEEK else self.now
                yield Wish(("time", task.id), "ours", "meeting", (self.time(spec, since, side),))
            return
        if task.state != "open" or task.held_at:
            return
        if theirs and self.moved < self.persona.moves and not self.met_them():
            step = self.time(spec, task.starts_at, side, self.persona.moved_by)
            yield Wish(("moved", task.id, self.moved), side, "meeting", (step,), at=max(task.starts_at, self.now))
            return
        came = tuple(
            role
            for role in dict.fromkeys((spec.by, *spec.must, *spec.may))
            if role in self.run.journey.roles or role in self.groups
        )
        if came:
            steps = (*self.before(task, spec, spec.by), Step("hold", spec.by, task.key, {"came": came}))
            opened = (task.opened_at or self.now) + HOUR
            yield Wish(("hold", task.id, task.starts_at), side, "meeting", steps, at=max(task.starts_at + HOUR, opened))

    def met_them(self) -> bool:
        """Whether a meeting with their people has taken place."""
        return any(
            task.held_at and any(role_side(self.book, role) == "theirs" for role in self.book.task(task.key).must)
            for task in self.run.tasks
            if task.kind == "meeting"
        )

    def time(self, spec: Task, since: datetime, side: str, days: int | None = None) -> Step:
        """A new time: so many working days from the moment that is given; the one who lives it fills the moment in."""
        pace = self.persona.theirs if side == "theirs" else self.persona.ours
        ahead = pace.days_for("meeting") if days is None else days
        return Step("schedule", spec.by, spec.id, {"days": max(ahead, 1), "since": since})

    def before(self, task: TaskRow, spec: Task, role: str) -> tuple[Step, ...]:
        """What has to be there before somebody may say done."""
        steps = []
        if spec.picks and spec.picks not in self.run.journey.picks:
            measure = self.book.milestone(spec.picks).pick[0]
            steps.append(Step("pick", role, spec.picks, {"measure": measure}))
        steps += [
            Step("tick", role, task.key, {"step": step.id})
            for step in spec.steps
            if step.id not in task.steps and step.when is None
        ]
        if spec.form and not self.run.journey.answers.get(spec.form, {}).get("complete"):
            form = self.book.find("form", spec.form)
            steps.append(Step("answer", role, task.key, answers(self.book, self.persona, form, self.outside, self.now)))
        if spec.kind == "log" and spec.log:
            steps.append(Step("log", role, spec.log))
        return tuple(steps)

    def work(self, task: TaskRow, spec: Task) -> Iterator[Wish]:
        before = self.before(task, spec, spec.by)
        left = also_needed(spec, task.reported) or [spec.by]
        if spec.by in left:
            yield self.done(task, spec, spec.by, before)
        if not open_points(self.book, self.run, task):
            for role in left:
                if role != spec.by:
                    yield self.done(task, spec, role, ())

    def done(self, task: TaskRow, spec: Task, role: str, before: tuple[Step, ...]) -> Wish:
        # Who fills in a form task has said done with it.
        says = spec.kind != "form" or not any(step.verb == "answer" for step in before)
        steps = (*before, Step("complete", role, task.key)) if says else before
        return Wish(
            ("do", task.id, role), role_side(self.book, role), spec.kind, steps, since=task.starts_at or task.opened_at
        )

    def of_checks(self) -> Iterator[Wish]:
        """What no task asks for, and a gate does: goals, registers, figures entered by hand."""
        names = asked(self.book, self.run)
        goals = self.run.objectives
        if any(name.startswith("objectives.") for name in names):
            if not goals:
                yield Wish(("goal",), "ours", "goal", (Step("write_goal", self.book.accountable),))
            elif any(row.agreed_at is None for row in goals):
                yield Wish(("agree",), "theirs", "goal", (Step("agree_goal", self.champion),))
            elif any(name.startswith("objectives.met") for name in names) and any(not row.met_at for row in goals):
                yield Wish(("reach",), "theirs", "goal", (Step("reach_goal", self.champion),))
        for name in sorted(names):
            if name.startswith(("log.", "wins.")):
                yield from self.line(name)
        by_hand = metrics_by_hand(self.book)
        given = {row.metric for row in self.run.evidence}
        for check in unmet(self.book, self.run):
            for name in check.names:
                value = evidence(check, name)
                if name in by_hand and name not in given and value is not None:
                    step = Step("evidence", self.book.accountable, name, {"value": value})
                    yield Wish(("evidence", name), "ours", "form", (step,))

    def line(self, name: str) -> Iterator[Wish]:
        log = "wins" if name.startswith("wins.") else name.split(".")[1]
        rows = [row for row in self.run.logs if row.log == log]
        if name.endswith(".confirmed") and any(row.confirmed_at is None for row in rows):
            yield Wish(("confirm", log, len(rows)), "theirs", "log", (Step("confirm_log", self.champion, log),))
        elif len(rows) < LINES:
            yield Wish(("line", log, len(rows)), "ours", "log", (Step("log", self.book.accountable, log),))

    @property
    def champion(self) -> str:
        """Who speaks for them: the first of their roles that somebody holds, else any of their people."""
        held = [role.id for role in self.book.roles if role.side == "theirs" and role.id in self.run.journey.roles]
        anybody = [group.id for group in self.book.groups]
        return next(iter([*held, *anybody]), self.book.accountable)

    def of_check_ins(self) -> Iterator[Wish]:
        schedule = None
        for row in self.run.check_ins:
            spec = self.book.find("check_in", row.key)
            if row.held_at or row.due_at is None or row.due_on is None or (spec.every and row.due_at < self.now):
                continue
            if spec.at is not None:
                schedule = schedule or Schedule(
                    self.book, self.run, self.outside, Readings(self.book, self.run, self.outside, self.now)
                )
                if schedule.timed(spec.at, spec.by).planned:
                    continue
            at = max(datetime.combine(row.due_on, time(13), UTC), self.now + HOUR)
            step = Step("check_in", spec.by, row.key)
            yield Wish(
                ("check_in", row.id, row.due_on), "ours" if spec.internal else "theirs", "meeting", (step,), at=at
            )
