"""What is read of people and rights. Rows are frozen; secrets never leave as anything but a lookup."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from onward.foundation.clock import now
from onward.foundation.postgres import tuples
from onward.foundation.secrets import digest
from onward.identity.decisions import ROLES, key_is_open, link_is_open, require, session_is_open
from onward.identity.models import ApiKey, ContactSession, Link, Logo, Organization, Photo, Role, User
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.paging import Page, page_by_id
from onward.kernel.refusals import Refusal, not_found

#: How to come in after all, by the kind of a link that is used up or too old.
SHUT = {
    "first": "It works once and for 30 minutes: start Onward again for a new one, or sign in.",
    "invite": "It works once, and not for long. If you were here before, sign in; else ask an admin for a new one.",
    "contact": "It works once, for 30 minutes. Ask for a new one.",
}
DEFAULT_WEEK = ["mon", "tue", "wed", "thu", "fri"]


@dataclass(frozen=True, slots=True)
class OrganizationRow:
    name: str
    zone: str
    working_week: list[str]
    accent: str
    is_set_up: bool
    first_admin_at: datetime | None
    is_demo: bool
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Picture:
    media_type: str
    content: bytes
    version: str


@dataclass(frozen=True, slots=True)
class UserRow:
    id: UUID
    ref: str
    name: str
    mail: str | None
    role: str
    team: str
    region: str
    manager_id: UUID | None
    external_id: str | None
    is_active: bool
    is_demo: bool
    invited_at: datetime | None
    joined_at: datetime | None
    last_login: datetime | None
    has_password: bool
    photo: str = ""


@dataclass(frozen=True, slots=True)
class AddressRow:
    """Who a user is and where mail reaches them: all that a page for customers may know of one."""

    ref: str
    name: str
    mail: str | None
    is_demo: bool
    booking_url: str = ""
    photo: str = ""


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


def organization() -> OrganizationRow:
    """The organization; before it is set up, its defaults."""
    rows = tuples(_ORGANIZATION, prepare=None)
    if not rows:
        return OrganizationRow("", "UTC", list(DEFAULT_WEEK), "", False, None, False, {})
    name, zone, week, accent, first_admin_at, is_demo, settings = rows[0]
    return OrganizationRow(
        name, zone, week or list(DEFAULT_WEEK), accent, bool(name), first_admin_at, is_demo, settings
    )


def logo() -> Picture | None:
    """The picture beside the organization's name; for everybody, since it stands in mails and before sign-in."""
    row = Logo.objects.first()
    return Picture(row.media_type, bytes(row.content), row.version) if row else None


def photo(user_id: UUID) -> Picture | None:
    """A colleague's face; None where initials stand."""
    row = Photo.objects.filter(user_id=user_id).first()
    return Picture(row.media_type, bytes(row.content), row.version) if row else None


_ORGANIZATION = (
    "select name, zone, working_week, accent, first_admin_at, is_demo, settings from identity_organization limit 1"
)


def staff_actor(user: User) -> Actor:
    """The actor of a signed-in user (Django's `request.user`). Rights of a role of their own come along."""
    own = [] if user.role in ROLES else Role.objects.filter(key=user.role).values_list("rights", flat=True).first()
    return Actor("staff", format_id("usr", user.id), user.name, role=user.role, scopes=frozenset(own or ()))


def actor_of(user_id: UUID) -> Actor | None:
    """The actor of a user who may still sign in, or None."""
    user = User.objects.filter(id=user_id, is_active=True).first()
    return staff_actor(user) if user else None


def signed_in_user(user_id: UUID) -> User | None:
    """The user as Django's login() wants them; doors use it to start a session and for nothing else."""
    return User.objects.filter(id=user_id, is_active=True).first()


def users(actor: Actor, *, words: str = "", role: str = "", include_revoked: bool = True) -> list[UserRow]:
    """All users by name; `words` matches the start of any part of the name, or of the mail."""
    require(actor, "see", "user")
    rows = User.objects.all()
    if role:
        rows = rows.filter(role=role)
    if not include_revoked:
        rows = rows.filter(is_active=True)
    return [_user_row(row) for row in _called(rows, words).order_by(Lower("name"), "id")]


