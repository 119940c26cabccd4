"""How values read on a page: dates, ages, durations, sums, counts. Pure; the reader's zone is Django's current one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone
from markupsafe import Markup, escape

from onward.foundation.clock import now
from onward.kernel.ids import format_id

SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
SEGMENTS = {
    "self_serve": "Self-serve",
    "mid_market": "Mid-market",
    "enterprise": "Enterprise",
    "strategic": "Strategic",
}

When = datetime | date | str | None
# The organization's zone, where the reader's may be another.
_home: ContextVar[str] = ContextVar("onward_home_zone", default="")


@contextmanager
def reading_in(zone: str, home: str) -> Iterator[None]:
    """Days and hours are those of `zone`; hours name it wherever the clocks of `home`, the organization, differ."""
    token = _home.set(home)
    try:
        with timezone.override(ZoneInfo(zone)):
            yield
    finally:
        _home.reset(token)


def zone_words(zone: str = "") -> str:
    """Like "Berlin time": a zone by its city; without one the reader's."""
    place = (zone or timezone.get_current_timezone_name()).rpartition("/")[2].replace("_", " ")
    return place if place.upper().startswith(("UTC", "GMT")) else f"{place} time"


def hour_words(moment: datetime, zone: str = "") -> str:
    """Like "16:30 Berlin time": an hour that people keep, in that zone or the reader's."""
    here = moment.astimezone(ZoneInfo(zone)) if zone else timezone.localtime(moment)
    return f"{here:%H:%M} {zone_words(zone)}"


def as_moment(value: When) -> datetime | date | None:
    """A moment in the reader's zone, or a plain day. Text is ISO 8601, as facts store it."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
    if isinstance(value, datetime):
        return timezone.localtime(value if value.tzinfo else value.replace(tzinfo=UTC))
    return value


def _day(value: When) -> date | None:
    moment = as_moment(value)
    return moment.date() if isinstance(moment, datetime) else moment


def today() -> date:
    """Today where the reader is."""
    return timezone.localtime(now()).date()


def date_words(value: When, missing: str = "") -> str:
    """Like "Fri 13 March"; with its year when that is not this year."""
    day = _day(value)
    if day is None:
        return missing
    year = "" if day.year == today().year else f" {day.year}"
    return f"{day:%a} {day.day} {day:%B}{year}"


def short_date(value: When, missing: str = "") -> str:
    """Like "13 Mar", for tables; with its year when that is not this year."""
    day = _day(value)
    if day is None:
        return missing
    year = "" if day.year == today().year else f" {day.year}"
    return f"{day.day} {day:%b}{year}"


def time_tag(value: When, words: str | None = None) -> Markup:
    """A <time> with the words shown, and the full moment with its zone on hover."""
    moment = as_moment(value)
    if moment is None:
        return Markup("")
    shown = words if words is not None else date_words(moment)
    full = f"{moment:%a} {moment.day} {moment:%B %Y}"
    if isinstance(moment, datetime):
        full += f", {moment:%H:%M} {moment.tzname()}"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(moment.isoformat(), full, shown)


class Due(Protocol):
    """A stage, task, milestone or check-in."""

    @property
    def due_at(self) -> datetime | None: ...
    @property
    def due_on(self) -> date | None: ...


def due_tag(row: Due, *, short: bool = False) -> Markup:
    """A <time> with the calendar date on which something is due, the same for every reader; its moment on hover."""
    if row.due_on is None or row.due_at is None:
        return Markup("")
    ends = as_moment(row.due_at)
    title = f"until {date_words(ends)}, {ends:%H:%M} {ends.tzname()}" if isinstance(ends, datetime) else ""
    shown = short_date(row.due_on) if short else date_words(row.due_on)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(row.due_on.isoformat(), title, shown)


def typed(value: datetime | None) -> str:
    """As a field for a date with its time holds it, in the reader's zone."""
    return f"{timezone.localtime(value):%Y-%m-%dT%H:%M}" if value else ""


