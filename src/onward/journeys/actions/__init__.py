"""All that changes a journey. Keyword arguments only, `actor` first; each raises a Refusal when it may not be."""

from onward.journeys.actions.approving import answer_approval
from onward.journeys.actions.blocking import block_task
from onward.journeys.actions.cycles import start_next_cycle
from onward.journeys.actions.dates import lock_task, move_days, undo_moves, unmove_task
from onward.journeys.actions.deferring import defer_tasks
from onward.journeys.actions.forgetting import forget_demo
from onward.journeys.actions.hours import log_hours, withdraw_hours
from onward.journeys.actions.known import confirm_answers, correct_answer
from onward.journeys.actions.lifecycle import apply, cancel_journey, pause_journey, resume_journey
from onward.journeys.actions.merging import merge_version, undo_merge
from onward.journeys.actions.opening import choose_playbook, open_journey, sign_journeys, wait_for_playbook
from onward.journeys.actions.planned import open_planned
from onward.journeys.actions.records import (
    agree_objective,
    fill_role,
    give_evidence,
    hold_check_in,
    meet_objective,
    pick_measure,
    record_milestone,
    write_objective,
)
from onward.journeys.actions.registers import confirm_log, withdraw_log, write_log
from onward.journeys.actions.saving import remember
from onward.journeys.actions.saying import complete_task, deliver_task
from onward.journeys.actions.success import answer_plan, measure_objective, propose_plan, withdraw_plan
from onward.journeys.actions.tasks import (
    answer_form,
    assign_task,
    give_task,
    hold_meeting,
    move_task,
    reopen_task,
    schedule_meeting,
    skip_task,
    tick_step,
)
from onward.journeys.actions.waiving import take_back_waiver, waive_check

__all__ = [
    "agree_objective",
    "answer_approval",
    "answer_form",
    "answer_plan",
    "apply",
    "assign_task",
    "block_task",
    "cancel_journey",
    "choose_playbook",
    "complete_task",
    "confirm_answers",
    "confirm_log",
    "correct_answer",
    "defer_tasks",
    "deliver_task",
    "fill_role",
    "forget_demo",
    "give_evidence",
    "give_task",
    "hold_check_in",
    "hold_meeting",
    "lock_task",
    "log_hours",
    "measure_objective",
    "meet_objective",
    "merge_version",
    "move_days",
    "move_task",
    "open_journey",
    "open_planned",
    "pause_journey",
    "pick_measure",
    "propose_plan",
    "record_milestone",
    "remember",
    "reopen_task",
    "resume_journey",
    "schedule_meeting",
    "sign_journeys",
    "skip_task",
    "start_next_cycle",
    "take_back_waiver",
    "tick_step",
    "undo_merge",
    "undo_moves",
    "unmove_task",
    "wait_for_playbook",
    "waive_check",
    "withdraw_hours",
    "withdraw_log",
    "withdraw_plan",
    "write_log",
    "write_objective",
]
