"""What came of each version of a playbook: its journeys, their time to first value, how many were completed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from onward.identity.decisions import require
from onward.insights.decisions import ENOUGH, Survival, observe, survival
from onward.insights.queries.history import FIRST_VALUE, courses
from onward.journeys.queries import versions_followed
from onward.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class VersionFigures:
    """Of the journeys that follow a version: how many there are, are completed, have left; `value` is the curve of
    those with a signature from there to first value."""

    journeys: int
    completed: int
    left: int
    value: Survival

    @property
    def not_yet(self) -> int:
        """Signed, and without first value so far; who left without it is among them."""
        return self.value.n - self.value.reached

    @property
    def median_days(self) -> float | None:
        """None while too few have got there to tell, or fewer than half."""
        return self.value.median_days if self.value.reached >= ENOUGH else None

    @property
    def is_enough(self) -> bool:
        return self.value.reached >= ENOUGH

    @property
    def completed_share(self) -> float | None:
        """Of those that have ended, the share that was completed; None while too few have."""
        ended = self.completed + self.left
        return self.completed / ended if ended >= ENOUGH else None


def by_version(actor: Actor, key: str, *, as_of: datetime) -> dict[UUID, VersionFigures]:
    """The figures of each published version of a playbook that a journey follows."""
    require(actor, "see", "insight")
    follows = versions_followed(key)
    rows: dict[UUID, list[dict[str, Any]]] = {}
    for row in courses(FIRST_VALUE, key):
        if row["journey_id"] in follows:
            rows.setdefault(follows[row["journey_id"]], []).append(row)
    return {version: _figures(found, as_of) for version, found in rows.items()}


def _figures(rows: list[dict[str, Any]], as_of: datetime) -> VersionFigures:
    signed = [row for row in rows if row["signed_at"] is not None and row["signed_at"] <= as_of]
    seen = [observe(row["signed_at"], row["reached_at"], row["cancelled_at"], as_of) for row in signed]
    return VersionFigures(
        len(rows),
        sum(row["completed_at"] is not None for row in rows),
        sum(row["cancelled_at"] is not None and row["completed_at"] is None for row in rows),
        survival(seen),
    )
