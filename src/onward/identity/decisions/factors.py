"""Second factors: when one is asked for, and how recovery codes look."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

Needed = Literal["", "prove", "set_up"]
RECOVERY_CODES = 10
# No letter or digit that is read as another.
RECOVERY_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
TOTP_SECONDS = 30


def factor_needed(*, kinds: Collection[str], is_demanded: bool) -> Needed:
    """What a sign-in with one factor still lacks. A passkey alone is a faster way in; it is asked for as the second
    only from who is demanded to have one. An app was set up to be asked for."""
    if "totp" in kinds or (is_demanded and kinds):
        return "prove"
    return "set_up" if is_demanded else ""


def clean_recovery_code(text: str) -> str:
    """A recovery code as it is stored: lower case, without blanks and dashes."""
    return "".join(char for char in text.lower() if char.isalnum())[:40]


def looks_like_recovery_code(text: str) -> bool:
    """Digits alone are from an app."""
    return any(char.isalpha() for char in text)
