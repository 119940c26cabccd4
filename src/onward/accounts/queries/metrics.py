"""An account and its deal as automation judges them, in one statement: they are read at every look."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from onward.accounts.decisions.targets import DEFAULT_TARGETS, Aim, aim_of, targets_from
from onward.foundation.postgres import tuples

if TYPE_CHECKING:
    from onward.accounts.queries.accounts import AccountRow


@dataclass(frozen=True, slots=True)
class AccountMetrics:
    """What the metric catalogue's `account.*` reads. None: not filled in."""

    account_id: UUID
    name: str
    segment: str
    complexity: str | None
    complexity_factor: Decimal
    industry: str | None
    region: str | None
    country: str | None
    language: str | None
    zone: str | None
    arr: Decimal | None
    seats: int | None
    group_id: str | None
    owner_id: UUID | None
    state: str
    is_demo: bool
    fields: dict[str, Any]
    working_week: list[str]
    holidays: str
    closed_days: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class DealMetrics:
    """What `deal.*` reads. `product` is the word of the source."""

    deal_id: UUID
    state: str
    stage: str
    product: str
    amount: Decimal | None
    contract_start: date | None
    renewal_on: date | None
    fields: dict[str, Any]


#: What is read of an account as it stands there.
READ = ("segment", "complexity", "industry", "region", "country", "language")


def readings_of(account: AccountMetrics | AccountRow) -> dict[str, Any]:
    """What conditions and tables read of an account, by metric; what is not filled in is left out."""
    found = {f"account.{name}": getattr(account, name) or None for name in READ}
    found["account.complexity_factor"] = float(account.complexity_factor)
    found["account.arr"] = float(account.arr) if account.arr is not None else None
    found["account.seats"] = float(account.seats) if account.seats is not None else None
    found |= {f"account.field.{name}": value for name, value in account.fields.items()}
    return {name: value for name, value in found.items() if value is not None}


WORDS = ("industry", "region", "country", "language", "zone")
_ACCOUNT = ", ".join(
    f"nullif(a.{name}, '')" if name in WORDS else f"a.{'id' if name == 'account_id' else name}"
    for name in (item.name for item in fields(AccountMetrics))
)
_DEAL = "d.id, d.state, d.stage, d.product_as_sent, d.amount, d.contract_start, d.renewal_on, d.fields"
_WIDTH = len(fields(AccountMetrics))
_TABLE = "(select t.table from accounts_durationtable t where t.since <= %s order by t.number desc limit 1)"
_SOLD = f"""
select {_ACCOUNT}, {_TABLE}, {_DEAL}
from accounts_account a left join accounts_deal d on d.id = %s where a.id = %s
"""
_ALONE = f"select {_ACCOUNT} from accounts_account a where a.id = %s"


def sold_metrics(
    account_id: UUID, deal_id: UUID | None, since: datetime
) -> tuple[AccountMetrics, DealMetrics | None, Aim] | None:
    """The account, the deal, and how long its onboarding should take by the targets in force at `since`; None when
    there is no such account."""
    rows = tuples(_SOLD, (since, deal_id, account_id), prepare=None)
    if not rows:
        return None
    account, table, deal = AccountMetrics(*rows[0][:_WIDTH]), rows[0][_WIDTH], rows[0][_WIDTH + 1 :]
    targets = targets_from(table) if table else DEFAULT_TARGETS
    aim = aim_of(targets, account.segment, account.complexity, account.complexity_factor)
    return account, DealMetrics(*deal) if deal[0] else None, aim


def account_metrics(account_id: UUID) -> AccountMetrics | None:
    """The account alone; None when it does not exist."""
    rows = tuples(_ALONE, (account_id,), prepare=None)
    return AccountMetrics(*rows[0]) if rows else None
