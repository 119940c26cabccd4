"""A plan as people keep it in a sheet: read into stages and tasks, written as a playbook, and written back. Pure."""

from onward.playbooks.decisions.planned.cells import kept_text, plain
from onward.playbooks.decisions.planned.columns import COLUMNS, FIELDS, MAP_KEYS, How, make_how, open_sheet, settled
from onward.playbooks.decisions.planned.owners import owner_words
from onward.playbooks.decisions.planned.plan import (
    Known,
    PlannedRole,
    PlannedStage,
    PlannedTask,
    SheetPlan,
    reckoned,
)
from onward.playbooks.decisions.planned.rows import read_plan
from onward.playbooks.decisions.planned.text import SHEET, TITLE, playbook_of, playbook_text
from onward.playbooks.decisions.planned.writing import PlanLine, plan_csv

__all__ = [
    "COLUMNS",
    "FIELDS",
    "MAP_KEYS",
    "SHEET",
    "TITLE",
    "How",
    "Known",
    "PlanLine",
    "PlannedRole",
    "PlannedStage",
    "PlannedTask",
    "SheetPlan",
    "kept_text",
    "make_how",
    "open_sheet",
    "owner_words",
    "plain",
    "plan_csv",
    "playbook_of",
    "playbook_text",
    "read_plan",
    "reckoned",
    "settled",
]
