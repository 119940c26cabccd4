"""The success plan of a journey: what stands, every version with its answer, a proposal, an answer, the evidence."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router, Status
from pydantic import Field

from onward.interfaces.api.door import actor_of, etag, matched, scoped
from onward.interfaces.api.fields import Ref
from onward.interfaces.api.plans import (
    AnsweredPlan,
    Plan,
    PlanVersion,
    PlanVersions,
    ProposedPlan,
    Step,
    today_of,
    version_of,
    wanted_of,
)
from onward.interfaces.ui.evidence import evidence_pack
from onward.journeys import actions
from onward.journeys.queries.success import SuccessPlan, success_plan
from onward.kernel.ids import parse_id
from onward.kernel.refusals import not_found

router = Router()
ROOT = "/journeys/{journey_id}/success-plan"
VERSION = ROOT + "/{int:number}"
Number = Annotated[int, Field(ge=1, le=32_767)]


@router.get(ROOT, response=Plan, operation_id="get_success_plan", summary="Get the success plan")
@scoped("objective:read")
def get_success_plan(request: HttpRequest, response: HttpResponse, journey_id: Path[Ref]) -> Plan:
    """Every objective as it stands today, and the versions that stand and wait. Its ETag moves with each version and
    answer."""
    found = _plan(request, response, journey_id)
    return Plan(
        journey_id=journey_id,
        agreed=found.agreed.number if found.agreed else None,
        waiting=found.waiting.number if found.waiting else None,
        objectives=[today_of(one) for one in found.objectives],
        metrics=found.figures,
        tasks=[Step(key=key, title=title) for key, title in found.tasks],
    )


@router.get(ROOT + "/versions", response=PlanVersions, operation_id="list_plan_versions", summary="List its versions")
@scoped("objective:read")
def list_plan_versions(request: HttpRequest, response: HttpResponse, journey_id: Path[Ref]) -> PlanVersions:
    """All versions, the oldest first, each with its answer."""
    return PlanVersions(rows=[version_of(row) for row in _plan(request, response, journey_id).versions], next="")


@router.post(
    ROOT + "/versions",
    response={201: PlanVersion},
    operation_id="propose_plan",
    summary="Propose a version",
    openapi_extra={"x-etag": True},
)
@scoped("objective:write")
def propose_plan(
    request: HttpRequest, response: HttpResponse, journey_id: Path[Ref], body: ProposedPlan
) -> Status[PlanVersion]:
    """Put a plan before the customer; what was agreed stands until they agree. 409 while a version waits for its
    answer; with If-Match 412 when there is a newer one."""
    before = _plan(request, response, journey_id)
    seen = matched(request, _edition(before))
    number = actions.propose_plan(
        actor=actor_of(request),
        journey_id=parse_id("jny", journey_id),
        objectives=[wanted_of(one) for one in body.objectives],
        note=body.note,
        after=None if seen is None else len(before.versions),
        user_id=parse_id("usr", body.user_id) if body.user_id is not None else None,
    )
    return Status(201, _one(request, response, journey_id, number))


@router.get(VERSION, response=PlanVersion, operation_id="get_plan_version", summary="Get a version")
@scoped("objective:read")
def get_plan_version(
    request: HttpRequest, response: HttpResponse, journey_id: Path[Ref], number: Path[Number]
) -> PlanVersion:
    """One version, as it was signed."""
    return _one(request, response, journey_id, number)


@router.post(VERSION + "/answer", response=PlanVersion, operation_id="answer_plan", summary="Answer a version")
@scoped("objective:write")
def answer_plan(
    request: HttpRequest, response: HttpResponse, journey_id: Path[Ref], number: Path[Number], body: AnsweredPlan
) -> PlanVersion:
    """Agree to what the customer proposed, or refuse it, in the name of a colleague who may do so themselves; the
    signed text says that it came by a key. 403 for a version of your own side, which is theirs to answer."""
    actions.answer_plan(
        actor=actor_of(request),
        journey_id=parse_id("jny", journey_id),
        number=number,
        agreed=body.agreed,
        words=body.words,
        user_id=parse_id("usr", body.user_id),
    )
    return _one(request, response, journey_id, number)


@router.post(VERSION + "/withdrawal", response=PlanVersion, operation_id="withdraw_plan", summary="Take a version back")
@scoped("objective:write")
def withdraw_plan(
    request: HttpRequest, response: HttpResponse, journey_id: Path[Ref], number: Path[Number]
) -> PlanVersion:
    """Take back what your side proposed, before it is answered."""
    actions.withdraw_plan(actor=actor_of(request), journey_id=parse_id("jny", journey_id), number=number)
    return _one(request, response, journey_id, number)


@router.get(
    ROOT + "/evidence",
    operation_id="get_plan_evidence",
    summary="Get its evidence pack",
    openapi_extra={
        "responses": {
            200: {
                "description": "A zip archive that its own verify.py checks.",
                "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
            }
        }
    },
)
@scoped("objective:read")
def get_plan_evidence(request: HttpRequest, journey_id: Path[Ref]) -> HttpResponse:
    """Versions, answers, facts and the digests of shared files. 409 before the first version."""
    return evidence_pack(actor_of(request), parse_id("jny", journey_id))


def _plan(request: HttpRequest, response: HttpResponse, journey_id: str) -> SuccessPlan:
    found = success_plan(actor_of(request), parse_id("jny", journey_id))
    etag(response, _edition(found))
    return found


def _edition(plan: SuccessPlan) -> int:
    """One more with each version and with each answer."""
    return len(plan.versions) + sum(row.answer is not None for row in plan.versions)


def _one(request: HttpRequest, response: HttpResponse, journey_id: str, number: int) -> PlanVersion:
    rows = _plan(request, response, journey_id).versions
    if number > len(rows):
        raise not_found("version of the plan", str(number))
    return version_of(rows[number - 1])
