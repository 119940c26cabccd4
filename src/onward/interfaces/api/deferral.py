"""What first value does not need: what may be put off, putting it off in one go, bringing it back."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Path, Router

from onward.interfaces.api.door import actor_of, scoped
from onward.interfaces.api.fields import Asked, Ref, Told
from onward.journeys import actions, queries
from onward.kernel.ids import format_id, parse_id

router = Router()
ADDRESS = "/journeys/{journey_id}/deferral"


class Deferrable(Told):
    """`why_not`: what keeps it in the plan; empty when it may be put off."""

    id: str
    key: str
    title: str
    why_not: str
    is_put_off: bool


class Deferral(Told):
    rows: list[Deferrable]


class Chosen(Asked):
    """`tasks` are ids; left out: all that may be."""

    tasks: list[Ref] | None = None


class Moved(Told):
    """`tasks` are the ids of those that moved: sent the other way they undo it."""

    tasks: list[str]


@router.get(ADDRESS, response=Deferral, operation_id="see_deferral", summary="See what may be put off")
@scoped("journey:read")
def see_deferral(request: HttpRequest, journey_id: Path[Ref]) -> Deferral:
    """Every open task, with why it has to stay, or that it is put off."""
    rows = queries.deferral(actor_of(request), parse_id("jny", journey_id))
    return Deferral(
        rows=[
            Deferrable(
                id=row.line.ref,
                key=row.line.key,
                title=row.line.title,
                why_not=row.why_not,
                is_put_off=row.line.deferred_at is not None,
            )
            for row in rows
        ]
    )


@router.post(ADDRESS, response=Moved, operation_id="defer_tasks", summary="Put off what first value does not need")
@scoped("journey:write")
def defer_tasks(request: HttpRequest, journey_id: Path[Ref], body: Chosen) -> Moved:
    """All of it, or these. 409 for one that has to stay."""
    return _moved(request, journey_id, body, deferred=True)


@router.delete(ADDRESS, response=Moved, operation_id="bring_back_tasks", summary="Bring back what was put off")
@scoped("journey:write")
def bring_back_tasks(request: HttpRequest, journey_id: Path[Ref]) -> Moved:
    """All of it."""
    return _moved(request, journey_id, Chosen(), deferred=False)


@router.post(ADDRESS + "/undo", response=Moved, operation_id="bring_back_some_tasks", summary="Bring some tasks back")
@scoped("journey:write")
def bring_back_some(request: HttpRequest, journey_id: Path[Ref], body: Chosen) -> Moved:
    """These, such as the ids that putting them off answered with."""
    return _moved(request, journey_id, body, deferred=False)


def _moved(request: HttpRequest, journey_id: str, body: Chosen, *, deferred: bool) -> Moved:
    ids = None if body.tasks is None else [parse_id("tsk", one) for one in body.tasks]
    moved = actions.defer_tasks(
        actor=actor_of(request), journey_id=parse_id("jny", journey_id), task_ids=ids, deferred=deferred
    )
    return Moved(tasks=[format_id("tsk", one) for one in moved])
