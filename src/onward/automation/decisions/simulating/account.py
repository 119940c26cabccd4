"""The account that a simulated customer is, as conditions read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from onward.accounts.decisions import DEFAULT_TARGETS, DurationTargets, aim_of, factor_for


@dataclass(frozen=True)
class Account:
    """What is known of the account and its deal. None and "" are not filled in (`complexity_factor` then
    follows from the complexity). `fields`: more metrics by name."""

    segment: str = "mid_market"
    complexity: str | None = "standard"
    complexity_factor: float | None = None
    arr: float | None = None
    seats: int | None = 10
    zone: str = ""
    contract_start: datetime | None = None
    renewal: datetime | None = None
    fields: tuple[tuple[str, bool | float | str], ...] = ()
    targets: DurationTargets = DEFAULT_TARGETS

    def readings(self) -> dict[str, Any]:
        """By metric name; what is not filled in is left out."""
        given = self.complexity_factor
        factor = factor_for(self.complexity or None) if given is None else Decimal(str(given))
        aim = aim_of(self.targets, self.segment or "self_serve", self.complexity or None, factor)
        known = {
            "account.segment": self.segment or None,
            "account.complexity": self.complexity or None,
            "account.complexity_factor": float(factor),
            "account.target_days": float(aim.whole.most),
            "account.setup_days": float(aim.setup.most),
            "account.arr": float(self.arr) if self.arr is not None else None,
            "account.seats": float(self.seats) if self.seats is not None else None,
            "deal.won": True,
            **dict(self.fields),
        }
        return {name: value for name, value in known.items() if value is not None}

    def moments(self) -> dict[str, datetime]:
        """The dates of its contract, where they are known."""
        found = {"contract_start": self.contract_start, "renewal": self.renewal}
        return {name: moment for name, moment in found.items() if moment is not None}
