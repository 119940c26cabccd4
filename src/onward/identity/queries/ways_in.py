"""Sessions, second factors, roles and the provider, as pages show them. No secret leaves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count

from onward.foundation.clock import now
from onward.identity.decisions import ROLES, require, rights_of
from onward.identity.decisions.factors import Needed, factor_needed
from onward.identity.models import (
    ContactSession,
    ExternalIdentity,
    Factor,
    Provider,
    RecoveryCode,
    Role,
    Session,
    User,
)
from onward.identity.queries.openings import ContactSessionRow, session_row
from onward.identity.queries.organization import organization
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A colleague's open session. The address is theirs: shown to them and to admins, and told to nobody else."""

    id: UUID
    ref: str
    device: str
    address: str
    by: str
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class FactorRow:
    id: UUID
    ref: str
    kind: str
    name: str
    is_synced: bool
    created_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class RoleRow:
    """`is_own`: made by the organization, else built in. `held` is how many active people have it."""

    key: str
    title: str
    rights: frozenset[str]
    is_own: bool
    held: int


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """The organization's provider, without its secret."""

    title: str
    issuer: str
    client_id: str
    has_secret: bool
    domains: list[str]
    role: str
    claim: str
    role_map: dict[str, str]
    trusts_factor: bool
    is_on: bool


def sessions(actor: Actor, user_id: UUID) -> list[SessionRow]:
    """A person's open sessions, the latest used first: one's own, or an admin's look at anybody's."""
    if actor.id != format_id("usr", user_id):
        require(actor, "revoke", "user")
    idle, life = timedelta(seconds=settings.SESSION_IDLE), timedelta(seconds=settings.SESSION_COOKIE_AGE)
    rows = Session.objects.filter(user_id=user_id, seen_at__gt=now() - idle, created_at__gt=now() - life)
    return [
        SessionRow(row.id, format_id("ses", row.id), row.device, row.address, row.by, row.created_at, row.seen_at)
        for row in rows.order_by("-seen_at", "id")
    ]


def contact_sessions(actor: Actor, contact_id: UUID) -> list[ContactSessionRow]:
    """A contact's open sessions, the latest used first, for those who may close them."""
    require(actor, "revoke", "contact")
    rows = ContactSession.objects.filter(contact_id=contact_id, revoked_at=None, expires_at__gt=now())
    return [session_row(row) for row in rows.order_by("-seen_at", "id")]


def have_entered(contact_ids: Iterable[UUID]) -> set[UUID]:
    """Those of these contacts who have ever signed in."""
    found = ContactSession.objects.filter(contact_id__in=list(contact_ids))
    return set(found.values_list("contact_id", flat=True))


def factors(actor: Actor, user_id: UUID) -> list[FactorRow]:
    """A person's second factors and passkeys: one's own, or an admin's look at anybody's."""
    if actor.id != format_id("usr", user_id):
        require(actor, "change", "user")
    return [
        FactorRow(row.id, format_id("fct", row.id), row.kind, row.name, row.is_synced, row.created_at, row.used_at)
        for row in Factor.objects.filter(user_id=user_id).order_by("created_at")
    ]


def recovery_codes_left(user_id: UUID) -> int:
    """How many recovery codes a person has still to use."""
    return RecoveryCode.objects.filter(user_id=user_id, used_at=None).count()


def factor_roles() -> list[str]:
    """The roles from which a second factor is demanded."""
    return list(organization().settings.get("factor_roles", []))


def factor_lacking(user_id: UUID) -> Needed:
    """What a person who has proven one factor still lacks: "", "prove" or "set_up"."""
    role = User.objects.filter(id=user_id).values_list("role", flat=True).first()
    kinds = set(Factor.objects.filter(user_id=user_id).values_list("kind", flat=True))
    return factor_needed(kinds=kinds, is_demanded=role in factor_roles())


def factor_kinds(user_id: UUID) -> set[str]:
    """Which kinds of factors a person has, for the page that asks for one."""
    return set(Factor.objects.filter(user_id=user_id).values_list("kind", flat=True))


def roles() -> list[RoleRow]:
    """The four built-in roles, from the widest, then the organization's own by name."""
    held = dict(User.objects.filter(is_active=True).values_list("role").annotate(Count("id")))
    built_in = [RoleRow(key, key.capitalize(), frozenset(rights_of(key)), False, held.get(key, 0)) for key in ROLES]
    own = Role.objects.order_by("title")
    return built_in + [RoleRow(row.key, row.title, frozenset(row.rights), True, held.get(row.key, 0)) for row in own]


def provider() -> ProviderRow | None:
    """The organization's provider, or None."""
    row = Provider.objects.first()
    if row is None:
        return None
    return ProviderRow(
        row.title,
        row.issuer,
        row.client_id,
        bool(row.secret),
        list(row.domains),
        row.role,
        row.claim,
        dict(row.role_map),
        row.trusts_factor,
        row.is_on,
    )


def identities(user_id: UUID) -> list[str]:
    """The providers at which a person is known."""
    return list(ExternalIdentity.objects.filter(user_id=user_id).values_list("issuer", flat=True))
