"""Which stage holds us up: one answer, for every page that gives it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ENOUGH = 3


@dataclass(frozen=True, slots=True)
class Stand:
    """The journeys that stand in one stage now: a journey stands in the earliest stage under way. `count` is all of
    them; `timed` those that are open (not paused) and have entered the stage. The three figures are those of one
    journey, the middle one of the timed by how far each goes beyond its own promise: `stayed` is the days so far,
    `promised` those promised for the stage, `beyond` the one less the other, below zero within it. Journeys that were
    opened after the date were promised nothing; where nobody was, it is the middle one by its stay and the others are
    None. `books` are the titles of their playbooks."""

    stage: str
    title: str
    books: list[str]
    count: int
    behind: int
    timed: int
    stayed: int | None
    promised: int | None
    beyond: int | None

    @property
    def is_enough(self) -> bool:
        """Whether there are journeys enough in it to judge it."""
        return self.timed >= ENOUGH and self.stayed is not None

    @property
    def rank(self) -> tuple[bool, int, int]:
        """What holds up most comes first, what cannot be judged last."""
        return (not self.is_enough, -(self.beyond if self.beyond is not None else -10_000), -self.timed)


@dataclass(frozen=True, slots=True)
class Held:
    """`stage` holds us up; None: none does, or (`too_few`) no stage has enough journeys in it to tell."""

    stage: Stand | None
    too_few: bool = False


def held_up(stands: Iterable[Stand]) -> Held:
    """The stage whose journeys go furthest beyond what was promised to each, of those with ENOUGH timed journeys in it.
    Where nothing was promised in any of them, the one with the longest stay, from a day on. The fuller one when
    two are equal."""
    enough = [one for one in stands if one.is_enough]
    if not enough:
        return Held(None, too_few=True)
    promised = [one for one in enough if one.beyond is not None]
    if not promised:
        longest = max(enough, key=lambda one: (one.stayed or 0, one.timed))
        return Held(longest if longest.stayed else None)
    worst = max(promised, key=lambda one: (one.beyond or 0, one.timed))
    return Held(worst if (worst.beyond or 0) > 0 else None)
