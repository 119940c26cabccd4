"""What is outside a journey, put together from its parts: the sale, the people, the use, both calendars."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from onward.automation.decisions.activation import activation_readings, activations_read
from onward.automation.decisions.earliest import USAGE, earliest_in, then_in
from onward.automation.ports import Usage
from onward.journeys.decisions.by_hand import metrics_read
from onward.journeys.decisions.outside import Outside
from onward.journeys.decisions.state import JourneyRow
from onward.kernel.clock import WorkingCalendar
from onward.playbooks.decisions.definition import Playbook

EVER = datetime(1970, 1, 1, tzinfo=UTC)
SEEN = ("days_since.last_seen", "usage.connected")


def outside_of(
    book: Playbook,
    now: datetime,
    *,
    readings: Mapping[str, Any],
    moments: Mapping[str, datetime],
    usage: Usage,
    ours: WorkingCalendar,
    theirs: WorkingCalendar,
    away: Mapping[str, frozenset[date]] | None = None,
) -> Outside:
    """The snapshot for one journey: `readings` and `moments` of account, deal and people, with the use beside them."""
    wanted = read_by(book)
    names = {name for name in wanted if name.startswith(USAGE) or name == "days_since.last_seen"}
    used = usage.metrics(sorted(names.union(SEEN))) if names or book.activations else {}
    known = {**readings, **{name: value for name, value in used.items() if not isinstance(value, datetime)}}
    known |= activation_readings(activations_read(book, wanted), usage, known)
    return Outside(
        readings=known,
        moments={**moments, **{name: value for name, value in used.items() if isinstance(value, datetime)}},
        ours=ours,
        theirs=theirs,
        away=away or {},
        earliest=earliest_in(book, usage, known, now),
        then=then_in(book, usage),
    )


def counted_from(book: Playbook, journey: JourneyRow) -> datetime:
    """From when on usage counts: before the signature is known from the opening on."""
    if book.counts_from == "ever":
        return EVER
    return journey.started_at if book.day_zero == "started" else journey.signed_at or journey.started_at


def read_by(book: Playbook) -> frozenset[str]:
    """The metrics that a playbook reads, with the moments of events that its dates rest on."""
    found = _READ.get(id(book))
    if found is None or found[0] is not book:
        timings = [one for stage in book.stages for one in (stage.due, stage.starts)]
        timings += [one for task in book.tasks for one in (task.due, task.starts)]
        timings += [item.due for item in book.milestones] + [item.at for item in book.check_ins]
        moments = {name for one in timings if one for name in one.moments if name.startswith("event.")}
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
