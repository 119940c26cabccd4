"""External identifiers: a three-letter kind and 26 characters of Crockford base32 (the public TypeID form)."""

from __future__ import annotations

from uuid import UUID

from onward.kernel.refusals import not_found

NOUNS = {
    "usr": "user",
    "acc": "account",
    "con": "contact",
    "deal": "deal",
    "prd": "product",
    "pbv": "playbook version",
    "jny": "journey",
    "stg": "stage",
    "tsk": "task",
    "mst": "milestone",
    "obj": "objective",
    "src": "source",
    "key": "key",
    "evd": "evidence",
    "imp": "import",
    "msg": "message",
    "chk": "check-in",
    "log": "log entry",
    "ses": "session",
    "fct": "factor",
    "cmt": "comment",
    "fil": "file",
    "viw": "view",
    "blk": "change of many",
    "hrs": "line of hours",
}

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUE = {char: number for number, char in enumerate(_ALPHABET)}


def format_id(prefix: str, value: UUID) -> str:
    """A UUID as "acc_01h..."; sorts like the UUID."""
    number = value.int
    chars = []
    for _ in range(26):
        chars.append(_ALPHABET[number & 31])
        number >>= 5
    return f"{prefix}_{''.join(reversed(chars))}"


def parse_id(prefix: str, text: object) -> UUID:
    """The UUID of an external id; a Refusal "not_found" for anything else."""
    noun = NOUNS.get(prefix, "thing")
    if not isinstance(text, str) or not text.startswith(prefix + "_") or len(text) != len(prefix) + 27:
        raise not_found(noun, _short(text))
    number = 0
    for char in text[len(prefix) + 1 :]:
        digit = _VALUE.get(char)
        if digit is None:
            raise not_found(noun, _short(text))
        number = number << 5 | digit
    if number >> 128:
        raise not_found(noun, _short(text))
    return UUID(int=number)


def _short(text: object) -> str:
    shown = "".join(char for char in str(text)[:40] if char.isprintable())
    return f"“{shown}”" if shown else ""
