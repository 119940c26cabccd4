"""Contacts as rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Lower

from onward.accounts.models import Contact
from onward.accounts.queries.accounts import bounded, with_words
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import not_found


@dataclass(frozen=True, slots=True)
class ContactRow:
    id: UUID
    ref: str
    account_id: UUID
    name: str
    mail: str | None
    roles: list[str]
    title: str
    external_id: str | None
    product_user_id: str | None
    language: str
    zone: str
    is_demo: bool
    revoked_at: datetime | None
    version: int
    preferences: dict[str, Any] = field(default_factory=dict)
    invited_by: str = ""


def contacts(actor: Actor, *, account_id: UUID | None = None, words: str = "", limit: int = 500) -> list[ContactRow]:
    """Contacts by name, of one account or of all that the actor may see."""
    rows = _visible(actor)
    if account_id is not None:
        rows = rows.filter(account_id=account_id)
    if words.strip():
        rows = with_words(rows, words)
    return [contact_row(row) for row in rows.order_by(Lower("name"), "id")[:limit]]


def contact(actor: Actor, contact_id: UUID) -> ContactRow:
    """One contact; Refusal "not_found" also for those the actor may not see."""
    row = _visible(actor).filter(id=contact_id).first()
    if row is None:
        raise not_found("contact", format_id("con", contact_id))
    return contact_row(row)


def contacts_by_ids(actor: Actor, ids: Iterable[UUID | None]) -> dict[UUID, ContactRow]:
    """Those of the contacts that the actor may see, by id."""
    wanted = {one for one in ids if one is not None}
    return {row.id: contact_row(row) for row in _visible(actor).filter(id__in=wanted)} if wanted else {}


def contact_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names by id, for pages that compose by ids. Unknown ids are left out."""
    wanted = {one for one in ids if one is not None}
    return dict(Contact.objects.filter(id__in=wanted).values_list("id", "name")) if wanted else {}


def contacts_by_role(account_id: UUID, *, include_revoked: bool = False) -> dict[str, list[ContactRow]]:
    """An account's contacts under each stakeholder role that they hold, the earliest first. For automation."""
    rows = Contact.objects.filter(account_id=account_id)
    if not include_revoked:
        rows = rows.filter(revoked_at=None)
    out: dict[str, list[ContactRow]] = {}
    for row in rows.order_by("created_at", "id"):
        for role in row.roles:
            out.setdefault(role, []).append(contact_row(row))
    return out


def contacts_by_mail(mail: str) -> list[ContactRow]:
    """Contacts who may sign in with this address, the latest first (one person may serve several accounts)."""
    rows = Contact.objects.annotate(low=Lower("mail")).filter(low=mail.strip().lower(), revoked_at=None)
    return [contact_row(row) for row in rows.order_by("-created_at")[:20]]


def contact_by_product_user(account_id: UUID, product_user_ids: Iterable[str]) -> dict[str, UUID]:
    """Contacts of the account who are the end user with that id in the product."""
    rows = Contact.objects.filter(account_id=account_id, product_user_id__in=set(product_user_ids))
    return {row.product_user_id: row.id for row in rows if row.product_user_id}


def contact_actor(contact_id: UUID) -> Actor | None:
    """The actor of a contact who may still enter the portal, bounded by their account; else None."""
    row = Contact.objects.filter(id=contact_id, revoked_at=None).first()
    return Actor("contact", format_id("con", row.id), row.name, account_id=row.account_id) if row else None


def contact_row(row: Contact) -> ContactRow:
    """The stored contact as a frozen row."""
    return ContactRow(
        row.id,
        format_id("con", row.id),
        row.account_id,
        row.name,
        row.mail,
        list(row.roles),
        row.title,
        row.external_id,
        row.product_user_id,
        row.language,
        row.zone,
        row.is_demo,
        row.revoked_at,
        row.version,
        dict(row.preferences),
        row.invited_by,
    )


def _visible(actor: Actor) -> QuerySet[Contact]:
    return bounded(actor, Contact.objects.all(), "contact")
