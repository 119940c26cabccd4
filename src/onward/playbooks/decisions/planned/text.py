"""A plan from a sheet as the text of a playbook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from onward.kernel.refusals import invalid
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.editing.writing import block
from onward.playbooks.decisions.parts import Link
from onward.playbooks.decisions.planned.plan import OURS, THEIRS, PlannedStage, PlannedTask, SheetPlan, reckoned
from onward.playbooks.decisions.publishing import Draft, lint

#: What every plan that came from a sheet is called in place of a playbook: no published one can have such an id.
SHEET, TITLE = "sheet:plan", "Plan from a sheet"


def playbook_text(plan: SheetPlan, key: str, title: str, *, day_zero: str = "signed") -> str:
    """The text of a playbook that says what the sheet says. Its days count from `day_zero` ("signed" or "started"),
    which is `plan.zero`. Refusal "invalid" for a plan without a task."""
    if not plan.tasks:
        raise invalid("No row of the sheet can be taken.", mend="Mend the rows that are named, then read it again.")
    spans = reckoned(plan)
    ends = {stage.id: _end(stage, spans) for stage in plan.stages}
    last = max((end for end in ends.values() if end), default=None)
    tree: dict[str, Any] = {
        "playbook": key,
        "language": 1,
        "title": title,
        "day_zero": day_zero,
        **({"targets": {"complete": _day(plan, last)}} if last else {}),
        "goals": [{"goal": "first_value_reached", "when": "milestone.first_value.met"}],
        "accountable": OURS,
        "roles": _roles(plan),
        "stages": [_stage(plan, stage, ends[stage.id]) for stage in plan.stages],
        "milestones": [
            {
                "milestone": "first_value",
                "title": "First value",
                "first_value": True,
                "when": "objectives.met >= 1",
                "by_hand": OURS,
            }
        ],
    }
    return block(tree, 0) + "\n"


def playbook_of(plan: SheetPlan, *, day_zero: str = "signed") -> tuple[Playbook, str]:
    """The playbook of one journey, with its text. Refusal "invalid" when the plan cannot
    be said in the language."""
    text = playbook_text(plan, "plan", TITLE, day_zero=day_zero)
    linted = lint(Draft(text, "plan.yaml"))
    if linted.playbook is None:
        raise invalid(
            f"This sheet cannot become a plan: {linted.errors[0].message}.",
            mend="Begin a playbook from it instead: the studio shows the place.",
        )
    return replace(linted.playbook, id=SHEET), text


def _roles(plan: SheetPlan) -> dict[str, Any]:
    used = {task.role for task in plan.tasks}
    sides: dict[str, Any] = {"ours": {OURS: {"title": plan.role(OURS).title, "fill": "account owner"}}, "theirs": {}}
    for role in plan.roles:
        if role.id in used and role.id != OURS:
            sides[role.side][role.id] = {"title": role.title, "asked": OURS, "due": "2wd after started"}
    if not sides["theirs"]:
        sides["theirs"][THEIRS] = {"title": plan.role(THEIRS).title, "fill": f"asked of {OURS}", "optional": True}
    return sides


def _end(stage: PlannedStage, spans: Mapping[str, tuple[date, date]]) -> date | None:
    """The last day of a stage, with what is only counted in it; None where no row of it has a day."""
    if not any(task.due for task in stage.tasks):
        return None
    return max(spans[task.id][1] for task in stage.tasks if task.id in spans)


def _stage(plan: SheetPlan, stage: PlannedStage, last: date | None) -> dict[str, Any]:
    return {
        "stage": stage.id,
        "title": stage.title,
        "after": [stage.after] if stage.after else [],
        **({"due": _day(plan, last)} if last else {}),
        "tasks": [_task(plan, task) for task in stage.tasks],
    }


def _task(plan: SheetPlan, task: PlannedTask) -> dict[str, Any]:
    due = _day(plan, task.due) if task.due and task.keeps_due else _counted(task)
    return {
        "task": task.id,
        "title": task.title,
        "by": task.role,
        **({"after": [_link(link) for link in task.after]} if task.after else {}),
        **({"starts": _day(plan, task.starts)} if task.starts else {}),
        "due": due,
        **({"help": task.help} if task.help else {}),
    }


def _day(plan: SheetPlan, day: date | None) -> str:
    return f"day {(day - plan.zero).days}" if day else ""


def _counted(task: PlannedTask) -> str:
    """A length alone counts from what comes before, else from the stage's beginning. Where nothing is said, there is no
    date: the stage's would be a guess."""
    if task.takes is None:
        return "none"
    if task.last is None:
        return f"{task.takes} after entered"
    moment = "done" if task.last.link.startswith("finish") else "started"
    return f"{task.takes} after task.{task.last.id}.{moment}"


def _link(link: Link) -> str | dict[str, Any]:
    if link.link == "finish_to_start" and link.lag is None:
        return link.id
    return {"task": link.id, "link": link.link, **({"lag": str(link.lag)} if link.lag else {})}
