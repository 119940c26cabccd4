"""Everything that a journey is judged by, gathered once: account, deal, contacts, usage, calendars."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from onward.accounts import queries as accounts
from onward.automation.queries.activation import activation_readings, activations_read
from onward.automation.queries.earliest import USAGE, earliest_in, then_in
from onward.automation.queries.sale import sale
from onward.identity import queries as identity
from onward.journeys.decisions.by_hand import metrics_read
from onward.journeys.decisions.outside import Outside
from onward.journeys.decisions.state import Run
from onward.kernel.actor import SYSTEM
from onward.kernel.clock import WorkingCalendar
from onward.playbooks.decisions.definition import Playbook
from onward.usage import queries as usage

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVER = datetime(1970, 1, 1, tzinfo=UTC)


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
    if usage_names or book.activations:
        events = {event.id: event for event in book.events}
        found = usage.metrics_for(
            journey.account_id,
            events,
            sorted(usage_names | {"days_since.last_seen", "usage.connected"}),
            since=since,
            now=now,
            seats=account.seats,
        )
        readings |= {name: value for name, value in found.items() if not isinstance(value, datetime)}
        moments |= {name: value for name, value in found.items() if isinstance(value, datetime)}
    activations = activations_read(book, wanted)
    readings |= activation_readings(book, activations, journey.account_id, readings, since, now)
    ours = our_calendar()
    return Outside(
        readings=readings,
        moments=moments,
        ours=ours,
        theirs=WorkingCalendar(zone=account.zone or ours.zone),
        earliest=earliest_in(book, journey.account_id, readings, since, now, account.seats),
        then=then_in(book, journey.account_id, since, now, account.seats),
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
        if any(name.removeprefix("person.").startswith(f"event.{event.id}.") for name in names)
    }


def our_calendar() -> WorkingCalendar:
    """The organization's working week and zone."""
    organization = identity.organization()
    days = frozenset(WEEK.index(day) for day in organization.working_week if day in WEEK) or frozenset(range(5))
    return WorkingCalendar(zone=organization.zone or "UTC", weekdays=days)


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
