"""Days of a plan: moved together with what follows, taken back, locked."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router

from onward.automation.actions.moving import reschedule
from onward.automation.queries.moving import what_follows
from onward.interfaces.api.door import actor_of, matched, scoped
from onward.interfaces.api.fields import Asked, Day, Ref, Text, Told
from onward.interfaces.api.tasks import OneTask, told_task
from onward.journeys import actions, queries
from onward.kernel.ids import parse_id
from onward.kernel.refusals import invalid

router = Router()


class Moving(Asked):
    """`days`: what moves to which day, by name: "task.KEY", or "answer.FORM.FIELD" for a date of a form. `held`: the
    customer's work rests up to that day. `along` false: nothing that comes after moves, only what is counted from it.
    `dry_run`: nothing is changed."""

    days: dict[str, Day] = {}
    held: Day | None = None
    reason: Text = ""
    along: bool = True
    dry_run: bool = False


class MovedDay(Told):
    """`how`: asked, along (it comes after what moves), counted (its date is counted from it), or it keeps its day
    although it ends `on` a later one: locked, promised, missed. `by`: what holds it there."""

    name: str
    title: str
    how: str
    before: date | None
    after: date | None
    on: date | None
    by: str


class Moved(Told):
    """`group` undoes it all; "" after a dry run."""

    group: str
    rows: list[MovedDay]


class TakenBack(Told):
    tasks: int


class Lock(Asked):
    locked: bool = True


@router.put(
    "/tasks/{task_id}/lock",
    response=OneTask,
    operation_id="lock_task",
    summary="Lock or release a task's day",
    openapi_extra={"x-etag": True},
)
@scoped("task:write")
def lock_task(request: HttpRequest, response: HttpResponse, task_id: Path[Ref], body: Lock) -> OneTask:
    """A locked day stays, whatever else moves."""
    actor, one = actor_of(request), parse_id("tsk", task_id)
    edition = matched(request, queries.task_view(actor, one).line.edition)
    actions.lock_task(actor=actor, task_id=one, locked=body.locked, edition=edition)
    return told_task(request, response, task_id)


@router.post(
    "/journeys/{journey_id}/rescheduling",
    response=Moved,
    operation_id="reschedule_journey",
    summary="Move dates and what follows",
)
@scoped("task:write")
def reschedule_journey(request: HttpRequest, journey_id: Path[Ref], body: Moving) -> Moved:
    """All in one, or with `dry_run` only told. Promises and locked days never move. 409, with the `earliest` day, where
    others would move from a day that cannot be kept: then send that one, or `along` false."""
    actor, one = actor_of(request), parse_id("jny", journey_id)
    if not body.days and body.held is None:
        raise invalid("Nothing is said to move.", mend="Send days, or held.", field="days")
    shifts = what_follows(actor, one, body.days, held=body.held, along=body.along)
    group = ""
    if not body.dry_run:
        moved = reschedule(
            actor=actor, journey_id=one, days=body.days, held=body.held, reason=body.reason, along=body.along
        )
        group = str(moved)
    values = [{name: getattr(shift, name) for name in MovedDay.model_fields} for shift in shifts]
    return Moved(group=group, rows=[MovedDay(**row) for row in values])


@router.delete(
    "/journeys/{journey_id}/rescheduling/{group}",
    response=TakenBack,
    operation_id="undo_rescheduling",
    summary="Take a move of dates back",
)
@scoped("task:write")
def undo_rescheduling(request: HttpRequest, journey_id: Path[Ref], group: Path[Ref]) -> TakenBack:
    """Every day goes back to what it was. 409 when one of them has changed since."""
    count = actions.undo_moves(actor=actor_of(request), journey_id=parse_id("jny", journey_id), group=group)
    return TakenBack(tasks=count)
