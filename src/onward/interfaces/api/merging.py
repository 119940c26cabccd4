"""A journey and the versions of its playbook: what one would change in the plan, taking it over, taking that back."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from onward.interfaces.api.door import actor_of, scoped
from onward.interfaces.api.fields import Asked, Ref, Short, Told
from onward.journeys import actions, queries
from onward.kernel.ids import format_id, parse_id

router = Router()


class MergeLine(Told):
    """One change. `state`: takes (it would come), conflict (the plan has its own, which stays unless it is chosen),
    listed (it comes too late for this plan), stays (what it would change is done, begun or worked on)."""

    name: str
    state: Literal["takes", "conflict", "listed", "stays"]
    words: str
    before: str
    after: str
    why: str


class Merge(Told):
    """What `version_id` would change in a plan that follows `follows`. `plan` is sent back when it is taken over: 412
    tells that the plan has changed since. `has_own_plan`: it is no published version whole."""

    journey_id: str
    follows: str
    follows_number: int
    version_id: str
    number: int
    plan: str
    has_own_plan: bool
    changes: list[MergeLine]


class Departure(Told):
    """In what the plan differs from the version that it follows. `why` is what whoever did it wrote."""

    kind: Literal["added", "left_out", "moved", "put_off", "waived", "other"]
    thing: str
    words: str
    why: str


class Conformance(Told):
    """`current_number` is the newest version of the playbook."""

    journey_id: str
    follows: str
    follows_number: int
    current_number: int
    departures: list[Departure]


class MergeAsked(Asked):
    version_id: Ref | None = None


class Taken(Asked):
    """`changes`: the names of those to take (null: what is proposed)."""

    version_id: Ref
    changes: Annotated[list[Short], Field(max_length=2000)] | None = None
    plan: Ref | None = None


@router.get(
    "/journeys/{journey_id}/merge", response=Merge, operation_id="preview_merge", summary="Preview a new version"
)
@scoped("journey:read")
def preview_merge(request: HttpRequest, journey_id: Path[Ref], asked: Query[MergeAsked]) -> Merge:
    """What a version of its playbook (the current one without `version_id`) would change in a journey's plan."""
    return _told(request, journey_id, asked.version_id)


@router.post(
    "/journeys/{journey_id}/merge", response=Merge, operation_id="merge_version", summary="Take a new version over"
)
@scoped("journey:write")
def merge_version(request: HttpRequest, journey_id: Path[Ref], body: Taken) -> Merge:
    """Bring a plan to a version of its playbook. What is done stays as it is. 409 unless the journey is open, follows
    another version, and nothing that is left out is needed by something that is taken."""
    actions.merge_version(
        actor=actor_of(request),
        journey_id=parse_id("jny", journey_id),
        version_id=parse_id("pbv", body.version_id),
        wanted=body.changes,
        seen=parse_id("pbv", body.plan) if body.plan is not None else None,
    )
    return _told(request, journey_id, None)


@router.delete("/journeys/{journey_id}/merge", response=Merge, operation_id="undo_merge", summary="Take a merge back")
@scoped("journey:write")
def undo_merge(request: HttpRequest, journey_id: Path[Ref]) -> Merge:
    """Every row of the plan as it was before the last merge. 409 when somebody has worked on what came with it."""
    actions.undo_merge(actor=actor_of(request), journey_id=parse_id("jny", journey_id))
    return _told(request, journey_id, None)


@router.get(
    "/journeys/{journey_id}/conformance",
    response=Conformance,
    operation_id="get_conformance",
    summary="Get how a plan differs from its playbook",
)
@scoped("journey:read")
def get_conformance(request: HttpRequest, journey_id: Path[Ref]) -> Conformance:
    """What was moved, left out, put off, waived or added in this plan, beside the version that it follows."""
    found = queries.standing(actor_of(request), parse_id("jny", journey_id))
    return Conformance(
        journey_id=journey_id,
        follows=found.follows.ref,
        follows_number=found.follows.number,
        current_number=found.current,
        departures=[
            Departure(kind=one.kind, thing=one.thing, words=one.words, why=one.why) for one in found.departures
        ],
    )


def _told(request: HttpRequest, journey_id: str, version_id: str | None) -> Merge:
    view = queries.merge_view(
        actor_of(request), parse_id("jny", journey_id), parse_id("pbv", version_id) if version_id else None
    )
    return Merge(
        journey_id=journey_id,
        follows=view.follows.ref,
        follows_number=view.follows.number,
        version_id=view.to.ref,
        number=view.to.number,
        plan=format_id("pbv", view.runs_on),
        has_own_plan=view.is_own,
        changes=[
            MergeLine(
                name=line.name,
                state=line.state,
                words=line.words,
                before=line.before,
                after=line.after,
                why=line.why,
            )
            for line in view.lines
        ],
    )
