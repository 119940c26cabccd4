"""The use of a simulated account, kept in memory and measured as the stored one is."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from onward.automation.ports import Value
from onward.playbooks.decisions.parts import EventSpec
from onward.usage.decisions.metrics import Cell, Frame, Want, changes, matches, measure, wanted

MICRO = timedelta(microseconds=1)


class Event(NamedTuple):
    """One event as the product's server sends it."""

    at: datetime
    person: str
    name: str
    properties: Mapping[str, str | float | bool]


@dataclass
class Used:
    """The events of one account so far, sent by a server; `since` is from when on they count."""

    events: Mapping[str, EventSpec]
    since: datetime
    seats: int | None
    now: datetime
    joined: dict[str, datetime] = field(default_factory=dict)
    last_at: datetime | None = None
    #: By declared event, "" for all; in the order of time.
    _cells: dict[str, list[Cell]] = field(default_factory=lambda: defaultdict(list))
    _starts: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def take(self, events: Iterable[Event]) -> None:
        """What happened since the last time, in the order of time."""
        for event in events:
            self._keep("", event, None)
            for name, spec in self.events.items():
                if event.name in spec.track and matches(spec, event.properties):
                    self._keep(name, event, spec)
            self.joined.setdefault(event.person, event.at)
            self.last_at = event.at

    def metrics(self, names: Collection[str], until: datetime | None = None) -> Mapping[str, Value]:
        moment = until or self.now
        found: dict[str, Value] = {}
        for want in wanted(names):
            if want.of_person:
                continue
            if want.field == "connected":
                found[want.name] = True
            elif want.field == "last_seen_days":
                seen = self._between("", None, moment + MICRO if until else None)
                if seen:
                    found[want.name] = float(max((moment - seen[-1].last_at).days, 0))
            else:
                self._measured(found, want, moment, until)
        return found

    def persons(
        self, names: Collection[str], within: timedelta | None, until: datetime | None = None
    ) -> Mapping[str, Mapping[str, Value]]:
        moment = until or self.now
        frame, in_days = Frame(self.since, moment), _days_before(moment)
        found: dict[str, dict[str, Value]] = {who: {} for who, at in sorted(self.joined.items()) if at <= moment}
        for want in wanted(names):
            if not want.of_person or (want.event and want.event not in self.events):
                continue
            by_person: dict[str, list[Cell]] = defaultdict(list)
            for cell in self._between(want.event, None, moment + MICRO if until else None):
                if within is None or cell.last_at <= self.joined[cell.person] + within:
                    by_person[cell.person].append(cell)
            for person, known in found.items():
                value = measure(want, by_person[person], frame, in_days=in_days)
                if value is not None:
                    known[want.name] = value
        return found

    def instants(self, names: Collection[str], until: datetime) -> list[datetime]:
        frame = Frame(self.since, until)
        moments: set[datetime] = set()
        for want in wanted(names):
            if want.field != "connected" and (not want.event or want.event in self.events):
                moments.update(changes(want, self._cells[want.event], frame))
        return sorted(moment for moment in moments if self.since <= moment <= until)

    def _measured(self, found: dict[str, Value], want: Want, moment: datetime, until: datetime | None) -> None:
        if want.event and want.event not in self.events:
            return
        bounds = Frame(self.since, moment).bounds(want.window)
        low = None if bounds is None or (not want.event and want.field == "first") else bounds[0]
        cells = self._between(want.event, low, moment + MICRO if until else None)
        value = measure(
            want,
            cells,
            Frame(self.since, moment),
            seats=self.seats,
            in_days=_days_before(moment),
        )
        if value is not None:
            found[want.name] = value

    def _between(self, event: str, low: datetime | None, high: datetime | None) -> Sequence[Cell]:
        starts = self._starts[event]
        first = bisect_left(starts, low) if low else 0
        last = bisect_left(starts, high) if high else len(starts)
        return self._cells[event][first:last]

    def _keep(self, key: str, event: Event, spec: EventSpec | None) -> None:
        found = event.properties.get(spec.distinct) if spec else None
        value = None if found is None else json.dumps(found, sort_keys=True)
        number = event.properties.get(spec.sum) if spec else None
        amount = float(number) if isinstance(number, int | float) and not isinstance(number, bool) else None
        self._cells[key].append(
            Cell(event.person, event.name, event.at.date(), True, 1, event.at, event.at, value, amount)
        )
        self._starts[key].append(event.at)


def _days_before(moment: datetime) -> Callable[[datetime], float]:
    """How many whole days ago something was."""
    return lambda then: float(max((moment - then).days, 0))
