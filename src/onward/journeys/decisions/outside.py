"""What a journey needs to know of the world around it, gathered by automation before it decides."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from onward.kernel.clock import WorkingCalendar
from onward.playbooks.decisions.parts import Expr

Value = bool | float | str
_NEVER_OFF: frozenset[date] = frozenset()


def _unknown(names: Collection[str], moment: datetime) -> Mapping[str, Any] | None:
    return None


def _never(expression: Expr, extra: Mapping[str, float], before: datetime | None) -> datetime | None:
    return None


@dataclass
class Outside:
    """`readings`: account, deal, usage, events, activation and contacts by metric name (absent = not known).

    `moments`: contract_start, renewal, event.E.first and event.E.last. `earliest` finds the first instant at which an
    expression over usage was true (only one before the given moment, if one is given), None when events cannot tell.
    `then` is what metrics were at a moment in the past, by the events now known; None when one is not of usage.
    `away`: the days off of our people, by reference.
    """

    readings: Mapping[str, Any] = field(default_factory=dict)
    moments: Mapping[str, datetime] = field(default_factory=dict)
    ours: WorkingCalendar = field(default_factory=WorkingCalendar)
    theirs: WorkingCalendar = field(default_factory=WorkingCalendar)
    away: Mapping[str, frozenset[date]] = field(default_factory=dict)
    earliest: Callable[[Expr, Mapping[str, float], datetime | None], datetime | None] = _never
    then: Callable[[Collection[str], datetime], Mapping[str, Any] | None] = _unknown

    def calendar(self, side: str, person: str = "") -> WorkingCalendar:
        """The days on which a side works, or one person of it."""
        days = self.theirs if side == "theirs" else self.ours
        return days.without(self.away.get(person, _NEVER_OFF))
