"""Secrets that must be read again (a provider's client secret, an app's seed) are stored sealed, never in the clear.

The key follows from the installation's own secret, which lies outside the database: a stolen table opens nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_FORM = "v1:"
_NONCE = 12


class Unreadable(Exception):
    """The text was not sealed here, or the installation's secret has changed since."""


def seal(text: str, purpose: str) -> str:
    """The text, encrypted and authenticated for one purpose."""
    nonce = secrets.token_bytes(_NONCE)
    return _FORM + base64.urlsafe_b64encode(nonce + _cipher(purpose).encrypt(nonce, text.encode(), None)).decode()


def unseal(sealed: str, purpose: str) -> str:
    """What was sealed for this purpose; raises Unreadable."""
    try:
        raw = base64.urlsafe_b64decode(sealed.removeprefix(_FORM))
        return _cipher(purpose).decrypt(raw[:_NONCE], raw[_NONCE:], None).decode()
    except (InvalidTag, binascii.Error, ValueError) as error:
        raise Unreadable(purpose) from error


def _cipher(purpose: str) -> AESGCM:
    return AESGCM(hmac.new(settings.SECRET_KEY.encode(), f"onward seal: {purpose}".encode(), hashlib.sha256).digest())
