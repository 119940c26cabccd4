"""A contact's ways into the portal. Who a contact is, accounts know; here is only whether the proof holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from onward.foundation import secrets
from onward.foundation.actions import act, action, record
from onward.foundation.secrets import code_digest
from onward.identity import facts
from onward.identity.actions import codes
from onward.identity.actions.codes import IssuedLink
from onward.identity.decisions import CONTACT_SESSION_LIFE, require
from onward.identity.models import ContactSession, Link, SignInCode
from onward.kernel.actor import SYSTEM, Actor

OTHER_WAYS = "A link from whoever leads your onboarding lets you in at once."


@dataclass(frozen=True, slots=True)
class Entered:
    """A contact is in: the token goes into the cookie `onward_portal` (path /portal) and nowhere else."""

    contact_id: UUID
    token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"Entered({self.contact_id})"


@action()
def contact_link(*, actor: Actor, contact_id: UUID) -> IssuedLink:
    """A link with which the contact signs in once. accounts.actions.invite_contact checks whose contact it is."""
    require(actor, "invite", "contact")
    return codes.issue_link("contact", contact_id=contact_id)


def request_contact_code(*, contact_id: UUID | None, mail: str, address: str, known: str = "") -> str | None:
    """A code for the contact (None: nobody has this mail; doors answer the same). `known` is the id of a device that
    they were let in on before: its slips count apart from everybody else's. Refusal "throttled"."""
    codes.throttle_asking(_counted(mail, known), address)
    if contact_id is None:
        code_digest("000000", "none")
        return None
    return _issue(actor=SYSTEM, contact_id=contact_id)


def _counted(mail: str, known: str = "") -> str:
    """Under which name slips are counted: the address for everybody, or one of its owner's own devices."""
    return " ".join(filter(None, [f"contact:{mail.strip().lower()}", known]))


@action(stream=lambda _: ())
def _issue(*, actor: Actor, contact_id: UUID) -> str:
    return codes.issue_code(contact_id=contact_id)


def enter_by_code(
    *, contact_id: UUID | None, mail: str, code: str, address: str, device: str = "", known: str = ""
) -> Entered:
    """Sign a contact in; `known` as `request_contact_code`. Refusals: "throttled"; "invalid" whatever was wrong."""
    person = _counted(mail, known)
    codes.throttle_trying(person, address, other_ways=OTHER_WAYS)
    entered = _try(actor=SYSTEM, contact_id=contact_id, code=code, device=device)
    if entered is None:
        raise codes.wrong_code()
    codes.proven(person)
    return entered


@action()
def _try(*, actor: Actor, contact_id: UUID | None, code: str, device: str) -> Entered | None:
    fits = codes.try_code(code, contact_id=contact_id)
    return _open(contact_id, device, "code") if fits and contact_id else None


def prove_code(*, contact_id: UUID, mail: str, code: str, address: str) -> None:
    """Whether the digits were sent to this address, for somebody who is no contact yet. Refusals as `enter_by_code`."""
    person = _counted(mail)
    codes.throttle_trying(person, address, other_ways=OTHER_WAYS)
    if not _prove(actor=SYSTEM, contact_id=contact_id, code=code):
        raise codes.wrong_code()
    codes.proven(person)


@action(stream=lambda _: ())
def _prove(*, actor: Actor, contact_id: UUID, code: str) -> bool:
    return codes.try_code(code, contact_id=contact_id)


@action()
def enter_proven(*, actor: Actor, contact_id: UUID, by: str, device: str = "") -> Entered:
    """Sign in a contact whom the door has proven in another way ("listed", "embed"). Doors check that they may."""
    require(actor, "enter", "contact")
    return _open(contact_id, device, by)


@action()
def enter_by_link(*, actor: Actor, secret: str, device: str = "") -> Entered:
    """Use a contact's link. Refusal "not_found" for one that is not open. Doors check that the contact still may."""
    link = codes.use_link("contact", secret)
    if link.contact_id is None:
        raise RuntimeError("a contact link names a contact")
    return _open(link.contact_id, device, "link")


@action(stream=lambda _: ())
def see_contact_session(*, actor: Actor, session_id: UUID) -> None:
    """Remember that a session is in use, at most once in five minutes."""
    now = act().now
    ContactSession.objects.filter(id=session_id, seen_at__lt=now - timedelta(minutes=5)).update(seen_at=now)


@action(stream=lambda _: ())
def end_contact_session(*, actor: Actor, token: str) -> None:
    """Sign a contact's browser out."""
    ContactSession.objects.filter(digest=secrets.digest(token), revoked_at=None).update(revoked_at=act().now)


@action()
def revoke_contact_access(*, actor: Actor, contact_id: UUID) -> int:
    """End a contact's sessions, links and codes. Returns how many sessions ended."""
    require(actor, "revoke", "contact")
    now = act().now
    ended = ContactSession.objects.filter(contact_id=contact_id, revoked_at=None).update(revoked_at=now)
    Link.objects.filter(contact_id=contact_id, used_at=None, revoked_at=None).update(revoked_at=now)
    SignInCode.objects.filter(contact_id=contact_id, used_at=None).update(used_at=now)
    record(facts.ContactSessionsRevoked(contact_id, ended), stream="org")
    return ended


def _open(contact_id: UUID, device: str, by: str) -> Entered:
    now = act().now
    token = secrets.token(256)
    row = ContactSession.objects.create(
        digest=secrets.digest(token),
        contact_id=contact_id,
        device=device[:200],
        created_at=now,
        seen_at=now,
        expires_at=now + CONTACT_SESSION_LIFE,
    )
    record(facts.SignedIn("contact", by, None, contact_id), stream="org")
    return Entered(contact_id, token, row.expires_at)