def clock_words(value: When) -> str:
    """Like "14:05" today, "Wed 14:05" this week, else the date. With its zone where ours has another hour."""
    moment = as_moment(value)
    if not isinstance(moment, datetime):
        return date_words(moment)
    age = (today() - moment.date()).days
    if not 0 <= age < 7:
        return short_date(moment)
    return f"{moment:%a} {short_hour(moment)}" if age else short_hour(moment)


def short_hour(moment: datetime) -> str:
    """Like "14:05", with its zone where ours has another hour."""
    here, home = timezone.localtime(moment), _home.get()
    is_away = bool(home) and here.astimezone(ZoneInfo(home)).utcoffset() != here.utcoffset()
    return hour_words(here) if is_away else f"{here:%H:%M}"


def ago(value: When) -> str:
    """Like "just now", "4 minutes ago", "yesterday", "6 days ago"; "in 3 days" for the future."""
    moment = as_moment(value)
    if moment is None:
        return "never"
    if isinstance(moment, datetime):
        seconds = (now() - moment).total_seconds()
        if 0 <= seconds < 60:
            return "just now"
        if 0 <= seconds < 3600:
            return f"{plural(int(seconds // 60), 'minute')} ago"
        if 0 <= seconds < 6 * 3600:
            return f"{plural(int(seconds // 3600), 'hour')} ago"
    behind = (today() - (_day(moment) or today())).days
    named = {0: "today", 1: "yesterday", -1: "tomorrow"}
    if behind in named:
        return named[behind]
    return f"{plural(behind, 'day')} ago" if behind > 0 else f"in {plural(-behind, 'day')}"


def days(value: timedelta | float | int | Decimal | None, missing: str = "") -> str:
    """A duration in days: "6 days", "1 day", "90.05 days"; from a timedelta whole days."""
    if value is None:
        return missing
    number = value.days if isinstance(value, timedelta) else value
    shown = f"{number:,.2f}".rstrip("0").rstrip(".") if number % 1 else f"{int(number):,}"
    return f"{shown} day{'' if number == 1 else 's'}"


def count(value: float | int | Decimal) -> str:
    """A whole number with its thousands apart."""
    return f"{value:,.0f}"


def days_over(due_on: date, until: datetime | None = None) -> int:
    """How many days something is, or was when it was done, past its date: as one counts on a calendar, everywhere."""
    return ((timezone.localtime(until).date() if until else today()) - due_on).days


def days_since(value: When, until: When = None) -> int:
    """How many days of the reader's calendar lie between two moments, or until today, whatever their hours."""
    begun = _day(value)
    return max(0, ((_day(until) or today()) - begun).days) if begun else 0


def late_words(due_on: date) -> str:
    """How late something is by now. What was due at an hour of today is "late today"."""
    over = days_over(due_on)
    return f"{days(over)} late" if over > 0 else "late today"


def plural(number: int, one: str, many: str | None = None) -> str:
    """Like "1 journey", "41 journeys"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def money(value: Decimal | float | int | None, currency: str = "USD", missing: str = "") -> str:
    """Like "€84,000"; an unknown currency keeps its code: "CHF 84,000"."""
    if value is None:
        return missing
    sign = SIGNS.get(currency, f"{currency} ")
    return f"{sign}{value:,.0f}"


def short_money(value: Decimal | float | int | None, currency: str = "USD", missing: str = "") -> str:
    """Like "€84k", "€1.2m", for tables."""
    if value is None:
        return missing
    number = float(value)
    sign = SIGNS.get(currency, f"{currency} ")
    for size, word in ((1_000_000, "m"), (1_000, "k")):
        if number >= size:
            shown = f"{number / size:.1f}" if number < 10 * size else f"{number / size:.0f}"
            return f"{sign}{shown.removesuffix('.0')}{word}"
    return f"{sign}{number:,.0f}"


def worth(value: float | None, unit: str = "") -> str:
    """What something is worth: money where the unit is a currency's code, else the number and what it counts."""
    if value is None:
        return unit
    if len(unit) == 3 and unit.isupper() and unit.isalpha():
        return money(value, unit)
    number = f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{number} {unit}".strip()


