"""A token with which the organization's own product shows its portal in a frame: a JWT, HS256, short and used once."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from onward.kernel.refusals import Refusal

AUDIENCE = "onward-portal"
LONGEST_SECONDS = 600
SLACK_SECONDS = 60
LARGEST = 4096
AGAIN = "Go back to where you came from and open it again, or open the portal in a tab of its own."


@dataclass(frozen=True, slots=True)
class Claims:
    """Whose portal is to be shown: the account by its external id or ours, the person by external id or address."""

    account: str
    contact: str
    mail: str
    expires_at: int


def _refused(words: str) -> Refusal:
    return Refusal("forbidden", words, mend=AGAIN)


def claims_of(token: str, secret: str, now: datetime) -> Claims:
    """The claims of a token that holds; a Refusal in words for any other. Nothing in it is believed unsigned."""
    parts = token.split(".")
    if not secret or len(token) > LARGEST or len(parts) != 3:
        raise _refused("This window was opened with a token that is not valid.")
    head, body = _json(parts[0]), _json(parts[1])
    signed = hmac.new(secret.encode(), f"{parts[0]}.{parts[1]}".encode(), hashlib.sha256).digest()
    if head.get("alg") != "HS256" or not hmac.compare_digest(signed, _bytes(parts[2])):
        raise _refused("This window was opened with a token that is not valid.")
    if body.get("aud") != AUDIENCE:
        raise _refused("This window was opened with a token for something else.")
    expires, at = body.get("exp"), now.timestamp()
    if isinstance(expires, bool) or not isinstance(expires, int):
        raise _refused("This window was opened with a token that never ends.")
    if expires <= at:
        raise _refused("This window was open for too long: its token has expired.")
    if expires > at + LONGEST_SECONDS + SLACK_SECONDS:
        raise _refused("This window was opened with a token that is valid for more than ten minutes.")
    starts = body.get("nbf", body.get("iat", 0))
    if not isinstance(starts, int) or starts > at + SLACK_SECONDS:
        raise _refused("This window was opened with a token that is not valid yet.")
    account, contact, mail = (str(body.get(key) or "").strip()[:254] for key in ("account", "contact", "mail"))
    if not account or not (contact or mail):
        raise _refused("This window was opened with a token that names nobody.")
    return Claims(account, contact, mail.lower(), expires)


def signed_token(claims: dict[str, Any], secret: str) -> str:
    """What the organization's product makes; here for its tests and the settings page's check."""
    head = _text(b'{"alg":"HS256","typ":"JWT"}')
    body = _text(json.dumps(claims, separators=(",", ":")).encode())
    return f"{head}.{body}.{_text(hmac.new(secret.encode(), f'{head}.{body}'.encode(), hashlib.sha256).digest())}"


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(part: str) -> bytes:
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""


def _json(part: str) -> dict[str, Any]:
    try:
        found = json.loads(_bytes(part) or b"{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
