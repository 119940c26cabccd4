"""Usage metrics out of cells: what one person did of one event on one UTC day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from onward.kernel.metrics import find
from onward.usage.ports import EventSpec

DAY = timedelta(days=1)
Value = float | bool | datetime
BY_EVENT = frozenset({"count", "distinct", "sum", "events"})


class Cell(NamedTuple):
    """Events of one person and name, all on one day. `value` and `amount` are set for single events only."""

    person: str
    name: str
    day: date
    server: bool
    n: int
    first_at: datetime
    last_at: datetime
    value: str | None = None
    amount: float | None = None


@dataclass(frozen=True, slots=True)
class Want:
    """A usage metric that is asked for. `event` is the declared id, "" for any use at all."""

    name: str
    event: str
    field: str
    window: str
    of_person: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """The moments that windows are laid against. `since` is day zero; `entered` when the stage was entered."""

    since: datetime
    now: datetime
    entered: datetime | None = None

    def bounds(self, window: str) -> tuple[datetime, datetime] | None:
        """Half-open, in UTC days but for the moments that cut them; None when it has no beginning yet. None reaches
        before day zero: what an account did earlier proves nothing of this journey."""
        low, high = self.since, midnight(self.now.date() + DAY)
        if window == "in_stage":
            if self.entered is None:
                return None
            low = self.entered
        elif window:
            kind, _, rest = window.partition("_")
            days = int(rest.removesuffix("d")) * DAY
            if kind == "first":
                high = midnight(self.since.date()) + days
            elif kind == "last":
                low = high - days
            else:
                low, high = high - 2 * days, high - days
        return max(low, self.since), high


def midnight(day: date) -> datetime:
    """The beginning of a UTC day."""
    return datetime.combine(day, time(), UTC)


def wanted(names: Iterable[str]) -> list[Want]:
    """Those of the names that usage answers, taken apart."""
    return [want for name in names if (want := _want(name))]


def _want(name: str) -> Want | None:
    if name == "usage.connected":
        return Want(name, "", "connected", "", of_person=False)
    if name in ("days_since.last_seen", "person.last_seen_days"):
        return Want(name, "", "last_seen_days", "", of_person=name.startswith("person."))
    if name == "person.joined":
        return Want(name, "", "first", "", of_person=True)
    parts = name.split(".")
    if parts[0] == "days_since" and len(parts) == 4 and parts[1] == "event" and parts[3] in ("first", "last"):
        return Want(name, parts[2], f"days_since_{parts[3]}", "", of_person=False)
    if len(parts) == 3 and parts[0] == "event" and parts[2] in ("first", "last"):
        return Want(name, parts[1], parts[2], "", of_person=False)
    use = find(name)
    if use is None or use.metric.parts[0] not in ("event", "usage"):
        return None
    return Want(name, use.id_of("event"), use.metric.parts[-1], use.window, use.of_person)


def needs_properties(spec: EventSpec, fields: Iterable[str]) -> bool:
    """Whether single events have to be read: days keep no properties."""
    return bool(spec.where) or any(getattr(spec, field, "") for field in fields if field in ("distinct", "sum"))


def matches(spec: EventSpec, properties: Mapping[str, object]) -> bool:
    """Whether an event passes the filter. true is not 1, and "1" is neither."""
    return all(any(_same(properties.get(where.property), value) for value in where.values) for where in spec.where)


def _same(found: object, wanted: object) -> bool:
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    if isinstance(found, int | float) and isinstance(wanted, int | float):
        return float(found) == float(wanted)
    return isinstance(found, str) and found == wanted


def measure(
    want: Want, cells: Sequence[Cell], frame: Frame, *, seats: int | None = None, in_days: Callable[[datetime], float]
) -> Value | None:
    """The metric over the cells of its event; None when it is absent. `in_days` says how long ago a moment is."""
    bounds = frame.bounds(want.window)
    if bounds is None:
        return None
    low, high = bounds
    if want.field in ("first", "last_seen_days"):
        low = datetime.min.replace(tzinfo=UTC) if not want.event else low
    seen = [cell for cell in cells if low <= cell.first_at and cell.last_at < high]
    match want.field:
        case "first" | "last" | "days_since_first" | "days_since_last" | "last_seen_days":
            if not seen:
                return None
            moment = min(c.first_at for c in seen) if "first" in want.field else max(c.last_at for c in seen)
            return moment if want.field in ("first", "last") else in_days(moment)
        case "active_share":
            return len({cell.person for cell in seen}) / seats if seats else None
    return _count(want.field, seen)


def _count(field: str, seen: Sequence[Cell]) -> float | None:
    match field:
        case "count" | "events":
            return float(sum(cell.n for cell in seen))
        case "users":
            return float(len({cell.person for cell in seen}))
        case "days":
            return float(len({cell.day for cell in seen}))
        case "weekdays":
            return float(len({cell.day for cell in seen if cell.day.weekday() < 5}))
        case "distinct":
            return float(len({cell.value for cell in seen if cell.value is not None}))
        case "sum":
            return float(sum(cell.amount for cell in seen if cell.amount is not None))
    return None


def rolling_span(want: Want) -> timedelta:
    """The length of a window that moves with time; nothing for one that stands still."""
    kind, _, rest = want.window.partition("_")
    return int(rest.removesuffix("d")) * DAY if kind in ("last", "prev") else timedelta(0)


def changes(want: Want, cells: Iterable[Cell], frame: Frame) -> Iterator[datetime]:
    """The moments at which the metric may take another value: what enters it, and what leaves its window."""
    span = rolling_span(want)
    for cell in cells:
        yield cell.first_at
        if want.field in BY_EVENT or want.field in ("last", "days_since_last", "last_seen_days"):
            yield cell.last_at
        if span:
            leaves = midnight(cell.day) + span
            yield leaves
            yield leaves + span
    yield frame.since
