"""What is read of journeys: through an actor where people ask, by id where automation does."""

from onward.journeys.decisions.capacity import Load
from onward.journeys.queries.calendars import calendars_of
from onward.journeys.queries.deferral import DeferralRow, deferral
from onward.journeys.queries.ending import Carried, Ending, carried, cycles, ending
from onward.journeys.queries.handoff import (
    REVIEW,
    HandoffView,
    KnownView,
    document_answers,
    handoff_view,
    known_views,
)
from onward.journeys.queries.hops import first_values_later
from onward.journeys.queries.hours import AccountHours, HoursLine, HoursSum, hours_of_account, hours_of_task
from onward.journeys.queries.journey import agreed_days, journey_view, view_of
from onward.journeys.queries.likely import likely_ends
from onward.journeys.queries.lines import journeys_of, names_of
from onward.journeys.queries.loading import held_run, keep, load_run, load_runs
from onward.journeys.queries.merging import (
    FollowRow,
    LastMerge,
    MergeView,
    Standing,
    behind,
    followers,
    merge_view,
    standing,
    versions_followed,
)
from onward.journeys.queries.people import reasons_of, who_is
from onward.journeys.queries.person import Person
from onward.journeys.queries.places import Place, TaskName, place_of, task_names
from onward.journeys.queries.planned import ReadSheet, known_to, plan_sheet, read_sheet_of
from onward.journeys.queries.portfolio import portfolio_source
from onward.journeys.queries.records import CheckInView, ObjectiveView
from onward.journeys.queries.running import running_first_on, versions_of
from onward.journeys.queries.task import FieldView, TaskView, task_view
from onward.journeys.queries.views import (
    CheckView,
    JourneyLine,
    JourneyView,
    MilestoneView,
    RoleView,
    StageView,
    TaskLine,
)
from onward.journeys.queries.waiting import (
    WaitingDealRow,
    all_journey_ids,
    corrected_of_account,
    due_streams,
    has_journey,
    has_journey_of_deal,
    is_waiting,
    open_of_account,
    open_streams,
    under_way,
    unsigned_of_deal,
    waiting_deals,
    watching_versions,
)
from onward.journeys.queries.wins import Total, Win, totals, wins
from onward.journeys.queries.work import (
    TalkDue,
    WorkPage,
    WorkTask,
    asked_of_customers,
    misheld,
    open_tasks_of,
    talks_due,
    task_titles,
    tasks_at_hand,
    tasks_titled,
    work_task,
)
from onward.journeys.queries.workload import Planned, Workload, team_loads, workload

__all__ = [
    "REVIEW",
    "AccountHours",
    "Carried",
    "CheckInView",
    "CheckView",
    "DeferralRow",
    "Ending",
    "FieldView",
    "FollowRow",
    "HandoffView",
    "HoursLine",
    "HoursSum",
    "JourneyLine",
    "JourneyView",
    "KnownView",
    "LastMerge",
    "Load",
    "MergeView",
    "MilestoneView",
    "ObjectiveView",
    "Person",
    "Place",
    "Planned",
    "ReadSheet",
    "RoleView",
    "StageView",
    "Standing",
    "TalkDue",
    "TaskLine",
    "TaskName",
    "TaskView",
    "Total",
    "WaitingDealRow",
    "Win",
    "WorkPage",
    "WorkTask",
    "Workload",
    "agreed_days",
    "all_journey_ids",
    "asked_of_customers",
    "behind",
    "calendars_of",
    "carried",
    "corrected_of_account",
    "cycles",
    "deferral",
    "document_answers",
    "due_streams",
    "ending",
    "first_values_later",
    "followers",
    "handoff_view",
    "has_journey",
    "has_journey_of_deal",
    "held_run",
    "hours_of_account",
    "hours_of_task",
    "is_waiting",
    "journey_view",
    "journeys_of",
    "keep",
    "known_to",
    "known_views",
    "likely_ends",
    "load_run",
    "load_runs",
    "merge_view",
    "misheld",
    "names_of",
    "open_of_account",
    "open_streams",
    "open_tasks_of",
    "place_of",
    "plan_sheet",
    "portfolio_source",
    "read_sheet_of",
    "reasons_of",
    "running_first_on",
    "standing",
    "talks_due",
    "task_names",
    "task_titles",
    "task_view",
    "tasks_at_hand",
    "tasks_titled",
    "team_loads",
    "totals",
    "under_way",
    "unsigned_of_deal",
    "versions_followed",
    "versions_of",
    "view_of",
    "waiting_deals",
    "watching_versions",
    "who_is",
    "wins",
    "work_task",
    "workload",
]
