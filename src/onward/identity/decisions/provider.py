"""Sign-in at the organization's own provider: what its token must say, and which role follows from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from onward.identity.decisions.ways_in import clean_mail
from onward.kernel.refusals import Refusal, forbidden, invalid

# Clocks differ by a little; a token is used at once.
LEEWAY = timedelta(seconds=60)
_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
# RFC 8176: either says so outright, or names something beside a password.
_SECOND = {"mfa", "otp", "hwk", "swk", "fpt", "face", "iris", "sms", "tel", "sc"}


@dataclass(frozen=True, slots=True)
class Provided:
    """Who the provider says that somebody is."""

    issuer: str
    subject: str
    mail: str
    name: str
    claims: Mapping[str, Any]


def clean_issuer(text: str) -> str:
    """The address of a provider. Refusal "invalid" unless https (http on this machine only)."""
    issuer = text.strip()
    parts = urlsplit(issuer)
    good = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not good or not parts.hostname or parts.query or parts.fragment or parts.username or len(issuer) > 300:
        raise invalid(
            "That is not the address of a provider.", mend="Write it as https://id.example.com", field="issuer"
        )
    return issuer


def clean_domains(text: str) -> list[str]:
    """Mail domains, parted by spaces or commas. Refusal "invalid" for none, or for what is no domain."""
    found = [part.strip().lower().lstrip("@") for part in re.split(r"[\s,;]+", text) if part.strip()]
    for domain in found:
        if not _DOMAIN.fullmatch(domain):
            raise invalid(f"“{domain[:60]}” is not a domain.", mend="Write it as example.com.", field="domains")
    if not found:
        raise invalid("Name at least one mail domain of yours.", mend="Write it as example.com.", field="domains")
    return list(dict.fromkeys(found))


def check_claims(
    claims: Mapping[str, Any], *, issuer: str, client_id: str, nonce: str, domains: Iterable[str], now: datetime
) -> Provided:
    """Who a token, whose signature was proven, is about. Refusal "forbidden", in words, when it does not fit."""
    if claims.get("iss") != issuer:
        raise _unfit("It was made by somebody else.")
    audience = claims.get("aud")
    meant = audience if isinstance(audience, list) else [audience]
    if client_id not in meant or (len(meant) > 1 and claims.get("azp") != client_id):
        raise _unfit("It was made for another application.")
    if claims.get("nonce") != nonce:
        raise _unfit("It belongs to another attempt.")
    ends, made = claims.get("exp"), claims.get("iat")
    if not isinstance(ends, int | float) or now.timestamp() > ends + LEEWAY.total_seconds():
        raise _unfit("It has expired.")
    if not isinstance(made, int | float) or made > now.timestamp() + LEEWAY.total_seconds():
        raise _unfit("It was made in the future: the clocks differ.")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise _unfit("It names nobody.")
    return Provided(issuer, subject, _mail(claims, domains), str(claims.get("name") or "")[:200], claims)


def role_from(claims: Mapping[str, Any], claim: str, role_map: Mapping[str, str]) -> str:
    """The role of the first line of the map whose value the claim holds; "" when there is none."""
    held: Any = claims
    for part in claim.split(".") if claim else []:
        held = held.get(part) if isinstance(held, Mapping) else None
    values = {str(value) for value in held} if isinstance(held, list) else {str(held)} if held is not None else set()
    return next((role for value, role in role_map.items() if value in values), "") if claim else ""


def has_two_factors(claims: Mapping[str, Any]) -> bool:
    """Whether the token itself says that the person proved more than a password. Silence means a password."""
    methods = claims.get("amr")
    return isinstance(methods, list) and bool(_SECOND & {str(method) for method in methods})


def _mail(claims: Mapping[str, Any], domains: Iterable[str]) -> str:
    mail = claims.get("email")
    if not isinstance(mail, str) or not mail:
        raise forbidden("Your provider did not tell your mail address.", mend="Its admin lets Onward read `email`.")
    if claims.get("email_verified") not in (True, "true", None):
        raise forbidden("Your provider has not verified your mail address.", mend="Verify it there, then come back.")
    clean = clean_mail(mail)
    if clean.partition("@")[2] not in set(domains):
        raise forbidden("People of this mail domain do not sign in here.", mend="Ask an admin to allow the domain.")
    return clean


def _unfit(why: str) -> Refusal:
    return Refusal("unauthorized", f"The provider's answer does not fit. {why}", mend="Begin to sign in anew.")
