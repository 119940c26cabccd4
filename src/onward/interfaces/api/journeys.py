"""Journeys: the list as the portfolio has it, one with its stages, and what is done to the whole."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router, Status

from onward.foundation.clock import now
from onward.insights import queries as insights
from onward.interfaces.api.door import actor_of, etag, scoped
from onward.interfaces.api.fields import Asked, Cursor, Limit, Moment, Ref, Short, Text, Told
from onward.interfaces.api.playbooks import known_key
from onward.journeys import actions, queries
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import invalid
from onward.playbooks.queries import version_row

router = Router()
Sort = Literal[
    "urgency", "account", "stage", "due", "first_value", "waiting", "arr", "signed", "owner",
    "-urgency", "-account", "-stage", "-due", "-first_value", "-waiting", "-arr", "-signed", "-owner",
]  # fmt: skip


class Line(Told):
    """A journey in the list. `cells`: a letter a stage, p proven, w waived, c current, f still to come."""

    id: str
    account_id: str
    account_name: str
    segment: str
    arr: Decimal | None
    currency: str
    owner_id: str | None
    owner_name: str
    playbook: str
    title: str
    state: str
    stage: str
    stage_title: str
    stage_number: int
    stage_count: int
    cells: str
    tasks_done: int
    tasks_total: int
    pace: str
    pace_reason: str
    waiting_on: str
    waiting_what: str
    waiting_since: datetime | None
    next_due_at: datetime | None
    next_due_on: date | None
    first_value_due_at: datetime | None
    first_value_due_on: date | None
    first_value_met_at: datetime | None
    completion_due_at: datetime | None
    completion_due_on: date | None
    signed_at: datetime | None
    started_at: datetime
    ended_at: datetime | None
    is_demo: bool


class Lines(Told):
    rows: list[Line]
    next: str


class Check(Told):
    """An exit criterion; `state` met, not_met, unknown, waived, or open while its stage has not begun."""

    id: str
    title: str
    state: str
    sentence: str
    since: datetime | None
    actual: str
    target: str


class Stage(Told):
    id: str
    key: str
    title: str
    state: str
    entered_at: datetime | None
    closed_at: datetime | None
    how: str
    due_at: datetime | None
    due_on: date | None
    checks: list[Check]


class Journey(Told):
    id: str
    title: str
    account_id: str
    account_name: str
    deal_id: str | None
    state: str
    playbook: str
    version_id: str
    owner: str | None
    signed_at: datetime | None
    started_at: datetime
    ended_at: datetime | None
    end_reason: str
    pace: str
    pace_reason: str
    waiting_on: str
    tasks_done: int
    tasks_total: int
    stages: list[Stage]
    checklist: list[Check]


class NewJourney(Asked):
    """`playbook` is a playbook's key, or `version_id` one of its versions. `signed_at` is the day from which all
    deadlines count; the deal's own when it is left out."""

    account_id: Ref
    playbook: Short | None = None
    version_id: Ref | None = None
    deal_id: Ref | None = None
    signed_at: Moment | None = None
    title: Short = ""


class Reason(Asked):
    reason: Text


class Cancellation(Asked):
    """`at`: when it ended, if not now."""

    reason: Text
    at: Moment | None = None


class JourneysAsked(Asked):
    words: Short = ""
    owner_id: Ref | None = None
    segment: Literal["self_serve", "mid_market", "enterprise", "strategic"] | None = None
    state: Literal["open", "paused", "completed", "cancelled", "all"] = "all"
    pace: Literal["on_track", "behind", "stalled"] | None = None
    stage: Short = ""
    playbook: Short = ""
    waiting_on: Literal["ours", "theirs", "nobody"] | None = None
    first_value: Literal["late", "this_week", "reached", "not_yet"] | None = None
    sort: Sort = "urgency"
    cursor: Cursor = ""
    limit: Limit = 50


@router.get("/journeys", response=Lines, operation_id="list_journeys", summary="List journeys")
@scoped("journey:read")
def list_journeys(request: HttpRequest, asked: Query[JourneysAsked]) -> Lines:
    """The portfolio. `urgency`: what needs help most; late for first value or stalled, then behind."""
    filters = insights.Filters(
        words=asked.words,
        owner=parse_id("usr", asked.owner_id) if asked.owner_id is not None else None,
        segment=asked.segment or "",
        state=asked.state,
        pace=asked.pace or "",
        stage=asked.stage,
        playbook=asked.playbook,
        waiting_on=asked.waiting_on or "",
        first_value=asked.first_value or "",
    )
    page = insights.portfolio(
        actor_of(request), filters, sort=asked.sort, cursor=asked.cursor, limit=asked.limit, now=now()
    )
    return Lines(rows=[_line(row) for row in page.rows], next=page.next)


