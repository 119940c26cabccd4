"""What first value does not need, and may wait until after it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from onward.journeys.decisions.state import Run, TaskRow
from onward.playbooks.decisions.definition import Playbook, Stage, Task
from onward.playbooks.decisions.parts import Expr


@dataclass(frozen=True, slots=True)
class Choice:
    """One open task: `why_not` says what keeps it in the plan, "" when it may be put off."""

    task: TaskRow
    why_not: str = ""


def choices(book: Playbook, run: Run) -> list[Choice]:
    """Every task that is neither over nor put off already, in the plan's order."""
    path = _Path(book, run)
    rows = [row for row in run.tasks if row.is_written and not row.is_over and row.deferred_at is None]
    return [Choice(row, path.why_not(row)) for row in rows]


class _Path:
    """What leads to first value: the stage that proves it, all stages before, and the tasks that those read or need."""

    def __init__(self, book: Playbook, run: Run) -> None:
        self.book, self.run = book, run
        value = book.first_value
        own = list(_reads([value.when])) if value else []
        self.stages = self._before(self._holds_value() | _named(own, "stage"))
        self.needed: dict[str, str] = {}
        self._need(_named(own, "task"), f"{value.title} is proven by it" if value else "")
        for stage in book.stages:
            if stage.id in self.stages:
                self._need_stage(stage)

    def why_not(self, row: TaskRow) -> str:
        spec = self.book.task(row.key)
        if row.key in self.needed:
            return self.needed[row.key]
        if row.promise:
            return "its date is promised"
        if spec.deferrable:
            return ""
        if spec.every:
            return "it comes again and again"
        if row.is_begun:
            return "somebody has begun it"
        if self._comes_after(spec.stage):
            return "it comes after first value anyway"
        return ""

    def _holds_value(self) -> set[str]:
        """The stages whose proof asks for first value; without any, those whose end the milestone tells."""
        value = self.book.first_value
        asked = f"milestone.{value.id}.met" if value else ""
        return {stage.id for stage in self.book.stages if asked in set(_reads(check.when for check in stage.exit))}

    def _before(self, found: set[str]) -> set[str]:
        todo = list(found)
        while todo:
            for one in self.book.stage(todo.pop()).after:
                if one not in found:
                    found.add(one)
                    todo.append(one)
        return found

    def _need_stage(self, stage: Stage) -> None:
        read = _named(_reads(check.when or check.actual for check in stage.exit), "task")
        if stage.exit:
            self._need(read, f"{stage.title} is proven by it")
        if not stage.exit or any(f"stage.{stage.id}.tasks" in name for check in stage.exit for name in check.names):
            required = (task.id for task in stage.tasks if task.required and not task.deferrable)
            self._need(required, f"{stage.title} closes when it is done")

    def _need(self, keys: Iterable[str], why: str) -> None:
        """These, and all that they come after."""
        for key in keys:
            if key in self.needed:
                continue
            self.needed[key] = why
            spec = self.book.task(key)
            self._need([link.id for link in spec.after], f"{spec.title} comes after it")
            forms = {name.split(".")[1] for name in _reads(_conditions(spec)) if name.startswith(("answer.", "form."))}
            self._need((one.id for one in self.book.tasks if one.form in forms), f"{spec.title} reads its answers")

    def _comes_after(self, stage: str) -> bool:
        return bool(self._holds_value() & (self._before({stage}) - {stage}))


def _conditions(spec: Task) -> Iterator[Expr | None]:
    yield from (spec.exists_when, spec.done_when)


def _reads(expressions: Iterable[Expr | None]) -> Iterator[str]:
    for expression in expressions:
        yield from expression.names if expression else ()


def _named(names: Iterable[str], kind: str) -> set[str]:
    """The ids of one kind among metric names: "task.uat.done" names uat."""
    return {name.split(".")[1] for name in names if name.startswith(f"{kind}.")}
