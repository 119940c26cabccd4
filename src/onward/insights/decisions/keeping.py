"""Whether onboardings keep their duration targets: judged once the target day has come, of whoever was signed. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from onward.insights.decisions.holding import ENOUGH

#: Completed by its target day; not completed by then; completed, but the day is still to come; under way before it;
#: cancelled before it.
STATES = ("kept", "missed", "early", "ahead", "gone")


@dataclass(frozen=True, slots=True)
class Kept:
    """One journey against its target of `most` days; `state` is one of STATES."""

    journey_id: UUID
    segment: str
    most: int
    state: str


@dataclass(frozen=True, slots=True)
class Keeping:
    """Journeys of a segment ("" for all) by state; `least` and `most` of their targets, in days."""

    segment: str
    counts: Counter[str]
    least: int
    most: int

    @property
    def judged(self) -> int:
        """Those whose target day has come: who is fast is not counted before who is slow."""
        return self.counts["kept"] + self.counts["missed"]

    @property
    def share(self) -> float | None:
        """Of the judged, who kept it; None while they are too few to tell."""
        return self.counts["kept"] / self.judged if self.judged >= ENOUGH else None


def state_of(signed: date, completed: date | None, cancelled: date | None, most: int, today: date) -> str:
    """How a journey stands to its target day, `most` days after the signature; the day itself still counts."""
    day = signed + timedelta(days=most)
    if completed is None and cancelled is not None and cancelled <= day:
        return "gone"
    if completed is not None and completed <= day:
        return "kept" if today > day else "early"
    return "missed" if today > day else "ahead"


def by_segment(rows: Iterable[Kept]) -> list[Keeping]:
    """All together first, then each segment that has journeys."""
    groups: dict[str, list[Kept]] = {"": (every := list(rows))}
    for one in every:
        groups.setdefault(one.segment, []).append(one)
    return [
        Keeping(segment, Counter(one.state for one in some), min(days), max(days))
        for segment, some in groups.items()
        if (days := [one.most for one in some])
    ]
