"""The list of journeys: filtered, sorted, searched, fifty at a time by keyset. One statement a page."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from onward.foundation.postgres import tuples
from onward.identity.decisions import require
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import Refusal, invalid

PAGE = 50
STATES = ("open", "paused", "completed", "cancelled", "all")
SEGMENTS = ("self_serve", "mid_market", "enterprise", "strategic")
PACES = ("on_track", "behind", "stalled")
SIDES = ("ours", "theirs", "nobody")
FIRST_VALUE = ("late", "this_week", "reached", "not_yet")


@dataclass(frozen=True, slots=True)
class PortfolioLine:
    """One journey. `cells`: a letter a stage, p proven, w waived, c current, f to come. `urgency`: 0 first value late,
    1 stalled before it, 2 stalled after, 3 behind, 4 on track, 5 paused, 6 ended."""

    journey_id: UUID
    account_id: UUID
    account_name: str
    segment: str
    arr: Decimal | None
    currency: str
    owner_id: UUID | None
    owner_name: str
    playbook: str
    playbook_title: str
    title: str
    state: str
    stage: str
    stage_title: str
    stage_number: int
    stage_count: int
    stage_due_at: datetime | None
    stage_due_on: date | None
    cells: str
    checks_met: int
    checks_total: int
    tasks_done: int
    tasks_total: int
    pace: str
    pace_reason: str
    pace_since: datetime | None
    waiting_on: str
    waiting_what: str
    waiting_since: datetime | None
    next_due_at: datetime | None
    next_due_on: date | None
    next_due_what: str
    first_value_due_at: datetime | None
    first_value_due_on: date | None
    first_value_met_at: datetime | None
    completion_due_at: datetime | None
    completion_due_on: date | None
    overdue_ours: int
    overdue_theirs: int
    signed_at: datetime | None
    started_at: datetime
    ended_at: datetime | None
    urgency: int
    is_demo: bool

    @property
    def ref(self) -> str:
        """The journey's external id."""
        return format_id("jny", self.journey_id)

    @property
    def account_ref(self) -> str:
        """The account's external id."""
        return format_id("acc", self.account_id)

    @property
    def progress(self) -> float:
        """The share of required tasks that is done, 0 to 1."""
        return self.tasks_done / self.tasks_total if self.tasks_total else 0.0

    def first_value_late_days(self, now: datetime) -> int | None:
        """Whole days by which first value was, or by now is, late; negative: early. None while it is not late yet,
        or has no date."""
        if self.first_value_due_at is None:
            return None
        if self.first_value_met_at is not None:
            return (self.first_value_met_at - self.first_value_due_at).days
        over = now - self.first_value_due_at
        return over.days if over > timedelta(0) and self.ended_at is None else None


@dataclass(frozen=True, slots=True)
class Filters:
    """What to list; "" and None ask for anything. `words`: beginnings of words in account, title, owner or playbook.
    `owner` "none": without an owner. `first_value`: one of FIRST_VALUE. `waiting_on`: one of SIDES."""

    words: str = ""
    owner: UUID | str | None = None
    segment: str = ""
    state: str = "open"
    pace: str = ""
    stage: str = ""
    playbook: str = ""
    waiting_on: str = ""
    first_value: str = ""
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class PortfolioPage:
    """Fifty lines, and the cursor of the next page ("" at the end)."""

    rows: list[PortfolioLine]
    next: str


