"""The usage metrics of an account, and of each person there, for whoever judges criteria."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from onward.accounts import queries as accounts
from onward.foundation.postgres import one_statement
from onward.usage.decisions.metrics import (
    BY_EVENT,
    Cell,
    Frame,
    Value,
    Want,
    changes,
    measure,
    midnight,
    needs_properties,
    wanted,
)
from onward.usage.ports import EventSpec
from onward.usage.queries import cells

MICRO = timedelta(microseconds=1)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def metrics_for(
    account_id: UUID,
    events: Mapping[str, EventSpec],
    names: Collection[str],
    *,
    since: datetime,
    now: datetime,
    seats: int | None,
    until: datetime | None = None,
    entered: datetime | None = None,
) -> dict[str, Value]:
    """Those of `names` that are known now; what is left out is unknown.

    `events` are the playbook's declarations by id; `since` is day zero. With `until` all is as it was at that moment
    (inclusive), as known today. `entered` is when the stage was entered, for `in_stage`. Counts are floats, moments
    (`event.E.first`, `event.E.last`) datetimes. Names of others are passed over.
    """
    asked = [want for want in wanted(names) if not want.of_person]
    found: dict[str, Value] = {}
    is_linked, kinds = _connection(account_id)
    for want in asked:
        if want.field == "connected":
            found[want.name] = is_linked and bool(kinds)
    if not is_linked or not kinds:
        return found
    moment = until or now
    frame = Frame(since, moment, entered)
    in_days = _days_before(moment)
    for want in asked:
        if want.field == "last_seen_days" and (seen := cells.last_use(account_id, until)) is not None:
            found[want.name] = in_days(seen)
    others = [want for want in asked if want.field != "last_seen_days"]
    groups = {
        (event, raw): group
        for (event, raw), group in _grouped(others, events).items()
        if not event or events[event].source != "server" or "server" in kinds
    }
    loaded = _load_all(account_id, groups, events, frame, until)
    for key, group in groups.items():
        for want in group:
            value = measure(want, loaded[key], frame, seats=seats, in_days=in_days)
            if value is not None:
                found[want.name] = value
    return found


def persons_metrics(
    account_id: UUID,
    events: Mapping[str, EventSpec],
    names: Collection[str],
    *,
    since: datetime,
    now: datetime,
    until: datetime | None = None,
    within: timedelta | None = None,
) -> dict[str, dict[str, Value]]:
    """`person.` metrics by person ("u:" or "a:" and the id as sent) for everybody seen at the account.

    `within` counts only what a person did up to that long after their own first event of any kind.
    """
    asked = [want for want in wanted(names) if want.of_person]
    is_linked, kinds = _connection(account_id)
    if not is_linked or not kinds:
        return {}
    moment = until or now
    frame = Frame(since, moment)
    in_days = _days_before(moment)
    everyone = one_statement(
        "select person, min(first_at) as first_at, max(last_at) as last_at from usage_account_person"
        " where account_id = %s group by person",
        (account_id,),
    )
    joined = {row["person"]: row["first_at"] for row in everyone if row["first_at"] <= moment}
    found: dict[str, dict[str, Value]] = {person: {} for person in sorted(joined)}
    for (event, _), group in _grouped(asked, events).items():
        spec = events[event] if event else None
        if spec is not None and spec.source == "server" and "server" not in kinds:
            continue
        loaded = _load(account_id, group, spec, frame, until, one_by_one=within is not None)
        by_person: dict[str, list[Cell]] = defaultdict(list)
        for cell in loaded:
            if within is None or cell.last_at <= joined.get(cell.person, cell.last_at) + within:
                by_person[cell.person].append(cell)
        for person in found:
            for want in group:
                value = measure(want, by_person[person], frame, in_days=in_days)
                if value is not None:
                    found[person][want.name] = value
    return found


def instants(
    account_id: UUID,
    events: Mapping[str, EventSpec],
    names: Collection[str],
    since: datetime,
    until: datetime,
    *,
    entered: datetime | None = None,
) -> list[datetime]:
    """The moments from `since` to `until`, ascending, at which any of the names may have taken another value.

    Between two of them nothing of usage changes, so the earliest at which a condition holds is when it became true.
    """
    frame = Frame(since, until, entered)
    found: set[datetime] = set()
    for (event, _), group in _grouped(wanted(names), events).items():
        spec = events[event] if event else None
        one_by_one = any(want.field in BY_EVENT for want in group)
        loaded = _load(account_id, group, spec, frame, until, one_by_one=one_by_one, low=since)
        for want in group:
            found.update(changes(want, loaded, frame))
    return sorted(moment for moment in found if since <= moment <= until)


def _grouped(asked: Sequence[Want], events: Mapping[str, EventSpec]) -> dict[tuple[str, bool], list[Want]]:
    """Wants that one reading of cells serves: by event, and by whether single events are needed."""
    groups: dict[tuple[str, bool], list[Want]] = defaultdict(list)
    for want in asked:
        if want.field != "connected" and (not want.event or want.event in events):
            raw = bool(want.event) and needs_properties(events[want.event], [want.field])
            groups[want.event, raw].append(want)
    return groups


Groups = Mapping[tuple[str, bool], Sequence[Want]]


def _load_all(
    account_id: UUID, groups: Groups, events: Mapping[str, EventSpec], frame: Frame, until: datetime | None
) -> dict[tuple[str, bool], list[Cell]]:
    """As `_load` for each group, in one reading of days and one of single events: this is asked at every look."""
    high = until + MICRO if until else None
    lows = {key: low for key, group in groups.items() if (low := _low(group, events.get(key[0]), frame)) is not None}
    raw = {event: low for (event, is_raw), low in lows.items() if is_raw}
    by_day = {event: low for (event, is_raw), low in lows.items() if not is_raw}
    singles: dict[str, list[Cell]] = {}
    if raw:
        specs = {event: events[event] for event in raw}
        singles = cells.singles(account_id, specs, min(raw.values()), high)
    days: list[Cell] = []
    if by_day:
        named = {event: low for event, low in by_day.items() if event}
        names = {name for event in named for name in events[event].track}
        cuts = [cut for cut in (frame.since, frame.entered, high) if cut]
        low = midnight(min(named.values()).date()) if named else None
        any_low = midnight(by_day[""].date()) if "" in by_day else None
        days = cells.days_of(account_id, names, low, any_low, high, cuts)
    found: dict[tuple[str, bool], list[Cell]] = {}
    for key in groups:
        event, is_raw = key
        spec = events.get(event)
        mine = singles.get(event, []) if is_raw else days
        found[key] = [
            cell
            for cell in (mine if key in lows else [])
            if (high is None or cell.last_at < high)
            and (spec is None or (cell.name in spec.track and (spec.source != "server" or cell.server)))
            and cell.last_at >= (lows[key] if is_raw else midnight(lows[key].date()))
        ]
    return found


def _low(group: Sequence[Want], spec: EventSpec | None, frame: Frame) -> datetime | None:
    """From when on a group's wants look at events; None when none does."""
    lows = [bounds[0] for want in group if (bounds := frame.bounds(want.window))]
    if not spec and any(want.field in ("first", "last_seen_days") for want in group):
        lows = [LONG_AGO]
    return max(min(lows), LONG_AGO) if lows else None


