"""Writing one message row, and what follows at once when nothing is to leave the installation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from onward.accounts import queries as accounts
from onward.engagement import facts
from onward.engagement.decisions import Letter, compose
from onward.engagement.models import Message
from onward.engagement.queries import Person, logo_address, people, portal_link
from onward.foundation import mailer
from onward.foundation.actions import act, record
from onward.foundation.ledger import stream_of
from onward.foundation.postgres import new_id
from onward.identity import queries as identity
from onward.kernel.actor import SYSTEM

MASK = "••••••"


@dataclass(frozen=True)
class Draft:
    """A message before it is written. `once` is a key that is written once, ever ("" for none)."""

    kind: str
    person: Person
    letter: Letter
    account_id: UUID | None
    journey_id: UUID | None = None
    task_id: UUID | None = None
    why: str = ""
    from_name: str = ""
    reply_to: str = ""
    secret: str = ""
    ics: str = ""
    ics_method: str = ""
    attachments: list[dict[str, Any]] = field(default_factory=list)
    due_at: datetime | None = None
    expires_at: datetime | None = None
    silent: bool = False
    is_demo: bool = False
    once: str = ""


def write(draft: Draft) -> UUID | None:
    """Store the message; its id, or None when `once` was written before.

    What may not leave (no mail server, a demo, silence before an import) is settled at once, in this transaction.
    """
    now = act().now
    if draft.once and Message.objects.filter(once=draft.once).exists():
        return None
    row = Message(
        id=new_id(),
        account_id=draft.account_id,
        journey=draft.journey_id,
        task=draft.task_id,
        kind=draft.kind,
        person=draft.person.ref,
        to_name=draft.person.name,
        to_mail=draft.person.mail,
        from_name=draft.from_name,
        reply_to=draft.reply_to,
        subject=draft.letter.subject,
        text=draft.letter.text,
        html=draft.letter.html,
        ics=draft.ics,
        ics_method=draft.ics_method,
        attachments=draft.attachments,
        once=draft.once or None,
        due_at=draft.due_at or now,
        expires_at=draft.expires_at,
        why=draft.why,
        silent=draft.silent,
        is_demo=draft.is_demo or draft.person.is_demo,
        made_by=act().actor.ref,
        created_at=now,
    )
    row.message_id = f"<{row.id.hex}@{mailer.host()}>"
    if not draft.person.mail and not row.is_demo:
        row.state, row.problem = "failed", f"{draft.person.name or 'This person'} has no mail address."
    elif row.due_at <= now and stays(row):
        row.state = "written"
    else:
        row.secret = draft.secret
    row.settled_at = None if row.state == "waiting" else now
    row.save(force_insert=True)
    tell(row)
    return row.id


def stays(row: Message) -> bool:
    """Whether the message never leaves the outbox."""
    return row.is_demo or row.silent or not mailer.configured()


def tell(row: Message) -> None:
    """The fact of a settled message. Codes are nobody's history, and staff's own mail has no account."""
    if row.state == "waiting" or row.kind == "code" or row.account_id is None:
        return
    fact: facts.MessageSent | facts.MessageWritten | facts.MessageFailed
    if row.state == "sent":
        fact = facts.MessageSent(row.id, row.kind, row.task, row.person, row.subject)
    elif row.state == "written":
        fact = facts.MessageWritten(row.id, row.kind, row.task, row.person, row.subject, row.silent)
    else:
        bounced = row.state == "bounced"
        fact = facts.MessageFailed(row.id, row.kind, row.task, row.person, row.subject, row.problem, bounced)
    record(fact, stream=stream_of(row.account_id), journey=row.journey)


@dataclass(frozen=True)
class Frame:
    """What every mail about an account shares: who writes, in whose name, and the values of placeholders."""

    vendor: str
    accent: str
    logo: str
    account: str
    is_demo: bool
    sender: Person | None
    values: dict[str, str]

    @property
    def from_name(self) -> str:
        if self.sender is None:
            return self.vendor
        if self.sender.ref.startswith("contact:"):
            return self.sender.name
        return f"{self.sender.name} at {self.vendor}" if self.vendor else self.sender.name

    def letter(self, person: Person, subject: str, text: str, why: str, extra: dict[str, str]) -> Letter:
        """The mail to one person."""
        values = self.values | {"person.name": person.name, "person.first_name": person.first_name} | extra
        vendor = self.vendor or "Onward"
        closes = text.rstrip().endswith(("{sender.name}", "{sender.first_name}"))
        signed = self.sender.name if self.sender and not closes else ""
        return compose(subject, text, values, vendor=vendor, accent=self.accent, logo=self.logo, why=why, sender=signed)


def frame(account_id: UUID, sender: str, task_id: UUID | None) -> Frame:
    """Read what a mail about this account needs. Refusal "not_found" when there is no such account."""
    organization = identity.organization()
    account = accounts.account(SYSTEM, account_id)
    person = people([sender]).get(sender) if sender else None
    if person is None and account.owner_id is not None:
        owner = identity.users_by_ids([account.owner_id]).get(account.owner_id)
        person = people([f"user:{owner.ref}"]).get(f"user:{owner.ref}") if owner else None
    name = person.name if person else organization.name
    first = person.first_name if person else organization.name
    return Frame(
        organization.name,
        organization.accent,
        logo_address(organization.settings),
        account.name,
        account.is_demo,
        person,
        {
            "account.name": account.name,
            "organization.name": organization.name,
            **{f"{who}.name": name for who in ("owner", "sender")},
            **{f"{who}.first_name": first for who in ("owner", "sender")},
            "link.plan": portal_link(),
            "link.portal": portal_link(),
            "link.task": portal_link(task_id),
        },
    )
