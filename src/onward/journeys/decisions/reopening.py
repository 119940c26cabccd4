"""What rested on something that is taken back: stages and milestones whose proof reads it open again, visibly."""

from __future__ import annotations

from collections.abc import Iterator

from onward.journeys import facts
from onward.journeys.decisions.handing import resume
from onward.journeys.decisions.judging import reads_any
from onward.journeys.decisions.state import Run, StageRow, TaskRow
from onward.kernel.fact import Fact
from onward.playbooks.decisions.definition import Playbook


def reopen(book: Playbook, run: Run, task: TaskRow) -> Iterator[Fact]:
    """Undo what a reopened task had proven, and what was proven by that, in place."""
    because = f"{task.title} was reopened"
    taken = {f"task.{task.key}."}
    if task.is_written and (group := book.task(task.key).group):
        taken.add(f"group.{group}.")
    if task.counts:
        taken |= {f"stage.{task.stage}.tasks_left", "tasks."}
    if run.journey.state == "completed":
        run.journey.state, run.journey.ended_at = "open", None
        resume(run)
        yield facts.JourneyReopened(because)
    yield from _fall(run, taken, because)


def reopen_stage(run: Run, stage: StageRow, because: str) -> Iterator[Fact]:
    """Open a closed stage again, and undo what was proven by its being closed, in place."""
    stage.closed_at, stage.how = None, ""
    yield facts.StageReopened(stage.key, stage.title, because)
    yield from _fall(run, {f"stage.{stage.key}."}, because)


def _fall(run: Run, taken: set[str], because: str) -> Iterator[Fact]:
    """What was proven by readings that begin with one of these names opens again, and what rests on that."""
    moved = True
    while moved:
        moved = False
        for stage in run.stages:
            if stage.closed_at and reads_any(stage.checks, taken):
                stage.closed_at, stage.how = None, ""
                taken |= {f"stage.{stage.key}."}
                moved = True
                yield facts.StageReopened(stage.key, stage.title, because)
        for milestone in run.milestones:
            if milestone.met_at and milestone.how == "proven" and reads_any([milestone.verdict], taken):
                milestone.met_at = milestone.noticed_at = None
                milestone.how = milestone.met_by = ""
                taken |= {f"milestone.{milestone.key}."}
                moved = True
                yield facts.MilestoneReopened(milestone.key, milestone.title, because)
