"""The handoff from sales, and what the customer reads of what is known: each answer with who said it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Router
from pydantic import Field

from onward.interfaces.api.door import actor_of, scoped
from onward.interfaces.api.fields import Asked, Document, Fields, Ref, Short, Told
from onward.journeys import actions, queries
from onward.journeys.queries import KnownView
from onward.kernel.ids import parse_id
from onward.kernel.refusals import not_found

router = Router()
ROOT = "/journeys/{journey_id}"


class KnownAnswer(Told):
    """`key` is "form.field". `stamp` stands for the value that was read; `was` for what stood there before it was put
    right. `is_shared`: the customer reads it."""

    key: str
    title: str
    type: str
    value: Any
    stamp: str
    said_by: str | None
    said_at: datetime | None
    is_corrected: bool
    was: Any
    confirmed_by: str | None
    confirmed_at: datetime | None
    is_shared: bool


class KnownAnswers(Told):
    rows: list[KnownAnswer]
    next: str


class Handoff(Told):
    """`answered` of `required` answers are given."""

    title: str
    required: int
    answered: int
    is_complete: bool
    answers: list[KnownAnswer]


class CorrectedAnswer(Asked):
    """`stamp`: of the value that was read; 412 when it has changed since."""

    value: Document
    stamp: Short = ""


class Confirmed(Asked):
    """`contact_id` is who of theirs said that the answers are right; `answers` maps each "form.field" to its stamp."""

    contact_id: Ref
    answers: Annotated[Fields, Field(min_length=1)]


@router.get(ROOT + "/handoff", response=Handoff, operation_id="get_handoff", summary="Get the handoff")
@scoped("journey:read")
def get_handoff(request: HttpRequest, journey_id: Path[Ref]) -> Handoff:
    """What sales handed over, each answer with its source. 404 where the playbook has no form for it."""
    found = queries.handoff_view(actor_of(request), parse_id("jny", journey_id))
    if found is None:
        raise not_found("handoff", journey_id)
    return Handoff(
        title=found.title,
        required=found.required,
        answered=found.answered,
        is_complete=found.is_complete,
        answers=[_told(row) for row in found.fields],
    )


@router.get(ROOT + "/known", response=KnownAnswers, operation_id="list_known", summary="List what is known")
@scoped("journey:read")
def list_known(request: HttpRequest, journey_id: Path[Ref]) -> KnownAnswers:
    """What the customer reads on their page of what is known already."""
    return _known(request, journey_id)


@router.put(
    ROOT + "/answers/{key}", response=KnownAnswers, operation_id="correct_answer", summary="Put an answer right"
)
@scoped("journey:write")
def correct_answer(
    request: HttpRequest, journey_id: Path[Ref], key: Path[Short], body: CorrectedAnswer
) -> KnownAnswers:
    """Put right an answer ("form.field") of a form that was filled in; the customer has to confirm it anew. Answers
    with what is known then."""
    actions.correct_answer(
        actor=actor_of(request),
        journey_id=parse_id("jny", journey_id),
        answer=key,
        value=body.value,
        seen=body.stamp,
    )
    return _known(request, journey_id)


@router.post(
    ROOT + "/known/confirmation", response=KnownAnswers, operation_id="confirm_known", summary="Confirm what is known"
)
@scoped("journey:write")
def confirm_known(request: HttpRequest, journey_id: Path[Ref], body: Confirmed) -> KnownAnswers:
    """Hand on that somebody of theirs confirmed these answers elsewhere; pages and facts name them and say that a key
    did it. 412 for an answer that has changed since it was read."""
    actions.confirm_answers(
        actor=actor_of(request),
        journey_id=parse_id("jny", journey_id),
        seen={key: str(value) for key, value in body.answers.items()},
        contact_id=parse_id("con", body.contact_id),
    )
    return _known(request, journey_id)


def _known(request: HttpRequest, journey_id: str) -> KnownAnswers:
    rows = queries.known_views(actor_of(request), parse_id("jny", journey_id))
    return KnownAnswers(rows=[_told(row) for row in rows], next="")


def _told(row: KnownView) -> KnownAnswer:
    return KnownAnswer(
        key=row.key,
        title=row.field.title,
        type=row.field.type,
        value=row.field.value,
        stamp=row.stamp,
        said_by=row.by.name if row.by else None,
        said_at=row.at,
        is_corrected=row.is_corrected,
        was=row.was.value,
        confirmed_by=row.sure_by.name if row.sure_by else None,
        confirmed_at=row.sure_at,
        is_shared=row.is_told,
    )
