"""Objectives: what the customer wants, by when, and who on their side owns it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router, Status

from onward.interfaces.api.door import actor_of, etag, matched, scoped
from onward.interfaces.api.fields import Asked, Day, Ref, Text, Told
from onward.journeys import actions, queries
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import not_found

router = Router()
ROOT = "/journeys/{journey_id}/objectives"
ONE = ROOT + "/{objective_id}"


class Objective(Told):
    id: str
    outcome: str
    due_on: date | None
    owner: str | None
    agreed_at: datetime | None
    agreed_by: str | None
    met_at: datetime | None
    met_by: str | None
    evidence: str


class Objectives(Told):
    rows: list[Objective]
    next: str


class WrittenObjective(Asked):
    """`owner_contact_id` is the person on the customer's side who owns it."""

    outcome: Text
    due_on: Day | None = None
    owner_contact_id: Ref | None = None


class Evidence(Asked):
    evidence: Text


@router.get(ROOT, response=Objectives, operation_id="list_objectives", summary="List objectives")
@scoped("objective:read")
def list_objectives(request: HttpRequest, journey_id: Path[Ref]) -> Objectives:
    """All objectives of a journey."""
    view = queries.journey_view(actor_of(request), parse_id("jny", journey_id))
    return Objectives(rows=[_shown(row) for row in view.objectives], next="")


@router.post(ROOT, response={201: Objective}, operation_id="write_objective", summary="Write an objective")
@scoped("objective:write")
def write_objective(
    request: HttpRequest, response: HttpResponse, journey_id: Path[Ref], body: WrittenObjective
) -> Status[Objective]:
    """Write what the customer wants. It counts once it is agreed."""
    actor, journey = actor_of(request), parse_id("jny", journey_id)
    made = actions.write_objective(
        actor=actor, journey_id=journey, outcome=body.outcome, due_on=body.due_on, owner_contact_id=_owner(body)
    )
    return Status(201, _told(actor, response, journey, format_id("obj", made)))


@router.get(ONE, response=Objective, operation_id="get_objective", summary="Get an objective")
@scoped("objective:read")
def get_objective(
    request: HttpRequest, response: HttpResponse, journey_id: Path[Ref], objective_id: Path[Ref]
) -> Objective:
    """One objective, with its ETag."""
    return _told(actor_of(request), response, parse_id("jny", journey_id), objective_id)


@router.put(
    ONE,
    response=Objective,
    operation_id="rewrite_objective",
    summary="Rewrite an objective",
    openapi_extra={"x-etag": True},
)
@scoped("objective:write")
def rewrite_objective(
    request: HttpRequest,
    response: HttpResponse,
    journey_id: Path[Ref],
    objective_id: Path[Ref],
    body: WrittenObjective,
) -> Objective:
    """Write it anew; an agreed one has to be agreed again."""
    actor, journey = actor_of(request), parse_id("jny", journey_id)
    row = _row(actor, journey, objective_id)
    actions.write_objective(
        actor=actor,
        journey_id=journey,
        objective_id=row.id,
        outcome=body.outcome,
        due_on=body.due_on,
        owner_contact_id=_owner(body),
        edition=matched(request, row.edition),
    )
    return _told(actor, response, journey, objective_id)


@router.post(f"{ONE}/agreement", response=Objective, operation_id="agree_objective", summary="Agree to an objective")
@scoped("objective:write")
def agree_objective(
    request: HttpRequest, response: HttpResponse, journey_id: Path[Ref], objective_id: Path[Ref]
) -> Objective:
    """Agree in the customer's name, which the fact shows. 422 without a date and an owner."""
    actor, journey = actor_of(request), parse_id("jny", journey_id)
    actions.agree_objective(actor=actor, objective_id=_row(actor, journey, objective_id).id)
    return _told(actor, response, journey, objective_id)


@router.post(f"{ONE}/completion", response=Objective, operation_id="meet_objective", summary="Meet an objective")
@scoped("objective:write")
def meet_objective(
    request: HttpRequest, response: HttpResponse, journey_id: Path[Ref], objective_id: Path[Ref], body: Evidence
) -> Objective:
    """Say that it is reached, and what that rests on."""
    actor, journey = actor_of(request), parse_id("jny", journey_id)
    actions.meet_objective(actor=actor, objective_id=_row(actor, journey, objective_id).id, evidence=body.evidence)
    return _told(actor, response, journey, objective_id)


def _owner(body: WrittenObjective) -> UUID | None:
    return parse_id("con", body.owner_contact_id) if body.owner_contact_id is not None else None


def _row(actor: Actor, journey: UUID, objective_id: str) -> queries.ObjectiveView:
    wanted = parse_id("obj", objective_id)
    view = queries.journey_view(actor, journey)
    found = next((row for row in view.objectives if row.id == wanted), None)
    if found is None:
        raise not_found("objective", format_id("obj", wanted))
    return found


def _told(actor: Actor, response: HttpResponse, journey: UUID, objective_id: str) -> Objective:
    row = _row(actor, journey, objective_id)
    etag(response, row.edition)
    return _shown(row)


def _shown(view: queries.ObjectiveView) -> Objective:
    return Objective(
        id=view.ref,
        outcome=view.outcome,
        due_on=view.due_on,
        owner=_name(view.owner),
        agreed_at=view.agreed_at,
        agreed_by=_name(view.agreed_by),
        met_at=view.met_at,
        met_by=_name(view.met_by),
        evidence=view.evidence,
    )


def _name(person: queries.Person | None) -> str | None:
    return person.name if person else None
