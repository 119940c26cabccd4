"""Six-digit codes and links, for staff and contacts alike. Called inside actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from onward.foundation import secrets
from onward.foundation.actions import act, record
from onward.foundation.throttle import allow, attempt, forget
from onward.identity import facts
from onward.identity.decisions import CODE_LIFE, LINK_LIFE, code_is_open, link_is_open
from onward.identity.models import Link, SignInCode
from onward.kernel.refusals import Refusal, not_found

WINDOW = 15 * 60
ASKS_A_PERSON, ASKS_AN_ADDRESS = 5, 30
TRIES_AN_ADDRESS = 50
# A person's slips in a row: ten are free, then the pause doubles from a minute to an hour. That is 40 guesses a day.
TRIES_A_PERSON, FIRST_PAUSE, LONGEST_PAUSE = 10, 60, 3600
OTHER_WAYS = "A passkey lets you in at once, and so does an invite link from an admin."


@dataclass(frozen=True, slots=True)
class IssuedLink:
    """A link's secret, to be shown once."""

    id: UUID
    secret: str
    expires_at: datetime
    user_id: UUID | None = None
    contact_id: UUID | None = None

    def __repr__(self) -> str:
        return f"IssuedLink({self.id})"


def throttle_asking(person: str, address: str) -> None:
    """Count a request for a code; Refusal "throttled". Before the action, so that a refused attempt stays counted.
    `person` counts alone; a door that knows one of their devices again adds it, so that no stranger holds that up."""
    fits = [allow("code:ask", person, ASKS_A_PERSON, WINDOW), allow("ask:from", address, ASKS_AN_ADDRESS, WINDOW)]
    if not all(fits):
        raise Refusal(
            "throttled",
            "Too many codes were asked for.",
            mend="Wait a quarter of an hour, then ask again.",
            details={"retry_after": WINDOW},
        )


def throttle_trying(person: str, address: str, *, other_ways: str = "") -> None:
    """Count an attempt to sign in; Refusal "throttled", which says for how long and what works meanwhile."""
    throttle_address(address)
    seconds = attempt("code:try", person, free=TRIES_A_PERSON, first=FIRST_PAUSE, most=LONGEST_PAUSE)
    if seconds:
        wait = f"{-(-seconds // 60)} minutes" if seconds > 60 else "a minute"
        raise Refusal(
            "throttled",
            f"Somebody tried too often to sign in with this mail address. The next attempt works in {wait}.",
            mend=other_ways,
            details={"retry_after": seconds},
        )


def throttle_address(address: str) -> None:
    """Count an attempt by its network address; Refusal "throttled"."""
    if not allow("try:from", address, TRIES_AN_ADDRESS, WINDOW):
        raise Refusal(
            "throttled",
            "Too many attempts to sign in came from this network.",
            mend="Wait a quarter of an hour, then try again.",
            details={"retry_after": WINDOW},
        )


def proven(person: str) -> None:
    """The person has signed in: their earlier slips no longer count."""
    forget("code:try", person)


def issue_code(*, user_id: UUID | None = None, contact_id: UUID | None = None) -> str:
    """A fresh code; it replaces the ones before, so that asking often gives no further guesses."""
    now = act().now
    SignInCode.objects.filter(_whose(user_id, contact_id), used_at=None).update(used_at=now)
    code, salt = secrets.short_code(), secrets.salt()
    SignInCode.objects.create(
        kind="staff" if user_id else "contact",
        user_id=user_id,
        contact_id=contact_id,
        salt=salt,
        digest=secrets.code_digest(code, salt),
        created_at=now,
        expires_at=now + CODE_LIFE,
    )
    return code


def try_code(code: str, *, user_id: UUID | None = None, contact_id: UUID | None = None) -> bool:
    """Whether the code is the person's open one; uses it up, or counts the try."""
    now = act().now
    digits = "".join(char for char in code if char.isdigit())
    row = (
        SignInCode.objects.select_for_update()
        .filter(_whose(user_id, contact_id), used_at=None)
        .order_by("-created_at")
        .first()
        if user_id or contact_id
        else None
    )
    # The digest is made for strangers too: the time taken must not tell who has an account.
    digest = secrets.code_digest(digits, row.salt if row else "none")
    if row is None or not code_is_open(tries=row.tries, expires_at=row.expires_at, used_at=row.used_at, now=now):
        return False
    row.tries += 1
    fits = secrets.same(digest, row.digest)
    row.used_at = now if fits else None
    row.save(update_fields=["tries", "used_at"])
    return fits


def wrong_code() -> Refusal:
    """One answer for a wrong, used, or expired code and for a stranger."""
    return Refusal(
        "invalid",
        "This code does not fit.",
        mend="A code works once, for 30 minutes and 5 tries. Ask for a new one.",
        details={"field": "code"},
    )


def issue_link(kind: str, *, user_id: UUID | None = None, contact_id: UUID | None = None) -> IssuedLink:
    """A fresh link and its fact; it replaces the open ones of the same person."""
    now = act().now
    open_ones = Link.objects.filter(_whose(user_id, contact_id), kind=kind, used_at=None, revoked_at=None)
    open_ones.update(revoked_at=now)
    secret = secrets.token(128)
    row = Link.objects.create(
        kind=kind,
        digest=secrets.digest(secret),
        user_id=user_id,
        contact_id=contact_id,
        made_by=act().actor.ref,
        created_at=now,
        expires_at=now + LINK_LIFE,
    )
    record(facts.LinkMade(row.id, kind, user_id, contact_id, row.expires_at), stream="org")
    return IssuedLink(row.id, secret, row.expires_at, user_id, contact_id)


def use_link(kind: str, secret: str) -> Link:
    """Use an open link up. Refusal "not_found" when it is used, expired, revoked or none."""
    now = act().now
    row = Link.objects.select_for_update().filter(kind=kind, digest=secrets.digest(secret)).first()
    if row is None or not link_is_open(
        expires_at=row.expires_at, used_at=row.used_at, revoked_at=row.revoked_at, now=now
    ):
        raise not_found("open link", "here")
    row.used_at = now
    row.save(update_fields=["used_at"])
    record(facts.LinkUsed(row.id, kind, row.user_id, row.contact_id), stream="org")
    return row


def _whose(user_id: UUID | None, contact_id: UUID | None) -> Q:
    user = Q(user_id=user_id) if user_id else Q(user_id__isnull=True)
    return user & (Q(contact_id=contact_id) if contact_id else Q(contact_id__isnull=True))
