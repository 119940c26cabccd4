"""What the browser has to know to let a bar be dragged, and to say what speaks against the day (timeline.js)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, timedelta

from markupsafe import Markup

from onward.interfaces.console.journey.seen import Seen, TaskSeen
from onward.journeys.queries import TaskLine
from onward.kernel.clock import WorkingCalendar

#: How far beyond what is drawn a bar may be dropped and be told of days off, in days.
BEYOND = 60
OPEN = {"open", "waiting"}


def later(seen: Seen) -> dict[str, list[TaskLine]]:
    """The open tasks that begin when another is done, or when one of those is, by the key of that other."""
    found = [task.line for stage in seen.stages for task in stage.tasks if task.line.state in OPEN]
    links = {task.id: task.after for stage in seen.book.stages for task in stage.tasks}
    begins = {line.key: {at.id for at in links.get(line.key, ()) if at.link == "finish_to_start"} for line in found}
    later: dict[str, list[TaskLine]] = {}
    for line in found:
        before, seen_keys = list(begins[line.key]), set[str]()
        while before:
            key = before.pop()
            if key not in seen_keys:
                seen_keys.add(key)
                before.extend(begins.get(key, ()))
        for key in seen_keys:
            later.setdefault(key, []).append(line)
    return later


def days_off(first: date, last: date, ours: WorkingCalendar, theirs: WorkingCalendar) -> str:
    """The days off of each side, as far as one can drag what is drawn from `first` to `last`."""
    reach = [first + timedelta(days=n) for n in range((last - first).days + BEYOND)]
    sides = {"ours": ours, "theirs": theirs}
    return json.dumps({side: [str(day) for day in reach if not of.works_on(day)] for side, of in sides.items()})


def movable(task: TaskSeen, drawn: Markup, later: Iterable[TaskLine]) -> Markup:
    """A bar whose end can be dragged to another day, with the tasks that come after it. What was promised keeps its
    date."""
    line = task.line
    if line.state not in OPEN or line.deferred_at or line.promise or line.locked or line.due_on is None or not drawn:
        return drawn
    after = json.dumps([[one.title, str(one.due_on)] for one in later if one.due_on])
    return Markup(
        '<g data-move="{}" data-due="{}" data-title="{}" data-edition="{}" data-shared="{}" data-begun="{}"'
        ' data-side="{}" data-after="{}">{}</g>'
    ).format(
        line.ref, line.due_on.isoformat(), line.title, line.edition, "1" if line.shared else "",
        "1" if line.opened_at else "", line.side, after, drawn,
    )  # fmt: skip
