"""Reading cells: days where days are enough, single events where a moment cuts a day or properties are asked for."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from onward.foundation.postgres import one_statement
from onward.usage.decisions.metrics import DAY, Cell, matches, midnight
from onward.usage.ports import EventSpec


def days(
    account_id: UUID, names: Collection[str] | None, low: datetime, high: datetime | None, cuts: Iterable[datetime] = ()
) -> list[Cell]:
    """Cells of the account from `low` to `high` (exclusive); days that a cut falls into come as single events.

    `names` are as sent, None for any. Both bounds are moments of their own: use them as cuts too if they must be sharp.
    """
    if names is None:
        return days_of(account_id, (), None, low, high, cuts)
    return days_of(account_id, names, low, None, high, cuts)


def days_of(
    account_id: UUID,
    names: Collection[str],
    low: datetime | None,
    any_low: datetime | None,
    high: datetime | None,
    cuts: Iterable[datetime],
) -> list[Cell]:
    """As `days`, for some names from `low` and for all names from `any_low` on (None: not at all), in one reading."""
    rows = one_statement(
        """select p.person, d.name, d.day, d.server, d.n, d.first_at, d.last_at
        from usage_person p join usage_daily d on d.who = p.who and d.grp = p.grp
        where p.account_id = %(account)s and (d.day >= %(any_low)s or d.day >= %(low)s and d.name = any(%(names)s))
          and (%(high)s::date is null or d.day <= %(high)s)""",
        {
            "account": account_id,
            "names": sorted(names),
            "low": low.date() if low else None,
            "any_low": any_low.date() if any_low else None,
            "high": high.date() if high else None,
        },
    )
    cells = [Cell(**row) for row in rows]
    sharp = [cut for cut in cuts if cut != midnight(cut.date())]
    cut_days = {
        cell.day for cell in cells for cut in sharp if cell.day == cut.date() and cell.first_at < cut <= cell.last_at
    }
    for day in cut_days:
        cells = [cell for cell in cells if cell.day != day]
        wanted = None if any_low and midnight(day) >= any_low else names
        cells += single(account_id, wanted, midnight(day), midnight(day) + DAY)
    return cells


def single(
    account_id: UUID,
    names: Collection[str] | None,
    low: datetime,
    high: datetime | None,
    *,
    spec: EventSpec | None = None,
) -> list[Cell]:
    """Each event from `low` to `high` (exclusive) as a cell of its own, filtered by the spec, with its properties."""
    names = sorted(names) if names is not None else None
    rows = _read(account_id, names, low, high, sorted(_asked(spec)) if spec else [])
    return [cell for row in rows if (cell := _cell(row, spec))]


def _read(
    account_id: UUID, names: list[str] | None, low: datetime, high: datetime | None, asked: list[str]
) -> list[dict[str, Any]]:
    properties = ", ".join(f"%(p{index})s::text, e.props -> %(p{index})s::text" for index in range(len(asked)))
    return one_statement(
        f"""select p.person, e.name, (e.at at time zone 'UTC')::date as day, e.server, e.at,
          {f"jsonb_build_object({properties})::text" if asked else "'{}'"} as properties
        from usage_person p join usage_event e on e.who = p.who and e.grp = p.grp
        where p.account_id = %(account)s and e.name is not null
          and (%(names)s::text[] is null or e.name = any(%(names)s))
          and e.at >= %(low)s and (%(high)s::timestamptz is null or e.at < %(high)s)""",
        {
            "account": account_id,
            "names": names,
            "low": low,
            "high": high,
            **{f"p{index}": name for index, name in enumerate(asked)},
        },
    )


def singles(
    account_id: UUID, specs: Mapping[str, EventSpec], low: datetime, high: datetime | None
) -> dict[str, list[Cell]]:
    """As `single` for each of these declared events, in one reading."""
    asked = sorted({name for spec in specs.values() for name in _asked(spec)})
    names = sorted({name for spec in specs.values() for name in spec.track})
    rows = _read(account_id, names, low, high, asked)
    return {
        event: [cell for row in rows if row["name"] in spec.track and (cell := _cell(row, spec))]
        for event, spec in specs.items()
    }


def _asked(spec: EventSpec) -> set[str]:
    return {*(where.property for where in spec.where), spec.distinct, spec.sum} - {""}


def _cell(row: dict[str, Any], spec: EventSpec | None) -> Cell | None:
    value, amount = None, None
    if spec is not None:
        properties = json.loads(row["properties"])
        if not matches(spec, properties):
            return None
        found = properties.get(spec.distinct)
        value = None if found is None else json.dumps(found, sort_keys=True)
        number = properties.get(spec.sum)
        amount = float(number) if isinstance(number, int | float) and not isinstance(number, bool) else None
    at = row["at"]
    return Cell(row["person"], row["name"], row["day"], row["server"], 1, at, at, value, amount)


def last_use(account_id: UUID, until: datetime | None) -> datetime | None:
    """When the account was last seen (up to and with `until`); None when never."""
    row = one_statement("select max(last_at) as at from usage_account_person where account_id = %s", (account_id,))
    found: datetime | None = row[0]["at"]
    if found is None or until is None or found <= until:
        return found
    earlier = days(account_id, None, midnight(until.date()) - timedelta(days=3650), until, cuts=[_after(until)])
    return max((cell.last_at for cell in earlier if cell.last_at <= until), default=None)


def _after(moment: datetime) -> datetime:
    return moment + timedelta(microseconds=1)
