"""Contacts and deals page by page in the order in which they came, for programs that read all of them."""

from __future__ import annotations

from uuid import UUID

from onward.accounts.models import Contact, Deal
from onward.accounts.queries.accounts import with_words
from onward.accounts.queries.contacts import ContactRow, contact_row
from onward.accounts.queries.deals import DealRow, deal_row
from onward.identity.decisions import require
from onward.kernel.actor import Actor
from onward.kernel.ids import parse_id
from onward.kernel.paging import Page, page_by_id


def contact_page(
    actor: Actor, *, account_id: UUID | None = None, words: str = "", after: str = "", limit: int = 50
) -> Page[ContactRow]:
    """Contacts by id; `after` is the cursor of a page before."""
    require(actor, "see", "contact")
    rows = Contact.objects.all()
    if account_id is not None:
        rows = rows.filter(account_id=account_id)
    if words.strip():
        rows = with_words(rows, words)
    if after:
        rows = rows.filter(id__gt=parse_id("con", after))
    return page_by_id([contact_row(row) for row in rows.order_by("id")[: limit + 1]], limit)


def deal_page(
    actor: Actor, *, account_id: UUID | None = None, state: str = "", after: str = "", limit: int = 50
) -> Page[DealRow]:
    """Deals by id; `after` is the cursor of a page before."""
    require(actor, "see", "deal")
    rows = Deal.objects.all()
    if account_id is not None:
        rows = rows.filter(account_id=account_id)
    if state:
        rows = rows.filter(state=state)
    if after:
        rows = rows.filter(id__gt=parse_id("deal", after))
    return page_by_id([deal_row(row) for row in rows.order_by("id")[: limit + 1]], limit)
