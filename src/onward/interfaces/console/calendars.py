"""Calendars in forms: what was typed, and how a calendar reads in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest

from onward.accounts.queries import AccountRow
from onward.identity.decisions.calendars import closed_lines, place_words
from onward.kernel.refusals import invalid

DAYS = [
    ("mon", "Monday"),
    ("tue", "Tuesday"),
    ("wed", "Wednesday"),
    ("thu", "Thursday"),
    ("fri", "Friday"),
    ("sat", "Saturday"),
    ("sun", "Sunday"),
]


def calendar_given(request: HttpRequest) -> dict[str, Any]:
    """The fields of console/_calendar.html as the actions take them."""
    if request.POST.get("holidays_region", "").strip() and not request.POST.get("holidays_country"):
        why = "The part of a country is there, the country is missing."
        raise invalid(why, mend="Choose the country too.", field="holidays_country")
    return {
        "working_week": request.POST.getlist("working_week") or [""],
        "holidays": place_typed(request),
        "closed_days": request.POST.get("closed_days", ""),
    }


def place_typed(request: HttpRequest) -> str:
    """ "DE-BY" from the country that was chosen and the part that was typed; "-BY" while the country is missing."""
    country, region = request.POST.get("holidays_country", ""), request.POST.get("holidays_region", "").strip()
    return f"{country}-{region}" if region else country


def given_lines(request: HttpRequest, spans: Iterable[Mapping[str, Any]], field: str = "closed_days") -> str:
    """The spans as lines; after a refusal what was typed."""
    return str(request.POST.get(field, "")) if field in request.POST else closed_lines(spans)


def works_words(row: AccountRow) -> str:
    """On which days an account works, where that is not Monday to Friday: "Sun, Mon, Tue, not on holidays in Germany";
    "" when nothing is known."""
    parts = [", ".join(day.capitalize() for day in row.working_week)] if row.working_week else []
    if row.holidays:
        parts.append(f"not on the public holidays of {place_words(row.holidays)}")
    if row.closed_days:
        parts.append(f"closed {closed_lines(row.closed_days).replace(chr(10), '; ')}")
    return "; ".join(parts)
