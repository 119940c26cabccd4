"""What decides first value, a day that was agreed and the end, in a sentence, at a bar and at a task. No queries."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from onward.automation.queries.deciding import END, FIRST_VALUE, Goal
from onward.interfaces.console.journey.axis import Scale
from onward.interfaces.console.journey.dragging import OPEN
from onward.interfaces.ui.words import date_words, listed, plural, short_date
from onward.journeys.decisions.critical import Slack
from onward.journeys.decisions.opening import in_a_sentence
from onward.journeys.queries import TaskLine

#: More steps than this are told by their number: the bars show which they are.
MOST = 5


def choices(goals: Iterable[Goal]) -> list[tuple[str, str]]:
    """(kind, words) of each goal that can be asked for, the plain plan first; [] where no goal has a day."""
    found = [(goal.kind, f"What decides {noun(goal)}") for goal in goals]
    return [("", "The plan"), *found] if found else []


def said(goal: Goal, lines: Iterable[TaskLine]) -> Markup:
    """Which steps decide the day of a goal, each as a link; where none does, which come nearest, and by how much."""
    links = {
        line.key: Markup('<a href="/tasks/{}">{}</a>').format(line.ref, line.title)
        for line in lines
        if line.state in OPEN
    }
    day = Markup("<strong>{}, {}</strong>").format(goal.title, date_words(goal.on))
    steps = [links[key] for key in goal.tightest if key in links]
    if not steps:
        return Markup("No open step decides the day of {}: it has only a day of its own.").format(day)
    one, room = len(steps) == 1, goal.slack[goal.tightest[0]]
    named = listed([*steps[:MOST], *([f"{len(steps) - MOST} more"] if len(steps) > MOST else [])])
    if not room.days:
        return Markup("{} the day of {}: {}. Each working day that {} slips moves it.").format(
            "This step decides" if one else f"These {len(steps)} steps decide", day, named,
            "it" if one else "one of them",
        )  # fmt: skip
    return Markup("No step decides the day of {}: the work leaves room. {} to it: {}. {} {}.").format(
        day, "This step comes nearest" if one else f"These {len(steps)} steps come nearest", named,
        "It" if one else "Each", slips(goal, room),
    )  # fmt: skip


def slips(goal: Goal, one: Slack, *, is_late: bool = False) -> str:
    """After the dates of a bar, or of a step; of one that is late how long that still costs nothing."""
    name, on = noun(goal), short_date(goal.on)
    if not one.days:
        return f"moves {name} on from {on} with each day {'more' if is_late else 'that it slips'}"
    if is_late:
        return f"late; {name} stays on {on} if it is done by {short_date(one.latest)}"
    return f"can slip {plural(one.days, 'working day')} before {name} moves on from {on}"


def at_task(goals: Iterable[Goal], key: str, journey_path: str, *, is_late: bool = False) -> Markup:
    """How far a task can slip before each goal that waits for it moves, with links; "" where none waits. Of one that is
    late until when that moves none: it has nothing to spare."""
    moved: list[Markup] = []
    spared: list[Markup] = []
    for goal in goals:
        if (one := goal.slack.get(key)) is not None:
            link = Markup('<a href="{}/timeline?decides={}">{}</a>').format(journey_path, goal.kind, noun(goal))
            on, left = short_date(goal.on), plural(one.days, "working day")
            if not one.days:
                moved.append(Markup("{} on from {}").format(link, on))
            elif is_late:
                until = "it is done by" if not spared else "by"
                spared.append(Markup("{} stays on {} if {} {}").format(link, on, until, short_date(one.latest)))
            else:
                left = str(one.days) if spared else f"{left} to spare"
                spared.append(Markup("{} before {} moves on from {}").format(left, link, on))
    each = f"Each working day {'more' if is_late else 'that it slips'} moves "
    said = [Markup("{}{}").format(each, listed(moved))] if moved else []
    if spared:
        said.append((Markup("Late: ") if is_late and not moved else Markup("")) + Markup(", ").join(spared))
    return Markup("{}.").format(Markup("; ").join(said)) if said else Markup("")


def noun(goal: Goal) -> str:
    """A goal in a sentence."""
    return {FIRST_VALUE: "first value", END: "the end"}.get(goal.kind) or in_a_sentence(goal.title)


def decides(goal: Goal, key: str, scale: Scale, left: float, right: float, top: int, after: int) -> Markup:
    """Ink around the bar of a step that decides or comes nearest; a line from `after` px beyond the bar to the last day
    on which the goal comes as it stands."""
    one, out = goal.slack[key], []
    if key in goal.tightest:
        out.append(
            Markup('<rect class="decides" x="{}" y="{}" width="{}" height="20"/>').format(
                f"{left - 3:.1f}", top + 7, f"{max(right - left, 2) + 6:.1f}"
            )
        )
    begin, until = max(right + after, scale.right(one.on)) + 4, scale.right(one.latest)
    if until > begin:
        out.append(
            Markup('<path class="slack" d="M{} {}H{}m0 -4v8"/>').format(f"{begin:.1f}", top + 17, f"{until:.1f}")
        )
    return Markup("").join(out)
