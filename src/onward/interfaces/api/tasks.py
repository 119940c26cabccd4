"""Tasks and milestones of a journey."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router

from onward.interfaces.api.door import actor_of, etag, matched, scoped
from onward.interfaces.api.fields import Asked, Day, Moment, Ref, Short, Text, Told
from onward.interfaces.api.playbooks import known_key
from onward.journeys import actions, queries
from onward.kernel.ids import parse_id
from onward.kernel.refusals import not_found

router = Router()


class Task(Told):
    """`state`: waiting, open, done, skipped or withdrawn. `side`: ours, theirs or both."""

    id: str
    key: str
    title: str
    kind: str
    stage: str
    side: str
    role: str
    person: str | None
    shared: bool
    required: bool
    state: str
    waits_for: list[str]
    due_at: datetime | None
    due_on: date | None
    due_why: str
    is_late: bool
    locked: bool
    opened_at: datetime | None
    done_at: datetime | None
    done_by: str | None
    note: str


class OneTask(Task):
    journey_id: str


class Tasks(Told):
    rows: list[Task]
    next: str


class ChangedTask(Asked):
    """`due_on` moves the date, to the end of that day where it is done, and `due_at` to a moment (a promise cannot
    be moved); `person` is "user:usr_..." or "contact:con_...", "" gives
    it back to its role."""

    due_on: Day | None = None
    due_at: Moment | None = None
    reason: Text = ""
    person: Short | None = None


class Completion(Asked):
    note: Text = ""


class Milestone(Told):
    id: str
    key: str
    title: str
    first_value: bool
    due_at: datetime | None
    due_on: date | None
    met_at: datetime | None
    noticed_at: datetime | None
    how: str
    met_by: str | None
    days_late: int


class Milestones(Told):
    rows: list[Milestone]
    next: str


class Met(Asked):
    """When it was reached, and what that rests on."""

    met_at: Moment
    note: Text


@router.get("/journeys/{journey_id}/tasks", response=Tasks, operation_id="list_tasks", summary="List tasks")
@scoped("task:read")
def list_tasks(request: HttpRequest, journey_id: Path[Ref]) -> Tasks:
    """All tasks of a journey, in the order of the plan."""
    view = queries.journey_view(actor_of(request), parse_id("jny", journey_id))
    return Tasks(rows=[Task(**_values(line)) for line in view.tasks], next="")


@router.get("/tasks/{task_id}", response=OneTask, operation_id="get_task", summary="Get a task")
@scoped("task:read")
def get_task(request: HttpRequest, response: HttpResponse, task_id: Path[Ref]) -> OneTask:
    """One task, with its ETag."""
    return told_task(request, response, task_id)


@router.patch(
    "/tasks/{task_id}",
    response=OneTask,
    operation_id="change_task",
    summary="Move or assign a task",
    openapi_extra={"x-etag": True},
)
@scoped("task:write")
def change_task(request: HttpRequest, response: HttpResponse, task_id: Path[Ref], body: ChangedTask) -> OneTask:
    """Set another date, or another person."""
    actor, one = actor_of(request), parse_id("tsk", task_id)
    edition = matched(request, queries.task_view(actor, one).line.edition)
    if moved := body.due_at or body.due_on:
        actions.move_task(actor=actor, task_id=one, due_at=moved, reason=body.reason, edition=edition)
        edition = None
    if body.person is not None:
        actions.assign_task(actor=actor, task_id=one, person=body.person, edition=edition)
    return told_task(request, response, task_id)


@router.post(
    "/tasks/{task_id}/completion",
    response=OneTask,
    operation_id="complete_task",
    summary="Complete a task",
    openapi_extra={"x-etag": True},
)
@scoped("task:write")
def complete_task(request: HttpRequest, response: HttpResponse, task_id: Path[Ref], body: Completion) -> OneTask:
    """Say that it is done. 409 when it is already, or waits for something."""
    actor, one = actor_of(request), parse_id("tsk", task_id)
    edition = matched(request, queries.task_view(actor, one).line.edition)
    actions.complete_task(actor=actor, task_id=one, note=body.note, edition=edition)
    return told_task(request, response, task_id)


@router.delete(
    "/tasks/{task_id}/completion",
    response=OneTask,
    operation_id="reopen_task",
    summary="Reopen a task",
    openapi_extra={"x-etag": True},
)
@scoped("task:write")
def reopen_task(request: HttpRequest, response: HttpResponse, task_id: Path[Ref]) -> OneTask:
    """Take "done" back; what rested on it opens again."""
    actor, one = actor_of(request), parse_id("tsk", task_id)
    edition = matched(request, queries.task_view(actor, one).line.edition)
    actions.reopen_task(actor=actor, task_id=one, edition=edition)
    return told_task(request, response, task_id)


@router.get(
    "/journeys/{journey_id}/milestones",
    response=Milestones,
    operation_id="list_milestones",
    summary="List milestones",
)
@scoped("milestone:read")
def list_milestones(request: HttpRequest, journey_id: Path[Ref]) -> Milestones:
    """All milestones of a journey."""
    view = queries.journey_view(actor_of(request), parse_id("jny", journey_id))
    return Milestones(rows=[_milestone(row) for row in view.milestones], next="")


@router.post(
    "/journeys/{journey_id}/milestones/{key}/completion",
    response=Milestone,
    operation_id="record_milestone",
    summary="Record a milestone by hand",
)
@scoped("milestone:write")
def record_milestone(request: HttpRequest, journey_id: Path[Ref], key: Path[Ref], body: Met) -> Milestone:
    """Where the playbook allows it by hand. 409 when it is met already."""
    actor, one = actor_of(request), parse_id("jny", journey_id)
    actions.record_milestone(actor=actor, journey_id=one, milestone=known_key(key), met_at=body.met_at, note=body.note)
    view = queries.journey_view(actor, one)
    found = next((row for row in view.milestones if row.key == key), None)
    if found is None:
        raise not_found("milestone")
    return _milestone(found)


def _values(line: queries.TaskLine) -> dict[str, Any]:
    named = {"id", "person", "done_by", "waits_for"}
    values = {name: getattr(line, name) for name in Task.model_fields if name not in named}
    return {
        **values,
        "id": line.ref,
        "person": line.person.name if line.person else None,
        "done_by": line.done_by.name if line.done_by else None,
        "waits_for": list(line.waits_for),
    }


def told_task(request: HttpRequest, response: HttpResponse, task_id: str) -> OneTask:
    """A task as it stands, with its ETag."""
    view = queries.task_view(actor_of(request), parse_id("tsk", task_id))
    etag(response, view.line.edition)
    return OneTask(journey_id=view.journey_ref, **_values(view.line))


def _milestone(view: queries.MilestoneView) -> Milestone:
    values = {name: getattr(view, name) for name in Milestone.model_fields if name not in {"id", "met_by"}}
    return Milestone(id=view.ref, met_by=view.met_by.name if view.met_by else None, **values)
