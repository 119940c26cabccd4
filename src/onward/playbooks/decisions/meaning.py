"""A condition as people say it ("kickoff call held and form filled in"), as a playbook writes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from onward.kernel.expressions import ExpressionError, ValueType, compile_expression

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBER = re.compile(rf"\b(\d{{1,6}}|{'|'.join(_NUMBERS)})\b")
#: What is asked of each kind of thing, and the words that point to that kind where several share a name.
_KINDS = {
    "task": ("task.{}.done", {"held", "done", "sign", "uplo", "task", "step"}),
    "form": ("form.{}.complete", {"form", "fill", "answ"}),
    "milestone": ("milestone.{}.met", {"reac", "met", "mile"}),
    "event": ("event.{}.count >= {n}", {"time", "even", "user"}),
    "stage": ("stage.{}.closed", {"over", "clos", "stag"}),
    "role": ("role.{}.filled", {"name", "fill", "role"}),
}
_EMPTY = frozenset(
    {"the", "was", "were", "are", "has", "have", "been", "and", "for", "when", "least", "only", "not", "your", "our"}
)
_COUNTED = re.compile(
    rf"(?:at least |the )?(\d{{1,6}}|{'|'.join(_NUMBERS)}) ([a-z][a-z ]+?)(?: (?:in|with) (?:the|our|your) product)?"
)
_NOT = re.compile(r"\b(?:not|no|never|nothing)\b|n[’']t\b")


@dataclass(frozen=True)
class Named:
    """What words may name: the declared ids by kind, and the yes-or-no questions, each by its metric; without `own`,
    the things (kind, id) that whoever asks stands in: nothing is asked of itself."""

    ids: Mapping[str, Sequence[str]]
    questions: Mapping[str, str] = field(default_factory=dict)
    own: Collection[tuple[str, str]] = ()


def written(text: str, named: Named, type_of: Callable[[str], ValueType | None]) -> str:
    """How to write a condition that is said in words, in quotes; where it may mean several things, each; or ""."""

    def holds(one: str) -> bool:
        try:
            compile_expression(one, type_of, nearest=lambda _: "", wanted=("yes_no",))
        except ExpressionError:
            return False
        return True

    is_said = " " in text.strip() and "`" not in text
    return " or ".join(f"`{one}`" for one in conditions(text, named, holds)) if is_said else ""


def new_event(text: str) -> str:
    """A number of something that has no name yet ("50 appointments booked"), as how often an event came, in quotes."""
    found = _COUNTED.fullmatch(" ".join(text.lower().split()))
    words = [word for word in re.findall(r"[a-z]+", found[2]) if len(word) > 2 and word not in _EMPTY] if found else []
    if found is None or not words or len(words) > 4 or _NOT.search(text.lower()):
        return ""
    amount = str(_NUMBERS.index(found[1]) + 1) if found[1] in _NUMBERS else found[1]
    return f"`event.{'_'.join(map(_one, words))}.count >= {amount}`"


def _one(word: str) -> str:
    """An event is named for one time that it happens: "appointments booked" is appointment_booked."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def conditions(text: str, named: Named, holds: Callable[[str], bool]) -> tuple[str, ...]:
    """What a condition in words may mean: none where a part of it names nothing that there is, several where a part
    fits several things. `holds`: whether an expression can be read."""
    pieces = re.split(r"\s+(and|or)\s+", " ".join(text.split()))
    found = [""]
    for number, piece in enumerate(pieces):
        ways = (piece,) if number % 2 or holds(piece) else tuple(_clause(piece, named))
        found = [f"{before} {way}".strip() for before in found for way in ways][:4]
    return tuple(one for one in found if one and holds(one))


def _clause(words: str, named: Named) -> Iterator[str]:
    said = _stems(words)
    number = _NUMBER.search(words.lower())
    amount = number[1] if number else "1"
    amount = str(_NUMBERS.index(amount) + 1) if amount in _NUMBERS else amount
    best, found = (0, 0.0, 0), list[str]()
    for score, way in _scored(said, named):
        if not score[0] or score < best:
            continue
        found = [*(found if score == best else []), way.format(n=amount)]
        best = score
    yield from (f"not {way}" if _NOT.search(words.lower()) and " " not in way else way for way in found)


def _scored(said: frozenset[str], named: Named) -> Iterator[tuple[tuple[int, float, int], str]]:
    """Each thing with how well words fit it: of two that share as many words the one that is said whole, then the kind
    that the words point to. A question that has all of the words is what they answer."""
    for kind, (pattern, pointing) in _KINDS.items():
        for key in named.ids.get(kind, ()):
            if (kind, key) not in named.own:
                words = _stems(key.replace("_", " "))
                shared = len(said & words)
                yield (shared, shared / max(len(words), 1), len(said & pointing)), pattern.format(key, n="{n}")
    for name, title in named.questions.items():
        words = _stems(title)
        shared, is_whole = len(said & words), said <= words
        yield (shared, 1.0 if is_whole else shared / max(len(words), 1), int(is_whole)), name


def _stems(words: str) -> frozenset[str]:
    """The beginnings of the words that tell one thing from another: "signed" and "sign" are one."""
    plain = re.findall(r"[^\W\d_]+", words.lower())
    return frozenset(word[:4] for word in plain if len(word) > 2 and word not in _EMPTY)
