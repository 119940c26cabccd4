"""What automation asks of whoever counts the product's events: the stored ones, or those of a simulated customer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Protocol

Value = float | bool | datetime


class Usage(Protocol):
    """The use of one account since day zero, by the events now known."""

    def metrics(self, names: Collection[str], until: datetime | None = None) -> Mapping[str, Value]:
        """Those of `names` that are known; with `until` as they were at that moment."""
        ...

    def persons(
        self, names: Collection[str], within: timedelta | None, until: datetime | None = None
    ) -> Mapping[str, Mapping[str, Value]]:
        """`person.` metrics by person; `within` counts only that long after a person's own first event."""
        ...

    def instants(self, names: Collection[str], until: datetime) -> list[datetime]:
        """The moments, ascending, at which any of the names may have taken another value."""
        ...
