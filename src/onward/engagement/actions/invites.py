"""Calendar invitations: sent again only when something changed, withdrawn by name, one uid for ever."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from onward.engagement.actions.rows import Draft, Frame, frame, write
from onward.engagement.decisions import Attendee, Event, itip
from onward.engagement.models import Invite
from onward.engagement.queries import Person, people, portal_link
from onward.foundation import mailer
from onward.foundation.actions import act, action
from onward.foundation.ledger import stream_of
from onward.identity.decisions import require
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import invalid

REQUEST = """# {title}, {when}

{{person.first_name}}, this is the invitation; accept it in your calendar. It takes {minutes} minutes.

[Open the onboarding]({{link.portal}})"""
CANCEL = """# Called off: {title}, {when}

{{person.first_name}}, this meeting does not take place. Your calendar is told by this mail."""


def _of_account(kwargs: Mapping[str, Any]) -> str:
    return stream_of(kwargs["account_id"])


@action(stream=_of_account)
def send_invite(
    *,
    actor: Actor,
    account_id: UUID,
    task_id: UUID,
    title: str,
    starts_at: datetime,
    minutes: int,
    must: Sequence[str],
    may: Sequence[str] = (),
    organizer: str = "",
    description: str = "",
    text: str = "",
    why: str = "",
    journey_id: UUID | None = None,
    silent: bool = False,
) -> list[UUID]:
    """Invite the persons ("contact:con_...", "user:usr_...") to a meeting; message ids, empty when nothing changed.

    The uid belongs to the task; moving the meeting or changing who comes sends the same uid with a higher sequence,
    and whoever is no longer asked gets a CANCEL. `organizer` is a person, by default the account's owner.
    Refusals: "invalid" when nobody can be invited or nobody organizes, "not_found" for the account.
    """
    require(actor, "send", "message")
    shared = frame(account_id, organizer, task_id)
    found = people([*must, *may])
    asked = [ref for ref in dict.fromkeys([*must, *may]) if ref in found and found[ref].mail]
    if not asked:
        raise invalid("None of the people to invite has a mail address.", mend="Name them on the people page.")
    if shared.sender is None or not shared.sender.mail:
        raise invalid("Nobody organizes this meeting.", mend="Give the account an owner with a mail address.")
    known = Invite.objects.select_for_update().filter(task=task_id).first()
    content = {
        "starts_at": starts_at,
        "minutes": minutes,
        "title": title,
        "organizer": shared.sender.ref,
        "attendees": [[ref, ref in must] for ref in asked],
        "cancelled_at": None,
    }
    if known is None:
        uid = f"{format_id('tsk', task_id)}@{mailer.host()}"
        known = Invite(account_id=account_id, journey=journey_id, task=task_id, uid=uid, **content)
        left: list[str] = []
    elif all(getattr(known, name) == value for name, value in content.items()):
        return []
    else:
        left = [ref for ref, _ in known.attendees if ref not in asked]
        known.sequence += 1
        for name, value in content.items():
            setattr(known, name, value)
    known.save()
    source = text or REQUEST.format(title=_plain(title), when=_when(starts_at), minutes=minutes)
    because = why or "You get this because you are asked to take part."
    sent = _write(known, shared, found, asked, "REQUEST", source, description, because, silent)
    gone = people(left)
    if gone:
        source = CANCEL.format(title=_plain(title), when=_when(starts_at))
        because = "You get this because you were asked to take part and no longer are."
        _write(known, shared, gone, [ref for ref in left if ref in gone], "CANCEL", source, "", because, silent)
    return sent


@action(stream=_of_account)
def cancel_invite(*, actor: Actor, account_id: UUID, task_id: UUID, silent: bool = False) -> list[UUID]:
    """Withdraw the invitation of a task; message ids, empty when there was none or it was withdrawn before."""
    require(actor, "send", "message")
    known = Invite.objects.select_for_update().filter(task=task_id, account_id=account_id, cancelled_at=None).first()
    if known is None:
        return []
    known.sequence += 1
    known.cancelled_at = act().now
    known.save()
    found = people([ref for ref, _ in known.attendees])
    source = CANCEL.format(title=_plain(known.title), when=_when(known.starts_at))
    why = "You get this because you were asked to take part."
    shared = frame(account_id, known.organizer, task_id)
    refs = [ref for ref, _ in known.attendees if ref in found]
    return _write(known, shared, found, refs, "CANCEL", source, "", why, silent)


def _write(
    invite: Invite,
    shared: Frame,
    found: Mapping[str, Person],
    refs: Sequence[str],
    method: Any,
    source: str,
    description: str,
    why: str,
    silent: bool,
) -> list[UUID]:
    must = dict(invite.attendees)
    organizer = shared.sender or Person("", shared.vendor, "", shared.is_demo)
    event = Event(
        invite.uid,
        invite.sequence,
        invite.starts_at,
        invite.minutes,
        invite.title,
        description,
        portal_link(),
        Attendee(organizer.name, organizer.mail),
        [Attendee(found[ref].name, found[ref].mail, must.get(ref, True)) for ref in refs],
    )
    calendar = itip(event, method=method, now=act().now)
    subject = invite.title if method == "REQUEST" else f"Called off: {invite.title}"
    written = []
    for ref in refs:
        draft = Draft(
            "invite",
            found[ref],
            shared.letter(found[ref], subject.replace("{", "("), source, why, {}),
            invite.account_id,
            invite.journey,
            invite.task if method == "REQUEST" else None,
            why=why,
            from_name=shared.from_name,
            reply_to=organizer.mail,
            ics=calendar,
            ics_method=method,
            silent=silent,
            is_demo=shared.is_demo,
        )
        made = write(draft)
        written += [made] if made else []
    return written


def _when(moment: datetime) -> str:
    return f"{moment:%A} {moment.day} {moment:%B} at {moment:%H:%M} {moment.tzname()}"


def _plain(title: str) -> str:
    return title.replace("{", "(").replace("}", ")")
