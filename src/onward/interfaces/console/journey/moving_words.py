"""What a move of a day is said to do, in words. No queries, and nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from onward.automation.queries.moving import Next, Plan, Step
from onward.interfaces.console.journey.deciding import noun
from onward.interfaces.ui.words import date_words, days, joined, plural, short_date
from onward.journeys.decisions.rescheduling import Shift

HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the preview. `path` is the task's page; `kind` says what it is where it is no task; `why` why it
    moves, or why it does not. This move takes it from `stands` to `then`; `agreed` where that is yet another day;
    `earliest` where `then` cannot be kept either."""

    title: str
    kind: str
    path: str
    why: str
    agreed: date | None
    stands: date | None
    then: date | None
    earliest: date | None

    @property
    def days(self) -> int:
        """How many days later than it stands now."""
        return (self.then - self.stands).days if self.then and self.stands else 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person moves: "task.connect", "answer.kickoff.go_live" or "hold"; to which day; and why. `start`: the day
    on which a task can only begin, where that was asked; `to` is then the day on which it ends."""

    what: str
    to: date
    reason: str
    start: date | None = None

    def days(self) -> dict[str, date]:
        return {} if self.what == HOLD else {self.what: self.to}

    @property
    def held(self) -> date | None:
        return self.to if self.what == HOLD else None


def opening(asked: Asked, first: Shift, at_first: date | None, step: Step | None) -> str:
    """What is asked, with the start that it was asked by; a start that leaves the end where it stands says so."""
    if asked.start is None or step is None:
        return _moved(asked, first, at_first)
    takes = f"starts on {date_words(asked.start)} and takes {plural(step.takes, 'working day')}"
    if asked.to in {step.stands, step.agreed}:
        return f"{first.title} {takes}, so it still ends by {date_words(asked.to)}, as things stand now"
    return f"{first.title} {takes}; its end {_moved(asked, first, at_first).removeprefix(first.title).strip()}"


def _moved(asked: Asked, first: Shift, at_first: date | None) -> str:
    """What is asked, counted from the day that stands in the plan, and from the one agreed at first where somebody had
    moved it since (as the timeline counts)."""
    to, moved = date_words(asked.to), (asked.to - first.before).days if first.before else 0
    was_moved = at_first is not None and at_first != first.before
    than = "" if was_moved else " than agreed"
    further = (asked.to - first.stood).days if first.stood and first.before and first.stood > first.before else 0
    if further > 0 and not was_moved and not first.earliest:
        return (
            f"{first.title} moves {_apart(further, 'later', 'earlier')} than it stands now, to {to}, "
            f"{_apart(moved, 'later', 'earlier')}{than}"
        )
    if moved:
        said = f"{first.title} moves {_apart(moved, 'later', 'earlier')}{than}, to {to}"
    else:
        said = f"{first.title} {'stays on' if first.before else 'moves to'} {to}"
    if at_first and was_moved and (whole := (asked.to - at_first).days):
        said += f", {_apart(whole, 'after', 'before')} the day agreed at first"
    if first.earliest:
        return f"{said}; it cannot be kept before {date_words(first.earliest)}"
    if first.stood and first.before and first.stood > first.before:
        same = first.stood == asked.to
        said += "; as things stand it ends " + ("on that day anyway" if same else f"on {date_words(first.stood)}")
    return said


def _apart(count: int, after: str, before: str) -> str:
    return f"{days(abs(count))} {after if count > 0 else before}"


def next_words(found: Sequence[Next]) -> str:
    """What comes right after it and why that stays, to go on after "nothing else moves"."""
    each = [
        f"{one.title} comes after it and "
        + ("has no date of its own" if one.room is None else f"has {plural(one.room, 'working day')} left")
        for one in found[:3]
    ]
    more = [f"{len(found) - 3} more come after it"] if len(found) > 3 else []
    return joined([*each, *more])


def choice(step: Step) -> str:
    if step.stands == step.agreed:
        return f"{step.title}, {short_date(step.agreed)}" if step.agreed else step.title
    stands = f"stands at {short_date(step.stands)}"
    return f"{step.title}, {stands} (agreed {short_date(step.agreed)})" if step.agreed else f"{step.title}, {stands}"


def rooms(plan: Plan, what: str, asked: Asked | None) -> list[tuple[str, str, str]]:
    """(goal, its day, how far the step can slip) of each goal that waits for the step that is chosen."""
    if not what.startswith("task.") or what not in plan.steps:
        return []
    found = []
    for one in plan.rooms(what, asked.to if asked else None):
        before, after = short_date(one.goal.on), short_date(one.after)
        if one.after == one.goal.on:
            on = f"{'stays on' if asked else 'stands at'} {before}"
        else:
            on = f"comes on {after} instead of {before}, {_apart((one.after - one.goal.on).days, 'later', 'earlier')}"
        left = f"{plural(one.days, 'working day')} left before it moves" if one.days else "moves with each day more"
        found.append((noun(one.goal), on, left))
    return found


def lines(some: Sequence[Shift], every: Sequence[Shift], paths: dict[str, str], asked: Asked | None) -> list[Line]:
    titles = {one.name: one.title for one in every}
    return [
        Line(
            title=one.title,
            kind="" if one.name.startswith("task.") else one.name.partition(".")[0].replace("answer", "agreed date"),
            path=paths.get(one.name, ""),
            why=_why(one, titles, asked),
            agreed=one.before if one.stood and one.before != one.stood else None,
            stands=one.stood or one.before,
            then=one.after if one.moves else one.on,
            earliest=one.earliest,
        )
        for one in some
    ]


def was_lost(one: Shift) -> bool:
    """Whether its day could not be kept before this move either."""
    return one.stood is not None and one.before is not None and one.stood > one.before


def _why(one: Shift, titles: dict[str, str], asked: Asked | None) -> str:
    if one.by == "held" and asked:
        cause = f"they pause until {short_date(asked.to)}"
    else:
        cause = f"comes after {titles[one.by]}" if one.by in titles else "comes after what moves"
    return {
        "asked": "",
        "counted": "its date is counted from what moves",
        "along": cause,
        "locked": f"locked; {cause}",
        "promised": f"promised; {cause}",
        "missed": cause,
    }[one.how]
