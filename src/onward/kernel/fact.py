"""The base of every fact: what happened, frozen, named, versioned. Apps declare theirs in `facts.py`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID


@dataclass(frozen=True)
class Fact:
    """A past participle, e.g. "journey.task.completed". Fields hold what history needs, not ids alone."""

    name: ClassVar[str]
    version: ClassVar[int] = 1

    @property
    def is_by_time(self) -> bool:
        """Whether the passing of time alone brings it: no fact led to it, whatever its journey was looked at for."""
        return False

    def data(self) -> dict[str, Any]:
        """The fields as JSON-able values: UUIDs, moments and decimals become text."""
        return {item.name: plain(getattr(self, item.name)) for item in fields(self)}


def plain(value: Any) -> Any:
    """One value in the form that the ledger stores."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value
