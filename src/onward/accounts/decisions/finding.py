"""Search that forgives: accents, case, word order, parts of words, and a slip of the fingers. The spellings of a word
are computed here for what is typed, and by migration 0002 for what is stored: both must agree."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

#: A word is known by its first letters: so many of them are spelled out, and from so many on a slip is forgiven.
LONGEST, SLIPS_FROM = 6, 4
_WHOLE = str.maketrans({"ß": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe"})
_PLAIN = str.maketrans("øłđıØŁĐİ", "oldioldi")


def folded(text: str) -> str:
    """Without accents and in small letters."""
    parts = unicodedata.normalize("NFKD", text.translate(_WHOLE))
    return "".join(part for part in parts if not "\u0300" <= part <= "\u036f").translate(_PLAIN).lower()


def words_of(text: str, *, most: int = 12) -> list[str]:
    """The words of a text, folded."""
    return [word[:24] for word in re.split(r"[\W_]+", folded(text)) if word][:most]


def beginning(word: str) -> str:
    """The key of all words that begin like this."""
    return f"={word[:LONGEST]}"


def spellings(word: str) -> list[str]:
    """The keys under which a word is found although one letter is wrong, missing, too many or in the wrong place:
    two words that differ by one slip have a key in common."""
    if len(word) < SLIPS_FROM:
        return []
    start = word[:LONGEST]
    return [f"~{start}", *dict.fromkeys(f"~{start[:at]}{start[at + 1 :]}" for at in range(len(start)))]


def slips(typed: str, word: str) -> int:
    """How many slips lie between what is typed and the beginning of the word that fits it best."""
    ends = range(max(len(typed) - 1, 1), min(len(typed) + 2, len(word) + 1))
    return min((_distance(typed, word[:end]) for end in ends), default=_distance(typed, word))


def _distance(one: str, other: str) -> int:
    """Letters wrong, missing, too many, or two of them swapped."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, against in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]


def allowed(word: str) -> int:
    """How many slips a word may have: none in a short one, two in a long one."""
    return 0 if len(word) < SLIPS_FROM else 1 if len(word) < 8 else 2


#: How well something fits, the best first.
EXACT, PREFIX, WORDS, SLIPPED = range(4)


def fit(typed: Sequence[str], text: str) -> tuple[int, int] | None:
    """How well a text answers the typed words: (kind, slips), the smaller the better; None when it does not."""
    words = words_of(text)
    if not typed or not words:
        return None
    if list(typed) == words:
        return EXACT, 0
    if " ".join(words).startswith(" ".join(typed)):
        return PREFIX, 0
    total = 0
    for one in typed:
        if any(word.startswith(one) for word in words):
            continue
        if len(one) >= 3 and any(one in word for word in words):
            total += 1
            continue
        best = min(slips(one, word) for word in words)
        if best > allowed(one):
            return None
        total += best + 1
    return (WORDS, 0) if total == 0 else (SLIPPED, total)