def user_page(actor: Actor, *, words: str = "", after: str = "", limit: int = 50) -> Page[UserRow]:
    """Users by id, for programs; `after` is the cursor of a page before."""
    require(actor, "see", "user")
    rows = _called(User.objects.all(), words)
    if after:
        rows = rows.filter(id__gt=parse_id("usr", after))
    return page_by_id([_user_row(row) for row in rows.order_by("id")[: limit + 1]], limit)


def _called(rows: QuerySet[User], words: str) -> QuerySet[User]:
    for word in words.split():
        rows = rows.filter(Q(name__istartswith=word) | Q(name__icontains=f" {word}") | Q(mail__startswith=word.lower()))
    return rows


def user(actor: Actor, user_id: UUID) -> UserRow:
    """One user; Refusal "not_found"."""
    require(actor, "see", "user")
    row = User.objects.filter(id=user_id).first()
    if row is None:
        raise not_found("user", format_id("usr", user_id))
    return _user_row(row)


def user_names(ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Names by id, for pages that compose by ids. Unknown ids are left out."""
    wanted = {one for one in ids if one is not None}
    return dict(User.objects.filter(id__in=wanted).values_list("id", "name")) if wanted else {}


def users_by_ids(ids: Iterable[UUID | None]) -> dict[UUID, UserRow]:
    """Users by id, for mails and marks. Unknown ids are left out."""
    wanted = {one for one in ids if one is not None}
    return {row.id: _user_row(row) for row in User.objects.filter(id__in=wanted)} if wanted else {}


_ADDRESS = ("id", "name", "mail", "is_demo", "booking_url", "photo")


def user_addresses(ids: Iterable[UUID | None]) -> dict[UUID, AddressRow]:
    """Names and addresses by id, for mails and for the portal. Unknown ids are left out."""
    wanted = {one for one in ids if one is not None}
    rows = User.objects.filter(id__in=wanted).values_list(*_ADDRESS) if wanted else []
    return {one: AddressRow(format_id("usr", one), *rest) for one, *rest in rows}


def team_members(team: str) -> list[UUID]:
    """The active people of a team, by name of the team."""
    return list(User.objects.filter(team__iexact=team, is_active=True).order_by("id").values_list("id", flat=True))


def user_id_by_mail(mail: str) -> UUID | None:
    """The user with this address, whether they may sign in or not."""
    return User.objects.filter(mail=mail.strip().lower()).values_list("id", flat=True).first()


def user_keys() -> tuple[dict[str, UUID], dict[str, UUID | None]]:
    """Every user by external id, and by mail or lower-case name (None: the name is borne by several)."""
    by_external: dict[str, UUID] = {}
    by_name: dict[str, UUID | None] = {}
    for one, name, mail, external in User.objects.values_list("id", "name", "mail", "external_id"):
        if external:
            by_external[external] = one
        if mail:
            by_name[mail] = one
        low = " ".join(name.lower().split())
        by_name[low] = None if low in by_name else one
    return by_external, by_name


def has_admin() -> bool:
    """Whether an admin has ever signed in: from then on there is no first link."""
    return Organization.objects.filter(first_admin_at__isnull=False).exists()


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


def demo_exists() -> bool:
    """Whether people of the demo are here."""
    return User.objects.filter(is_demo=True).exists()


def demo_is_whole() -> bool:
    """Whether the demo may be entered: it has its admin."""
    return User.objects.filter(is_demo=True, role="admin", is_active=True).exists()


def _user_row(row: User) -> UserRow:
    return UserRow(
        row.id,
        format_id("usr", row.id),
        row.name,
        row.mail,
        row.role,
        row.team,
        row.region,
        row.manager_id,
        row.external_id,
        row.is_active,
        row.is_demo,
        row.invited_at,
        row.joined_at,
        row.last_login,
        row.has_usable_password(),
        row.photo,
    )


def session_row(row: ContactSession) -> ContactSessionRow:
    return ContactSessionRow(
        row.id, format_id("ses", row.id), row.contact_id, row.device, row.created_at, row.seen_at, row.expires_at
    )