@dataclass(frozen=True, slots=True)
class _Key:
    expression: str
    cast: str
    read: Callable[[str], Any]


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _number(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return number


def _text(text: str) -> str:
    if "\0" in text:
        raise ValueError(text)
    return text


def _small(text: str) -> int:
    number = int(text)
    if not -32768 <= number < 32768:
        raise ValueError(text)
    return number


_NEVER = "'9000-01-01 00:00:00+00'::timestamptz"
_ID = _Key("journey_id", "uuid", UUID)
_URGENCY = (_Key("urgency", "int2", _small), _Key("urgency_at", "timestamptz", _moment))
_NAME = _Key("account_low", "text", _text)

# Name -> (keys, newest or largest first). Each has an index that begins with the state (migration 0002).
SORTS: dict[str, tuple[tuple[_Key, ...], bool]] = {
    "urgency": (_URGENCY, False),
    "account": ((_NAME,), False),
    "stage": ((_Key("stage_number", "int2", _small), _NAME), False),
    "due": ((_Key(f"coalesce(next_due_at, {_NEVER})", "timestamptz", _moment),), False),
    "first_value": ((_Key(f"coalesce(first_value_due_at, {_NEVER})", "timestamptz", _moment),), False),
    "waiting": ((_Key(f"coalesce(waiting_since, {_NEVER})", "timestamptz", _moment),), False),
    "arr": ((_Key("coalesce(arr, -1)", "numeric", _number),), True),
    "signed": ((_Key("coalesce(signed_at, started_at)", "timestamptz", _moment),), True),
    "owner": ((_Key("owner_name", "text", _text), _NAME), False),
}
_COLUMNS = [field.name for field in fields(PortfolioLine)]


def portfolio(
    actor: Actor,
    filters: Filters | None = None,
    *,
    sort: str = "urgency",
    cursor: str = "",
    limit: int = PAGE,
    now: datetime | None = None,
) -> PortfolioPage:
    """A page of the list. `sort` is a name in SORTS, with "-" before it in reverse; `cursor` that of a page before.

    `now` is needed for the filter "first value this week". Refusal "invalid" for what is not known here.
    """
    require(actor, "see", "journey")
    keys, down = _sorted_by(sort)
    where, values = _where(filters or Filters(), now)
    if cursor:
        where.append(
            f"({', '.join(key.expression for key in keys)}) {'<' if down else '>'} "
            f"({', '.join(f'%s::{key.cast}' for key in keys)})"
        )
        values += _after(cursor, sort, keys)
    order = ", ".join(f"{key.expression} {'desc' if down else 'asc'}" for key in keys)
    shown = ", ".join([*_COLUMNS, *(f"{key.expression}::text as key_{n}" for n, key in enumerate(keys))])
    found = tuples(
        f"select {shown} from insights_portfolio where {' and '.join(where) or 'true'} order by {order} limit %s",
        [*values, limit + 1],
    )
    width = len(_COLUMNS)
    rows = [PortfolioLine(*row[:width]) for row in found[:limit]]
    more = len(found) > limit
    return PortfolioPage(rows, _cursor(sort, found[limit - 1][width:]) if more else "")


def portfolio_of_account(actor: Actor, account_id: UUID) -> list[PortfolioLine]:
    """All journeys of one account, the most urgent first."""
    require(actor, "see", "journey")
    rows = tuples(
        f"select {', '.join(_COLUMNS)} from insights_portfolio where account_id = %s"
        " order by urgency, urgency_at, journey_id",
        [account_id],
    )
    return [PortfolioLine(*row) for row in rows]


def portfolio_csv(
    actor: Actor, filters: Filters | None = None, *, sort: str = "urgency", now: datetime | None = None
) -> Iterator[str]:
    """The whole list as CSV, line by line, read a thousand rows at a time."""
    require(actor, "see", "journey")
    yield _line(["journey", "account", *_COLUMNS[2:]])
    cursor = ""
    while True:
        page = portfolio(actor, filters, sort=sort, cursor=cursor, limit=1000, now=now)
        for row in page.rows:
            yield _line([row.ref, row.account_ref, *(_cell(getattr(row, name)) for name in _COLUMNS[2:])])
        cursor = page.next
        if not cursor:
            return


def _line(values: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(values)
    return text.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    # A spreadsheet would run a text that begins like this as a formula.
    return f"'{text}" if isinstance(value, str) and text[:1] in "=+-@\t\r" else text


def _sorted_by(sort: str) -> tuple[tuple[_Key, ...], bool]:
    name = sort.removeprefix("-")
    if name not in SORTS:
        raise invalid(f"The list is not sorted by “{name[:40]}”.", mend=f"Sort by one of: {', '.join(SORTS)}.")
    keys, down = SORTS[name]
    return (*keys, _ID), down != sort.startswith("-")


def _where(filters: Filters, now: datetime | None) -> tuple[list[str], list[Any]]:
    where: list[str] = []
    values: list[Any] = []

    def is_one(column: str, value: str, known: tuple[str, ...]) -> None:
        if value and value not in known:
            raise invalid(f"“{value[:40]}” is no {column.replace('_', ' ')}.", mend=f"One of: {', '.join(known)}.")
        if value:
            where.append(f"{column} = %s")
            values.append(value)

    is_one("state", "" if filters.state == "all" else filters.state, STATES)
    is_one("segment", filters.segment, SEGMENTS)
    is_one("pace", filters.pace, PACES)
    is_one("waiting_on", filters.waiting_on, SIDES)
    for column, key in (("stage", filters.stage), ("playbook", filters.playbook)):
        if key:
            where.append(f"{column} = %s")
            values.append(key if re.fullmatch(r"[\w-]{1,100}", key) else "")
    if filters.owner == "none":
        where.append("owner_id is null")
    elif isinstance(filters.owner, UUID):
        where.append("owner_id = %s")
        values.append(filters.owner)
    elif filters.owner is not None:
        raise invalid("The owner is not an id.", mend="Give a user's id, or “none”.")
    if filters.urgent:
        where.append("urgency <= 1")
    _first_value(filters.first_value, now, where, values)
    if filters.words.strip():
        where.append("words @@ to_tsquery('simple', %s)")
        values.append(_prefixes(filters.words))
    return where, values


def _first_value(which: str, now: datetime | None, where: list[str], values: list[Any]) -> None:
    if which and which not in FIRST_VALUE:
        raise invalid(f"“{which[:40]}” says nothing of first value.", mend=f"One of: {', '.join(FIRST_VALUE)}.")
    if which == "late":
        where.append("urgency = 0")
    elif which == "reached":
        where.append("first_value_met_at is not null")
    elif which == "not_yet":
        where.append("first_value_met_at is null")
    elif which == "this_week":
        if now is None:
            raise ValueError("this week: the moment is missing")
        # What is due from now on is not late: said, so that a walk along urgency skips those that are.
        where.append("urgency > 0 and first_value_met_at is null and first_value_due_at >= %s")
        where.append("first_value_due_at < %s")
        values.extend([now, now + timedelta(days=7)])


def _prefixes(words: str) -> str:
    parts = re.findall(r"\w+", words.lower())[:8]
    return " & ".join(f"'{part}':*" for part in parts) or "'':*"


def _cursor(sort: str, values: tuple[str, ...]) -> str:
    return base64.urlsafe_b64encode(json.dumps([sort, *values]).encode()).decode().rstrip("=")


def _after(cursor: str, sort: str, keys: tuple[_Key, ...]) -> list[Any]:
    try:
        said = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(said, list) or len(said) != len(keys) + 1 or said[0] != sort:
            raise ValueError(cursor)
        return [key.read(value) for key, value in zip(keys, said[1:], strict=True)]
    except (ValueError, TypeError, AttributeError, InvalidOperation, OverflowError, RecursionError) as error:
        raise Refusal("invalid", "This is not the cursor of a page.", mend="Begin at the first page.") from error


def narrowed(filters: Filters, **changes: Any) -> Filters:
    """The same list with some conditions changed: for the links of tiles."""
    return replace(filters, **changes)
