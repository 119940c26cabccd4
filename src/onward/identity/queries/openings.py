"""What is read of the things that open a door: links, keys, and the sessions of contacts. Secrets are looked up, never
returned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onward.foundation.clock import now
from onward.foundation.secrets import digest
from onward.identity.decisions import key_is_open, link_is_open, require, session_is_open
from onward.identity.models import ApiKey, ContactSession, Link, User
from onward.identity.queries.people import has_admin
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import Refusal

#: How to come in after all, by the kind of a link that is used up or too old.
SHUT = {
    "first": "It works once and for 30 minutes: start Onward again for a new one, or sign in.",
    "invite": "It works once, and not for long. If you were here before, sign in; else ask an admin for a new one.",
    "contact": "It works once, for 30 minutes. Ask for a new one.",
}


@dataclass(frozen=True, slots=True)
class LinkRow:
    """An open link: who it lets in. Contacts are named by id; accounts know who that is."""

    id: UUID
    kind: str
    user_id: UUID | None
    contact_id: UUID | None
    expires_at: datetime
    user_name: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class KeyRow:
    id: UUID
    ref: str
    name: str
    hint: str
    scopes: list[str]
    made_by: str
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class ContactSessionRow:
    id: UUID
    ref: str
    contact_id: UUID
    device: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


def open_link(kind: str, secret: str) -> LinkRow:
    """The link while it is open. Looking uses nothing up: mail scanners follow links. Refusal "not_found"."""
    shut = Refusal("not_found", "This link is not open any more.", mend=SHUT[kind])
    row = Link.objects.filter(kind=kind, digest=digest(secret)).first()
    if row is None or not link_is_open(
        expires_at=row.expires_at, used_at=row.used_at, revoked_at=row.revoked_at, now=now()
    ):
        raise shut
    person = User.objects.filter(id=row.user_id).first() if row.user_id else None
    if kind == "first" and has_admin():
        raise shut
    if kind == "invite" and (person is None or not person.is_active):
        raise shut
    return LinkRow(
        row.id,
        row.kind,
        row.user_id,
        row.contact_id,
        row.expires_at,
        person.name if person else "",
        person.role if person else "",
    )


def contact_session(secret: str) -> ContactSessionRow | None:
    """The open session whose token this is."""
    row = ContactSession.objects.filter(digest=digest(secret)).first() if secret else None
    if row is None or not session_is_open(expires_at=row.expires_at, revoked_at=row.revoked_at, now=now()):
        return None
    return session_row(row)


def key_actor(secret: str) -> Actor | None:
    """The actor of an open API key, or None."""
    row = ApiKey.objects.filter(digest=digest(secret)).first() if secret.startswith("onw_") else None
    if row is None or not key_is_open(expires_at=row.expires_at, revoked_at=row.revoked_at, now=now()):
        return None
    return Actor("key", format_id("key", row.id), row.name, scopes=frozenset(row.scopes))


def keys(actor: Actor) -> list[KeyRow]:
    """All API keys, open ones first, then the latest first."""
    require(actor, "see", "key")
    at = now()
    rows = [
        KeyRow(
            row.id,
            format_id("key", row.id),
            row.name,
            row.hint,
            list(row.scopes),
            row.made_by,
            row.created_at,
            row.expires_at,
            row.used_at,
            row.revoked_at,
            key_is_open(expires_at=row.expires_at, revoked_at=row.revoked_at, now=at),
        )
        for row in ApiKey.objects.order_by("-created_at")
    ]
    return sorted(rows, key=lambda row: not row.is_open)


def session_row(row: ContactSession) -> ContactSessionRow:
    return ContactSessionRow(
        row.id, format_id("ses", row.id), row.contact_id, row.device, row.created_at, row.seen_at, row.expires_at
    )
