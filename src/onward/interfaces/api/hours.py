"""Hours spent on tasks, their sums by account, and who has room."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router, Status
from pydantic import Field, Strict

from onward.interfaces.api.door import actor_of, scoped
from onward.interfaces.api.fields import Asked, Day, Ref, Short, Text, Told
from onward.journeys import actions, queries
from onward.journeys.decisions.capacity import AHEAD
from onward.kernel.ids import format_id, parse_id

router = Router()
Minutes = Annotated[int, Strict(), Field(ge=1, le=1440)]


class Logging(Asked):
    """`person` is whose time it was, "user:usr_..."; `worked_on` is today where it is left out."""

    minutes: Minutes
    person: Short
    worked_on: Day | None = None
    note: Text = ""


class Line(Told):
    id: str
    person: str
    name: str
    minutes: int
    worked_on: date
    note: str


class LineList(Told):
    rows: list[Line]
    next: str


class Sum(Told):
    """Minutes. `id` is "user:usr_..." (empty: nobody holds it yet) or a journey's; `unknown`: tasks of ours of which
    the playbook does not say how long they take."""

    id: str
    name: str
    planned: int
    spent: int
    unknown: int


class AccountHours(Told):
    planned: int
    spent: int
    unknown: int
    people: list[Sum]
    journeys: list[Sum]


class Which(Asked):
    team: Short = ""
    weeks: Annotated[int, Field(ge=1, le=12)] = AHEAD


class Week(Told):
    """Hours from Monday `begins` on: what somebody has, what is planned, and how many tasks are due. `state`: over,
    full (less than an hour left), room, away."""

    begins: date
    has: float
    planned: float
    due: int
    state: str


class Load(Told):
    """`free`: hours left in these weeks, below 0 when there are too few. Of `unknown` tasks nobody can tell the hours;
    `undated` ones are in no week."""

    person: str
    name: str
    team: str
    free: float
    weeks: list[Week]
    undated: int
    unknown: int


class Workload(Told):
    rows: list[Load]


@router.get("/tasks/{task_id}/hours", response=LineList, operation_id="list_hours", summary="List a task's hours")
@scoped("task:read")
def list_hours(request: HttpRequest, task_id: Path[Ref]) -> LineList:
    """Newest day first, without those that were taken back."""
    actor, one = actor_of(request), parse_id("tsk", task_id)
    queries.task_view(actor, one)
    return LineList(rows=[_line(row) for row in queries.hours_of_task(actor, one)], next="")


@router.post("/tasks/{task_id}/hours", response={201: Line}, operation_id="log_hours", summary="Log time on a task")
@scoped("task:write")
def log_hours(request: HttpRequest, task_id: Path[Ref], body: Logging) -> Status[Line]:
    """Time that one of your people spent on one day. 422 for a day to come, or one with more than 24 hours."""
    actor, one = actor_of(request), parse_id("tsk", task_id)
    logged = actions.log_hours(
        actor=actor,
        task_id=one,
        minutes=body.minutes,
        person=body.person,
        worked_on=body.worked_on,
        note=body.note,
    )
    rows = queries.hours_of_task(actor, one)
    return Status(201, next(_line(row) for row in rows if row.ref == format_id("hrs", logged)))


@router.delete(
    "/hours/{hours_id}", response=LineList, operation_id="withdraw_hours", summary="Take back a line of hours"
)
@scoped("task:write")
def withdraw_hours(request: HttpRequest, hours_id: Path[Ref]) -> LineList:
    """It counts nowhere any more; the facts keep that it was there. Answers with what its task has left."""
    actor = actor_of(request)
    task_id = actions.withdraw_hours(actor=actor, hours_id=parse_id("hrs", hours_id))
    return LineList(rows=[_line(row) for row in queries.hours_of_task(actor, task_id)], next="")


@router.get(
    "/accounts/{account_id}/hours",
    response=AccountHours,
    operation_id="account_hours",
    summary="See an account's hours",
)
@scoped("task:read")
def account_hours(request: HttpRequest, account_id: Path[Ref]) -> AccountHours:
    """Planned by its playbooks and spent, in all, by person and by journey."""
    found = queries.hours_of_account(actor_of(request), parse_id("acc", account_id))
    return AccountHours(
        planned=found.total.planned,
        spent=found.total.spent,
        unknown=found.total.unknown,
        people=[_sum(one) for one in found.people],
        journeys=[_sum(one) for one in found.journeys],
    )


@router.get("/workload", response=Workload, operation_id="see_workload", summary="See who has room")
@scoped("task:read")
def see_workload(request: HttpRequest, which: Query[Which]) -> Workload:
    """Hours that people have and hours planned for them, week by week from now; everybody, or one team."""
    found = queries.workload(actor_of(request), teams=[which.team] if which.team else [], weeks=which.weeks)
    return Workload(rows=[_load(one, which.weeks) for one in found.loads])


def _line(row: queries.HoursLine) -> Line:
    return Line(id=row.ref, **{name: getattr(row, name) for name in Line.model_fields if name != "id"})


def _sum(one: queries.HoursSum) -> Sum:
    return Sum(id=one.ref, **{name: getattr(one, name) for name in Sum.model_fields if name != "id"})


def _load(one: queries.Load, weeks: int) -> Load:
    shown = [
        Week(
            begins=week.monday,
            has=round(week.has, 2),
            planned=round(week.planned, 2),
            due=len(week.due),
            state=week.state,
        )
        for week in one.weeks[:weeks]
    ]
    return Load(
        person=one.person.ref,
        name=one.person.name,
        team=one.person.team,
        free=round(one.free(weeks), 2),
        weeks=shown,
        undated=len(one.undated),
        unknown=len(one.unknown),
    )
