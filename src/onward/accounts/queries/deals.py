"""Deals and products as rows. A contact sees no deal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Lower

from onward.accounts.models import Deal, Product
from onward.accounts.queries.accounts import with_words
from onward.identity.decisions import require
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import not_found


@dataclass(frozen=True, slots=True)
class DealRow:
    """`product` and `owner_as_sent` are the words of the source, also when nothing here matches them."""

    id: UUID
    ref: str
    account_id: UUID | None
    external_id: str | None
    name: str
    product_id: UUID | None
    product: str
    owner_id: UUID | None
    owner_as_sent: str
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
    version: int
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProductRow:
    id: UUID
    ref: str
    name: str
    external_id: str | None
    series: str
    price: Decimal | None
    currency: str


def deal(actor: Actor, deal_id: UUID) -> DealRow:
    """One deal; Refusal "not_found" also for those the actor may not see."""
    row = _visible(actor).filter(id=deal_id).first()
    if row is None:
        raise not_found("deal", format_id("deal", deal_id))
    return deal_row(row)


def deals(
    actor: Actor, *, account_id: UUID | None = None, state: str = "", words: str = "", limit: int = 200
) -> list[DealRow]:
    """Deals, the latest first."""
    rows = _visible(actor)
    if account_id is not None:
        rows = rows.filter(account_id=account_id)
    if state:
        rows = rows.filter(state=state)
    if words.strip():
        rows = with_words(rows, words)
    return [deal_row(row) for row in rows.order_by("-id")[:limit]]


def deals_by_ids(actor: Actor, ids: Iterable[UUID | None]) -> dict[UUID, DealRow]:
    """Deals by id. Unknown ids are left out."""
    wanted = {one for one in ids if one is not None}
    return {row.id: deal_row(row) for row in _visible(actor).filter(id__in=wanted)} if wanted else {}


def deal_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names by id, for pages that compose by ids. Unknown ids are left out."""
    wanted = {one for one in ids if one is not None}
    return dict(Deal.objects.filter(id__in=wanted).values_list("id", "name")) if wanted else {}


def won_deals_owed(limit: int = 200) -> list[UUID]:
    """Accounts with won deals whose fact is still to be written (an import was cut off), in order."""
    rows = Deal.objects.filter(state="won", announced_at=None).order_by("account_id").values_list("account_id")
    return [row[0] for row in rows.distinct()[:limit]]


def products(actor: Actor) -> list[ProductRow]:
    """The product list, by name."""
    require(actor, "see", "product")
    return [
        ProductRow(row.id, format_id("prd", row.id), row.name, row.external_id, row.series, row.price, row.currency)
        for row in Product.objects.order_by(Lower("name"))
    ]


def deal_row(row: Deal) -> DealRow:
    """The stored deal as a frozen row."""
    return DealRow(
        row.id,
        format_id("deal", row.id),
        row.account_id,
        row.external_id,
        row.name,
        row.product_id,
        row.product_as_sent,
        row.owner_id,
        row.owner_as_sent,
        row.stage,
        row.state,
        row.amount,
        row.currency,
        row.opened_on,
        row.closed_on,
        row.signed_at,
        row.contract_start,
        row.renewal_on,
        row.is_demo,
        row.version,
        dict(row.fields),
    )


def _visible(actor: Actor) -> QuerySet[Deal]:
    require(actor, "see", "deal")
    return Deal.objects.all()
