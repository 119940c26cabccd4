"""What a sheet becomes: stages with their tasks, who does them, and what was wrong with its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from onward.accounts.decisions.sheets import Problem
from onward.kernel.clock import Span
from onward.playbooks.decisions.parts import Link, Side
from onward.playbooks.decisions.planned.cells import State

#: Who does what nobody is named for: whoever looks after the account, and the customer as a whole.
OURS, THEIRS = "csm", "customer"


@dataclass(frozen=True)
class Known:
    """Who can be named in a sheet. `people`: a name or mail address (small letters) to its reference, "" where several
    bear it; `sides`: further words for a side as a whole (the account's name is the customer)."""

    people: Mapping[str, str] = field(default_factory=dict)
    sides: Mapping[str, Side] = field(default_factory=dict)


@dataclass(frozen=True)
class PlannedRole:
    """A role that the sheet names; `word` as it is written there ("" for the two that every plan has)."""

    id: str
    title: str
    side: Side
    word: str = ""


@dataclass(frozen=True)
class PlannedTask:
    """One row. `person` ("user:...", "contact:...") where one was named; `starts` and `due` as days of the calendar,
    `is_dated` when the sheet gives a date rather than a day counted from day zero. `takes`: a length that is not in
    those two, `last` the link from which it is counted. `keeps_due` is False where its day comes before that of what it
    waits for, so that no playbook can say it."""

    row: int
    id: str
    title: str
    help: str
    role: str
    person: str
    starts: date | None
    due: date | None
    is_dated: bool
    takes: Span | None
    after: tuple[Link, ...]
    state: State
    last: Link | None = None
    keeps_due: bool = True


@dataclass(frozen=True)
class PlannedStage:
    """`after`: the stage that has to be closed first, "" for none."""

    id: str
    title: str
    tasks: tuple[PlannedTask, ...]
    after: str = ""


@dataclass(frozen=True)
class SheetPlan:
    """A plan and every problem of its rows; those with an error are not in it. `zero`: the day from which its days
    count; `owners`: each word that stands for a role, with the role."""

    stages: tuple[PlannedStage, ...]
    roles: tuple[PlannedRole, ...]
    problems: tuple[Problem, ...]
    zero: date
    rows: int

    @property
    def tasks(self) -> tuple[PlannedTask, ...]:
        return tuple(task for stage in self.stages for task in stage.tasks)

    @property
    def stays_out(self) -> int:
        """How many rows an error keeps out."""
        return len({problem.row for problem in self.problems if problem.level == "error"})

    def role(self, role_id: str) -> PlannedRole:
        """The role of that id; KeyError when there is none."""
        return {role.id: role for role in self.roles}[role_id]


def reckoned(plan: SheetPlan) -> dict[str, tuple[date, date]]:
    """First and last day of each task for a picture: as the sheet says, else counted from what comes before, else from
    where its stage begins. Tasks of which nothing tells a day are left out."""
    known = {task.id: task for task in plan.tasks}
    begins = {
        task.id: min((day for one in stage.tasks if (day := one.starts or one.due)), default=plan.zero)
        for stage in plan.stages
        for task in stage.tasks
    }
    found: dict[str, tuple[date, date]] = {}
    todo = list(reversed(plan.tasks))
    while todo:
        task = todo[-1]
        before = known.get(task.last.id) if task.last and task.takes else None
        if task.id not in found and before and before.id not in found and _is_told(before):
            todo.append(before)
            continue
        todo.pop()
        if span := _span(task, begins[task.id], found):
            found[task.id] = span
    return found


def _is_told(task: PlannedTask) -> bool:
    return bool(task.starts or task.due or task.takes)


def _span(task: PlannedTask, begins: date, found: Mapping[str, tuple[date, date]]) -> tuple[date, date] | None:
    if end := task.due or task.starts:
        return task.starts or end, end
    if task.takes is None:
        return None
    start = found[task.last.id][1] if task.last and task.last.id in found else begins
    return start, start + task.takes.exact
