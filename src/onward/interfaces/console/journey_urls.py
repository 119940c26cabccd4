"""Addresses of journeys and tasks: resources, and what is posted to them."""

from django.urls import path

from onward.interfaces.console import hours, new_journey, plan_sheets, tasks, wins
from onward.interfaces.console.journey import changes, deferral, handoff, merging, moving, pages, review
from onward.interfaces.console.portfolio import bulk, views, waiting
from onward.interfaces.console.portfolio import pages as portfolio

JOURNEY = "journeys/<str:ref>"
TASK = "tasks/<str:ref>"

urlpatterns = [
    path("wins", wins.page, name="wins"),
    path("wins.csv", wins.as_csv, name="wins_csv"),
    path("journeys", portfolio.page, name="journeys"),
    path("journeys.csv", portfolio.as_csv, name="journeys_csv"),
    path("journeys/waiting", waiting.waiting, name="journeys_waiting"),
    path("journeys/views", views.views, name="views"),
    path("journeys/views/<str:ref>", views.view, name="view"),
    path("journeys/views/<str:ref>/place", views.place, name="view_place"),
    path("journeys/views/<str:ref>/removal", views.removal, name="view_removal"),
    path("journeys/views/<str:ref>/restoration", views.restoration, name="view_restoration"),
    path("journeys/bulk", bulk.begin, name="bulk"),
    path("journeys/bulk/<str:ref>", bulk.page, name="bulk_page"),
    path("journeys/bulk/<str:ref>/undo", bulk.undo, name="bulk_undo"),
    path("journeys/new", new_journey.page, name="journey_new"),
    path("journeys/sheet", plan_sheets.journey, name="journey_sheet"),
    path("deals/<str:deal>/journey", waiting.choose, name="deal_journey"),
    path(JOURNEY, pages.page, name="journey"),
    *(path(f"{JOURNEY}/{tab}", pages.page, {"tab": tab}, name=f"journey_{tab}") for tab in pages.TABS if tab),
    path(f"{JOURNEY}/plan.csv", plan_sheets.as_csv, name="journey_plan_csv"),
    path(f"{JOURNEY}/review", review.page, name="journey_review"),
    path(f"{JOURNEY}/playbook", merging.page, name="journey_playbook"),
    path(f"{JOURNEY}/playbook/undo", merging.undo, name="journey_playbook_undo"),
    path(f"{JOURNEY}/pause", changes.pause, name="journey_pause"),
    path(f"{JOURNEY}/resumption", changes.resume, name="journey_resumption"),
    path(f"{JOURNEY}/cancellation", changes.cancel, name="journey_cancellation"),
    path(f"{JOURNEY}/approval", changes.approve, name="journey_approval"),
    path(f"{JOURNEY}/waivers", changes.waive, name="journey_waivers"),
    path(f"{JOURNEY}/waivers/withdrawal", changes.unwaive, name="journey_waivers_withdrawal"),
    path(f"{JOURNEY}/handoff/answers", handoff.correct, name="journey_handoff_answers"),
    path(f"{JOURNEY}/roles", changes.fill_role, name="journey_roles"),
    path(f"{JOURNEY}/measures", changes.pick_measure, name="journey_measures"),
    path(f"{JOURNEY}/milestones", changes.record_milestone, name="journey_milestones"),
    path(f"{JOURNEY}/objectives", changes.write_objective, name="journey_objectives"),
    path(f"{JOURNEY}/objectives/<str:objective>/agreement", changes.agree_objective, name="objective_agreement"),
    path(f"{JOURNEY}/objectives/<str:objective>/arrival", changes.meet_objective, name="objective_arrival"),
    path(f"{JOURNEY}/check-ins/<str:check_in>/holding", changes.hold_check_in, name="check_in_holding"),
    path(f"{JOURNEY}/log", wins.write, name="journey_log"),
    path(f"{JOURNEY}/log/<str:entry>/confirmation", wins.confirm, name="log_confirmation"),
    path(f"{JOURNEY}/log/<str:entry>/withdrawal", wins.withdraw, name="log_withdrawal"),
    path(f"{JOURNEY}/evidence", changes.give_evidence, name="journey_evidence"),
    path(f"{JOURNEY}/deferral", deferral.page, name="journey_deferral"),
    path(f"{JOURNEY}/rescheduling", moving.page, name="journey_rescheduling"),
    path(f"{JOURNEY}/rescheduling/undo", moving.undo, name="journey_rescheduling_undo"),
    path(TASK, tasks.page, name="task"),
    path(f"{TASK}/completion", tasks.complete, name="task_completion"),
    path(f"{TASK}/reopening", tasks.reopen, name="task_reopening"),
    path(f"{TASK}/skipping", tasks.skip, name="task_skipping"),
    path(f"{TASK}/deferral", tasks.defer, name="task_deferral"),
    path(f"{TASK}/block", tasks.block, name="task_block"),
    path(f"{TASK}/date", tasks.move, name="task_date"),
    path(f"{TASK}/lock", tasks.lock, name="task_lock"),
    path(f"{TASK}/person", tasks.assign, name="task_person"),
    path(f"{TASK}/meeting", tasks.hold, name="task_meeting"),
    path(f"{TASK}/reminder", tasks.remind, name="task_reminder"),
    path(f"{TASK}/time", tasks.schedule, name="task_time"),
    path(f"{TASK}/steps", tasks.tick, name="task_steps"),
    path(f"{TASK}/hours", hours.log, name="task_hours"),
    path(f"{TASK}/form", tasks.answer, name="task_form"),
]
