"""What is read of the outbox. Codes are masked in what is stored, so nothing here can show one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q

from onward.accounts import queries as accounts
from onward.engagement.models import Message, Visit
from onward.foundation.environment import text
from onward.foundation.postgres import one_statement
from onward.identity import queries as identity
from onward.identity.decisions import require
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import not_found

#: How the key of a mail begins in which a colleague reminds somebody of a task.
REMINDS = "reminder:"


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message of the outbox; `text` has codes masked."""

    id: UUID
    ref: str
    account_id: UUID | None
    journey_id: UUID | None
    task_id: UUID | None
    kind: str
    person: str
    to_name: str
    to_mail: str
    subject: str
    text: str
    state: str
    due_at: datetime
    tries: int
    problem: str
    why: str
    silent: bool
    is_demo: bool
    has_invite: bool
    files: list[str]
    message_id: str
    created_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a message goes to or comes from. `ref` is "contact:con_..." or "user:usr_..."."""

    ref: str
    name: str
    mail: str
    is_demo: bool
    booking_url: str = ""
    photo: str = ""

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.split() else ""


@dataclass(frozen=True, slots=True)
class MailSent:
    """A mail about a task: when, the reference of who wrote it, and their name with the organization's."""

    at: datetime
    made_by: str
    from_name: str


@dataclass(frozen=True, slots=True)
class MailsOfTask:
    """The last mail to a person about a task, and the last in which a colleague reminded somebody of it."""

    last: MailSent
    reminder: MailSent | None


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    waiting: int
    sent: int
    written: int
    failed: int


def outbox(
    actor: Actor,
    *,
    state: str = "",
    kind: str = "",
    account_id: UUID | None = None,
    words: str = "",
    before: UUID | None = None,
    limit: int = 50,
) -> list[MessageRow]:
    """Messages, the newest first; `before` is the id of the last row of the page before. "failed" includes bounces."""
    require(actor, "see", "message")
    rows = Message.objects.all()
    if state:
        rows = rows.filter(state__in=["failed", "bounced"] if state == "failed" else [state])
    if kind:
        rows = rows.filter(kind=kind)
    if account_id is not None:
        rows = rows.filter(account_id=account_id)
    if words.strip():
        word = words.strip()
        rows = rows.filter(Q(to_name__icontains=word) | Q(to_mail__icontains=word) | Q(subject__icontains=word))
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [_row(row) for row in rows.order_by("-id")[:limit]]


def message(actor: Actor, message_id: UUID) -> MessageRow:
    """One message; Refusal "not_found"."""
    require(actor, "see", "message")
    row = Message.objects.filter(id=message_id).first()
    if row is None:
        raise not_found("message", format_id("msg", message_id))
    return _row(row)


def outbox_counts(actor: Actor) -> OutboxCounts:
    """How many messages there are in each state; bounces count as failed."""
    require(actor, "see", "message")
    found = dict(Message.objects.values_list("state").annotate(n=Count("id")).order_by())
    return OutboxCounts(
        found.get("waiting", 0),
        found.get("sent", 0),
        found.get("written", 0),
        found.get("failed", 0) + found.get("bounced", 0),
    )


def last_mails(actor: Actor, task_ids: Collection[UUID]) -> dict[UUID, MailsOfTask]:
    """The last mails about each of these tasks; those without one are left out."""
    require(actor, "see", "message")
    if not task_ids:
        return {}
    rows = Message.objects.filter(task__in=list(task_ids), kind="mail").exclude(state__in=["failed", "bounced"])
    rows = rows.annotate(reminds=Q(once__isnull=False, once__startswith=REMINDS))
    found = rows.order_by("task", "reminds", "-created_at").distinct("task", "reminds")
    mails: dict[UUID, MailsOfTask] = {}
    for task, reminds, at, made_by, from_name in found.values_list(
        "task", "reminds", "created_at", "made_by", "from_name"
    ):
        assert task is not None
        mail, other = MailSent(at, made_by, from_name), mails.get(task)
        newest = mail if other is None or mail.at > other.last.at else other.last
        mails[task] = MailsOfTask(newest, mail if reminds else None)
    return mails


def account_of_message(message_id: UUID) -> UUID | None:
    """Whose a message is (None: the organization's own); Refusal "not_found"."""
    found = Message.objects.filter(id=message_id).values_list("account_id").first()
    if found is None:
        raise not_found("message", format_id("msg", message_id))
    return found[0]


