"""A new version of the playbook and a plan that runs on an older one: what the plan would take over, what it keeps.

The plan is merged with the version that it follows (the base) and the new one. Beside what was changed in its
definition, a plan differs from its base by what people did: what is over is never altered, what somebody set by hand is
a conflict that stays as it is unless one decides otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from onward.journeys.decisions.opening import asking, side_of, task_row
from onward.journeys.decisions.state import MilestoneRow, Run, StageRow, TaskRow
from onward.playbooks.decisions.comparing import Change, Key, sentence, taken, title_of, value_words
from onward.playbooks.decisions.definition import Playbook

State = Literal["takes", "conflict", "stays", "listed"]


@dataclass(frozen=True)
class Line:
    """One change of a preview. `takes`: proposed; `conflict`: both sides changed it, proposed is to keep the plan's;
    `stays`: the plan keeps what it has; `listed`: it comes too late for this plan. `why` says so in words; `before` is
    the plan's value, `after` the new version's, both as words that may be empty."""

    change: Change
    state: State
    words: str
    before: str = ""
    after: str = ""
    why: str = ""

    @property
    def name(self) -> str:
        """By this name it is chosen: `task.uat.due`."""
        return self.change.name

    @property
    def may_choose(self) -> bool:
        return self.state in {"takes", "conflict"}


def preview(ours: Playbook, new: Playbook, run: Run, touched: Collection[UUID], found: Iterable[Change]) -> list[Line]:
    """What becomes of each of the changes `found` in this plan. `touched` are the tasks that somebody has worked on."""
    look = _Look(ours, new, run, touched)
    return [look.line(change) for change in found]


class _Look:
    def __init__(self, ours: Playbook, new: Playbook, run: Run, touched: Collection[UUID]) -> None:
        self.ours, self.new, self.run, self.touched = ours, new, run, touched
        self.closed = {row.key for row in run.stages if row.closed_at}

    def line(self, change: Change) -> Line:
        words = sentence(change, self.ours, self.new)
        before, after = self._values(change)
        state, why = self._state(change)
        if state == "conflict" and (by_hand := _by_hand(self.run, change)):
            before = by_hand
        return Line(change, state, words, before, after, why)

    def _values(self, change: Change) -> tuple[str, str]:
        if not change.field:
            return "", ""
        return value_words(change.before, self.ours), value_words(change.after, self.new)

    def _state(self, change: Change) -> tuple[State, str]:
        late = self._comes_late(change)
        if late:
            return "listed", late
        why = over_because(self.run, change.key) or (self._removed_because(change) if change.what == "removed" else "")
        if why:
            return "stays", why
        if _by_hand(self.run, change) or change.is_conflict:
            return "conflict", _conflict_words(change)
        return "takes", ""

    def _comes_late(self, change: Change) -> str:
        """A task that would come into a stage that is closed."""
        if change.kind != "task" or (change.field not in {"", "stage"}) or change.what == "removed":
            return ""
        stage = change.after if change.field else change.after.stage
        return f"{title_of('stage', stage, self.new)} is closed already" if stage in self.closed else ""

    def _removed_because(self, change: Change) -> str:
        """Why something that the new version no longer has stays in the plan."""
        if change.kind == "task" and any(is_touched(row, self.touched) for row in _rows(self.run, change.id)):
            return "somebody has worked on it"
        if change.kind == "stage":
            row = self.run.stage(change.id)
            if row is not None and row.entered_at:
                return "it has begun"
            if any(is_touched(task, self.touched) for task in self.run.tasks if task.stage == change.id):
                return "somebody has worked on a task of it"
        if change.kind == "check_in" and any(row.held_at for row in self.run.check_ins if row.key == change.id):
            return "one was held already"
        if change.kind == "measure" and _picked(self.run, change.id):
            return "it was chosen with the customer"
        return ""


def over_because(run: Run, key: Key) -> str:
    """Why a thing is never altered any more: it is done, closed, reached, held, answered; "" while it may be."""
    kind, thing = key
    if kind == "task":
        rows = _rows(run, thing)
        if rows and all(is_finished(row) for row in rows):
            last = rows[-1]
            return f"done on {last.done_at:%-d %B}" if last.state == "done" and last.done_at else "it was left out here"
    if kind == "stage" and (stage := run.stage(thing)) and stage.closed_at:
        return f"closed on {stage.closed_at:%-d %B}"
    if kind == "milestone" and (milestone := run.milestone(thing)) and milestone.met_at:
        return f"reached on {milestone.met_at:%-d %B}"
    if kind == "check_in" and (talk := run.check_in(thing)) and talk.held_at:
        return f"held on {talk.held_at:%-d %B}"
    if kind == "form" and run.journey.answers.get(thing, {}).get("complete"):
        return "it is filled in"
    return ""


def is_finished(row: TaskRow) -> bool:
    """Over by what somebody did or the data showed. What is merely not needed may be needed again."""
    return row.is_over and not (row.state == "skipped" and row.how == "not_needed")


def is_touched(row: TaskRow, touched: Collection[UUID]) -> bool:
    """Somebody has done something with this task."""
    return row.id in touched or bool(
        is_finished(row) or row.person or row.reported or row.steps or row.note or row.held_at or row.deferred_at
    )


def _rows(run: Run, key: str) -> list[TaskRow]:
    return [row for row in run.tasks if row.key == key]


def _picked(run: Run, measure: str) -> bool:
    return any(pick.get("measure") == measure for pick in run.journey.picks.values())


def _by_hand(run: Run, change: Change) -> str:
    """What a person set here that the change would overrule, in words."""
    if change.kind == "measure" and change.field in {"when", "ask", "title"} and _picked(run, change.id):
        return "chosen with the customer"
    if change.kind != "task":
        return ""
    row = run.task(change.id)
    if row is None:
        return ""
    if change.field == "due" and row.due_by_hand:
        return f"{row.due_on:%-d %B}, set by hand" if row.due_on else "set by hand"
    if change.field == "by" and row.person:
        return "given to one person"
    if change.field == "deferrable" and row.deferred_at:
        return "put off until after first value"
    return ""


def _conflict_words(change: Change) -> str:
    if change.what == "added":
        return "it was left out of this plan"
    return "it was changed in this plan"


@dataclass(frozen=True)
class Merged:
    """The plan as it would be: `book` defines it; `chosen` are the changes taken, by name. `needed` names what was
    declined and is needed all the same: thing -> which thing needs it."""

    book: Playbook
    chosen: tuple[Line, ...]
    needed: dict[str, str]


def merge(ours: Playbook, new: Playbook, lines: Iterable[Line], wanted: Collection[str] | None = None) -> Merged:
    """The merge with the changes `wanted` (by name; None: what is proposed)."""
    lines = list(lines)
    chosen = tuple(
        line for line in lines if line.may_choose and (line.state == "takes" if wanted is None else line.name in wanted)
    )
    declined = {line.name for line in lines if line.may_choose and line not in chosen and line.change.what == "added"}
    book, needed = taken(ours, new, [line.change for line in chosen], declined)
    return Merged(book, chosen, needed)


def carry_out(
    ours: Playbook,
    book: Playbook,
    run: Run,
    chosen: Iterable[Line],
    touched: Collection[UUID],
    new_id: Callable[[], UUID],
) -> None:
    """Bring the rows of a plan from its definition `ours` to `book`, in place. Of what is over only the place may
    move."""
    for line in chosen:
        _given_back(run, line.change)
    run.stages = list(_stages(book, run, new_id))
    run.tasks = [*_tasks(book, run, new_id), *_asked(ours, book, run, touched, new_id)]
    run.milestones = list(_milestones(book, run, new_id))
    talks = {one.id: one for one in book.check_ins}
    run.check_ins = [row for row in run.check_ins if row.key in talks]
    for row in run.check_ins:
        if not row.held_at:
            spec = talks[row.key]
            row.title, row.role, row.internal = spec.title, spec.by, spec.internal


def _given_back(run: Run, change: Change) -> None:
    """What a person set and the reader gave up for the new version."""
    for row in _rows(run, change.id) if change.kind == "task" else ():
        if change.field == "due":
            row.due_by_hand = False
        elif change.field == "by":
            row.person = ""
        elif change.field == "deferrable":
            row.deferred_at = None


def _stages(book: Playbook, run: Run, new_id: Callable[[], UUID]) -> Iterator[StageRow]:
    for rank, spec in enumerate(book.stages):
        row = run.stage(spec.id)
        if row is None:
            row = StageRow(new_id(), run.journey.id, run.journey.account_id, spec.id, spec.title, rank, spec.owner)
        elif not row.closed_at:
            row.title, row.owner_role = spec.title, spec.owner
        row.rank = rank
        yield row


def _tasks(book: Playbook, run: Run, new_id: Callable[[], UUID]) -> Iterator[TaskRow]:
    for rank, spec in enumerate(book.tasks):
        rows = _rows(run, spec.id) or [task_row(book, spec, run.journey, rank, new_id())]
        for row in rows:
            row.rank = rank
            if not is_finished(row):
                row.title, row.kind, row.stage, row.role = spec.title, spec.kind, spec.stage, spec.by
                row.side, row.shared, row.required = side_of(book, spec), spec.shared, spec.required
        yield from rows


def _asked(
    ours: Playbook, book: Playbook, run: Run, touched: Collection[UUID], new_id: Callable[[], UUID]
) -> Iterator[TaskRow]:
    """The tasks that ask who holds a role: those of roles that went are gone, those of new roles come."""
    roles, known = ({f"fill_{role.id}" for role in side.roles} for side in (book, ours))
    asked = [
        row
        for row in run.tasks
        if row.kind == "fill_role" and (row.is_over or row.key in roles or is_touched(row, touched))
    ]
    asked += [row for row in asking(book, run.journey, 0, new_id) if row.key not in known]
    for number, row in enumerate(asked):
        row.rank = len(book.tasks) + number
        if not row.is_over and all(stage.id != row.stage for stage in book.stages):
            row.stage = book.stages[0].id
        yield row


def _milestones(book: Playbook, run: Run, new_id: Callable[[], UUID]) -> Iterator[MilestoneRow]:
    ids = (run.journey.id, run.journey.account_id)
    for rank, spec in enumerate(book.milestones):
        row = run.milestone(spec.id)
        if row is None:
            row = MilestoneRow(new_id(), *ids, spec.id, spec.title, rank, spec.owner, spec.first_value)
        elif not row.met_at:
            row.title, row.owner_role, row.first_value = spec.title, spec.owner, spec.first_value
        row.rank = rank
        yield row
