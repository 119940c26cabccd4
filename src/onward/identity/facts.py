"""What happens to people and rights; all in the stream "org". No fact ever holds a secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from onward.kernel.fact import Fact


@dataclass(frozen=True)
class OrganizationSetUp(Fact):
    name: ClassVar[str] = "organization.set_up"
    organization_name: str
    zone: str


@dataclass(frozen=True)
class OrganizationChanged(Fact):
    name: ClassVar[str] = "organization.changed"
    changed: dict[str, object]


@dataclass(frozen=True)
class UserAdded(Fact):
    name: ClassVar[str] = "user.added"
    user_id: UUID
    user_name: str
    role: str


@dataclass(frozen=True)
class UserChanged(Fact):
    name: ClassVar[str] = "user.changed"
    user_id: UUID
    changed: list[str]


@dataclass(frozen=True)
class UserInvited(Fact):
    name: ClassVar[str] = "user.invited"
    user_id: UUID
    role: str
    expires_at: datetime


@dataclass(frozen=True)
class UserJoined(Fact):
    name: ClassVar[str] = "user.joined"
    user_id: UUID


@dataclass(frozen=True)
class RoleChanged(Fact):
    name: ClassVar[str] = "user.role_changed"
    user_id: UUID
    was: str
    role: str


@dataclass(frozen=True)
class UserRevoked(Fact):
    name: ClassVar[str] = "user.revoked"
    user_id: UUID


@dataclass(frozen=True)
class UserRestored(Fact):
    name: ClassVar[str] = "user.restored"
    user_id: UUID


@dataclass(frozen=True)
class PasswordSet(Fact):
    name: ClassVar[str] = "user.password_set"
    user_id: UUID


@dataclass(frozen=True)
class LinkMade(Fact):
    name: ClassVar[str] = "link.made"
    link_id: UUID
    kind: str
    user_id: UUID | None
    contact_id: UUID | None
    expires_at: datetime


@dataclass(frozen=True)
class LinkUsed(Fact):
    name: ClassVar[str] = "link.used"
    link_id: UUID
    kind: str
    user_id: UUID | None
    contact_id: UUID | None


@dataclass(frozen=True)
class SignedIn(Fact):
    name: ClassVar[str] = "person.signed_in"
    kind: str
    by: str
    user_id: UUID | None
    contact_id: UUID | None


@dataclass(frozen=True)
class ContactSessionsRevoked(Fact):
    name: ClassVar[str] = "contact.sessions_revoked"
    contact_id: UUID
    count: int


@dataclass(frozen=True)
class KeyCreated(Fact):
    name: ClassVar[str] = "key.created"
    key_id: UUID
    key_name: str
    scopes: list[str]
    expires_at: datetime | None


@dataclass(frozen=True)
class KeyRevoked(Fact):
    name: ClassVar[str] = "key.revoked"
    key_id: UUID
    key_name: str


@dataclass(frozen=True)
class SessionsRevoked(Fact):
    """`which`: one, others, all of a person, or everybody (then without a person)."""

    name: ClassVar[str] = "session.revoked"
    user_id: UUID | None
    which: str
    count: int


@dataclass(frozen=True)
class ContactSessionRevoked(Fact):
    name: ClassVar[str] = "contact.session_revoked"
    contact_id: UUID
    device: str


@dataclass(frozen=True)
class FactorAdded(Fact):
    name: ClassVar[str] = "factor.added"
    user_id: UUID
    kind: str
    factor_name: str


@dataclass(frozen=True)
class FactorRemoved(Fact):
    name: ClassVar[str] = "factor.removed"
    user_id: UUID
    kind: str
    factor_name: str


@dataclass(frozen=True)
class RecoveryCodesMade(Fact):
    name: ClassVar[str] = "recovery_codes.made"
    user_id: UUID
    count: int


@dataclass(frozen=True)
class RecoveryCodeUsed(Fact):
    name: ClassVar[str] = "recovery_codes.used"
    user_id: UUID
    left: int


@dataclass(frozen=True)
class PasswordRemoved(Fact):
    name: ClassVar[str] = "user.password_removed"
    user_id: UUID


@dataclass(frozen=True)
class FactorDemanded(Fact):
    """From whom a second factor is demanded, by role."""

    name: ClassVar[str] = "sign_in.factor_demanded"
    was: list[str]
    roles: list[str]


@dataclass(frozen=True)
class ProviderChanged(Fact):
    name: ClassVar[str] = "sign_in.provider_changed"
    issuer: str
    client_id: str
    domains: list[str]
    role: str
    claim: str
    role_map: dict[str, str]
    trusts_factor: bool
    is_on: bool
    secret_changed: bool


@dataclass(frozen=True)
class IdentityLinked(Fact):
    name: ClassVar[str] = "user.identity_linked"
    user_id: UUID
    issuer: str


@dataclass(frozen=True)
class RoleMade(Fact):
    name: ClassVar[str] = "role.made"
    role: str
    title: str
    rights: list[str]


@dataclass(frozen=True)
class RoleEdited(Fact):
    name: ClassVar[str] = "role.edited"
    role: str
    title: str
    was: list[str]
    rights: list[str]


@dataclass(frozen=True)
class RoleRemoved(Fact):
    name: ClassVar[str] = "role.removed"
    role: str
    title: str