def due_in_demo(now: datetime) -> list[tuple[UUID, datetime]]:
    """The demo's messages whose time has come and that nobody has settled, and since when; the oldest first."""
    rows = one_statement(
        "select id, due_at from engagement_message where state = 'waiting' and is_demo and due_at <= %s"
        " order by due_at, id",
        (now,),
    )
    return [(row["id"], row["due_at"]) for row in rows]


def outgoing(message_id: UUID) -> dict[str, Any] | None:
    """All that the mailer needs of a message that waits; None when it no longer does."""
    row = Message.objects.filter(id=message_id, state="waiting").values().first()
    return dict(row) if row else None


def people(refs: Iterable[str]) -> dict[str, Person]:
    """Persons by reference, for mails. References that lead nowhere, and revoked contacts, are left out."""
    contacts: list[UUID] = []
    users: list[UUID] = []
    for ref in refs:
        kind, _, external = ref.partition(":")
        if kind == "contact":
            contacts.append(parse_id("con", external))
        elif kind in {"user", "staff"}:
            users.append(parse_id("usr", external))
    found = {
        f"contact:{row.ref}": Person(f"contact:{row.ref}", row.name, row.mail or "", row.is_demo)
        for row in accounts.contacts_by_ids(SYSTEM, contacts).values()
        if row.revoked_at is None
    }
    for user in identity.user_addresses(users).values():
        person = Person(f"user:{user.ref}", user.name, user.mail or "", user.is_demo, user.booking_url, user.photo)
        found[f"user:{user.ref}"] = found[f"staff:{user.ref}"] = person
    return found


def last_told(person: str, once: str, *, since: datetime) -> MessageRow | None:
    """The latest mail to a person under keys that begin with `once`, written since then; what was folded into it, or
    is to follow it, is left out."""
    rows = Message.objects.filter(person=person, once__startswith=once, created_at__gt=since)
    row = rows.exclude(once__startswith=f"{once}more:").order_by("-created_at").first()
    return _row(row) if row else None


def visit_before(actor: Actor) -> datetime | None:
    """When the contact's visit before the present one ended."""
    if not actor.is_contact or not actor.id:
        return None
    return Visit.objects.filter(contact_id=parse_id("con", actor.id)).values_list("before", flat=True).first()


def base_url() -> str:
    """Where the installation answers, without a slash at the end."""
    return (settings.PUBLIC_URL or text("ONWARD_ADDRESS", "http://127.0.0.1:8000")).rstrip("/")


def logo_address(chosen: Mapping[str, Any]) -> str:
    """Where a mail finds the organization's logo, from its settings; "" without one."""
    shown = chosen.get("logo")
    return f"{base_url()}/portal/logo?v={shown['version']}" if shown else ""


def portal_link(task_id: UUID | None = None) -> str:
    """The address of the portal, or of a task in it."""
    return f"{base_url()}/portal/" + (f"tasks/{format_id('tsk', task_id)}" if task_id else "")


def _row(row: Message) -> MessageRow:
    return MessageRow(
        row.id,
        format_id("msg", row.id),
        row.account_id,
        row.journey,
        row.task,
        row.kind,
        row.person,
        row.to_name,
        row.to_mail,
        row.subject,
        row.text,
        row.state,
        row.due_at,
        row.tries,
        row.problem,
        row.why,
        row.silent,
        row.is_demo,
        bool(row.ics),
        [file["name"] for file in row.attachments],
        row.message_id,
        row.created_at,
        row.settled_at,
    )


@dataclass(frozen=True, slots=True)
class Opened:
    """How often, and between which moments, a contact opened a page of a journey's portal. `task` for task pages."""

    contact_id: UUID
    kind: str
    task_id: UUID | None
    days: int
    times: int
    first_at: datetime
    last_at: datetime


_OPENED = """
select contact_id, kind, task as task_id, count(*)::int as days, sum(times)::int as times,
       min(first_at) as first_at, max(last_at) as last_at
from engagement_pageview where journey = %s group by contact_id, kind, task order by last_at desc
"""


def pages_opened(actor: Actor, journey_id: UUID) -> list[Opened]:
    """Who opened what of a journey's portal, the latest first."""
    require(actor, "see", "message")
    return [Opened(**row) for row in one_statement(_OPENED, (journey_id,))]
