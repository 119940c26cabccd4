"""What is read of journeys: through an actor where people ask, by id where automation does."""

from onward.journeys.queries.calendars import calendars_of
from onward.journeys.queries.journey import journey_view, view_of
from onward.journeys.queries.lines import journeys_of, names_of
from onward.journeys.queries.loading import held_run, keep, load_run, load_runs
from onward.journeys.queries.places import Place, TaskName, place_of, task_names
from onward.journeys.queries.portfolio import portfolio_source
from onward.journeys.queries.task import FieldView, TaskView, task_view
from onward.journeys.queries.views import (
    CheckInView,
    CheckView,
    JourneyLine,
    JourneyView,
    MilestoneView,
    ObjectiveView,
    Person,
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
    under_way,
    waiting_deals,
    watching_versions,
)
from onward.journeys.queries.wins import Total, Win, totals, wins
from onward.journeys.queries.work import (
    WorkPage,
    WorkTask,
    asked_of_customers,
    misheld,
    open_tasks_of,
    tasks_at_hand,
    work_task,
)

__all__ = [
    "CheckInView",
    "CheckView",
    "FieldView",
    "JourneyLine",
    "JourneyView",
    "MilestoneView",
    "ObjectiveView",
    "Person",
    "Place",
    "StageView",
    "TaskLine",
    "TaskName",
    "TaskView",
    "Total",
    "WaitingDealRow",
    "Win",
    "WorkPage",
    "WorkTask",
    "all_journey_ids",
    "asked_of_customers",
    "calendars_of",
    "corrected_of_account",
    "due_streams",
    "has_journey",
    "has_journey_of_deal",
    "held_run",
    "is_waiting",
    "journey_view",
    "journeys_of",
    "keep",
    "load_run",
    "load_runs",
    "misheld",
    "names_of",
    "open_of_account",
    "open_tasks_of",
    "place_of",
    "portfolio_source",
    "task_names",
    "task_view",
    "tasks_at_hand",
    "totals",
    "under_way",
    "view_of",
    "waiting_deals",
    "watching_versions",
    "wins",
    "work_task",
]
