"""Codes, links, sessions and keys: how long each lives and when it is still open."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from onward.kernel.refusals import invalid

CODE_LIFE = timedelta(minutes=30)
CODE_TRIES = 5
LINK_LIFE = timedelta(minutes=30)
CONTACT_SESSION_LIFE = timedelta(days=30)
# How long somebody may take on their way in: mail address, digits, second factor, the provider's pages.
ENTRY_LIFE = timedelta(minutes=30)

_MAIL = re.compile(r"[^\s@<>\",;:\\\[\]()]+@[^\s@<>\",;:\\\[\]()]+\.[^\s@<>\",;:\\\[\]().]+")
_SPAN = re.compile(r"(\d{1,5})([hdw])")
_UNIT = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_COMMON = {"password", "passwort", "onboarding", "welcome", "letmein", "qwertyuiop", "1234567890", "administrator"}


def clean_mail(text: str, *, field: str = "mail") -> str:
    """The address in the one form that is stored: trimmed, lower case. Refusal "invalid" when it is none."""
    mail = text.strip().lower()
    if len(mail) > 254 or not _MAIL.fullmatch(mail) or not mail.isprintable():
        shown = text.strip()[:80]
        raise invalid(f"“{shown}” is not a mail address.", mend="Write it as name@company.com.", field=field)
    return mail


def clean_name(text: str, *, what: str = "name", longest: int = 200, field: str = "") -> str:
    """A name with its spaces tidied. Refusal "invalid" at `field` (else at `what`) when empty, too long or holding
    control characters."""
    name = " ".join(text.split())
    if not name or len(name) > longest or not name.isprintable():
        raise invalid(f"A {what} has 1 to {longest} characters.", mend=f"Write the {what}.", field=field or what)
    return name


def clean_label(text: str, what: str) -> str:
    """A team's or a region's name, which may be left out."""
    return clean_name(text, what=what, longest=120) if text.strip() else ""


def code_is_open(*, tries: int, expires_at: datetime, used_at: datetime | None, now: datetime) -> bool:
    """Whether a code may still be tried."""
    return used_at is None and tries < CODE_TRIES and now < expires_at


def link_is_open(*, expires_at: datetime, used_at: datetime | None, revoked_at: datetime | None, now: datetime) -> bool:
    """Whether a link may still be used, once."""
    return used_at is None and revoked_at is None and now < expires_at


def session_is_open(*, expires_at: datetime, revoked_at: datetime | None, now: datetime) -> bool:
    """Whether a contact's session still signs them in."""
    return revoked_at is None and now < expires_at


def staff_session_is_open(
    *, has_user: bool, created_at: datetime, seen_at: datetime, idle: timedelta, life: timedelta, now: datetime
) -> bool:
    """Whether a colleague's session is neither idle nor alive for too long; one without a user is a way in only."""
    if not has_user:
        return now < created_at + ENTRY_LIFE
    return now < seen_at + idle and now < created_at + life


def key_is_open(*, expires_at: datetime | None, revoked_at: datetime | None, now: datetime) -> bool:
    """Whether an API key still opens the door."""
    return revoked_at is None and (expires_at is None or now < expires_at)


def key_life(text: str) -> timedelta:
    """A span such as 12h, 90d or 8w. Refusal "invalid" for anything else, or for more than ten years."""
    match = _SPAN.fullmatch(text.strip().lower())
    span = int(match[1]) * _UNIT[match[2]] if match else timedelta(0)
    if not timedelta(0) < span <= timedelta(days=3660):
        raise invalid(f"“{text}” is not a span of time.", mend="Write it as 12h, 90d or 8w.", field="expires")
    return span


def weak_password(password: str, *, name: str, mail: str, organization: str = "", is_common: bool = False) -> str:
    """Why the password is too weak, as a sentence; empty when it will do. Words that anybody would try first: those of
    the person's name, their mail address, the organization, and Onward."""
    low = password.lower()
    if len(password) < 12:
        return "A password has at least 12 characters."
    if len(password) > 200:
        return "A password has at most 200 characters."
    if is_common or low in _COMMON or len(set(low)) < 5 or low.isdigit():
        return "This password is among the first that anyone would try."
    words = (*name.lower().split(), mail.partition("@")[0], *organization.lower().split(), "onward")
    if any(len(part) > 3 and part in low for part in words):
        return "A password does not hold your name, your mail address, the organization's name, or Onward."
    return ""


def mask(text: str) -> str:
    """Six-digit codes and link tokens blotted out, for anything that is kept or shown."""
    text = re.sub(r"(?<!\d)\d{3}[ \u2009]?\d{3}(?!\d)", "••••••", text)
    return re.sub(r"(/(?:welcome|invite|enter)/)[\w-]{16,}", r"\1••••••", text)
