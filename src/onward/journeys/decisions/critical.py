"""Which steps decide the day of a goal, and how far each other one can slip before that day moves.

The critical path method (Kelley and Walker, 1959): a pass forward gives the earliest days as things stand
(forecast.py), a pass backward from the goal the latest ones at which it still comes on its day; the working days
between the two are the slack of a step ("float"). Those without any are critical: each working day that one slips moves
the goal. What was put off is not in the graph, and what the goal does not wait for has no latest day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from onward.journeys.decisions.forecast import lagged, reckoned, took_of
from onward.journeys.decisions.graph import Before, Thing


@dataclass(frozen=True, slots=True)
class Slack:
    """`on`: the day as things stand; `latest`: the last one that leaves the goal where it is; `days`: the working days
    of whoever does it between them."""

    on: date
    latest: date
    days: int


def slack_of(things: Mapping[str, Thing], today: date, goal: str) -> dict[str, Slack]:
    """Of everything open that the goal waits for, the goal too; {} for one that is reached or has no day. `things` in
    their order (graph.graph_of)."""
    ends, starts, _ = reckoned(things, today)
    if goal not in ends or things[goal].over:
        return {}
    last_ends, last_starts = {goal: ends[goal]}, dict[str, date]()
    for name, thing in reversed(list(things.items())):
        end, start = last_ends.get(name), last_starts.get(name)
        if thing.over or (end is None and start is None):
            continue
        takes = took_of(thing, things)
        for one in thing.before:
            days, lasts = (starts, last_starts) if one.of_start else (ends, last_ends)
            day, limit = days.get(one.name), _limit(thing, one, end, start)
            if day is not None and limit is not None:
                latest = _latest(thing, one, takes, day, limit, end, start)
                lasts[one.name] = min(latest, lasts.get(one.name, latest))
    return {
        name: Slack(ends[name], last, max(0, things[name].calendar.working_days(ends[name], last)))
        for name, last in last_ends.items()
        if not things[name].over
    }


def _limit(thing: Thing, one: Before, end: date | None, start: date | None) -> date | None:
    """A day after which what is before is surely too late; None where it holds nothing that the goal waits for."""
    if one.to_end:
        return end
    # What could begin already ends by its effort since then, whatever else comes before it.
    if thing.start is not None or end is None:
        return start
    return min(start, end) if start else end


def _latest(
    thing: Thing, one: Before, takes: int, day: date, limit: date, end: date | None, start: date | None
) -> date:
    """The last day of what is before, from `day` (which fits) up to `limit`, that leaves `thing` within its own."""
    span = (limit - day).days
    low, high = 0, max(span, 0)
    while low < high:
        middle = (low + high + 1) // 2
        if _fits(thing, one, takes, day + timedelta(days=middle), end, start):
            low = middle
        else:
            high = middle - 1
    return day + timedelta(days=low)


def _fits(thing: Thing, one: Before, takes: int, day: date, end: date | None, start: date | None) -> bool:
    """Whether a day of what is before leaves the end and the beginning of `thing` within their latest."""
    if one.lag is not None:
        day = lagged(thing, day, one.lag)
    if one.to_end:
        return end is None or thing.calendar.next_working(day) <= end
    if start is not None and day > start:
        return False
    if thing.start is not None or end is None:
        return True
    return thing.calendar.next_working(thing.calendar.later(day, takes)) <= end
