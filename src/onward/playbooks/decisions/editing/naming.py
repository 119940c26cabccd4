"""Ids made of titles."""

import re
import unicodedata
from collections.abc import Iterable

from onward.playbooks.decisions.shape import reserved


def id_for(title: str, taken: Iterable[str] = ()) -> str:
    """An id made of a title: small letters, digits, _; told apart from those that are taken."""
    plain = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    key = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:40].strip("_")
    key = key if key[:1].isalpha() else f"x_{key}".strip("_")
    known, number, found = set(taken), 2, key
    while found in known or reserved(found):
        found, number = f"{key}_{number}", number + 1
    return found
