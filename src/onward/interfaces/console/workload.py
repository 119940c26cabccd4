"""Workload: "who has room, who has too much, and what falls due?", a row a person and a column a week."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from markupsafe import Markup

from onward.accounts import queries as accounts
from onward.identity.decisions import may
from onward.interfaces.console.shell import staff
from onward.interfaces.ui.given import day
from onward.interfaces.ui.words import date_words, plural, short_date
from onward.journeys import queries as journeys
from onward.journeys.decisions.capacity import Load, Week, outlook
from onward.journeys.decisions.hours import ENOUGH, hours_words
from onward.journeys.queries import Planned
from onward.kernel.refusals import invalid, not_found

WEEKS = (4, 6, 8, 12)
UNIT = "\u00a0h"
#: Tasks that are listed at once.
PAGE = 50
#: In place of a week.
ALL = "all"
#: What of a person's tasks is in no week.
APART = {"undated": "without a date", "unknown": "of unknown length"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One person's week, or everybody's: its bar, its hours in words, what follows from them."""

    week: Week
    label: str
    href: str
    bar: Markup
    hours: str
    said: str
    state: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table; `apart` are (words, address) of the tasks that are in no week, `every` the address of
    all of them."""

    load: Load
    cells: list[Cell]
    free: str
    is_over: bool
    apart: list[tuple[str, str]]
    every: str


@dataclass(frozen=True, slots=True)
class Behind:
    """The tasks behind a number: `title` names it, `rows` are (task, account, hours here, due here) of the first, or
    of those behind `start`; `rest` of them follow at `more`."""

    title: str
    rows: list[tuple[Planned, str, str, bool]]
    rest: int
    more: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page is narrowed to."""

    team: str
    weeks: int

    def at(self, **more: str) -> str:
        given = {"team": self.team, "weeks": str(self.weeks), **more}
        return f"/insights/workload?{urlencode({key: value for key, value in given.items() if value})}"


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The table, and below it the tasks behind the number that was chosen."""
    actor, asked = staff(request), _asked(request)
    found = journeys.workload(actor, teams=[asked.team] if asked.team else [], weeks=asked.weeks)
    loads = [_cut(one, asked.weeks) for one in found.loads]
    chosen, together = request.GET.get("person", ""), outlook(loads, asked.weeks)
    context = {
        "asked": asked,
        "rows": [_row(one, asked, found.today) for one in sorted(loads, key=lambda one: not one.tasks)],
        "everybody": [_cell(week, found.today, "") for week in _summed(together.told)],
        "heads": [_head(week, found.today) for week in (loads[0].weeks if loads else [])],
        "together": together,
        "week_words": lambda week: week_words(week, found.today),
        "teams": [("", "everybody"), *((team, team) for team in found.teams)],
        "lengths": [(str(number), f"{number} weeks") for number in WEEKS],
        "behind": _behind(request, asked, loads, found.today) if chosen else None,
        "chosen": chosen,
        "chosen_week": request.GET.get("week", ""),
        "day_hours": f"{found.day_hours:g}",
        "enough": ENOUGH,
        "may_change": may(actor, "change", "user"),
        "about": about,
        "words": hours_words,
    }
    return render(request, "console/workload.html", context)


def _asked(request: HttpRequest) -> Asked:
    weeks = request.GET.get("weeks", "") or "4"
    if weeks not in {str(number) for number in WEEKS}:
        raise invalid(f"There is no view of {weeks[:10]} weeks.", mend="Choose 4, 6, 8 or 12.", field="weeks")
    return Asked(request.GET.get("team", "").strip()[:120], int(weeks))


def _cut(load: Load, weeks: int) -> Load:
    load.weeks = load.weeks[:weeks]
    return load


def _row(load: Load, asked: Asked, today: date) -> Row:
    ref, free = load.person.ref.removeprefix("user:"), load.free(asked.weeks)
    cells = [
        _cell(week, today, asked.at(person=ref, week=week.monday.isoformat()) + "#behind", load.is_told)
        for week in load.weeks
    ]
    apart = [
        (f"{len(ids):,} {words}", asked.at(person=ref, week=name) + "#behind")
        for name, words in APART.items()
        if (ids := getattr(load, name))
    ]
    every = asked.at(person=ref, week=ALL) + "#behind" if load.tasks else ""
    return Row(load, cells, about(abs(free)), free < 0, apart, every)


def _cell(week: Week, today: date, href: str, is_told: bool = True) -> Cell:
    said = {
        "over": f"{about(-week.free)} over",
        "away": "away" if not week.shares else "",
        "full": "full",
        "room": f"{about(week.free)} free" if is_told else "",
    }[week.state]
    due = f"{len(week.due):,} due" if week.due else ""
    # Hours that nobody can tell look like nobody's: neither a figure nor a bar stands for them.
    is_known = is_told or week.state == "over"
    known = about(week.planned) if week.planned else ""
    return Cell(
        week,
        _head(week, today),
        href,
        bar(week) if is_known else Markup(""),
        f"{about(week.planned).removesuffix(UNIT)} of {about(week.has)}"
        if is_known
        else f"{known} known"
        if known
        else "hours unknown",
        " · ".join(word for word in (said, due) if word),
        week.state,
    )


def _head(week: Week, today: date) -> str:
    return "This week" if week.monday <= today else short_date(week.monday)


def week_words(week: Week, today: date) -> str:
    """ "this week", "next week", "in the week of 7 Dec"."""
    ahead = (week.monday - today).days
    return "this week" if ahead <= 0 else "next week" if ahead <= 7 else f"in the week of {short_date(week.monday)}"


def about(hours: float) -> str:
    """ "15 h 15": to the quarter of an hour, since plans are known no better; a little is not nothing."""
    return hours_words((round(hours * 4) or (1 if hours > 0 else 0)) * 15)


def bar(week: Week) -> Markup:
    """The share of a week that is taken, 100 units wide; what is over stands hatched behind the end of the week."""
    whole = max(week.has, week.planned, 0.01)
    inside, over = 100 * min(week.planned, week.has) / whole, 100 * max(0.0, week.planned - week.has) / whole
    pieces = Markup('<rect class="room" width="{:.1f}" height="8"/>').format(100 * week.has / whole)
    pieces += Markup('<rect class="taken" width="{:.1f}" height="8"/>').format(inside)
    if over:
        pieces += Markup('<path class="over" d="M{:.1f} 4h{:.1f}"/>').format(inside, over)
        pieces += Markup('<rect class="end" x="{:.1f}" y="-1" width="1" height="10"/>').format(max(0.0, inside - 0.5))
    return Markup(
        '<svg class="load" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
    ).format(pieces)


def _summed(loads: Iterable[Load]) -> list[Week]:
    """Their weeks as one: what is over for one is not made good by another, but the sums say where it stands."""
    found: dict[date, Week] = {}
    for week in (week for one in loads for week in one.weeks):
        whole = found.setdefault(week.monday, Week(week.monday, 0.0))
        whole.has += week.has
        whole.shares |= week.shares
        whole.due += week.due
    return list(found.values())


def _behind(request: HttpRequest, asked: Asked, loads: list[Load], today: date) -> Behind:
    chosen, which = request.GET.get("person", ""), request.GET.get("week", "")
    load = next((one for one in loads if one.person.ref == f"user:{chosen}"), None)
    if load is None:
        raise not_found("colleague", chosen[:40])
    name, week = load.person.name, None
    ids: set[UUID] = set()
    if which in APART:
        ids = set(getattr(load, which))
    elif which != ALL:
        monday = day(which)
        week = next((one for one in load.weeks if one.monday == monday), None)
        if week is None:
            raise not_found("week", which[:20])
        ids = {*week.shares, *week.due}
    tasks = [
        one for one in journeys.planned_tasks(staff(request), load.person.ref) if which == ALL or one.work.id in ids
    ]
    if week:
        shares, begins = week.shares, max(week.monday, today)
        tasks.sort(key=lambda one: (-shares.get(one.work.id, 0), one.title.lower()))
        title = f"{name}, from {date_words(begins)}: {about(week.planned)} planned of {about(week.has)}"
    elif which == ALL:
        tasks.sort(key=lambda one: (one.work.held_on or one.work.due_on or date.max, one.work.id))
        title = f"{name}: {plural(len(tasks), 'task')}"
    else:
        title = f"{name}: {plural(len(tasks), 'task')} {APART[which]}"
    end = _start(request) + PAGE
    more = asked.at(person=chosen, week=which, start=str(end)) + "#behind"
    return Behind(title, _rows(tasks[end - PAGE : end], week), max(0, len(tasks) - end), more)


def _start(request: HttpRequest) -> int:
    given = request.GET.get("start", "") or "0"
    if not given.isdecimal() or len(given) > 6:
        raise invalid("The list does not begin there.", mend="Begin with its first tasks.", field="start")
    return int(given)


def _rows(tasks: Iterable[Planned], week: Week | None) -> list[tuple[Planned, str, str, bool]]:
    rows = list(tasks)
    names = accounts.account_names({one.account_id for one in rows})
    return [
        (
            one,
            names.get(one.account_id, ""),
            about(week.shares.get(one.work.id, 0)) if week else "",
            bool(week and one.work.id in week.due),
        )
        for one in rows
    ]
