"""A contact brings a colleague: the contact, and the mail that tells them how to come in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from onward.accounts.actions.workspaces import introduce_contact, invited_colleague
from onward.engagement.actions.rows import Draft, frame, write
from onward.engagement.queries import people, portal_link
from onward.foundation.actions import action
from onward.foundation.ledger import stream_of
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id

INVITATION = """# {inviter} invites you, {{person.first_name}}.

{{account.name}} is being set up with {{organization.name}}. The plan, what each side owes and whom to ask stand in one
place; {inviter} wants you to see it{purpose}.

[Open the onboarding]({link})

You need no password: give this mail address there, and we send you six digits."""
HANDED = """# {giver} gives you a step: {title}

{{person.first_name}}, {giver} thinks that you know best. All that is needed stands there, and a way to ask.

[Open the step]({{link.task}})"""


def _of_account(kwargs: Mapping[str, Any]) -> str:
    return stream_of(kwargs["account_id"])


@action(stream=_of_account)
def invite_colleague(
    *, actor: Actor, account_id: UUID, name: str, mail: str, role: str = "", purpose: str = "",
    journey_id: UUID | None = None,
) -> UUID:  # fmt: skip
    """Bring a colleague of one's own account in; they get a mail with the way in. Refusals as `introduce_contact`."""
    contact_id = introduce_contact(actor=actor, account_id=account_id, name=name, mail=mail, role=role)
    _invite(actor, account_id, contact_id, purpose, journey_id)
    return contact_id


@action(stream=_of_account)
def invite_again(*, actor: Actor, account_id: UUID, contact_id: UUID, journey_id: UUID | None = None) -> str:
    """The same mail once more, to a colleague who has not come yet; their name. Refusals as `invited_colleague`."""
    name = invited_colleague(actor, account_id, contact_id)
    _invite(actor, account_id, contact_id, "", journey_id)
    return name


def _invite(actor: Actor, account_id: UUID, contact_id: UUID, purpose: str, journey_id: UUID | None) -> None:
    why = f"You get this because {actor.name} named you as a colleague. If that is wrong, ignore it."
    words = INVITATION.format(
        inviter=_plain(actor.name), purpose=f", as {_plain(purpose).lower()}" if purpose else "", link=portal_link()
    )
    _write(actor, account_id, contact_id, f"{_plain(actor.name)} invites you to the onboarding", words, why, journey_id)


@action(stream=_of_account)
def tell_of_given_task(
    *, actor: Actor, account_id: UUID, contact_id: UUID, journey_id: UUID, task_id: UUID, title: str
) -> None:
    """The mail to a colleague to whom a contact has handed a task."""
    words = HANDED.format(giver=_plain(actor.name), title=_plain(title))
    why = f"You get this because {actor.name} gave you a step of your onboarding."
    _write(actor, account_id, contact_id, f"Now yours: {_plain(title)}", words, why, journey_id, task_id)


def _write(
    actor: Actor, account_id: UUID, contact_id: UUID, subject: str, words: str, why: str, journey_id: UUID | None,
    task_id: UUID | None = None,
) -> None:  # fmt: skip
    ref = f"contact:{format_id('con', contact_id)}"
    found = people([ref, f"contact:{actor.id}"])
    if ref not in found:
        return
    shared = frame(account_id, f"contact:{actor.id}" if f"contact:{actor.id}" in found else "", task_id)
    letter = shared.letter(found[ref], subject, words, why, {})
    reply_to = shared.sender.mail if shared.sender else ""
    write(
        Draft(
            "mail",
            found[ref],
            letter,
            account_id,
            journey_id,
            task_id,
            why=why,
            from_name=shared.from_name,
            reply_to=reply_to,
            is_demo=shared.is_demo,
        )
    )


def _plain(text: str) -> str:
    """Words of a person inside a template: their braces are no placeholders, their marks no markdown."""
    return "".join(" " if char in "{}[]<>*_`#\n" else char for char in text).strip()
