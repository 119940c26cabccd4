"""What is read of the people of the team and their rights. Rows are frozen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from onward.identity.decisions import ROLES, require
from onward.identity.models import Organization, Photo, Role, User
from onward.identity.queries.organization import Picture
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.paging import Page, page_by_id
from onward.kernel.refusals import not_found


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
    days_off: list[dict[str, str]] = field(default_factory=list)
    share: int = 100


@dataclass(frozen=True, slots=True)
class AddressRow:
    """Who a user is and where mail reaches them: all that a page for customers may know of one."""

    ref: str
    name: str
    mail: str | None
    is_demo: bool
    booking_url: str = ""
    photo: str = ""


def photo(user_id: UUID) -> Picture | None:
    """A colleague's face; None where initials stand."""
    row = Photo.objects.filter(user_id=user_id).first()
    return Picture(row.media_type, bytes(row.content), row.version) if row else None


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
    # Each word is a condition more for the database to plan: no name has eight.
    for word in words.split()[:8]:
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
        row.days_off,
        row.share,
    )
