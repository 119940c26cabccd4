"""What is kept of a plan so that a merge can be taken back whole, and the taking back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import MISSING, dataclass, field, fields
from typing import Any
from uuid import UUID

import msgspec

from onward.journeys.decisions.judging import reads_any
from onward.journeys.decisions.merging.taking import is_finished
from onward.journeys.decisions.state import CheckInRow, JourneyRow, MilestoneRow, Run, StageRow, TaskRow
from onward.playbooks.decisions.definition import Playbook

PARTS: dict[str, type] = {"stages": StageRow, "tasks": TaskRow, "milestones": MilestoneRow, "check_ins": CheckInRow}
#: What of the journey itself a merge moves, or the look that follows it.
OF_JOURNEY = (
    "version_id", "template_id", "roles", "checklist", "expected", "baseline", "pace", "pace_reason", "next_check_at",
)  # fmt: skip
#: What a playbook says of a row; all else is what happened to it.
DEFINED = {
    "stages": ("title", "rank", "owner_role"),
    "tasks": ("title", "rank", "kind", "stage", "role", "side", "shared", "required"),
    "milestones": ("title", "rank", "owner_role", "first_value"),
}


def image(run: Run) -> dict[str, Any]:
    """The plan as JSON: its own definition, and every row; of those that are over only the place, since nothing else
    of them ever moves."""
    found: dict[str, Any] = {"journey": {name: _told(getattr(run.journey, name)) for name in OF_JOURNEY}}
    for part in PARTS:
        rows = getattr(run, part)
        found[part] = [_spoken(row) for row in rows if not _is_over(row)]
        found[f"{part}_over"] = {
            str(row.id): {"key": row.key, "rank": getattr(row, "rank", 0)} for row in rows if _is_over(row)
        }
    return found


def hindrance(run: Run, kept: dict[str, Any], touched: Collection[UUID], judged: Collection[str]) -> str:
    """Why a merge cannot be taken back any more: somebody has worked on what it brought; "" if nobody has."""
    for part in PARTS:
        for row in _came(run, kept, part):
            if _is_worked_on(row, touched, judged):
                return f"“{row.title}” came with it, and somebody has worked on it since"
    return ""


def _came(run: Run, kept: dict[str, Any], part: str) -> list[Any]:
    """The rows that came with the merge. A further turn of what was there before came by itself."""
    keys = {row["key"] for row in kept[part]} | {one["key"] for one in kept[f"{part}_over"].values()}
    return [row for row in getattr(run, part) if row.key not in keys]


@dataclass
class Back:
    """What a plan that was taken back no longer shows, although facts tell of it: keys of stages that have not begun
    again, of those that are open again, and of milestones that are not met again."""

    stages: list[str] = field(default_factory=list)
    reopened: list[StageRow] = field(default_factory=list)
    milestones: list[str] = field(default_factory=list)


def taken_back(
    run: Run,
    kept: dict[str, Any],
    books: tuple[Playbook, Playbook],
    touched: Collection[UUID],
    judged: Collection[str],
    named: bool,
) -> Back:
    """Put the plan back in place. `books` are what it returns to and what it comes from: what happened since by a rule
    that both have stays, and so does a task on which somebody has worked (`touched`, or another edition).

    `judged` are the stages ("" the completion) with a criterion waived since, `named`: somebody was named for a role
    since; those stand too.
    """
    look = _Back(run, kept, books, touched, judged)
    journey = msgspec.convert({**msgspec.to_builtins(run.journey), **kept["journey"]}, JourneyRow)
    for name in OF_JOURNEY:
        if not (name == "roles" and named) and not (name == "checklist" and "" in judged):
            setattr(run.journey, name, getattr(journey, name))
    for part in PARTS:
        setattr(run, part, look.rows(part))
    return look.back


class _Back:
    def __init__(
        self,
        run: Run,
        kept: dict[str, Any],
        books: tuple[Playbook, Playbook],
        touched: Collection[UUID],
        judged: Collection[str],
    ) -> None:
        self.run, self.kept, self.touched, self.judged = run, kept, touched, judged
        self.old, self.new = books
        self.back = Back()
        #: Stages that have begun, and go on as they are.
        self.going_on: set[str] = set()
        self.begun = {row["key"] for row in kept["stages"] if row.get("entered_at")}
        #: What was closed or met since by what came with the version, as the readings of proofs name it.
        self.undone = {f"task.{row.key}." for row in _came(run, kept, "tasks")}
        while self._more_undone():
            pass

    def _more_undone(self) -> bool:
        before = len(self.undone)
        for part, kind in (("stages", "stage"), ("milestones", "milestone")):
            came = {row.id for row in _came(self.run, self.kept, part)}
            known = {UUID(row["id"]) for row in self.kept[part]}
            for row in getattr(self.run, part):
                if row.id in came or (row.id in known and _is_over(row) and not self._stands(kind, row)):
                    self.undone.add(f"{kind}.{row.key}.")
        return len(self.undone) > before

    def _stands(self, kind: str, row: Any) -> bool:
        """Whether what was proven since is proven by the same rule in both, and by nothing that is undone."""
        if kind == "stage":
            alike = self._closes_alike(row.key) and not reads_any(row.checks, self.undone)
            return alike and (row.key in self.begun or self._may_begin(row.key))
        one, other = self.old.find(kind, row.key), self.new.find(kind, row.key)
        alike = (one.when, one.pick) == (other.when, other.pick) and not reads_any([row.verdict], self.undone)
        return row.how == "by_hand" or alike

    def rows(self, part: str) -> list[Any]:
        came = {row.id for row in _came(self.run, self.kept, part)}
        self._forget(part, came)
        rows = {row.id: row for row in getattr(self.run, part) if row.id not in came}
        for one in self.kept[part]:
            was: Any = msgspec.convert(one, PARTS[part])
            now = rows.get(was.id)
            rows[was.id] = was if now is None else getattr(self, f"_{part}")(now, was)
        for row_id, place in self.kept[f"{part}_over"].items():
            over = rows.get(UUID(row_id))
            if over is not None and hasattr(over, "rank"):
                over.rank = place["rank"]
        return sorted(rows.values(), key=_order)

    def _forget(self, part: str, came: Collection[UUID]) -> None:
        for row in getattr(self.run, part):
            if row.id in came and isinstance(row, StageRow) and row.entered_at:
                self.back.stages.append(row.key)
            if row.id in came and isinstance(row, MilestoneRow) and row.met_at:
                self.back.milestones.append(row.key)

    def _stages(self, now: StageRow, was: StageRow) -> StageRow:
        """Kept rows come in the order of the plan: those before are decided already."""
        if self._is_closed(now.key):
            self._define("stages", now, was)
            return now
        begun = now.entered_at is not None and (now.key in self.begun or self._may_begin(now.key))
        if not begun and now.entered_at:
            self.back.stages.append(now.key)
        elif now.closed_at:
            self.back.reopened.append(was)
        if begun:
            was.entered_at = now.entered_at
            self.going_on.add(now.key)
        if now.key in self.judged:
            was.checks = now.checks
        return was

    def _may_begin(self, key: str) -> bool:
        return all(self._is_closed(one) for one in self.old.stage(key).after)

    def _is_closed(self, key: str) -> bool:
        row = self.run.stage(key)
        return row is not None and bool(row.closed_at) and f"stage.{key}." not in self.undone

    def _closes_alike(self, key: str) -> bool:
        """Whether a stage closes by the same rule in both."""
        one, other = self.old.find("stage", key), self.new.find("stage", key)
        rules: list[Any] = [
            (stage.exit, [task.id for task in stage.tasks if task.required] if not stage.exit else [])
            for stage in (one, other)
        ]
        return bool(rules[0] == rules[1])

    def _tasks(self, now: TaskRow, was: TaskRow) -> TaskRow:
        worked = is_finished(now) or now.id in self.touched or now.edition != was.edition
        if not worked and not self._goes_on(now):
            return was
        self._define("tasks", now, was)
        return now

    def _goes_on(self, now: TaskRow) -> bool:
        """Open by the same rules in both, in a stage that goes on."""
        if now.kind == "fill_role":
            return now.stage in self.going_on
        return now.stage in self.going_on and self.old.find("task", now.key) == self.new.find("task", now.key)

    def _milestones(self, now: MilestoneRow, was: MilestoneRow) -> MilestoneRow:
        if now.met_at and f"milestone.{now.key}." not in self.undone:
            self._define("milestones", now, was)
            return now
        if now.met_at:
            self.back.milestones.append(now.key)
        return was

    def _check_ins(self, now: CheckInRow, was: CheckInRow) -> CheckInRow:
        return now if now.held_at else was

    def _define(self, part: str, now: Any, was: Any) -> None:
        for name in DEFINED[part] if not _is_over(now) else ("rank",):
            setattr(now, name, getattr(was, name))


def _is_over(row: Any) -> bool:
    if isinstance(row, TaskRow):
        return is_finished(row)
    return bool(getattr(row, "closed_at", None) or getattr(row, "met_at", None) or getattr(row, "held_at", None))


def _is_worked_on(row: Any, touched: Collection[UUID], judged: Collection[str]) -> bool:
    if isinstance(row, TaskRow):
        return is_finished(row) or row.id in touched or row.edition > 1 or bool(row.steps or row.reported)
    if isinstance(row, StageRow):
        return row.key in judged
    return bool(getattr(row, "held_at", None)) or getattr(row, "how", "") == "by_hand"


def _order(row: Any) -> tuple[Any, ...]:
    """As rows are loaded."""
    if isinstance(row, CheckInRow):
        return row.due_at is None, row.due_at, row.key, row.cycle
    return row.rank, getattr(row, "cycle", 1)


def _spoken(row: Any) -> dict[str, Any]:
    """A row as JSON, what is as it is at first left out."""
    found: dict[str, Any] = {}
    for item in fields(row):
        value = getattr(row, item.name)
        plain = item.default is not MISSING and value == item.default
        if not plain and not (item.default_factory is not MISSING and not value):
            found[item.name] = _told(value)
    return found


def _told(value: Any) -> Any:
    return msgspec.to_builtins(value)
