"""Open sessions of colleagues: remembered while in use, ended by the person, an admin, or a change of password."""

from __future__ import annotations

from uuid import UUID

from onward.foundation.actions import act, action, record
from onward.foundation.postgres import notify
from onward.identity import facts
from onward.identity.decisions import require
from onward.identity.models import ContactSession, Session
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import not_found

# Ends every open stream of this installation; those who may still listen come back within two seconds.
_STREAMS, _BYE = "onward_live", "bye"


@action(stream=lambda _: ())
def see_session(*, actor: Actor, session_id: UUID, address: str) -> None:
    """Remember that a session is in use, and from where."""
    Session.objects.filter(id=session_id).update(seen_at=act().now, address=address[:60])


@action()
def end_session(*, actor: Actor, user_id: UUID, session_id: UUID) -> None:
    """End one session of a person: one's own, or as an admin anybody's. Refusal "not_found"."""
    _may_end(actor, user_id)
    if not Session.objects.filter(id=session_id, user_id=user_id).delete()[0]:
        raise not_found("session", "here")
    tell_ended(user_id, "one", 1)


@action()
def end_sessions(*, actor: Actor, user_id: UUID, keep: UUID | None = None) -> int:
    """End all sessions of a person but `keep`. Returns how many there were."""
    _may_end(actor, user_id)
    return end_all(user_id, keep=keep)


@action()
def end_everybodys_sessions(*, actor: Actor, keep: UUID | None = None) -> int:
    """Sign everybody out, contacts too, but for the session `keep`. Returns how many there were."""
    require(actor, "revoke", "user")
    rows = Session.objects.exclude(user=None)
    count = (rows.exclude(id=keep) if keep else rows).delete()[0]
    count += ContactSession.objects.filter(revoked_at=None).update(revoked_at=act().now)
    tell_ended(None, "everybody", count)
    return count


@action()
def end_one_contact_session(*, actor: Actor, contact_id: UUID, session_id: UUID) -> None:
    """End one session of a contact. Refusal "not_found"."""
    require(actor, "revoke", "contact")
    row = ContactSession.objects.filter(id=session_id, contact_id=contact_id, revoked_at=None).first()
    if row is None:
        raise not_found("session", "here")
    row.revoked_at = act().now
    row.save(update_fields=["revoked_at"])
    record(facts.ContactSessionRevoked(contact_id, row.device), stream="org")
    notify(_STREAMS, _BYE)


def end_all(user_id: UUID, *, keep: UUID | None = None) -> int:
    """Inside an action that has asked for the right: end a person's sessions but `keep`."""
    rows = Session.objects.filter(user_id=user_id)
    count = (rows.exclude(id=keep) if keep else rows).delete()[0]
    if count:
        tell_ended(user_id, "others" if keep else "all", count)
    return count


def tell_ended(user_id: UUID | None, which: str, count: int) -> None:
    """The fact of it, and the end of streams that are open."""
    record(facts.SessionsRevoked(user_id, which, count), stream="org")
    notify(_STREAMS, _BYE)


def _may_end(actor: Actor, user_id: UUID) -> None:
    if actor.id != format_id("usr", user_id):
        require(actor, "revoke", "user")
