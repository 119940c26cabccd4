"""What happens to accounts, contacts and deals; each in the account's stream."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from onward.kernel.fact import Fact


@dataclass(frozen=True)
class AccountOpened(Fact):
    name: ClassVar[str] = "account.opened"
    account_id: UUID
    account_name: str
    segment: str
    is_silent: bool = False


@dataclass(frozen=True)
class AccountChanged(Fact):
    """`changed` maps each field to its new value; `was` to the one before."""

    name: ClassVar[str] = "account.changed"
    account_id: UUID
    changed: dict[str, object]
    was: dict[str, object]
    is_silent: bool = False


@dataclass(frozen=True)
class SegmentJudged(Fact):
    """The rules put the account into another segment, or its ARR changed with its won deals."""

    name: ClassVar[str] = "account.segment_judged"
    account_id: UUID
    was: str
    segment: str
    arr: Decimal | None
    is_silent: bool = False


@dataclass(frozen=True)
class ContactAdded(Fact):
    name: ClassVar[str] = "contact.added"
    account_id: UUID
    contact_id: UUID
    contact_name: str
    roles: list[str]
    is_silent: bool = False


@dataclass(frozen=True)
class ContactChanged(Fact):
    name: ClassVar[str] = "contact.changed"
    account_id: UUID
    contact_id: UUID
    changed: dict[str, object]
    was: dict[str, object]
    is_silent: bool = False


@dataclass(frozen=True)
class ContactRevoked(Fact):
    name: ClassVar[str] = "contact.revoked"
    account_id: UUID
    contact_id: UUID


@dataclass(frozen=True)
class ContactWithdrawn(Fact):
    """A colleague (`by`) took an invitation back before anybody came by it; it follows the fact that access ended."""

    name: ClassVar[str] = "contact.withdrawn"
    account_id: UUID
    contact_id: UUID
    contact_name: str
    by: str


@dataclass(frozen=True)
class ContactRestored(Fact):
    name: ClassVar[str] = "contact.restored"
    account_id: UUID
    contact_id: UUID


@dataclass(frozen=True)
class ContactInvited(Fact):
    """A link was made with which the contact signs in once; somebody of the organization hands it over."""

    name: ClassVar[str] = "contact.invited"
    account_id: UUID
    contact_id: UUID
    link_id: UUID
    expires_at: datetime


@dataclass(frozen=True)
class DealOpened(Fact):
    name: ClassVar[str] = "deal.opened"
    account_id: UUID
    deal_id: UUID
    deal_name: str
    stage: str
    amount: Decimal | None
    is_silent: bool = False


@dataclass(frozen=True)
class DealChanged(Fact):
    name: ClassVar[str] = "deal.changed"
    account_id: UUID
    deal_id: UUID
    changed: dict[str, object]
    was: dict[str, object]
    is_silent: bool = False


@dataclass(frozen=True)
class DealLost(Fact):
    name: ClassVar[str] = "deal.lost"
    account_id: UUID
    deal_id: UUID
    is_silent: bool = False


@dataclass(frozen=True)
class DealWon(Fact):
    """A sale is signed: what opens a journey.

    `journeys` is the user's choice: "deal" (each won deal opens one) or "account" (the account's first one does).
    `is_silent` marks an import: no mail, invite or alert for what was due before it. `as_of` dates the judgement of
    pace (None: now).
    """

    name: ClassVar[str] = "deal.won"
    account_id: UUID
    deal_id: UUID
    deal_name: str
    amount: Decimal | None
    currency: str
    product: str
    product_id: UUID | None
    owner_id: UUID | None
    signed_at: datetime
    contract_start: str | None
    renewal_on: str | None
    journeys: str = "deal"
    is_silent: bool = False
    as_of: datetime | None = None


@dataclass(frozen=True)
class SegmentRulesChanged(Fact):
    """In the stream "org": the thresholds in force from now on, by segment."""

    name: ClassVar[str] = "segment.rules_changed"
    rules: dict[str, object]


@dataclass(frozen=True)
class DurationTargetsChanged(Fact):
    """In the stream "org": how long journeys that open from now on should take, [least, most] days; of the whole it is
    `goes_by` that counts ("segment" or "complexity")."""

    name: ClassVar[str] = "segment.targets_changed"
    number: int
    goes_by: str
    segments: dict[str, list[int]]
    complexities: dict[str, list[int]]
    setup: dict[str, list[int]]


@dataclass(frozen=True)
class ImportFinished(Fact):
    """In the stream "org": the figures of one import."""

    name: ClassVar[str] = "import.finished"
    import_id: UUID
    kind: str
    file_name: str
    counts: dict[str, int]


@dataclass(frozen=True)
class ContactIntroduced(Fact):
    """A contact brought a colleague (`by` is their reference), or one came by a listed address (`by` "listed")."""

    name: ClassVar[str] = "contact.introduced"
    account_id: UUID
    contact_id: UUID
    contact_name: str
    by: str


@dataclass(frozen=True)
class WorkspaceChanged(Fact):
    """How the account's portal is entered; `level` "" is the organization's default."""

    name: ClassVar[str] = "workspace.changed"
    account_id: UUID
    was: str
    level: str
    listed: list[str]


@dataclass(frozen=True)
class WorkspaceLinkMade(Fact):
    name: ClassVar[str] = "workspace.link_made"
    account_id: UUID


@dataclass(frozen=True)
class WorkspaceLinkRevoked(Fact):
    name: ClassVar[str] = "workspace.link_revoked"
    account_id: UUID


@dataclass(frozen=True)
class PortalRulesChanged(Fact):
    """In the stream "org": how portals are entered where nothing else is said, who invites, which pages may frame."""

    name: ClassVar[str] = "portal.rules_changed"
    level: str
    inviters: str
    ancestors: list[str]


@dataclass(frozen=True)
class EmbedSecretMade(Fact):
    """In the stream "org": tokens signed with the secret before hold no longer."""

    name: ClassVar[str] = "portal.embed_secret_made"


@dataclass(frozen=True)
class EmbedSecretRemoved(Fact):
    """In the stream "org": no token holds."""

    name: ClassVar[str] = "portal.embed_secret_removed"
