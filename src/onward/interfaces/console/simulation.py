"""A playbook lived by a simulated customer, on a page: when first value comes, and where it stands still."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from onward.accounts.decisions import COMPLEXITIES, SEGMENTS
from onward.accounts.queries import duration_targets, target_tables
from onward.automation.decisions.simulating import PERSONAS, Account, Entry, Simulation, simulate, words_of
from onward.automation.decisions.simulating.wording import SIDES, against
from onward.interfaces.console.shell import say, staff
from onward.interfaces.console.simulation_bars import drawn
from onward.interfaces.console.studio.pages import Desk
from onward.interfaces.console.studio.sheet import drafted
from onward.interfaces.ui.words import segment
from onward.kernel.clock import WorkingCalendar
from onward.playbooks import queries
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.publishing import lint

DAYS = (30, 60, 90, 120, 180)
#: What is seen at a glance among the lines of a week.
HEADINGS = {"stage_entered", "stage_closed", "milestone", "completed", "pace", "gate", "promise"}


@require_GET
def simulation(request: HttpRequest, key: str) -> HttpResponse:
    """The current version, or with `draft` what is being written, lived by the persona that was chosen."""
    book, is_draft = _book(request, key)
    if book is None:
        say(request, "It cannot be simulated yet: mend the problems first.")
        return HttpResponseRedirect(f"/playbooks/{key}/studio#problems")
    persona = _one_of(request.GET.get("as", ""), tuple(PERSONAS), "good")
    days = int(_one_of(request.GET.get("days", ""), tuple(map(str, DAYS)), "90"))
    segment_id = _one_of(request.GET.get("segment", ""), tuple(SEGMENTS), _fitting(book))
    complexity = _one_of(request.GET.get("complexity", ""), tuple(COMPLEXITIES), "standard")
    start, table = WorkingCalendar().next_working(timezone.localdate()), duration_targets().number
    found = _lived(book, persona, start, days, segment_id, complexity, table)
    shown: dict[str, Any] = {
        "key": key,
        "is_draft": is_draft,
        "book": book,
        "found": found,
        "reached": found.first_value or found.complete,
        "against": against,
        "sides": SIDES,
        "assumed": words_of(found.persona),
        "bars": drawn(found),
        "weeks": _weeks(found),
        "asked": {"as": persona, "days": days, "segment": segment_id, "complexity": complexity},
        "personas": [(one.id, one.title.lower()) for one in PERSONAS.values()],
        "lengths": [(one, f"{one} days") for one in DAYS],
        "segments": [(one, segment(one).lower()) for one in SEGMENTS],
        "complexities": [(one, one.replace("_", " ")) for one in COMPLEXITIES],
    }
    return render(request, "console/simulation.html", shown)


def _book(request: HttpRequest, key: str) -> tuple[Playbook | None, bool]:
    """What is simulated, and whether it is a draft; None for a draft with problems."""
    if request.GET.get("draft") == "1":
        desk = Desk(request, key)
        return lint(drafted(desk.text, desk.file, desk.shelf)).playbook, True
    return queries.version(queries.version_row(staff(request), key, None).id), False


@lru_cache(maxsize=32)
def _lived(
    book: Playbook, persona: str, start: date, days: int, segment_id: str, complexity: str, table: int
) -> Simulation:
    """Neither a playbook nor a table of targets ever changes, so the same question has the same answer for the day."""
    targets = next(row.targets for row in target_tables() if row.number == table)
    account = Account(segment=segment_id, complexity=complexity, targets=targets)
    return simulate(book, PERSONAS[persona], start, days, account)


def _weeks(found: Simulation) -> list[dict[str, Any]]:
    """The lines by weeks since the signature; the first is open, and the one in which first value comes."""
    value = found.first_value.day if found.first_value else None
    weeks = []
    for number, entries in groupby(found.entries, key=lambda entry: entry.day // 7):
        listed = list(entries)
        weeks.append(
            {
                "number": number + 1,
                "since": found.start + timedelta(days=7 * number),
                "entries": listed,
                "heads": [one.words for one in listed if one.kind in {"stage_closed", "milestone", "completed"}],
                "is_open": number == 0 or (value is not None and number == value // 7),
                "days": _days(listed),
            }
        )
    return weeks


def _days(entries: list[Entry]) -> list[tuple[date, int, list[tuple[Entry, bool]]]]:
    return [
        (on, listed[0].day, [(one, one.kind in HEADINGS) for one in listed])
        for on, group in groupby(entries, key=lambda entry: entry.on)
        if (listed := list(group))
    ]


def _fitting(book: Playbook) -> str:
    """The first segment that the playbook names for itself."""
    text = book.choose_when.text if book.choose_when else ""
    named = [(text.index(f'"{one}"'), one) for one in SEGMENTS if f'"{one}"' in text]
    return min(named)[1] if named else "mid_market"


def _one_of(given: str, known: tuple[str, ...], otherwise: str) -> str:
    return given if given in known else otherwise
