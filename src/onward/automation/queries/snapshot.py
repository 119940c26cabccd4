"""Everything that a journey is judged by, gathered once: account, deal, contacts, usage, calendars."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from onward.accounts import queries as accounts
from onward.automation.queries.sale import sale
from onward.identity import queries as identity
from onward.journeys.decisions.by_hand import metrics_read
from onward.journeys.decisions.outside import Outside
from onward.journeys.decisions.state import Run
from onward.kernel.actor import SYSTEM
from onward.kernel.clock import WorkingCalendar
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.judge import figure_value, verdict
from onward.playbooks.decisions.parts import Expr
from onward.usage import queries as usage

USAGE = ("event.", "usage.")
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MICRO = timedelta(microseconds=1)
EVER = datetime(1970, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)


def outside(book: Playbook, run: Run, now: datetime) -> Outside:
    """The snapshot for one journey. What is not known is left out."""
    journey = run.journey
    sold = sale(journey.account_id, journey.deal_id)
    account = sold.account
    wanted = read_by(book)
    readings: dict[str, Any] = dict(sold.readings)
    moments = dict(sold.moments)
    if any(name.startswith("contacts.") for name in wanted):
        readings |= _contacts(journey.account_id)
    since = EVER if book.counts_from == "ever" else _day_zero(book, run) or EVER
    usage_names = {name for name in wanted if name.startswith(USAGE) or name == "days_since.last_seen"}
    if usage_names:
        events = {event.id: event for event in book.events}
        found = usage.metrics_for(
            journey.account_id,
            events,
            sorted(usage_names | {"days_since.last_seen"}),
            since=since,
            now=now,
            seats=account.seats,
        )
        readings |= {name: value for name, value in found.items() if not isinstance(value, datetime)}
        moments |= {name: value for name, value in found.items() if isinstance(value, datetime)}
    ours = our_calendar()
    return Outside(
        readings=readings,
        moments=moments,
        ours=ours,
        theirs=WorkingCalendar(zone=account.zone or ours.zone),
        earliest=earliest_in(book, journey.account_id, readings, since, now, account.seats),
    )


def read_by(book: Playbook) -> frozenset[str]:
    """The metrics that a playbook reads, with the moments of events that its dates rest on."""
    found = _READ.get(id(book))
    if found is None or found[0] is not book:
        timings = [item.due for item in book.stages if item.due] + [item.due for item in book.tasks if item.due]
        timings += [item.due for item in book.milestones if item.due] + [item.at for item in book.check_ins if item.at]
        moments = {moment for timing in timings for moment in timing.moments if moment.startswith("event.")}
        found = _READ[id(book)] = (book, metrics_read(book) | moments)
        if len(_READ) > 200:
            _READ.clear()
    return found[1]


_READ: dict[int, tuple[Playbook, frozenset[str]]] = {}


def watched(book: Playbook) -> set[str]:
    """The product events, by their names as sent, after which a journey on this playbook has to be looked at."""
    names = read_by(book)
    if any(name.startswith(("usage.", "days_since.last_seen")) for name in names):
        return {"*"}
    return {
        track
        for event in book.events
        for track in event.track
        if any(name.startswith(f"event.{event.id}.") for name in names)
    }


def our_calendar() -> WorkingCalendar:
    """The organization's working week and zone."""
    organization = identity.organization()
    days = frozenset(WEEK.index(day) for day in organization.working_week if day in WEEK) or frozenset(range(5))
    return WorkingCalendar(zone=organization.zone or "UTC", weekdays=days)


def earliest_in(
    book: Playbook,
    account_id: UUID,
    readings: Mapping[str, Any],
    since: datetime,
    now: datetime,
    seats: int | None,
) -> Callable[[Expr, Mapping[str, float], datetime | None], datetime | None]:
    """A function that finds the first instant at which an expression over usage was true, by the events now known.

    Asked for one before a moment at which it is known to have been true, it looks at the instant before that first:
    nearly always nothing has changed, and then nothing is searched. Within one snapshot each question is answered once.

    The instants at which its metrics moved are searched by halves: thresholds on counts, people, days and shares of
    all events since day zero only ever grow. An expression that also reads a window is answered by now (None).
    """
    events = {event.id: event for event in book.events}

    answers: dict[tuple[Expr, tuple[tuple[str, float], ...], datetime | None], datetime | None] = {}

    def earliest(expression: Expr, numbers: Mapping[str, float], before: datetime | None) -> datetime | None:
        question = (expression, tuple(sorted(numbers.items())), before)
        if question not in answers:
            answers[question] = found(expression, numbers, before)
        return answers[question]

    def found(expression: Expr, numbers: Mapping[str, float], before: datetime | None) -> datetime | None:
        names = sorted(resolved(book, expression.names))
        mine = [name for name in names if name.startswith(USAGE)]
        if not mine or any(".last_" in name or ".prev_" in name for name in mine):
            return None
        # Events go on arriving while a look runs, and a client's clock may be ahead: they count, so they date too.
        moments = usage.instants(account_id, events, mine, since, now + AHEAD)

        def holds(until: datetime) -> bool:
            then = usage.metrics_for(account_id, events, mine, since=since, now=now, seats=seats, until=until)
            known = {**readings, **then, **numbers}
            return verdict(expression, {**known, **_figures(book, known)}).state == "met"

        if before is not None and not holds(before - MICRO):
            return None
        moments = usage.instants(account_id, events, mine, since, now)
        if not moments or not holds(moments[-1]):
            return None
        low, high = 0, len(moments) - 1
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if holds(moments[middle]) else (middle + 1, high)
        return moments[low]

    return earliest


def resolved(book: Playbook, names: Iterable[str]) -> set[str]:
    """Metric names with figures replaced by what they read."""
    found: set[str] = set()
    for name in names:
        if name.startswith("figure."):
            found |= resolved(book, book.find("figure", name.removeprefix("figure.")).names)
        else:
            found.add(name)
    return found


def _figures(book: Playbook, known: Mapping[str, Any]) -> dict[str, Any]:
    values = {f"figure.{figure.id}": figure_value(figure, known).value for figure in book.figures}
    return {name: value for name, value in values.items() if value is not None}


def _day_zero(book: Playbook, run: Run) -> datetime | None:
    if book.day_zero == "started":
        return run.journey.started_at
    return run.journey.signed_at


def _contacts(account_id: UUID) -> dict[str, float]:
    rows = accounts.contacts_by_role(account_id)
    people = {row.id for group in rows.values() for row in group}
    counts: Counter[str] = Counter({role: len(group) for role, group in rows.items()})
    total = len(people | {row.id for row in accounts.contacts(SYSTEM, account_id=account_id)})
    return {"contacts.total": float(total), **{f"contacts.{role}": float(number) for role, number in counts.items()}}