def _load(
    account_id: UUID,
    group: Sequence[Want],
    spec: EventSpec | None,
    frame: Frame,
    until: datetime | None,
    *,
    one_by_one: bool = False,
    low: datetime | None = None,
) -> list[Cell]:
    """The cells of one event that the wants of a group look at, or all from `low` on."""
    lows = [low] if low else [bounds[0] for want in group if (bounds := frame.bounds(want.window))]
    if not spec and any(want.field in ("first", "last_seen_days") for want in group):
        lows = [LONG_AGO]
    if not lows:
        return []
    low, high = max(min(lows), LONG_AGO), until + MICRO if until else None
    names = spec.track if spec else None
    if one_by_one or (spec is not None and needs_properties(spec, [want.field for want in group])):
        loaded = cells.single(account_id, names, low, high, spec=spec)
    else:
        cuts = [cut for cut in (frame.since, frame.entered, high) if cut]
        loaded = cells.days(account_id, names, midnight(low.date()), high, cuts)
    return [
        cell
        for cell in loaded
        if (high is None or cell.last_at < high) and (spec is None or spec.source != "server" or cell.server)
    ]


def _connection(account_id: UUID) -> tuple[bool, set[str]]:
    """Whether the account is linked to its id in the product, and which kinds of source have delivered."""
    linked = bool(accounts.group_ids([account_id]))
    rows = one_statement(
        "select distinct s.kind from usage_source s join usage_source_count c on c.source_id = s.id"
        " where c.what = 'stored' and c.n > 0"
    )
    return linked, {row["kind"] for row in rows}


def _days_before(moment: datetime) -> Callable[[datetime], float]:
    """How many whole days ago something was."""
    return lambda then: float(max((moment - then).days, 0))
