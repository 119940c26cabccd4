"""Who has room, week by week: the hours that people have, and those that are planned for them. Pure.

- **Week**: Monday to Sunday. Of the present one only what is left of it counts, today included.
- **Hours they have**: the working days of the week, less our holidays and closed days, less their days off; times the
  hours of a day; times the share that they give to onboarding.
- **Hours of a task**: its effort in the playbook, of a meeting without one its length; else what such a task usually
  took (the median of three or more that are done and were logged); less what is logged on it already. Without any of
  these nobody can tell: it counts for no hours and is named.
- **Planned**: those hours, spread evenly over their working days from its start to the day it is due. What may begin
  starts today; what waits starts so late that its hours just fit before its day, or before the earliest that it can be
  kept as things stand where that is later; what is late is for today; a meeting is on its day. What has no date is in
  no week and is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil
from uuid import UUID

from onward.kernel.clock import Span, WorkingCalendar

HOURS_A_DAY = 8.0
#: Weeks that decide who has the most room.
AHEAD = 4
#: Hours below which nobody is over: rounding is no news.
SLIGHT = 0.25


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of ours; `calendar` has their days off in it, `hours` is what they have for onboarding a day."""

    ref: str
    name: str
    team: str
    calendar: WorkingCalendar
    hours: float


@dataclass(frozen=True, slots=True)
class Work:
    """A task that is not done. `effort` in hours, None where nobody can tell; `spent` are hours logged on it.
    `held_on`: the day of a meeting that has its time. `can_begin`: nothing is before it any more; until then it begins
    on `begins_on` and ends on `ends_on` at the earliest, where that is known to be later than agreed. `like`: further
    tasks that are the same in all of this, spread together: a step of a playbook is often held by thousands."""

    id: UUID
    person: str
    due_on: date | None
    can_begin: bool
    effort: float | None
    spent: float = 0.0
    held_on: date | None = None
    begins_on: date | None = None
    ends_on: date | None = None
    like: tuple[UUID, ...] = ()

    @property
    def ids(self) -> tuple[UUID, ...]:
        return self.id, *self.like

    @property
    def left(self) -> float:
        """Hours still to be spent on each; 0 where nobody can tell."""
        return max(0.0, (self.effort or 0.0) - self.spent)


@dataclass(slots=True)
class Week:
    """`shares`: the hours of each task in this week; `due`: the tasks that are due in it, late ones in the first."""

    monday: date
    has: float
    shares: dict[UUID, float] = field(default_factory=dict)
    due: list[UUID] = field(default_factory=list)

    @property
    def planned(self) -> float:
        return sum(self.shares.values())

    @property
    def free(self) -> float:
        """Hours left; below 0 when more is planned than there is."""
        return self.has - self.planned

    @property
    def state(self) -> str:
        """over, full (less than an hour left), room; away where there is no hour, and nothing planned."""
        if self.free < -SLIGHT:
            return "over"
        if not self.has:
            return "away"
        return "room" if self.free >= 1 else "full"


@dataclass(slots=True)
class Load:
    """One person's weeks, in order, and how many `tasks` they have; `undated` and `unknown` are those without a date,
    and without hours; `roles` is how many they hold, where that was asked."""

    person: Person
    weeks: list[Week]
    tasks: int = 0
    undated: list[UUID] = field(default_factory=list)
    unknown: list[UUID] = field(default_factory=list)
    roles: int = 0

    @property
    def is_told(self) -> bool:
        """Whether their hours can be told: of no more than half of their tasks nobody knows the length."""
        return 2 * len(self.unknown) <= self.tasks

    def free(self, weeks: int = AHEAD) -> float:
        """Hours left in the first so many weeks; a week that is over takes from the others."""
        return sum(week.free for week in self.weeks[:weeks])

    def tells(self, weeks: int) -> bool:
        """Whether the row says how much is free or over: what is over by what is known alone is over whatever else."""
        return self.is_told or self.free(weeks) < 0

    def first(self, state: str) -> Week | None:
        """The first week in that state."""
        return next((week for week in self.weeks if week.state == state), None)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the loads say together. `over` are those with more planned than fits, with their first such week, and `full`
    those who are told and full this week or the next, with it: each soonest first. `roomiest` has the most hours left
    of those who are told and nowhere over; of equals one with tasks. `told` are those whose rows say their hours,
    `untold` how many others there are."""

    over: list[tuple[Load, Week]]
    full: list[tuple[Load, Week]]
    roomiest: Load | None
    told: list[Load]
    untold: int


def outlook(people: Iterable[Load], weeks: int) -> Outlook:
    """One answer for the headline, the sum and the rows, over the first so many weeks of each."""
    some = list(people)
    told = [one for one in some if one.tells(weeks)]
    over = _soonest(some, "over")
    free = [one for one in told if not one.first("over") and one.free(weeks) > 0]
    near = {week.monday for one in some for week in one.weeks[:2]}
    full = [(one, week) for one, week in _soonest(told, "full") if week.monday in near]
    best = max(free, key=lambda one: (round(one.free(weeks), 1), one.tasks > 0), default=None)
    return Outlook(over, full, best, told, len(some) - len(told))


def _soonest(people: Iterable[Load], state: str) -> list[tuple[Load, Week]]:
    found = [(one, week) for one in people if (week := one.first(state))]
    return sorted(found, key=lambda pair: pair[1].monday)


def mondays(today: date, weeks: int) -> list[date]:
    """The present week's Monday, and those after it."""
    first = today - timedelta(days=today.weekday())
    return [first + timedelta(weeks=number) for number in range(weeks)]


