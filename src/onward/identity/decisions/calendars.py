"""Which days a calendar leaves out: public holidays of a place, and spans of days that somebody closed. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from holidays import country_holidays, list_supported_countries
from holidays.registry import COUNTRIES

from onward.kernel.clock import WorkingCalendar
from onward.kernel.refusals import Refusal, invalid

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
#: The years whose public holidays are reckoned, and in which days may be closed.
YEARS = range(2015, 2051)
#: Of closed spans: how many one may keep, and how many days each.
MOST_SPANS, LONGEST_SPAN = 200, 400
_LINE = re.compile(r"(\d{4}-\d\d-\d\d)(?:\s*(?:to|until|/|-|–)\s*(\d{4}-\d\d-\d\d))?[\s:,]*(.*)\Z")
_SMALL = {"And", "Of", "The"}

#: A closed span as it is stored: {"first": "2026-12-24", "last": "2026-12-31", "why": "Winter break"}.
Span = Mapping[str, Any]


@lru_cache(maxsize=1)
def countries() -> dict[str, str]:
    """The countries whose public holidays are known: "DE" -> "Germany", by name."""
    found = {}
    for key, (_, code, *_more) in COUNTRIES.items():
        words = [word.capitalize() for word in key.split("_")]
        found[code] = " ".join(word.lower() if number and word in _SMALL else word for number, word in enumerate(words))
    return dict(sorted(found.items(), key=lambda item: item[1]))


def regions(country: str) -> dict[str, str]:
    """The parts of a country with holidays of their own: "BY" -> "Bayern", or the code again where it has no name."""
    codes = list_supported_countries(include_aliases=False).get(country, ())
    named = {code: name for name, code in country_holidays(country).subdivisions_aliases.items()} if codes else {}
    return {code: named.get(code, code) for code in codes}


def place_named(text: str) -> str:
    """The place that "DE-BY", "Germany" or "Germany, Bayern" means, as "DE-BY" or "DE"; "" for none."""
    text = " ".join(str(text or "").split())
    if not text:
        return ""
    by_name = {name.lower(): code for code, name in countries().items()}
    first, _, rest = text.partition("," if "," in text else "-")
    if (country := _country(text, by_name)) is not None:
        return country
    if (country := _country(first, by_name)) is None:
        raise invalid(
            f"There are no holidays of “{text[:60]}” here.",
            mend="Write a country like Germany or DE, or a part of it like DE-BY.",
            field="holidays",
        )
    wanted, known = rest.strip().lower(), regions(country)
    found = next((code for code, name in known.items() if wanted in {code.lower(), name.lower()}), None)
    if found is None:
        raise invalid(
            f"{countries()[country]} has no part “{rest.strip()[:60]}” with holidays of its own.",
            mend=f"Its parts are {', '.join(known)}." if known else "Leave the part empty.",
            field="holidays",
        )
    return f"{country}-{found}"


def _country(text: str, by_name: Mapping[str, str]) -> str | None:
    text = text.strip()
    return text.upper() if text.upper() in countries() else by_name.get(text.lower())


def place_words(place: str) -> str:
    """ "DE-BY" -> "Germany, Bayern"."""
    country, _, region = place.partition("-")
    name = countries().get(country, country)
    return f"{name}, {regions(country).get(region, region)}" if region else name


@lru_cache(maxsize=256)
def holidays_of(place: str) -> frozenset[date]:
    """The public holidays of a place in `YEARS`; none for ""."""
    if not place:
        return frozenset()
    country, _, region = place.partition("-")
    try:
        return frozenset(country_holidays(country, subdiv=region or None, years=YEARS))
    except NotImplementedError:
        # A later edition of the library may drop a part of a country; dates still have to exist.
        return frozenset()


def working_week(given: str | Iterable[str]) -> list[str]:
    """The days in their order, from ["mon", ...] or from "mon, tue" or "sun-thu"."""
    words = re.findall(r"[a-z]+|-", given.lower()) if isinstance(given, str) else list(given)
    found: set[str] = set()
    for number, word in enumerate(words):
        if word == "-" and 0 < number < len(words) - 1:
            first, last = _weekday(words[number - 1]), _weekday(words[number + 1])
            found |= {WEEK[(first + n) % 7] for n in range((last - first) % 7 + 1)}
        else:
            found.add(WEEK[_weekday(word)])
    if not found:
        raise _no_week()
    return [day for day in WEEK if day in found]


def _weekday(word: str) -> int:
    if word[:3] not in WEEK:
        raise _no_week()
    return WEEK.index(word[:3])


def _no_week() -> Refusal:
    return invalid("A working week has one to seven days.", mend=f"Days are {', '.join(WEEK)}.", field="working_week")


def closed_days(given: str | Iterable[Mapping[str, Any]], field: str = "closed_days") -> list[dict[str, str]]:
    """Spans of days as they are stored, by their first day: from spans, or from lines (or parts between semicolons)
    like "2026-12-24 to 2026-12-31 Winter break"."""
    if isinstance(given, str):
        spans = [_span(line, field) for line in re.split(r"[\n;]", given) if line.strip()]
    else:
        spans = [_checked(one.get("first"), one.get("last"), one.get("why"), field) for one in given]
    if len(spans) > MOST_SPANS:
        raise invalid(f"These are more than {MOST_SPANS} spans of days.", mend="Leave out past ones.", field=field)
    return sorted(spans, key=lambda span: (span["first"], span["last"]))


def _span(line: str, field: str) -> dict[str, str]:
    found = _LINE.match(line.strip())
    if found is None:
        raise _not_a_day(line.strip(), field)
    return _checked(found[1], found[2], found[3], field)


def _checked(first: object, last: object, why: object, field: str) -> dict[str, str]:
    last = last or first
    try:
        begin, end = date.fromisoformat(str(first)), date.fromisoformat(str(last))
    except ValueError:
        raise _not_a_day(f"{first} to {last}", field) from None
    if begin.year not in YEARS or end.year not in YEARS:
        raise invalid(f"{first} is too far away.", mend=f"Years are {YEARS[0]} to {YEARS[-1]}.", field=field)
    if not 0 <= (end - begin).days < LONGEST_SPAN:
        mend = f"The last day is not before the first, and at most {LONGEST_SPAN} days are closed in one go."
        raise invalid(f"{first} to {last} cannot be closed.", mend=mend, field=field)
    return {"first": begin.isoformat(), "last": end.isoformat(), "why": _one_line(why)}


def _one_line(why: object) -> str:
    return " ".join(str(why or "").replace("\0", "").replace(";", ",").split())[:120]


def _not_a_day(words: str, field: str) -> Refusal:
    return invalid(
        f"“{words[:60]}” names no day.", mend="Write a line like: 2026-12-24 to 2026-12-31 Winter break.", field=field
    )


def percent(given: object) -> int:
    """ "60", "60 %" or 60 as 60; from 0 to 100."""
    text = str("" if given is None else given).strip().removesuffix("%").strip()
    if text.isascii() and text.isdecimal() and int(text[:4]) <= 100:
        return int(text)
    raise invalid(f"“{text[:20]}” is no share of their time.", mend="Write 0 to 100, in percent.", field="share")


def day_hours(given: object) -> float:
    """The hours of a working day: "7.5" or "7,5"; more than none, at most 24."""
    try:
        hours = float(str(given).strip().replace(",", "."))
    except ValueError:
        hours = 0.0
    if not 0 < hours <= 24:
        raise invalid(
            f"“{str(given)[:20]}” is not how long a day of work is.",
            mend="Write hours, such as 8 or 7.5.",
            field="day_hours",
        )
    return round(hours, 2)


def closed_lines(spans: Iterable[Span]) -> str:
    """The spans as lines that `closed_days` reads."""
    return "\n".join(
        f"{one['first']}{'' if one['last'] == one['first'] else ' to ' + one['last']} {one['why']}".strip()
        for one in spans
    )


def days_of(spans: Iterable[Span]) -> frozenset[date]:
    """Every day in the spans."""
    found = set()
    for one in spans:
        first, last = date.fromisoformat(one["first"]), date.fromisoformat(one["last"])
        found |= {first + timedelta(days=n) for n in range((last - first).days + 1)}
    return frozenset(found)


def calendar(zone: str, week: Sequence[str], place: str, closed: Iterable[Span]) -> WorkingCalendar:
    """The calendar of one side; an empty week is Monday to Friday. The same days give the same calendar."""
    return _calendar(zone, tuple(week), place, tuple((one["first"], one["last"]) for one in closed))


@lru_cache(maxsize=1024)
def _calendar(zone: str, week: tuple[str, ...], place: str, closed: tuple[tuple[str, str], ...]) -> WorkingCalendar:
    weekdays = frozenset(WEEK.index(day) for day in week if day in WEEK) or frozenset(range(5))
    spans = [{"first": first, "last": last} for first, last in closed]
    return WorkingCalendar(zone, weekdays, holidays_of(place) | days_of(spans))
