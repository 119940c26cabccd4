"""A plan whose playbook calls things otherwise now: the same rows under their new ids."""

from __future__ import annotations

from onward.journeys.decisions.state import Run
from onward.playbooks.decisions.comparing import Names, new_id, said


def rename(run: Run, names: Names) -> None:
    """Say everything that a plan keeps in the new ids, in place; what was renamed already stays."""
    if not names:
        return
    for stage in run.stages:
        stage.key, stage.owner_role = new_id("stage", stage.key, names), _role(stage.owner_role, names)
        stage.checks, stage.expects = said(stage.checks, names), said(stage.expects, names)
    for task in run.tasks:
        asks = task.kind == "fill_role"
        task.key = f"fill_{_role(task.key.removeprefix('fill_'), names)}" if asks else new_id("task", task.key, names)
        task.stage, task.role = new_id("stage", task.stage, names), _role(task.role, names)
        task.reported = {_role(role, names): when for role, when in task.reported.items()}
    for milestone in run.milestones:
        milestone.key, milestone.owner_role = (
            new_id("milestone", milestone.key, names),
            _role(milestone.owner_role, names),
        )
        milestone.verdict = said(milestone.verdict, names)
    for talk in run.check_ins:
        talk.key, talk.role = new_id("check_in", talk.key, names), _role(talk.role, names)
    journey = run.journey
    journey.roles = {_role(role, names): who for role, who in journey.roles.items()}
    journey.groups = {new_id("group", group, names): who for group, who in journey.groups.items()}
    journey.picks = {
        new_id("milestone", key, names): {**pick, "measure": new_id("measure", pick["measure"], names)}
        for key, pick in journey.picks.items()
    }
    journey.answers = {
        new_id("form", form, names): {
            **answer,
            **{
                part: {new_id(f"form.{form}", key, names): value for key, value in answer[part].items()}
                for part in ("values", "said", "sure")
                if part in answer
            },
        }
        for form, answer in journey.answers.items()
    }
    journey.checklist, journey.expected = said(journey.checklist, names), said(journey.expected, names)


def _role(role: str, names: Names) -> str:
    """A doer is a role or a group."""
    return new_id("group", new_id("role", role, names), names)
