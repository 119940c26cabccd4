"""What usage tells the ledger: crossings only, never single events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from onward.kernel.fact import Fact


@dataclass(frozen=True)
class AccountConnected(Fact):
    """The first event of the account arrived. `first_at` is the event's own time."""

    name: ClassVar[str] = "usage.account.connected"
    account_id: UUID
    first_at: datetime


@dataclass(frozen=True)
class EventFirstSeen(Fact):
    """An event that a journey of the account watches came for the first time."""

    name: ClassVar[str] = "usage.event.first_seen"
    account_id: UUID
    event: str
    person: str
    first_at: datetime


@dataclass(frozen=True)
class PersonJoined(Fact):
    """Somebody at the account used the product for the first time. `person` is "u:" or "a:" and the id as sent."""

    name: ClassVar[str] = "usage.person.joined"
    account_id: UUID
    person: str
    first_at: datetime


@dataclass(frozen=True)
class SourceCreated(Fact):
    """A source was set up."""

    name: ClassVar[str] = "usage.source.created"
    source_id: UUID
    title: str
    kind: str


@dataclass(frozen=True)
class WriteKeyIssued(Fact):
    """A source got a further write key; `taken_over` when the key existed elsewhere before."""

    name: ClassVar[str] = "usage.write_key.issued"
    source_id: UUID
    hint: str
    taken_over: bool


@dataclass(frozen=True)
class WriteKeysEnded(Fact):
    """Write keys of a source end (or ended) at the moment given."""

    name: ClassVar[str] = "usage.write_key.ended"
    source_id: UUID
    hints: tuple[str, ...]
    ends_at: datetime
