"""All that changes a journey. Keyword arguments only, `actor` first; each raises a Refusal when it may not be."""

from onward.journeys.actions.dates import unmove_task
from onward.journeys.actions.forgetting import forget_demo
from onward.journeys.actions.lifecycle import apply, cancel_journey, pause_journey, resume_journey
from onward.journeys.actions.opening import choose_playbook, open_journey, wait_for_playbook
from onward.journeys.actions.records import (
    agree_objective,
    fill_role,
    give_evidence,
    hold_check_in,
    meet_objective,
    pick_measure,
    record_milestone,
    waive_check,
    write_objective,
)
from onward.journeys.actions.registers import confirm_log, withdraw_log, write_log
from onward.journeys.actions.saving import remember
from onward.journeys.actions.tasks import (
    answer_form,
    assign_task,
    complete_task,
    defer_tasks,
    deliver_task,
    give_task,
    hold_meeting,
    move_task,
    reopen_task,
    schedule_meeting,
    skip_task,
    tick_step,
)

__all__ = [
    "agree_objective",
    "answer_form",
    "apply",
    "assign_task",
    "cancel_journey",
    "choose_playbook",
    "complete_task",
    "confirm_log",
    "defer_tasks",
    "deliver_task",
    "fill_role",
    "forget_demo",
    "give_evidence",
    "give_task",
    "hold_check_in",
    "hold_meeting",
    "meet_objective",
    "move_task",
    "open_journey",
    "pause_journey",
    "pick_measure",
    "record_milestone",
    "remember",
    "reopen_task",
    "resume_journey",
    "schedule_meeting",
    "skip_task",
    "tick_step",
    "unmove_task",
    "wait_for_playbook",
    "waive_check",
    "withdraw_log",
    "write_log",
    "write_objective",
]
