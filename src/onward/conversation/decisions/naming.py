"""Names of files, made safe to show, to store and to send in a header."""

from __future__ import annotations

import unicodedata

from onward.kernel.addresses import is_hidden
from onward.kernel.refusals import invalid

LONGEST = 120
_NEVER = set('/\\:*?"<>|%')


def clean_name(given: str) -> str:
    """A file's own name: no folders, no hidden or turning characters, at most 120 long with its ending kept."""
    base = given.replace("\\", "/").rsplit("/", 1)[-1]
    name = unicodedata.normalize("NFC", base)
    # Category C holds controls and the signs that turn the writing around: "fdp.exe" must not read "exe.pdf".
    name = "".join(" " if char.isspace() else char for char in name if not is_hidden(char) or char.isspace())
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