def evidence(value: str) -> Markup:
    """What something rests on: a web address becomes a link, all else stays words."""
    found = value.strip()
    if re.fullmatch(r"https?://\S+", found):
        shown = re.sub(r"^https?://(www\.)?", "", found).rstrip("/")
        shown = shown if len(shown) <= 48 else f"{shown[:47]}…"
        return Markup('<a class="more" href="{}" rel="noopener noreferrer">{}</a>').format(found, shown)
    return escape(found)


def stages_at(cells: str, number: int) -> str:
    """Which stages are under way, "stage 3 of 7" or "stages 3 and 4 of 7": `cells` has a letter a stage, c for one
    under way; `number` is the one to say where none is."""
    at = [str(n) for n, letter in enumerate(cells, 1) if letter == "c"] or [str(number)]
    return f"{'stage' if len(at) == 1 else 'stages'} {joined(at)} of {len(cells)}"


def segment(value: str) -> str:
    """A segment's key in words; one of the organization's own reads as it is written."""
    return SEGMENTS.get(value) or value.replace("_", " ").capitalize()


def initials(name: str | None) -> str:
    """Two letters for an avatar; "?" for nobody."""
    parts = [part for part in (name or "").replace("-", " ").split() if part[0].isalnum()]
    if not parts:
        return "?"
    return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper()


def external_id(value: UUID, prefix: str) -> str:
    """The form that stands in addresses: "jny_01h..."."""
    return format_id(prefix, value)


def joined(words: Sequence[str], last: str = "and") -> str:
    """Like "a", "a and b", "a, b and c", as plain text that a page still escapes."""
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def listed(words: Sequence[str], last: str = "and") -> Markup:
    """The same where words may be links: what is no markup is escaped here."""
    safe = [escape(word) for word in words]
    if len(safe) < 2:
        return Markup("").join(safe)
    return Markup(", ").join(safe[:-1]) + Markup(f" {last} ") + safe[-1]


UNITS = {"h": "hour", "d": "day", "wd": "working day", "w": "week", "m": "month", "mo": "month"}
MOMENTS = {
    "signed": "the signature",
    "started": "the opening",
    "entered": "this stage begins",
    "day_zero": "day zero",
    "contract_start": "the contract begins",
    "renewal": "the renewal",
    "opened": "the risk opens",
    "person.joined": "they joined",
}
STATES = {"held": "is held", "done": "is done", "closed": "is closed", "entered": "begins", "met": "is reached"}


def timing(text: str) -> str:
    """How a playbook writes when something is due, as a clause: "1wd before task.kickoff.held" becomes
    "1 working day before kickoff is held"."""

    def span(found: re.Match[str]) -> str:
        return plural(int(found[1]), UNITS[found[2]])

    def moment(found: re.Match[str]) -> str:
        return f"{found[2].replace('_', ' ')} {STATES.get(found[3], found[3].replace('_', ' '))}"

    said = re.sub(r"\b(\d+)(h|wd|d|w|mo|m)\b", span, text)
    said = re.sub(r"\b(task|stage|milestone|event|check_in)\.(\w+)\.(\w+)", moment, said)
    said = re.sub(r"\banswer\.\w+\.(\w+)", lambda found: found[1].replace("_", " "), said)
    said = re.sub(r"\baccount\.(\w+)", lambda found: f"their {found[1].replace('_', ' ')}", said)
    said = re.sub(r"\bday (\d+)\b", lambda found: f"on day {found[1]}", said)
    for word, words in MOMENTS.items():
        said = re.sub(rf"\b(of|after|before|at) {word}\b", rf"\1 {words}", said)
    return said
