"""When what is left will likely end, by how long the same steps took elsewhere.

A course of a plan gives each open step as many working days as one of the same steps of other journeys took (of one
that is under way: of those that took at least as long as it has by now), and lets the plan's order do the rest
(forecast.py). Dates that were agreed hold nothing back here: they say what was wanted, not what it takes. Of COURSES
such courses, drawn at random, half end by one day and four of five by another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from onward.journeys.decisions.forecast import days_of
from onward.journeys.decisions.graph import Thing

COURSES = 200
#: Fewer like steps than this tell nothing.
ENOUGH = 5


@dataclass(frozen=True, slots=True)
class Likely:
    """`half`: the day by which half of the courses ended, `most`: four of five; None where too few steps tell: `few`
    names what is in the way and was not done often enough, or has no step to tell it by. `told_by`: how many like steps
    there are of the one with the fewest."""

    half: date | None
    most: date | None
    told_by: int
    few: tuple[str, ...]


def likely(
    things: Mapping[str, Thing],
    today: date,
    took: Mapping[str, Sequence[int]],
    goals: Iterable[str],
    choose: Callable[[Sequence[int]], int],
) -> dict[str, Likely]:
    """The likely end of each goal that is still open. `things` in their order (forecast.graph_of); `took`: working days
    of like steps by "task.KEY"; `choose` draws one of them."""
    ways = {goal: _in_the_way(things, goal) for goal in goals if goal in things and not things[goal].over}
    few = {goal: tuple(name for name in way if _tells(things[name], took) < ENOUGH) for goal, way in ways.items()}
    told = [goal for goal in ways if not few[goal]]
    ends: dict[str, list[date]] = {goal: [] for goal in told}
    bare = {name: _bare(thing) for name, thing in things.items()}
    chosen = {name for goal in told for name in ways[goal] if name.startswith("task.")}
    pools = {name: _pool(things[name], took[name], today) for name in things if name in chosen}
    for _ in range(COURSES if told else 0):
        for name, pool in pools.items():
            bare[name].took = choose(pool)
        found = days_of(bare, today)
        for goal in told:
            # What nothing holds beyond today is not told apart there.
            ends[goal].append(found[goal].on if goal in found else today)
    out = {}
    for goal, way in ways.items():
        days = sorted(ends.get(goal, []))
        half, most = (days[len(days) // 2], days[len(days) * 4 // 5]) if days else (None, None)
        out[goal] = Likely(half, most, min((_tells(things[name], took) for name in way), default=0), few[goal])
    return out


def _in_the_way(things: Mapping[str, Thing], goal: str) -> list[str]:
    """What is open and has to end first: steps, and what has nothing before it that would tell its end."""
    found: list[str] = []
    ahead, seen = [goal], {goal}
    while ahead:
        name = ahead.pop()
        open_ = [one.name for one in _bare(things[name]).before if one.name in things and not things[one.name].over]
        known = any(one.name in things for one in _bare(things[name]).before)
        if name.startswith("task.") or not known:
            found.append(name)
        ahead += [one for one in dict.fromkeys(open_) if one not in seen]
        seen.update(open_)
    return sorted(found)


def _tells(thing: Thing, took: Mapping[str, Sequence[int]]) -> int:
    # A day that was agreed is known as it stands.
    return ENOUGH if thing.name.startswith("answer.") else len(took.get(thing.name, ()))


def _pool(thing: Thing, took: Sequence[int], today: date) -> list[int]:
    been = thing.calendar.working_days(thing.start, today) if thing.start and thing.start <= today else 0
    return [days for days in took if days >= been] or [been]


def _bare(thing: Thing) -> Thing:
    """Without the days that were agreed, and without those that dates are counted from."""
    if thing.name.startswith("answer."):
        return replace(thing, before=[])
    before = [one for one in thing.before if not (one.to_end and one.lag is not None)]
    return replace(thing, agreed=None, to=None, took=0, before=before)
