"""When what is open ends as things stand, and what holds it there.

Two days belong to each step: the one that was agreed and the one that can still be kept. The second is the earliest
day that the order of the plan allows: what has not come by today comes today at the earliest; what waits begins when
the last thing before it ends, and takes the days of its effort, or one where the plan gave it any; nothing comes
earlier than agreed. The slack that a plan has is used up first, so nothing moves before it must. A day follows from
exactly one thing (its own date, today, its own beginning, or one thing before it), and going back along those gives its
whole cause. Doing a step never makes any day later, and time alone makes none earlier.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from onward.journeys.decisions.graph import Thing, graph_of
from onward.journeys.decisions.outside import Outside
from onward.journeys.decisions.state import Run
from onward.kernel.clock import Span
from onward.kernel.expressions import Value
from onward.playbooks.decisions.definition import Playbook

AGREED, TODAY, BEGUN, HELD, STARTS = "", "today", "begun", "held", "starts"
#: What holds a day without anything before it.
OWN = (AGREED, TODAY, BEGUN, HELD, STARTS)
#: What stands for work that a reader does not see.
UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class Expected:
    """`on`: the earliest day as things stand; `agreed`: the day in the plan; `by`: what holds it there: AGREED its own
    date, TODAY, BEGUN (its effort since it could begin), HELD (they pause until a day), STARTS (not before
    that day by the plan), or the thing before it, like "task.connect"."""

    on: date
    agreed: date | None = None
    by: str = AGREED

    @property
    def is_late_itself(self) -> bool:
        """Its own day has gone by; nothing else holds it back."""
        return self.by == TODAY

    @property
    def days(self) -> int:
        """How many days later than agreed."""
        return (self.on - self.agreed).days if self.agreed else 0


def forecast(
    book: Playbook, run: Run, outside: Outside, today: date, readings: Mapping[str, Value | None]
) -> dict[str, Expected]:
    """The days of everything that is open: "task.KEY" (the newest turn), "stage.KEY", "milestone.KEY", and the dates
    that forms fixed, "answer.FORM.FIELD". What has no date and nothing before it is left out."""
    return days_of(graph_of(book, run, outside, readings), today, over=True)


def chain(found: Mapping[str, Expected], name: str) -> list[str]:
    """What a day follows from, the nearest first, down to what is late by itself; [] when it stands as agreed."""
    out: list[str] = []
    while (one := found.get(name)) is not None and one.by not in OWN and one.by not in out:
        name = one.by
        out.append(name)
    return out


def days_of(things: Mapping[str, Thing], today: date, over: bool = False) -> dict[str, Expected]:
    """The days of a graph, in its order; with `over` also what ended late because it could only begin late."""
    ends, _, why = reckoned(things, today, over)
    found = {}
    for name, day in ends.items():
        thing, by = things[name], why.get(name, AGREED)
        agreed = thing.agreed if thing.over else thing.to or thing.agreed
        if by not in OWN or (agreed is not None and not thing.over):
            found[name] = Expected(day, agreed, by)
    return found


def reckoned(
    things: Mapping[str, Thing], today: date, over: bool = False
) -> tuple[dict[str, date], dict[str, date], dict[str, str]]:
    """(the earliest ends, the earliest beginnings, what holds each end there) by name."""
    ends: dict[str, date] = {}
    starts: dict[str, date] = {}
    why: dict[str, str] = {}
    # What holds each beginning there: what follows from that has the same cause, whatever holds its end. What nothing
    # says when it begins is its own.
    begun: dict[str, str] = {}
    for name, thing in things.items():
        if thing.over:
            ends[name], starts[name] = thing.over, thing.start or thing.over
            begun[name] = BEGUN
            if over and thing.agreed is not None and thing.over > thing.agreed:
                start, by, _, _ = _reached(thing, ends, starts, begun)
                # What let it begin only after its day, if that is so.
                why[name] = by if start is not None and start > thing.agreed else AGREED
            continue
        start, by, end, end_by = _reached(thing, ends, starts, begun)
        starts[name] = max(start, thing.start) if start and thing.start else start or thing.start or today
        begun[name] = by if start and starts[name] == start else BEGUN if thing.start else name
        day, why[name] = _end(thing, things, today, start, by, end, end_by)
        if day is not None:
            ends[name] = day
    return ends, starts, why


def _reached(
    thing: Thing, ends: Mapping[str, date], starts: Mapping[str, date], begun: Mapping[str, str]
) -> tuple[date | None, str, date | None, str]:
    """When it can begin and when it can end for what is before it, and because of which; the first of the latest."""
    start: date | None = thing.not_before
    end: date | None = None
    by, end_by = STARTS if start else AGREED, AGREED
    for one in thing.before:
        day = (starts if one.of_start else ends).get(one.name)
        if day is None:
            continue
        if one.lag is not None:
            day = lagged(thing, day, one.lag)
        if not one.to_end:
            if start is None or day > start:
                start, by = day, begun[one.name] if one.of_start else one.name
        elif end is None or day > end:
            # An agreed day off stays that day for what ends with it; what is later than agreed waits for a working day.
            is_kept = thing.agreed is not None and day <= thing.agreed
            end = day if is_kept else thing.calendar.next_working(day)
            end_by = begun[one.name] if one.of_start else one.name
    return start, by, end, end_by


def _end(
    thing: Thing, things: Mapping[str, Thing], today: date, start: date | None, by: str, end: date | None, end_by: str
) -> tuple[date | None, str]:
    """The earliest day that each reason allows; the first of the latest is told."""
    day, why = thing.to or thing.agreed, AGREED
    is_past = day is None or day < today
    at: date | None = None
    if thing.start is not None:
        began_late = start is not None and thing.agreed is not None and start > thing.agreed
        at, by = thing.calendar.later(thing.start, took_of(thing, things)), by if began_late else BEGUN
    elif start is not None:
        at = thing.calendar.next_working(thing.calendar.later(start, took_of(thing, things)))
    if at is not None and (day is None or at > day):
        day, why = at, by
    if end is not None and (day is None or end > day):
        day, why = end, end_by
    if thing.held is not None:
        at = thing.calendar.later(thing.held, max(1, took_of(thing, things)))
        if day is None or at > day:
            day, why = at, HELD
    if is_past and (day is None or today > day):
        day, why = today, TODAY
    return day, why


def took_of(thing: Thing, things: Mapping[str, Thing]) -> int:
    """How many working days it takes: those that the plan gave, as far as its effort needs them; by the days agreed
    alone, so that it takes no longer once something is done."""
    if thing.took is None:
        planned: date | None = thing.not_before
        for one in thing.before:
            before = None if one.to_end else things.get(one.name)
            if before is not None and (agreed := before.agreed):
                if one.lag is not None:
                    agreed = lagged(thing, agreed, one.lag)
                planned = max(planned, agreed) if planned else agreed
        planned = planned or thing.start
        room = thing.calendar.working_days(planned, thing.agreed) if planned and thing.agreed else 0
        thing.took = max(0, min(room, max(1, thing.effort)))
    return thing.took


def lagged(thing: Thing, day: date, lag: Span) -> date:
    """A day of what is before, with the lag on the calendar of what comes after."""
    return day if lag.unit == "h" else thing.calendar.shift(day, lag)
