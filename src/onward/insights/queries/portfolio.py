"""The list of journeys: filtered, sorted, searched, fifty at a time by keyset. One statement a page."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from onward.foundation.postgres import tuples
from onward.identity.decisions import require
from onward.insights.queries.conditions import Filters, where_of
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import Refusal, invalid

PAGE = 50


@dataclass(frozen=True, slots=True)
class PortfolioLine:
    """One journey. `cells`: a letter a stage, p proven, w waived, c current, f to come. `urgency`: 0 late for
    first value or stalled, 3 behind, 4 on track, 5 paused, 6 ended; within it the smaller `urgency_at` comes first.
    `questions` of the customer wait for an answer."""

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
    urgency_at: datetime
    is_demo: bool
    active_at: datetime
    questions: int

    @property
    def ref(self) -> str:
        """The journey's external id."""
        return format_id("jny", self.journey_id)

    @property
    def account_ref(self) -> str:
        """The account's external id."""
        return format_id("acc", self.account_id)

    @property
    def owner_ref(self) -> str:
        """The owner's external id, "" nobody."""
        return format_id("usr", self.owner_id) if self.owner_id else ""

    @property
    def progress(self) -> float:
        """The share of required tasks that is done, 0 to 1."""
        return self.tasks_done / self.tasks_total if self.tasks_total else 0.0

    def first_value_is_late(self, now: datetime) -> bool:
        """Not reached, and its hour is past; nobody hurries what is paused."""
        due = self.first_value_due_at
        return due is not None and due < now and self.first_value_met_at is None and self.state == "open"


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
    "segment": ((_Key("segment", "text", _text), *_URGENCY), False),
    "silent": ((_Key("active_at", "timestamptz", _moment),), False),
}
COLUMNS = [field.name for field in fields(PortfolioLine)]


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
    where, values = where_of(filters or Filters(), now)
    if cursor:
        where.append(
            f"({', '.join(key.expression for key in keys)}) {'<' if down else '>'} "
            f"({', '.join(f'%s::{key.cast}' for key in keys)})"
        )
        values += _after(cursor, sort, keys)
    order = ", ".join(f"{key.expression} {'desc' if down else 'asc'}" for key in keys)
    shown = ", ".join([*COLUMNS, *(f"{key.expression}::text as key_{n}" for n, key in enumerate(keys))])
    found = tuples(
        f"select {shown} from insights_portfolio where {' and '.join(where) or 'true'} order by {order} limit %s",
        [*values, limit + 1],
    )
    width = len(COLUMNS)
    rows = [PortfolioLine(*row[:width]) for row in found[:limit]]
    more = len(found) > limit
    return PortfolioPage(rows, _cursor(sort, found[limit - 1][width:]) if more else "")


def lines_in_order(actor: Actor, journey_ids: Collection[UUID], *, sort: str = "urgency") -> list[PortfolioLine]:
    """These journeys, sorted."""
    require(actor, "see", "journey")
    keys, down = _sorted_by(sort)
    order = ", ".join(f"{key.expression} {'desc' if down else 'asc'}" for key in keys)
    rows = tuples(
        f"select {', '.join(COLUMNS)} from insights_portfolio where journey_id = any(%s) order by {order}",
        [list(journey_ids)],
    )
    return [PortfolioLine(*row) for row in rows]


def most_urgent_of_accounts(actor: Actor, account_ids: Collection[UUID]) -> dict[UUID, PortfolioLine]:
    """The journey under way of each account that most needs somebody; an account without one is left out."""
    require(actor, "see", "journey")
    rows = tuples(
        f"select distinct on (account_id) {', '.join(COLUMNS)} from insights_portfolio"
        " where account_id = any(%s) and state in ('open', 'paused')"
        " order by account_id, urgency, urgency_at, journey_id",
        [list(account_ids)],
    )
    lines = [PortfolioLine(*row) for row in rows]
    return {line.account_id: line for line in lines}


def accounts_by_need(actor: Actor, *, limit: int = 5000) -> list[UUID]:
    """The accounts with a journey that is open or paused: whose needs help most comes first."""
    require(actor, "see", "journey")
    rows = tuples(
        "select account_id from (select distinct on (account_id) account_id, urgency, urgency_at, journey_id"
        " from insights_portfolio where state in ('open', 'paused')"
        " order by account_id, urgency, urgency_at, journey_id) a order by urgency, urgency_at, journey_id limit %s",
        [limit],
    )
    return [row[0] for row in rows]


def _sorted_by(sort: str) -> tuple[tuple[_Key, ...], bool]:
    name = sort.removeprefix("-")
    if name not in SORTS:
        raise invalid(f"The list is not sorted by “{name[:40]}”.", mend=f"Sort by one of: {', '.join(SORTS)}.")
    keys, down = SORTS[name]
    return (*keys, _ID), down != sort.startswith("-")


def _cursor(sort: str, values: tuple[str, ...]) -> str:
    return base64.urlsafe_b64encode(json.dumps([sort, *values]).encode()).decode().rstrip("=")


def _after(cursor: str, sort: str, keys: tuple[_Key, ...]) -> list[Any]:
    try:
        said = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(said, list) or len(said) != len(keys) + 1 or said[0] != sort:
            raise ValueError(cursor)
        return [key.read(value) for key, value in zip(keys, said[1:], strict=True)]
    except (ValueError, TypeError, AttributeError, InvalidOperation, OverflowError, RecursionError) as error:
        raise Refusal("invalid", "This part of the list cannot be found.", mend="Begin at the first page.") from error
