"""What happens to messages. No fact holds a code or the text of a mail."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from onward.kernel.fact import Fact


@dataclass(frozen=True)
class MessageSent(Fact):
    """A mail server took it."""

    name = "engagement.message.sent"
    message_id: UUID
    kind: str
    task_id: UUID | None
    to: str
    subject: str


@dataclass(frozen=True)
class MessageWritten(Fact):
    """It stays in the outbox: no mail server is set up, the account is a demo, or it was due before an import."""

    name = "engagement.message.written"
    message_id: UUID
    kind: str
    task_id: UUID | None
    to: str
    subject: str
    silent: bool = False


@dataclass(frozen=True)
class MessageFailed(Fact):
    """It will not arrive; `bounced` when the recipient's own server refused it."""

    name = "engagement.message.failed"
    message_id: UUID
    kind: str
    task_id: UUID | None
    to: str
    subject: str
    problem: str
    bounced: bool = False
