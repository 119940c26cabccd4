"""Contacts: the people at an account."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router, Status
from pydantic import Field

from onward.accounts import actions, queries
from onward.accounts.queries.pages import contact_page
from onward.interfaces.api.accounts import given
from onward.interfaces.api.door import actor_of, etag, matched, scoped
from onward.interfaces.api.fields import Asked, Cursor, Limit, Name, Ref, Short, Told, may_be_left_out
from onward.kernel.ids import format_id, parse_id

router = Router()
Roles = Annotated[list[Short], Field(max_length=20)]


class ContactFields(Asked):
    """`roles` replace the stakeholder roles. `product_user_id` is the person's id in your product."""

    mail: Short | None = None
    roles: Roles = []
    title: Short | None = None
    external_id: Short | None = None
    product_user_id: Short | None = None
    language: Short | None = None
    zone: Short | None = None


class NewContact(ContactFields):
    account_id: Ref
    name: Name


class ChangedContact(ContactFields):
    name: Name = may_be_left_out()


class Contact(Told):
    id: str
    account_id: str
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


class Contacts(Told):
    rows: list[Contact]
    next: str


class ContactsAsked(Asked):
    account_id: Ref | None = None
    words: Short = ""
    cursor: Cursor = ""
    limit: Limit = 50


@router.get("/contacts", response=Contacts, operation_id="list_contacts", summary="List contacts")
@scoped("contact:read")
def list_contacts(request: HttpRequest, asked: Query[ContactsAsked]) -> Contacts:
    """Contacts in the order in which they came, of one account if given."""
    account = parse_id("acc", asked.account_id) if asked.account_id is not None else None
    page = contact_page(actor_of(request), account_id=account, words=asked.words, after=asked.cursor, limit=asked.limit)
    return Contacts(rows=[_shown(row) for row in page.rows], next=page.next)


@router.post("/contacts", response={201: Contact}, operation_id="add_contact", summary="Add a contact")
@scoped("contact:write")
def add_contact(request: HttpRequest, response: HttpResponse, body: NewContact) -> Status[Contact]:
    """Add a person at an account. 409 when the account has this mail already."""
    sent = given(body)
    contact_id = actions.add_contact(
        actor=actor_of(request), **{**sent, "account_id": parse_id("acc", body.account_id)}
    )
    return Status(201, _told(request, response, format_id("con", contact_id)))


@router.get("/contacts/{contact_id}", response=Contact, operation_id="get_contact", summary="Get a contact")
@scoped("contact:read")
def get_contact(request: HttpRequest, response: HttpResponse, contact_id: Path[Ref]) -> Contact:
    """One contact, with its ETag."""
    return _told(request, response, contact_id)


@router.patch(
    "/contacts/{contact_id}",
    response=Contact,
    operation_id="change_contact",
    summary="Change a contact",
    openapi_extra={"x-etag": True},
)
@scoped("contact:write")
def change_contact(
    request: HttpRequest, response: HttpResponse, contact_id: Path[Ref], body: ChangedContact
) -> Contact:
    """Change the fields that are sent, and only those."""
    actor, one = actor_of(request), parse_id("con", contact_id)
    version = matched(request, queries.contact(actor, one).version)
    actions.change_contact(actor=actor, contact_id=one, version=version, **given(body))
    return _told(request, response, contact_id)


def _shown(row: queries.ContactRow) -> Contact:
    values = {name: getattr(row, name) for name in Contact.model_fields if name not in {"id", "account_id"}}
    return Contact(id=row.ref, account_id=format_id("acc", row.account_id), **values)


def _told(request: HttpRequest, response: HttpResponse, contact_id: str) -> Contact:
    row = queries.contact(actor_of(request), parse_id("con", contact_id))
    etag(response, row.version)
    return _shown(row)
