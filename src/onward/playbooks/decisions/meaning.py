"""A condition as people say it ("kickoff call held and form filled in"), as a playbook writes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from onward.kernel.expressions import ExpressionError, Outcome, ValueType, compile_expression
from onward.playbooks.decisions.counting import PEOPLE, USED, Count, count, counts, signed, words_of

#: What is asked of each kind of thing, and the words that point to that kind where several share a name.
_KINDS = {
    "task": ("task.{}.done", {"held", "done", "sign", "uplo", "task", "step"}),
    "form": ("form.{}.complete", {"form", "fill", "answ"}),
    "milestone": ("milestone.{}.met", {"reac", "met", "mile"}),
    "event": ("event.{}.count", {"time", "even", "user"}),
    "stage": ("stage.{}.closed", {"over", "clos", "stag"}),
    "role": ("role.{}.filled", {"name", "fill", "role"}),
}
_EMPTY = frozenset(
    {"the", "was", "were", "are", "has", "have", "been", "and", "for", "when", "least", "only", "not", "your", "our"}
)
#: Of these a number is no event of the product: people, time, seats, and what the plan itself consists of.
_NO_EVENT = (PEOPLE | USED) | words_of(
    "day days week weeks month months hour hours year years seat seats licence licences contact contacts task "
    "tasks step steps stage stages milestone milestones goal goals objective objectives meeting meetings risk "
    "risks form forms question questions answer answers role roles survey surveys percent event events trained "
    "certified invited customer customers client clients everybody everyone team teams"
)
_NOT = re.compile(r"\b(?:not|no|never|nothing)\b|n[’']t\b")
#: Said in words alone: no name of the playbook's, no sign of the language.
_WORDS = re.compile(r"(?:[^\W_]|[ ,%+’'-]|\.(?!\w))+")
SAY = (
    "say what has happened, such as kickoff call held, 20 reports run, 5 people active in a week, used on 10 days in a "
    "month"
)
SAY_COUNTED = (
    "say it like 5 people active in a week, or used on 10 days in a month; who did one thing is counted by an event of "
    "that name, once it is declared"
)


@dataclass(frozen=True)
class Named:
    """What words may name: the declared ids by kind, and the yes-or-no questions, each by its metric; without `own`,
    the things (kind, id) that whoever asks stands in: nothing is asked of itself."""

    ids: Mapping[str, Sequence[str]]
    questions: Mapping[str, str] = field(default_factory=dict)
    own: Collection[tuple[str, str]] = ()


def written(
    text: str, named: Named, type_of: Callable[[str], ValueType | None], wanted: tuple[Outcome, ...] = ("yes_no",)
) -> str:
    """How to write a condition that is said in words, in quotes; where it may mean several things, each; or ""."""

    def holds(one: str) -> bool:
        try:
            compile_expression(one, type_of, nearest=lambda _: "", wanted=wanted)
        except ExpressionError:
            return False
        return True

    is_said = " " in text.strip() and "`" not in text
    return " or ".join(f"`{one}`" for one in conditions(text, named, holds)) if is_said else ""


#: What is done to people in the product.
_BROUGHT = frozenset({"invited", "added", "imported"})


def new_event(text: str) -> str:
    """A number of something that has no name yet ("50 appointments booked"), as how often an event came, in quotes."""
    said = count(signed(text))
    # Who is invited does nothing: that is an event, and no number of people who use it.
    is_brought = said.of == "users" and bool(said.rest) and _BROUGHT.issuperset(said.rest)
    said = replace(said, of="", rest=said.named) if is_brought else said
    rest = said.rest[:-2] if said.rest[-2:] in (("in", "product"), ("with", "product")) else said.rest
    words = [word for word in rest if len(word) > 2 and word not in _EMPTY]
    if (
        not said.leads
        or said.of
        or said.is_not
        or not 0 < len(words) <= 4
        or not (is_brought or _NO_EVENT.isdisjoint(words))
    ):
        return ""
    name = "_".join(map(_one, words))
    return f"`{said.compared(f'event.{name}.count')}`" if re.fullmatch("[a-z_]+", name) else ""


def sayable(text: str) -> str:
    """What could be said instead of words that name nothing; "" where they are no words but a slip in a name."""
    if not _WORDS.fullmatch(text) or all(len(one.split()) < 2 for one in re.split(r"\b(?:and|or|not)\b", text)):
        return ""
    return SAY_COUNTED if count(signed(text)).of else SAY


def _one(word: str) -> str:
    """An event is named for one time that it happens: "appointments booked" is appointment_booked."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def conditions(text: str, named: Named, holds: Callable[[str], bool]) -> tuple[str, ...]:
    """What a condition in words may mean: none where a part of it names nothing that there is, several where a part
    fits several things. `holds`: whether an expression can be read."""
    pieces = re.split(r"\s+(and|or)\s+", signed(text))
    found = [""]
    for number, piece in enumerate(pieces):
        ways = (piece,) if number % 2 or holds(piece) else tuple(_clause(piece, named))
        found = [f"{before} {way}".strip() for before in found for way in ways][:4]
    return tuple(one for one in found if one and holds(one))


def _clause(words: str, named: Named) -> Iterator[str]:
    number, said = count(words), _stems(words)
    if ways := [*counts(number, named.ids.get("event", ()))]:
        yield from ways
        return
    best, found = (0, 0.0, 0), list[str]()
    for score, way in _scored(said, named, number):
        if not score[0] or score < best:
            continue
        found = [*(found if score == best else []), way]
        best = score
    yield from (f"not {way}" if _NOT.search(words.lower()) and " " not in way else way for way in found)


def _scored(said: frozenset[str], named: Named, number: Count) -> Iterator[tuple[tuple[int, float, int], str]]:
    """Each thing with how well words fit it: of two that share as many words the one that is said whole, then the kind
    that the words point to. A question that has all of the words is what they answer. Where a number of people or a
    time is said, a thing that has not all of the words would lose it."""
    for kind, (pattern, pointing) in _KINDS.items():
        for key in named.ids.get(kind, ()):
            words = _stems(key.replace("_", " "))
            if (kind, key) in named.own or (number.is_narrow and not said <= words):
                continue
            if kind == "event" and not number.is_plain:
                continue
            shared, way = len(said & words), pattern.format(key)
            way = replace(number, amount=number.amount or "1").compared(way) if kind == "event" else way
            yield (shared, shared / max(len(words), 1), len(said & pointing)), way
    for name, title in named.questions.items():
        words = _stems(title)
        if number.is_narrow and not said <= words:
            continue
        shared, is_whole = len(said & words), said <= words
        yield (shared, 1.0 if is_whole else shared / max(len(words), 1), int(is_whole)), name


def _stems(words: str) -> frozenset[str]:
    """The beginnings of the words that tell one thing from another: "signed" and "sign" are one."""
    plain = re.findall(r"[^\W\d_]+", words.lower())
    return frozenset(word[:4] for word in plain if len(word) > 2 and word not in _EMPTY)