@router.post("/journeys", response={201: Journey}, operation_id="open_journey", summary="Open a journey")
@scoped("journey:write")
def open_journey(request: HttpRequest, response: HttpResponse, body: NewJourney) -> Status[Journey]:
    """Open a journey by hand; a deal that is won opens its own."""
    actor = actor_of(request)
    if (body.playbook is None) == (body.version_id is None):
        raise invalid("A journey follows one playbook.", mend="Send either playbook or version_id.", field="playbook")
    version = (
        version_row(actor, known_key(body.playbook)).id
        if body.playbook is not None
        else parse_id("pbv", body.version_id)
    )
    journey_id = actions.open_journey(
        actor=actor,
        account_id=parse_id("acc", body.account_id),
        version_id=version,
        deal_id=parse_id("deal", body.deal_id) if body.deal_id is not None else None,
        signed_at=body.signed_at,
        title=body.title,
    )
    return Status(201, _told(request, response, format_id("jny", journey_id)))


@router.get("/journeys/{journey_id}", response=Journey, operation_id="get_journey", summary="Get a journey")
@scoped("journey:read")
def get_journey(request: HttpRequest, response: HttpResponse, journey_id: Path[Ref]) -> Journey:
    """One journey with its stages, and each exit criterion with why it is met or not."""
    return _told(request, response, journey_id)


@router.post("/journeys/{journey_id}/pause", response=Journey, operation_id="pause_journey", summary="Pause a journey")
@scoped("journey:write")
def pause_journey(request: HttpRequest, response: HttpResponse, journey_id: Path[Ref], body: Reason) -> Journey:
    """Stop the clock. 409 unless it is open."""
    actions.pause_journey(actor=actor_of(request), journey_id=parse_id("jny", journey_id), reason=body.reason)
    return _told(request, response, journey_id)


@router.delete(
    "/journeys/{journey_id}/pause", response=Journey, operation_id="resume_journey", summary="Resume a journey"
)
@scoped("journey:write")
def resume_journey(request: HttpRequest, response: HttpResponse, journey_id: Path[Ref]) -> Journey:
    """Go on. 409 unless it is paused."""
    actions.resume_journey(actor=actor_of(request), journey_id=parse_id("jny", journey_id))
    return _told(request, response, journey_id)


@router.post(
    "/journeys/{journey_id}/cancellation",
    response=Journey,
    operation_id="cancel_journey",
    summary="Cancel a journey",
)
@scoped("journey:write")
def cancel_journey(request: HttpRequest, response: HttpResponse, journey_id: Path[Ref], body: Cancellation) -> Journey:
    """End it without completion; figures count it as left then. 409 when it has ended."""
    one = parse_id("jny", journey_id)
    actions.cancel_journey(actor=actor_of(request), journey_id=one, reason=body.reason, at=body.at)
    return _told(request, response, journey_id)


def _line(row: insights.PortfolioLine) -> Line:
    ids = {"id", "account_id", "owner_id"}
    values = {name: getattr(row, name) for name in Line.model_fields if name not in ids}
    owner = format_id("usr", row.owner_id) if row.owner_id else None
    return Line(id=row.ref, account_id=row.account_ref, owner_id=owner, **values)


def _told(request: HttpRequest, response: HttpResponse, journey_id: str) -> Journey:
    view = queries.journey_view(actor_of(request), parse_id("jny", journey_id))
    etag(response, view.edition)
    return Journey(
        id=view.ref,
        title=view.title,
        account_id=view.account_ref,
        account_name=view.account_name,
        deal_id=format_id("deal", view.deal_id) if view.deal_id else None,
        state=view.state,
        playbook=view.playbook,
        version_id=format_id("pbv", view.follows),
        owner=view.owner.name if view.owner else None,
        signed_at=view.signed_at,
        started_at=view.started_at,
        ended_at=view.ended_at,
        end_reason=view.end_reason,
        pace=view.pace,
        pace_reason=view.pace_reason,
        waiting_on=view.waiting.side,
        tasks_done=view.done,
        tasks_total=view.total,
        stages=[_stage(stage) for stage in view.stages],
        checklist=[_check(check) for check in view.checklist],
    )


def _stage(view: queries.StageView) -> Stage:
    return Stage(
        id=view.ref,
        key=view.key,
        title=view.title,
        state=view.state,
        entered_at=view.entered_at,
        closed_at=view.closed_at,
        how=view.how,
        due_at=view.due_at,
        due_on=view.due_on,
        checks=[_check(check) for check in view.checks],
    )


def _check(view: queries.CheckView) -> Check:
    return Check(**{name: getattr(view, name) for name in Check.model_fields})
