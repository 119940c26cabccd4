"""Who comes into a customer's portal, and how far: the four levels, what is listed, who may bring colleagues. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from onward.kernel.refusals import invalid

LEVELS = {
    "verified": "Known people, with a code",
    "listed": "Listed addresses or domains, with a code",
    "mail": "Whoever has the link and gives a mail address",
    "open": "Whoever has the link",
}
LEVEL_HINTS = {
    "verified": "Only contacts of the account. Six digits go to their address.",
    "listed": "A new person of a listed domain gets six digits too, and is then a contact with the least role.",
    "mail": "They see the plan and change nothing; to act they sign in.",
    "open": "They see the plan without anybody's full name or address, and change nothing.",
}
INVITERS = {"champions": "Champions and project owners", "everyone": "Every contact", "nobody": "Nobody; we do it"}
LEAST_ROLE = "end_user"
MOST_LISTED = 100
# Whoever holds one of these may bring colleagues where champions may.
BRINGS = frozenset({"champion", "project_owner"})
_DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_ADDRESS = re.compile(r"[^\s@<>\"]{1,64}@(.+)")
_ANCESTOR = re.compile(
    r"https://(\*\.)?([a-z0-9-]+\.)+[a-z]{2,63}(:\d{1,5})?|https?://(localhost|127\.0\.0\.1)(:\d{1,5})?"
)


def clean_level(level: str, *, may_be_default: bool = False) -> str:
    """A level, or "" for the organization's default. Refusal "invalid"."""
    if level in LEVELS or (may_be_default and level == ""):
        return level
    raise invalid("There is no such way in.", mend=f"Choose one of: {', '.join(LEVELS)}.", field="level")


def clean_listed(entries: Iterable[str]) -> list[str]:
    """Addresses and domains in one form, each once. Refusal "invalid" names the one that is neither."""
    out: list[str] = []
    for entry in entries:
        word = entry.strip().lower().removeprefix("@")
        if not word:
            continue
        found = _ADDRESS.fullmatch(word)
        if not _DOMAIN.fullmatch(found[1] if found else word):
            raise invalid(
                f"“{entry.strip()[:80]}” is neither an address nor a domain.",
                mend="Write one a line, like acme.example or dana@acme.example.",
                fields={"listed": f"“{entry.strip()[:80]}” is neither an address nor a domain."},
            )
        if word not in out:
            out.append(word)
    if len(out) > MOST_LISTED:
        raise invalid(
            f"That is more than {MOST_LISTED} lines.", mend="List domains instead of addresses.", field="listed"
        )
    return out


def clean_ancestors(entries: Iterable[str]) -> list[str]:
    """Origins whose pages may show the portal in a frame. Refusal "invalid" for anything else."""
    out: list[str] = []
    for entry in entries:
        word = entry.strip().lower().rstrip("/")
        if not word:
            continue
        if not _ANCESTOR.fullmatch(word):
            raise invalid(
                f"“{entry.strip()[:80]}” is not an origin.",
                mend="Write one a line, like https://app.example.com; a path does not belong to it.",
                fields={"ancestors": f"“{entry.strip()[:80]}” is not an origin."},
            )
        if word not in out:
            out.append(word)
    return out


def is_listed(mail: str, listed: Collection[str]) -> bool:
    """Whether the address, or its domain exactly, is listed. A subdomain is another domain."""
    word = mail.strip().lower()
    return word in listed or word.rpartition("@")[2] in listed


def may_bring(roles: Collection[str], inviters: str) -> bool:
    """Whether a contact with these roles may invite a colleague."""
    return inviters == "everyone" or (inviters == "champions" and bool(BRINGS & set(roles)))


def may_withdraw(invited_by: str, me: str, roles: Collection[str]) -> bool:
    """Whether a contact may repeat or take back an invitation: their own, or, as a champion, anybody's."""
    return invited_by == me or bool(BRINGS & set(roles))


def fits_colleagues(mail: str, listed: Collection[str], known: Iterable[str]) -> bool:
    """Whether this address may be a colleague's: of what is listed, else of a domain that is here already."""
    if listed:
        return is_listed(mail, listed)
    domain = mail.strip().lower().rpartition("@")[2]
    return domain in {one.strip().lower().rpartition("@")[2] for one in known if "@" in one}
