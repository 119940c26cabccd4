"""A date or a length as people write it ("5 working days", "2 weeks after signature"), as a playbook writes it."""

import re
from collections.abc import Callable, Mapping

from onward.kernel.clock import parse_span

_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NUMBERS = dict(zip((*_ONES, *_TEENS, *_TENS), (*range(1, 20), *range(20, 100, 10)), strict=True))
_SPELT = rf"(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_ONES)}))?|{'|'.join((*_TEENS, *_ONES))}"
#: A number as it is said, for finding one in a line.
NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d{{1,6}}|{_SPELT})\b"
#: What a unit begins with -> how it is written.
_UNITS = {"work": "wd", "business": "wd", "wd": "wd", "mo": "mo", "d": "d", "w": "w", "h": "h"}
_SPAN = (
    rf"(?:\d{{1,4}}|an?|{_SPELT})[ -]?"
    r"(?:(?:working|business)[ -]days?|workdays?|days?|weeks?|wks?|hours?|hrs?|months?|wd|mo|[dwh])\b"
)
SPAN = _SPAN
#: A whole date, for finding one in a line.
DATE = (
    r"(?:(?:on|by|until|within|in|after) )?"
    rf"(?:(?:day|week) \d{{1,4}}\b|{_SPAN}(?: (?:after|before|of|from|since) [^,;()]+)?)"
)
_PARTS = re.compile(
    rf"(?:(on|by|until|within|in|after) )?(?:((?:day|week) \d{{1,4}})|({_SPAN})(?: (after|before|of|from|since) (.+))?)"
)
_MOMENTS = {
    "signed": ("signed", "signature", "signing", "contract", "contract signature", "contract is signed"),
    "entered": ("entered", "stage begins", "this stage begins", "stage starts", "beginning of stage", "it begins"),
}
MOMENTS = {words: moment for moment, said in _MOMENTS.items() for words in said}


def number(said: str) -> str:
    """`twenty-five` as `25`, `1,000` as `1000`."""
    digits = said.replace(",", "")
    return digits if digits.isdigit() else str(sum(_NUMBERS[word] for word in re.split("[ -]", said)))


def span(text: str) -> str:
    """`5 working days` as `5wd`; "" where it is no length."""
    words = " ".join(text.lower().split())
    found = re.fullmatch(rf"(\d+|an?|{_SPELT})[ -]?(.+)", words)
    if found is None or not re.fullmatch(_SPAN, words):
        return ""
    said, unit = found.groups()
    amount = "1" if said in ("a", "an") else number(said)
    short = next(short for begins, short in _UNITS.items() if unit.startswith(begins))
    return f"{amount}{short}" if parse_span(f"{amount}{short}") else ""


def dates(text: str, moment_of: Callable[[str], str]) -> tuple[str, ...]:
    """The timings that a date in words may mean: none where it is no date, several where it does not say from when it
    counts. `moment_of` gives the moment of what it counts from ("kickoff call"), or ""."""
    found = _PARTS.fullmatch(" ".join(text.lower().split()))
    if found is None:
        return ()
    word, day, length, side, named = found.groups()
    if day:
        return (day,)
    amount = span(length)
    if not amount:
        return ()
    if not named:
        promise = f"within {amount} of signed"
        return (promise,) if word in ("within", "by", "until") else (f"{amount} after entered", promise)
    name = re.sub(r"\b(?:the|is|are|was)\b ?", "", named).strip()
    moment = MOMENTS.get(named) or MOMENTS.get(name) or moment_of(named.removeprefix("the "))
    if not moment:
        return ()
    if word == "within" and side != "before":
        return (f"within {amount} of {moment}",)
    return (f"{amount} {'before' if side == 'before' else 'after'} {moment}",)


def meant(named: str, titled: Mapping[str, str], *, whole: bool = False) -> str:
    """Of things by id with their titles, the one that shares most words with what somebody called it; "" where none
    does or several do alike. `whole`: it has all of the words."""
    said = _telling(named)
    shared = {key: len(said & _telling(title)) for key, title in titled.items()}
    most = max(shared.values(), default=0)
    best = [key for key, count in shared.items() if count == most]
    return best[0] if most and len(best) == 1 and (not whole or most == len(said)) else ""


def _telling(text: str) -> frozenset[str]:
    """The words that tell one thing from another: not "the", "is", "came"."""
    return frozenset(word for word in re.findall(r"\w+", text.lower()) if len(word) > 3) - {"came", "with", "your"}
