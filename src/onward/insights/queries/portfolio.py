"""The list of journeys: filtered, sorted, searched, fifty at a time by keyset. One statement a page."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from onward.foundation.postgres import tuples
from onward.identity.decisions import require
from onward.insights.queries.filters import Filters, conditions
from onward.insights.queries.sorting import after, cursor_of, sorted_by
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id

PAGE = 50


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
class PortfolioPage:
    """Fifty lines, and the cursor of the next page ("" at the end)."""

    rows: list[PortfolioLine]
    next: str


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
    keys, down = sorted_by(sort)
    where, values = conditions(filters or Filters(), now)
    if cursor:
        where.append(
            f"({', '.join(key.expression for key in keys)}) {'<' if down else '>'} "
            f"({', '.join(f'%s::{key.cast}' for key in keys)})"
        )
        values += after(cursor, sort, keys)
    order = ", ".join(f"{key.expression} {'desc' if down else 'asc'}" for key in keys)
    shown = ", ".join([*_COLUMNS, *(f"{key.expression}::text as key_{n}" for n, key in enumerate(keys))])
    found = tuples(
        f"select {shown} from insights_portfolio where {' and '.join(where) or 'true'} order by {order} limit %s",
        [*values, limit + 1],
    )
    width = len(_COLUMNS)
    rows = [PortfolioLine(*row[:width]) for row in found[:limit]]
    more = len(found) > limit
    return PortfolioPage(rows, cursor_of(sort, found[limit - 1][width:]) if more else "")


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
