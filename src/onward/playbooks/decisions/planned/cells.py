"""What one cell of a plan's sheet says: a day, a length, a state, what comes before it; as spreadsheets write it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date

from onward.accounts.decisions.sheets import plain_word, read_date
from onward.kernel.clock import Span, parse_span

#: A cell that begins so is run as a formula by spreadsheets; an apostrophe before it makes it text.
FORMULA = "=+-@\t\r"
_DATE = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}|\d{4}/\d{1,2}/\d{1,2}|\d{4}\.\d{1,2}\.\d{1,2}"
    r"|\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d{2})(?!\d)"
    r"|\d{1,2}[. -]+[A-Za-z]{3,9}\.?[ -]+\d{4}|[A-Za-z]{3,9}\.? \d{1,2},? \d{4}|\b20\d{6}\b"
)
_DAY = re.compile(r"(?:(day|tag|week|woche|wk|w|d|t)\s*\+?\s*)?([+-]?\d{1,4})", re.I)
_LENGTH = re.compile(r"(\d{1,6}(?:[.,]\d{1,3})?)\s*([a-z]*)\.?\s*\??", re.I)
_UNITS = {
    "": "d", "d": "d", "day": "d", "days": "d", "tag": "d", "tage": "d", "t": "d", "ed": "d",
    "wd": "wd", "workingday": "wd", "workingdays": "wd", "workday": "wd", "workdays": "wd", "arbeitstag": "wd",
    "arbeitstage": "wd", "at": "wd",
    "w": "w", "wk": "w", "wks": "w", "week": "w", "weeks": "w", "woche": "w", "wochen": "w",
    "mo": "mo", "mon": "mo", "month": "mo", "months": "mo", "monat": "mo", "monate": "mo",
    "h": "h", "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "std": "h", "stunde": "h", "stunden": "h",
}  # fmt: skip
_LINK = re.compile(r"(\d+(?:\.\d+)*)\s*(?:(FS|SS|FF|SF|EA|AA|EE|AE)\s*)?(?:([+-])\s*([\d.,]+\s*[a-z ]*))?", re.I)
LINKS = {
    "FS": "finish_to_start", "SS": "start_to_start", "FF": "finish_to_finish", "SF": "start_to_finish",
    "EA": "finish_to_start", "AA": "start_to_start", "EE": "finish_to_finish", "AE": "start_to_finish",
}  # fmt: skip
SHORT = {name: short for short, name in reversed(LINKS.items())}
_STATES = {
    "done": "done complete completed finished closed yes true x ok 100 100% erledigt fertig abgeschlossen beendet ja",
    "": "open todo planned waiting pending new offen geplant wartet neu no false nein 0 0%",
    "in_progress": "in-progress inprogress started ongoing active doing wip begun inarbeit laufend lauft begonnen",
    "blocked": "blocked stuck onhold hold blockiert gestoppt",
    "skipped": "skipped na n/a cancelled canceled notneeded notapplicable dropped out entfallt entfallen ubersprungen",
}
STATES = {plain_word(word): state for state, words in _STATES.items() for word in words.split()} | {
    plain_word(words): state
    for words, state in {"not started": "", "to do": "", "nicht begonnen": "", "nicht gestartet": ""}.items()
}
_NOTED = re.compile(r"([^:,;(–]+?)\s*([:,;(–]|\s-\s)\s*(.+)", re.S)
_TICKS = {"✓", "✔", "☑", "✅", "[x]", "(x)"}


@dataclass(frozen=True)
class State:
    """`word`: "done", "in_progress", "blocked", "skipped" or "" (open). `note`: what blocks it, why it is left out."""

    word: str
    done_on: date | None = None
    note: str = ""


@dataclass(frozen=True)
class Before:
    """What a row waits for: by `number` (of a row, or of the sheet's own numbering), else by `title`. `is_early`: a lag
    before the end was asked for, which no plan keeps."""

    text: str
    number: str = ""
    title: str = ""
    link: str = "finish_to_start"
    lag: Span | None = None
    is_early: bool = False


def made_safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula; `as_meant` gives it back."""
    return f"'{text}" if text[:1] in (*FORMULA, "'") and text else text


def as_meant(text: str) -> str:
    """A cell without the apostrophe that kept it from being a formula."""
    return text[1:] if text[:1] == "'" and text[1:2] in (*FORMULA, "'") and len(text) > 1 else text


def kept_text(text: str) -> str:
    """What a person wrote, in lines, without what no page shows."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("".join(one if one.isprintable() else " " for one in line).rstrip() for line in lines).strip()


def dates_in(text: str) -> list[str]:
    """The parts of a cell that look like dates."""
    return [found[0] for found in _DATE.finditer(text)]


def read_day(text: str, layout: str) -> date | int | None:
    """A date in the sheet's order, or a day counted from day zero ("day 5", "D+5", "5", "week 2": its last day)."""
    if layout and (day := read_date(text, layout)):
        return day if 1990 <= day.year <= 2200 else None
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return None
    number, unit = int(found[2]), (found[1] or "d").lower()
    return number * 7 if unit[0] == "w" else number


def read_span(text: str, *, exact: bool = False) -> Span | None:
    """A length: "3d", "2 weeks", "3" (days), "8h" (a working day unless `exact`); parts are rounded up."""
    found = _LENGTH.fullmatch(text.strip().replace("working days", "wd").replace("work days", "wd"))
    unit = _UNITS.get(found[2].lower()) if found else None
    if found is None or unit is None:
        return None
    amount = float(found[1].replace(",", "."))
    if unit == "h" and not exact:
        return parse_span(f"{math.ceil(amount / 8)}d")
    if amount % 1 and unit in ("w", "mo"):
        return parse_span(f"{math.ceil(amount * (7 if unit == 'w' else 30))}d")
    return parse_span(f"{math.ceil(amount)}{unit}")


def read_state(text: str, layout: str) -> State | None:
    """A state with what is written beside it: "done 2026-03-12", "blocked: their IT", "75%". None for other words."""
    words = text.strip()
    if parted := _NOTED.match(words):
        state = STATES.get(plain_word(parted[1]))
        if state in ("blocked", "skipped"):
            note = parted[3].strip()
            return State(state, None, note[:-1] if parted[2] == "(" and note.endswith(")") else note)
    day = next((day for one in dates_in(words) if layout and (day := read_date(one, layout))), None)
    bare = words if day is None else _DATE.sub("", words, count=1).strip(" ,:;()-–")
    bare = re.sub(r"\s+(on|am)$", "", bare, flags=re.I)
    if bare in _TICKS or (day and not bare):
        return State("done", day)
    if share := re.fullmatch(r"(\d{1,3})(?:[.,]\d+)? ?%?", bare):
        number = int(share[1])
        return State("done" if number >= 100 else "in_progress" if number else "", day if number >= 100 else None)
    state = STATES.get(plain_word(bare))
    if state is None and (parted := _NOTED.match(bare)):
        state = STATES.get(plain_word(parted[1]))
    return None if state is None else State(state, day if state == "done" else None)


def read_before(text: str, titles: frozenset[str]) -> list[Before]:
    """What a cell says that the row waits for; `titles` (as `plain` makes them) tell a comma in a title from one
    between two."""
    if plain(text) in titles:
        return [Before(text, title=plain(text))]
    out: list[Before] = []
    for part in re.split(r"[;\n]", text):
        if part.strip():
            whole = plain(part) in titles
            out += [_before(one.strip(), titles) for one in ([part] if whole else part.split(",")) if one.strip()]
    return out


def _before(text: str, titles: frozenset[str]) -> Before:
    found = _LINK.fullmatch(text)
    if plain(text) in titles or found is None:
        return Before(text, title=plain(text))
    number, link, sign, length = found.groups()
    lag = read_span(length, exact=True) if length else None
    return Before(
        text,
        number,
        "",
        LINKS[(link or "FS").upper()],
        lag if sign == "+" and lag and lag.amount else None,
        bool(length) and (sign == "-" or lag is None),
    )


def plain(title: str) -> str:
    """A title for comparing."""
    return " ".join(title.lower().split())
