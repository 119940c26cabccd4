"""Deals: sales, and winning them, which opens the journey."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router, Status

from onward.accounts import actions, queries
from onward.accounts.queries.pages import deal_page
from onward.interfaces.api.accounts import given
from onward.interfaces.api.door import actor_of, etag, matched, scoped
from onward.interfaces.api.fields import (
    Amount,
    Asked,
    Cursor,
    Day,
    Fields,
    Limit,
    Moment,
    Name,
    Ref,
    Short,
    Told,
    may_be_left_out,
)
from onward.kernel.ids import format_id, parse_id

router = Router()
State = Literal["open", "won", "lost"]


class DealFields(Asked):
    """`product` is the product's name; `owner_id` who sold. `stage` is the sales system's own word."""

    external_id: Short | None = None
    product: Short | None = None
    owner_id: Ref | None = None
    stage: Short | None = None
    amount: Amount | None = None
    currency: Short | None = None
    opened_on: Day | None = None
    closed_on: Day | None = None
    contract_start: Day | None = None
    renewal_on: Day | None = None
    fields: Fields | None = None


class NewDeal(DealFields):
    account_id: Ref
    name: Name


class ChangedDeal(DealFields):
    name: Name = may_be_left_out()


class Signature(Asked):
    """When the contract was signed; all deadlines count from it."""

    signed_at: Moment
    stage: Short | None = None


class Deal(Told):
    id: str
    account_id: str | None
    external_id: str | None
    name: str
    product_id: str | None
    product: str
    owner_id: str | None
    stage: str
    state: str
    amount: Decimal | None
    currency: str
    opened_on: date | None
    closed_on: date | None
    signed_at: datetime | None
    contract_start: date | None
    renewal_on: date | None
    is_demo: bool
    fields: dict[str, Any]


class Deals(Told):
    rows: list[Deal]
    next: str


class DealsAsked(Asked):
    account_id: Ref | None = None
    state: State | None = None
    cursor: Cursor = ""
    limit: Limit = 50


@router.get("/deals", response=Deals, operation_id="list_deals", summary="List deals")
@scoped("deal:read")
def list_deals(request: HttpRequest, asked: Query[DealsAsked]) -> Deals:
    """Deals in the order in which they came, of one account or state if given."""
    account = parse_id("acc", asked.account_id) if asked.account_id is not None else None
    page = deal_page(
        actor_of(request), account_id=account, state=asked.state or "", after=asked.cursor, limit=asked.limit
    )
    return Deals(rows=[_shown(row) for row in page.rows], next=page.next)


@router.post("/deals", response={201: Deal}, operation_id="open_deal", summary="Open a deal")
@scoped("deal:write")
def open_deal(request: HttpRequest, response: HttpResponse, body: NewDeal) -> Status[Deal]:
    """Open a deal with an account. It is won by POST /deals/{deal_id}/signature."""
    sent = {**given(body), "account_id": parse_id("acc", body.account_id)}
    deal_id = actions.open_deal(actor=actor_of(request), **sent)
    return Status(201, _told(request, response, format_id("deal", deal_id)))


@router.get("/deals/{deal_id}", response=Deal, operation_id="get_deal", summary="Get a deal")
@scoped("deal:read")
def get_deal(request: HttpRequest, response: HttpResponse, deal_id: Path[Ref]) -> Deal:
    """One deal, with its ETag."""
    return _told(request, response, deal_id)


@router.patch(
    "/deals/{deal_id}",
    response=Deal,
    operation_id="change_deal",
    summary="Change a deal",
    openapi_extra={"x-etag": True},
)
@scoped("deal:write")
def change_deal(request: HttpRequest, response: HttpResponse, deal_id: Path[Ref], body: ChangedDeal) -> Deal:
    """Change the fields that are sent, and only those."""
    actor, one = actor_of(request), parse_id("deal", deal_id)
    version = matched(request, queries.deal(actor, one).version)
    actions.change_deal(actor=actor, deal_id=one, version=version, **given(body))
    return _told(request, response, deal_id)


@router.post("/deals/{deal_id}/signature", response=Deal, operation_id="win_deal", summary="Win a deal")
@scoped("deal:write")
def win_deal(request: HttpRequest, response: HttpResponse, deal_id: Path[Ref], body: Signature) -> Deal:
    """Mark it as signed: the fitting playbook's journey opens. Signed already: only a moved signature counts."""
    actor, one = actor_of(request), parse_id("deal", deal_id)
    actions.win_deal(actor=actor, deal_id=one, signed_at=body.signed_at, stage=body.stage)
    return _told(request, response, deal_id)


@router.post("/deals/{deal_id}/loss", response=Deal, operation_id="lose_deal", summary="Lose a deal")
@scoped("deal:write")
def lose_deal(request: HttpRequest, response: HttpResponse, deal_id: Path[Ref]) -> Deal:
    """Mark it as lost. 409 once it is won."""
    actions.lose_deal(actor=actor_of(request), deal_id=parse_id("deal", deal_id))
    return _told(request, response, deal_id)


def _shown(row: queries.DealRow) -> Deal:
    ids = {"id", "account_id", "owner_id", "product_id"}
    values = {name: getattr(row, name) for name in Deal.model_fields if name not in ids}
    return Deal(
        id=row.ref,
        account_id=format_id("acc", row.account_id) if row.account_id else None,
        owner_id=format_id("usr", row.owner_id) if row.owner_id else None,
        product_id=format_id("prd", row.product_id) if row.product_id else None,
        **values,
    )


def _told(request: HttpRequest, response: HttpResponse, deal_id: str) -> Deal:
    row = queries.deal(actor_of(request), parse_id("deal", deal_id))
    etag(response, row.version)
    return _shown(row)
