"""Plans from a sheet, and back."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Router, Status
from pydantic import AfterValidator, Field, Strict

from onward.interfaces.api.door import actor_of, scoped
from onward.interfaces.api.fields import Asked, Fields, Moment, Ref, Short, Told, storable
from onward.journeys import actions, queries
from onward.kernel.ids import format_id, parse_id

router = Router()
Sheet = Annotated[str, Strict(), AfterValidator(storable), Field(max_length=1_000_000)]


class PlanSheet(Told):
    """The plan as CSV: a header, then a row a task."""

    journey_id: str
    sheet: str


class NewPlan(Asked):
    """`sheet` is CSV, as docs/howto/plan-from-a-sheet.md says; `mapping` has the keys `columns`, `dates`, `separator`,
    `sides`. `signed_at`: from when its days count; the deal's own, else now, when it is left out."""

    account_id: Ref
    sheet: Sheet
    mapping: Fields = {}
    deal_id: Ref | None = None
    signed_at: Moment | None = None
    title: Short = ""


class SheetProblem(Told):
    """`level` error: the row stayed out; warning: it went in."""

    row: int
    column: str
    level: str
    code: str
    value: str
    message: str
    mend: str


class NewPlanTold(Told):
    journey_id: str
    tasks: int
    problems: list[SheetProblem]


@router.get(
    "/journeys/{journey_id}/sheet", response=PlanSheet, operation_id="get_plan_sheet", summary="Get a plan as a sheet"
)
@scoped("journey:read")
def get_plan_sheet(request: HttpRequest, journey_id: Path[Ref]) -> PlanSheet:
    """Stage, task, description, owner, start, due, duration, depends on, status; it reads back as the same plan."""
    text = queries.plan_sheet(actor_of(request), parse_id("jny", journey_id))
    return PlanSheet(journey_id=journey_id, sheet=text)


@router.post(
    "/journeys/from-sheet",
    response={201: NewPlanTold},
    operation_id="open_journey_from_sheet",
    summary="Open a journey from a sheet",
)
@scoped("journey:write")
def open_from_sheet(request: HttpRequest, body: NewPlan) -> Status[NewPlanTold]:
    """Every row that can be taken goes in, with its dates locked and what is done done. 422 when none can."""
    actor, account_id = actor_of(request), parse_id("acc", body.account_id)
    journey_id = actions.open_planned(
        actor=actor,
        account_id=account_id,
        content=body.sheet.encode(),
        mapping=body.mapping,
        title=body.title,
        deal_id=parse_id("deal", body.deal_id) if body.deal_id is not None else None,
        signed_at=body.signed_at,
    )
    plan = queries.read_sheet_of(account_id, body.sheet.encode(), body.mapping, body.signed_at).plan
    problems = [
        SheetProblem(**{name: getattr(one, name) for name in SheetProblem.model_fields}) for one in plan.problems
    ]
    told = NewPlanTold(journey_id=format_id("jny", journey_id), tasks=len(plan.tasks), problems=problems)
    return Status(201, told)
