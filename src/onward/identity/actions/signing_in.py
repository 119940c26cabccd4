"""Staff sign in: by code, by invite link, by password. Attempts are counted outside the transaction."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.hashers import make_password

from onward.foundation.actions import act, action, record
from onward.foundation.secrets import code_digest
from onward.identity import facts
from onward.identity.actions import codes
from onward.identity.actions.people import set_password
from onward.identity.decisions import clean_mail, clean_name
from onward.identity.models import Organization, User
from onward.identity.queries import factor_lacking, staff_actor
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.refusals import Refusal, not_found


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A code to be mailed to the person, and to nobody else."""

    code: str
    mail: str
    name: str
    is_demo: bool = False

    def __repr__(self) -> str:
        return f"IssuedCode({self.mail})"


def request_code(*, mail: str, address: str) -> IssuedCode | None:
    """A code for the user with this mail; None for strangers, and doors answer the same. Refusal "throttled"."""
    clean = clean_mail(mail)
    codes.throttle_asking(clean, address)
    return _issue(actor=SYSTEM, mail=clean)


@action()
def _issue(*, actor: Actor, mail: str) -> IssuedCode | None:
    row = User.objects.filter(mail=mail, is_active=True).first()
    if row is None:
        code_digest("000000", "none")
        return None
    return IssuedCode(codes.issue_code(user_id=row.id), mail, row.name, row.is_demo)


def verify_code(*, mail: str, code: str, address: str) -> UUID:
    """The user who has proven the code; `lacking` says what is still to prove. Refusals: "throttled"; "invalid"
    whatever was wrong."""
    clean = clean_mail(mail)
    codes.throttle_trying(clean, address, other_ways=codes.OTHER_WAYS)
    user_id = _try(actor=SYSTEM, mail=clean, code=code)
    if user_id is None:
        raise codes.wrong_code()
    codes.proven(clean)
    return user_id


@action()
def _try(*, actor: Actor, mail: str, code: str) -> UUID | None:
    row = User.objects.filter(mail=mail, is_active=True).first()
    if not codes.try_code(code, user_id=row.id if row else None) or row is None:
        return None
    proven_once(row, "code")
    return row.id


def sign_in_by_password(*, mail: str, password: str, address: str) -> UUID:
    """The user whose password this is. Refusals: "throttled"; "invalid" whatever was wrong."""
    clean = clean_mail(mail)
    codes.throttle_trying(clean, address, other_ways=codes.OTHER_WAYS)
    row = User.objects.filter(mail=clean, is_active=True).first()
    if row is None or not row.has_usable_password():
        make_password(password)
        fits = False
    else:
        fits = row.check_password(password)
    if row is None or not fits:
        raise Refusal(
            "invalid", "This mail address and password do not fit.", mend="Try again, or ask for a code by mail."
        )
    codes.proven(clean)
    _by_password(actor=SYSTEM, user_id=row.id)
    return row.id


@action()
def _by_password(*, actor: Actor, user_id: UUID) -> None:
    proven_once(User.objects.get(id=user_id), "password")


@action()
def accept_invite(*, actor: Actor, secret: str, name: str = "", password: str = "") -> UUID:
    """Use an invite link: the user is in. A password is optional. Refusal "not_found" for a link that is not open."""
    link = codes.use_link("invite", secret)
    row = User.objects.select_for_update().filter(id=link.user_id, is_active=True).first() if link.user_id else None
    if row is None:
        raise not_found("open link", "here")
    if name:
        row.name = clean_name(name)
        row.save(update_fields=["name"])
    own = staff_actor(row)
    if password:
        set_password(actor=own, user_id=row.id, password=password)
    proven_once(row, "invite")
    return row.id


def proven_once(row: User, by: str) -> None:
    """Inside an action: one factor is proven. Who has a second to prove is not in yet."""
    if factor_lacking(row.id) != "prove":
        welcome(actor=staff_actor(row), user_id=row.id, by=by)


@action()
def welcome(*, actor: Actor, user_id: UUID, by: str) -> None:
    """What every sign-in of a user leaves behind: joined the first time, and the end of first links for an admin."""
    now = act().now
    row = User.objects.get(id=user_id)
    if row.joined_at is None:
        User.objects.filter(id=user_id).update(joined_at=now)
        record(facts.UserJoined(user_id), stream="org")
    if row.role == "admin" and not row.is_demo:
        Organization.objects.get_or_create(is_only=True, defaults={"created_at": now})
        Organization.objects.filter(first_admin_at=None).update(first_admin_at=now)
    record(facts.SignedIn("staff", by, user_id, None), stream="org")
