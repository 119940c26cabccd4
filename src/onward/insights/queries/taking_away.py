"""The list as a file: of all columns or of those that were chosen."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from onward.identity.decisions import require
from onward.insights.queries.conditions import Filters
from onward.insights.queries.portfolio import COLUMNS, PortfolioLine, lines_in_order, portfolio
from onward.kernel.actor import Actor


def portfolio_csv(
    actor: Actor,
    filters: Filters | None = None,
    *,
    sort: str = "urgency",
    now: datetime | None = None,
    columns: Sequence[str] | None = None,
    ids: Collection[UUID] | None = None,
) -> Iterator[str]:
    """The whole list as CSV, line by line, read a thousand rows at a time. `columns` are fields of PortfolioLine;
    with `ids` only those journeys, whatever the filters."""
    require(actor, "see", "journey")
    columns = [name for name in COLUMNS[2:] if name != "urgency_at"] if columns is None else columns
    unknown = [name for name in columns if name not in COLUMNS]
    if unknown:
        raise LookupError(f"no columns: {unknown}")
    yield _line(["journey", "account", *columns])
    if ids is not None:
        for row in lines_in_order(actor, ids, sort=sort):
            yield _row(row, columns)
        return
    cursor = ""
    while True:
        page = portfolio(actor, filters, sort=sort, cursor=cursor, limit=1000, now=now)
        for row in page.rows:
            yield _row(row, columns)
        cursor = page.next
        if not cursor:
            return


def _row(row: PortfolioLine, columns: Sequence[str]) -> str:
    return _line([row.ref, row.account_ref, *(_cell(getattr(row, name)) for name in columns)])


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
    return f"'{text}" if isinstance(value, str) and text[:1] in "=+-@\t\r\n" else text
