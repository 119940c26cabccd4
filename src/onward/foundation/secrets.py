"""Making, digesting and comparing secrets. What is stored is always a digest; the secret itself is shown once."""

from __future__ import annotations

import hashlib
import hmac
import secrets


def token(bits: int = 128) -> str:
    """A random URL-safe secret of at least `bits` bits."""
    return secrets.token_urlsafe((bits + 7) // 8)


def digest(secret: str) -> str:
    """SHA-256 in hex: enough for secrets that are random and long, and it can be looked up by index."""
    return hashlib.sha256(secret.encode()).hexdigest()


def short_code() -> str:
    """Six random digits for a person to type."""
    return f"{secrets.randbelow(1_000_000):06d}"


def salt() -> str:
    """Sixteen random bytes in hex."""
    return secrets.token_hex(16)


def code_digest(code: str, salt: str) -> str:
    """A slow digest of a short code: a stolen table does not give the codes away at once."""
    return hashlib.scrypt(code.encode(), salt=salt.encode(), n=2**12, r=8, p=1, dklen=32).hex()


def same(left: str, right: str) -> bool:
    """Compare without telling by the time taken where they differ."""
    return hmac.compare_digest(left.encode(), right.encode())