def loads(people: Iterable[Person], work: Iterable[Work], today: date, weeks: int) -> list[Load]:
    """Everybody's weeks, in the order of `people`; work of others is left out."""
    days = mondays(today, weeks)
    found = {one.ref: Load(one, [Week(day, _hours(one, day, today)) for day in days]) for one in people}
    for task in work:
        if task.person in found:
            _take(found[task.person], task, today)
    return list(found.values())


def by_room(people: Iterable[Load]) -> list[Load]:
    """Who has the most hours left in the coming four weeks first; of equals who holds fewer roles, then by name. Nobody
    of whom it cannot be told stands above somebody who surely has room."""

    def place(one: Load) -> tuple[bool, float, int, str, str]:
        has_room = one.is_told and one.free() > 0
        return not has_room, -round(one.free(), 1), one.roles, one.person.name.lower(), one.person.ref

    return sorted(people, key=place)


def room_words(people: Iterable[Load], most: int = 3) -> str:
    """ "Maya has 6 hours free in the next 4 weeks, Jonas 2": the first so many. Roles are told where hours alone decide
    nothing, and the tasks of which nobody can tell the hours."""
    some = list(people)[:most]
    is_even = len({round(one.free(), 1) for one in some}) < len(some)
    told = [_room(one, first=not number, roles=is_even) for number, one in enumerate(some)]
    return ("; " if is_even or any(one.unknown for one in some) else ", ").join(told)


def free_words(one: Load) -> str:
    """ "Maya: 6 hours free", "Maya: 2 hours over" or "Maya: hours unknown"."""
    if not one.tells(AHEAD):
        return f"{one.person.name}: hours unknown"
    hours = round(one.free(), 1)
    return f"{one.person.name}: {abs(hours):g} hours {'over' if hours < 0 else 'free'}"


def _room(one: Load, *, first: bool, roles: bool) -> str:
    hours, window = round(one.free(), 1), f" in the next {AHEAD} weeks" if first else ""
    if not one.tells(AHEAD):
        said = "has hours that nobody can tell"
    elif hours < 0:
        said = f"is {-hours:g} hours over{window}"
    else:
        said = f"has {hours:g} hours free{window}" if first else f"{hours:g}"
    held = f" and {one.roles} role{'' if one.roles == 1 else 's'}" if roles else ""
    unknown = f", less {len(one.unknown)} of unknown length" if one.unknown and one.tells(AHEAD) else ""
    return f"{one.person.name} {said}{held}{unknown}"


def _hours(person: Person, monday: date, today: date) -> float:
    first, last = max(monday, today), monday + timedelta(days=6)
    return _days(person.calendar, first, last) * person.hours


def _days(calendar: WorkingCalendar, first: date, last: date) -> int:
    """The working days from one to the other, both counted."""
    return max(0, calendar.working_days(first - timedelta(days=1), last)) if last >= first else 0


def _take(load: Load, task: Work, today: date) -> None:
    load.tasks += len(task.ids)
    if task.effort is None:
        load.unknown += task.ids
    due = task.held_on or task.due_on
    if due is None:
        load.undated += task.ids
        return
    first, last = _span(load.person, task, max(due, today), today)
    days = _days(load.person.calendar, first, last)
    for week, begins, ends in _windows(load.weeks):
        if begins <= max(due, today) <= ends:
            week.due += task.ids
        inside = _days(load.person.calendar, max(first, begins), min(last, ends))
        if task.left and inside:
            week.shares |= dict.fromkeys(task.ids, task.left * inside / days)


def _span(person: Person, task: Work, due: date, today: date) -> tuple[date, date]:
    """From when to when it is worked on; a span without a working day of theirs becomes their next one."""
    calendar = person.calendar
    if task.held_on:
        first = due
    elif task.can_begin:
        first = today
    else:
        days = ceil(task.left / person.hours) if person.hours else 1
        due = max(due, task.ends_on or due, task.begins_on or due)
        begins = max(today, task.begins_on or today)
        first = max(begins, calendar.shift(calendar.last_working(due), Span(max(0, days - 1), "wd"), -1))
    if not _days(calendar, first, due):
        first = calendar.next_working(max(first, today))
        return first, first
    return first, due


def _windows(weeks: Iterable[Week]) -> Iterator[tuple[Week, date, date]]:
    return ((week, week.monday, week.monday + timedelta(days=6)) for week in weeks)
