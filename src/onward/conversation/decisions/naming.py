"""Names of files and addresses of links, made safe to show, to store and to send in a header."""

from __future__ import annotations

import unicodedata
from urllib.parse import urlsplit

from onward.kernel.refusals import invalid

LONGEST = 120
_NEVER = set('/\\:*?"<>|%')


def clean_name(given: str) -> str:
    """A file's own name: no folders, no hidden or turning characters, at most 120 long with its ending kept."""
    base = given.replace("\\", "/").rsplit("/", 1)[-1]
    name = unicodedata.normalize("NFC", base)
    # Category C holds controls and the signs that turn the writing around: "fdp.exe" must not read "exe.pdf".
    name = "".join(" " if char.isspace() else char for char in name if not _is_hidden(char) or char.isspace())
    name = "".join("-" if char in _NEVER else char for char in name)
    name = " ".join(name.split()).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem.strip(". ") or not ending.isalnum():
        raise invalid(
            "This file’s name has no ending." if name else "This file has no name.",
            mend="Name it like report.pdf, then add it again.",
            field="file",
        )
    if len(ending) > 10:
        raise invalid("This file’s ending is unknown.", mend="Put it in a .zip, or add a link to it.", field="file")
    return f"{stem.strip()[: LONGEST - len(ending) - 1].strip()}.{ending}"


def ending_of(name: str) -> str:
    """ "pdf" of "Report.PDF"."""
    return name.rpartition(".")[2].lower()


def clean_url(given: str) -> str:
    """The address of a link: https or http, with a host, without a password in it."""
    url = given.strip()
    mend = "Write it like https://example.com/plan."
    if not url:
        raise invalid("The link has no address.", mend=mend, field="url")
    if len(url) > 2000 or any(_is_hidden(char) or char.isspace() for char in url):
        raise invalid("This is no address that can be opened.", mend=mend, field="url")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise invalid("This is no address that can be opened.", mend=mend, field="url") from None
    if parts.scheme.lower() not in {"http", "https"} or not host:
        raise invalid("A link begins with https:// or http://.", mend=mend, field="url")
    if parts.username or parts.password:
        raise invalid("This address holds a password.", mend="Leave out what stands before the @.", field="url")
    return url


def _is_hidden(char: str) -> bool:
    return unicodedata.category(char)[0] == "C" or unicodedata.category(char) in {"Zl", "Zp"}
