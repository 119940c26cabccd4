"""Addresses of pages elsewhere, made safe to store and to open."""

from __future__ import annotations

import unicodedata
from urllib.parse import urlsplit

from onward.kernel.refusals import invalid


def clean_url(given: str, *, field: str = "url", longest: int = 2000) -> str:
    """The address of a page: https or http, with a host, without a password in it. Refusal "invalid" at `field`."""
    url = given.strip()
    mend = "Write it like https://example.com/plan."
    if not url:
        raise invalid("The link has no address.", mend=mend, field=field)
    if len(url) > longest or any(is_hidden(char) or char.isspace() for char in url):
        raise invalid("This is no address that can be opened.", mend=mend, field=field)
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise invalid("This is no address that can be opened.", mend=mend, field=field) from None
    if parts.scheme.lower() not in {"http", "https"} or not host:
        raise invalid("A link begins with https:// or http://.", mend=mend, field=field)
    if parts.username or parts.password:
        raise invalid("This address holds a password.", mend="Leave out what stands before the @.", field=field)
    return url


def is_hidden(char: str) -> bool:
    """Whether a character shows nothing or turns the writing around."""
    return unicodedata.category(char)[0] == "C" or unicodedata.category(char) in {"Zl", "Zp"}
