"""A date or a length as people write it ("5 working days", "2 weeks after signature"), as a playbook writes it."""

import re
from collections.abc import Callable

from onward.kernel.clock import parse_span

_NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
#: What a unit begins with -> how it is written.
_UNITS = {"work": "wd", "business": "wd", "wd": "wd", "mo": "mo", "d": "d", "w": "w", "h": "h"}
_SPAN = (
    rf"(?:\d{{1,4}}|an?|{'|'.join(_NUMBERS)})[ -]?"
    r"(?:(?:working|business)[ -]days?|workdays?|days?|weeks?|wks?|hours?|hrs?|months?|wd|mo|[dwh])\b"
)
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


def span(text: str) -> str:
    """`5 working days` as `5wd`; "" where it is no length."""
    words = " ".join(text.lower().split())
    found = re.fullmatch(rf"(\d+|an?|{'|'.join(_NUMBERS)})[ -]?(.+)", words)
    if found is None or not re.fullmatch(_SPAN, words):
        return ""
    number, unit = found.groups()
    amount = number if number.isdigit() else str(_NUMBERS.index(number) + 1 if number in _NUMBERS else 1)
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
