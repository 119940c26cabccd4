"""The account and its deal, as conditions read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from onward.accounts import queries as accounts
from onward.accounts.queries.metrics import AccountMetrics


@dataclass(frozen=True)
class Sale:
    """`readings` by metric name, what is not filled in left out; `moments`: contract_start and renewal."""

    account: AccountMetrics
    readings: dict[str, Any]
    moments: dict[str, datetime]


def sale(account_id: UUID, deal_id: UUID | None, since: datetime) -> Sale:
    """Gather both; LookupError for an account that is gone. Its targets are those in force at `since`."""
    found = accounts.sold_metrics(account_id, deal_id, since)
    if found is None:
        raise LookupError(f"there is no account {account_id}")
    account, deal, aim = found
    readings = accounts.readings_of(account)
    readings["account.target_days"] = float(aim.whole.most)
    readings["account.setup_days"] = float(aim.setup.most)
    moments: dict[str, datetime] = {}
    if deal is not None:
        readings["deal.won"] = deal.state == "won"
        readings["deal.stage"] = deal.stage or None
        readings["deal.product"] = deal.product or None
        readings["deal.amount"] = float(deal.amount) if deal.amount is not None else None
        readings |= {f"deal.field.{name}": value for name, value in deal.fields.items()}
        dates = {"contract_start": deal.contract_start, "renewal": deal.renewal_on}
        moments = {name: noon(day) for name, day in dates.items() if day}
    known = {name: value for name, value in readings.items() if value is not None}
    return Sale(account, known, moments)


def noon(day: date) -> datetime:
    """A calendar day as an instant that falls on it in nearly every zone."""
    return datetime.combine(day, time(12), UTC)
