"""Write messages: mails of tasks, packets, sign-in codes."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from onward.engagement.actions.rows import MASK, Draft, frame, write
from onward.engagement.decisions import compose
from onward.engagement.queries import Person, logo_address, people
from onward.foundation.actions import act, action
from onward.foundation.ledger import stream_of
from onward.identity import queries as identity
from onward.identity.decisions import CODE_LIFE, require
from onward.kernel.actor import Actor
from onward.kernel.refusals import invalid

LARGEST_FILE = 10 * 1024 * 1024
CODE = (
    f"# Here is your code, {{person.first_name}}.\n\n**{MASK}**\n\nIt works once, for "
    f"{int(CODE_LIFE / timedelta(minutes=1))} minutes. Nobody will ever ask you for it."
)


def _of_account(kwargs: Mapping[str, Any]) -> str:
    return stream_of(kwargs["account_id"])


@action(stream=_of_account)
def send_message(
    *,
    actor: Actor,
    account_id: UUID,
    to: Sequence[str],
    subject: str,
    text: str,
    why: str,
    journey_id: UUID | None = None,
    task_id: UUID | None = None,
    sender: str = "",
    values: Mapping[str, str] | None = None,
    due_at: datetime | None = None,
    silent: bool = False,
    once: str = "",
) -> list[UUID]:
    """Write a mail to each person of `to` ("contact:con_..." or "user:usr_..."); the ids of those written now.

    `text` is markdown with placeholders; `values` fills those that are not known here ("goal", "journey.title").
    `sender` is a person, by default the account's owner; answers go to them. `due_at` in the future holds it back;
    `silent` keeps it in the outbox. `once` is a key: the same person gets nothing twice under it.
    Refusals: "invalid" for an unknown placeholder or when nobody of `to` exists, "not_found" for the account.
    """
    require(actor, "send", "message")
    return _to_each(
        "mail", account_id, to, subject, text, why, journey_id, task_id, sender, values, due_at, silent, once, []
    )


@action(stream=_of_account)
def send_packet(
    *,
    actor: Actor,
    account_id: UUID,
    to: Sequence[str],
    subject: str,
    text: str,
    why: str,
    file_name: str = "",
    content: bytes = b"",
    media_type: str = "application/pdf",
    journey_id: UUID | None = None,
    task_id: UUID | None = None,
    sender: str = "",
    values: Mapping[str, str] | None = None,
    due_at: datetime | None = None,
    silent: bool = False,
    once: str = "",
) -> list[UUID]:
    """As `send_message`, with a file attached (none when `file_name` is empty). Refusal "invalid" over 10 MB."""
    require(actor, "send", "message")
    if len(content) > LARGEST_FILE:
        raise invalid(f"{file_name} is larger than 10 MB.", mend="Send a link to it instead.", field="file")
    attached = (
        [{"name": file_name, "media_type": media_type, "content": base64.b64encode(content).decode()}]
        if file_name
        else []
    )
    return _to_each(
        "packet",
        account_id,
        to,
        subject,
        text,
        why,
        journey_id,
        task_id,
        sender,
        values,
        due_at,
        silent,
        once,
        attached,
    )


def _to_each(
    kind: str,
    account_id: UUID,
    to: Sequence[str],
    subject: str,
    text: str,
    why: str,
    journey_id: UUID | None,
    task_id: UUID | None,
    sender: str,
    values: Mapping[str, str] | None,
    due_at: datetime | None,
    silent: bool,
    once: str,
    attachments: list[dict[str, Any]],
) -> list[UUID]:
    shared = frame(account_id, sender, task_id)
    found = people(to)
    if not found:
        raise invalid("None of the recipients exists.", mend="Name the people of this role first.", field="to")
    written = []
    for ref in dict.fromkeys(to):
        if ref not in found:
            continue
        person = found[ref]
        draft = Draft(
            kind,
            person,
            shared.letter(person, subject, text, why, dict(values or {})),
            account_id,
            journey_id,
            task_id,
            why=why,
            from_name=shared.from_name,
            reply_to=shared.sender.mail if shared.sender else "",
            attachments=attachments,
            due_at=due_at,
            silent=silent,
            is_demo=shared.is_demo,
            once=f"{once}:{ref}" if once else "",
        )
        made = write(draft)
        written += [made] if made else []
    return written


@action(stream=lambda _: ())
def send_code(
    *,
    actor: Actor,
    kind: Literal["staff", "contact"],
    name: str,
    mail: str,
    code: str,
    account_id: UUID | None = None,
    is_demo: bool = False,
) -> UUID | None:
    """Write the mail with a sign-in code. The code itself is held only until a mail server has taken it; where none
    is set up, or for the demo, it is not kept at all."""
    organization = identity.organization()
    vendor = organization.name or "Onward"
    why = f"You get this because somebody asked to sign in at {vendor} with this address. If it was not you, ignore it."
    letter = compose(
        f"Your code for {vendor}",
        CODE,
        {"person.first_name": name.split()[0] if name.split() else ""},
        vendor=vendor,
        accent=organization.accent,
        logo=logo_address(organization.settings),
        why=why,
    )
    draft = Draft(
        "code",
        Person("", name, mail, is_demo),
        letter,
        account_id,
        why=why,
        from_name=vendor,
        secret=code,
        expires_at=act().now + CODE_LIFE,
        is_demo=is_demo,
    )
    return write(draft)
