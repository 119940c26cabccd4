"""The plan as a tree: stages and their tasks, narrowed to one side's or to what is late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from onward.interfaces.console.journey.seen import OVER, Seen, StageSeen, TaskSeen
from onward.kernel.refusals import Refusal, invalid

ONLY = {"": "All", "ours": "Ours", "theirs": "Theirs", "late": "Late"}


@dataclass(frozen=True, slots=True)
class Refused:
    """What was not done to one task of the plan, to be said at its row."""

    ref: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Branch:
    """A stage with those of its tasks that are shown; `open` when it is unfolded at first."""

    stage: StageSeen
    tasks: list[TaskSeen]
    open: bool


def tree(seen: Seen, only: str) -> dict[str, Any]:
    """The stages with the tasks that `only` lets through, and how many each choice would show."""
    if only not in ONLY:
        raise invalid(f"The plan cannot be narrowed to “{only[:20]}”.", mend="Choose one of: all, ours, theirs, late.")
    both = sum(_of_both(task) for stage in seen.stages for task in stage.tasks)
    counts = {key: sum(_fits(task, key) for stage in seen.stages for task in stage.tasks) for key in ONLY}
    rows = [
        Branch(stage, [task for task in stage.tasks if _fits(task, only)], _is_open(stage)) for stage in seen.stages
    ]
    return {
        "only": only,
        "both": both,
        "choices": [(key, words, counts[key]) for key, words in ONLY.items()],
        "branches": [row for row in rows if row.tasks or not only],
    }


def _fits(task: TaskSeen, only: str) -> bool:
    if only == "late":
        return bool(task.late)
    if only:
        return only in {task.line.side, task.line.turn} or task.line.side == "both"
    return True


def _of_both(task: TaskSeen) -> bool:
    return _fits(task, "ours") and _fits(task, "theirs")


def _is_open(stage: StageSeen) -> bool:
    """Stages that are over stay folded, unless something in them is still to be done."""
    return stage.state != "proven" or any(task.line.state not in OVER for task in stage.tasks)
