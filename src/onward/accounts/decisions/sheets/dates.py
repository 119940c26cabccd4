"""Dates, settled by the whole column: 3/4/2017 alone says nothing, a 13 anywhere in the column says all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)? ?(?:[AaPp][Mm])?(?:Z|[+-]\d{2}:?\d{2})?)?"


def _pattern(order: str, separator: str) -> re.Pattern[str]:
    part = {"Y": r"(?P<y>\d{4})", "y": r"(?P<y>\d{2})", "M": r"(?P<m>\d{1,2})", "D": r"(?P<d>\d{1,2})"}
    return re.compile(re.escape(separator).join(part[letter] for letter in order) + _TIME)


_NUMERIC = {
    "YYYY-MM-DD": _pattern("YMD", "-"),
    "YYYY/MM/DD": _pattern("YMD", "/"),
    "YYYY.MM.DD": _pattern("YMD", "."),
    "M/D/YYYY": _pattern("MDY", "/"),
    "D/M/YYYY": _pattern("DMY", "/"),
    "M-D-YYYY": _pattern("MDY", "-"),
    "D-M-YYYY": _pattern("DMY", "-"),
    "D.M.YYYY": _pattern("DMY", "."),
    "M.D.YYYY": _pattern("MDY", "."),
    "M/D/YY": _pattern("MDy", "/"),
    "D/M/YY": _pattern("DMy", "/"),
    "D.M.YY": _pattern("DMy", "."),
    "YYYYMMDD": re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
}
_NAMED = {
    "D Mon YYYY": re.compile(r"(?P<d>\d{1,2})[. -]+(?P<m>[A-Za-z]{3,9})\.?[ -]+(?P<y>\d{4})" + _TIME),
    "Mon D, YYYY": re.compile(r"(?P<m>[A-Za-z]{3,9})\.? (?P<d>\d{1,2}),? (?P<y>\d{4})" + _TIME),
}
DATE_FORMATS = (*_NUMERIC, *_NAMED)
_PAIRS = (("M/D/YYYY", "D/M/YYYY"), ("M-D-YYYY", "D-M-YYYY"), ("M.D.YYYY", "D.M.YYYY"), ("M/D/YY", "D/M/YY"))
_RIVALS = {left: right for pair in _PAIRS for left, right in (pair, pair[::-1])}


@dataclass(frozen=True, slots=True)
class Settled:
    """How a column's dates read. `format` is "" while it is not settled: then `choices` are the formats that fit,
    `example` a value that reads differently in each. `impossible` counts values that no calendar has."""

    format: str
    choices: tuple[str, ...] = ()
    example: str = ""
    impossible: int = 0


def read_date(value: str, layout: str) -> date | None:
    """The day of a value in a format of DATE_FORMATS (a time of day is dropped); None when there is no such day."""
    match = (_NUMERIC.get(layout) or _NAMED[layout]).fullmatch(value.strip())
    if match is None:
        return None
    month = match["m"]
    if layout in _NAMED:
        low = month.lower()[:3]
        if low not in _MONTHS:
            return None
        month = str(_MONTHS.index(low) + 1)
    try:
        year = int(match["y"])
        return date(year + 2000 if year < 100 else year, int(month), int(match["d"]))
    except ValueError:
        return None


def settle_dates(values: Sequence[str]) -> Settled:
    """Settle a column. Two orders are told apart by the values that only one can read; when none or both orders have
    such values, a person must choose."""
    filled = sorted({value.strip() for value in values if value.strip()})
    if not filled:
        return Settled("YYYY-MM-DD")
    readings = {name: [read_date(value, name) for value in filled] for name in DATE_FORMATS}
    fits = {name: sum(day is not None for day in days) for name, days in readings.items()}
    best = max(fits.values())
    if best == 0:
        return Settled("", (), filled[0], len(filled))
    first = next(name for name in DATE_FORMATS if fits[name] == best)
    other = _RIVALS.get(first, first)
    contested = _contested(readings[first], readings[other])
    if contested is not None:
        return Settled("", tuple(sorted((first, other), reverse=True)), filled[contested], len(filled) - best)
    return Settled(first, (), "", len(filled) - best)


def _contested(first: Sequence[date | None], other: Sequence[date | None]) -> int | None:
    """The place of a value over which two orders of day and month cannot be told apart, or None."""
    pairs = list(enumerate(zip(first, other, strict=True)))
    differs = [at for at, (left, right) in pairs if left and right and left != right]
    only_first = [at for at, (left, right) in pairs if left and not right]
    only_other = [at for at, (left, right) in pairs if right and not left]
    if only_first and only_other:
        return (differs or only_other)[0]
    return differs[0] if differs and not only_first and not only_other else None
