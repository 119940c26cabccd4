"""Dates that moved, told openly: what was planned, what holds now, and each cause with its side."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from onward.foundation.ledger import Recorded
from onward.interfaces.ui.words import date_words, days, plural, today
from onward.journeys.queries import JourneyView, TaskLine

TOLD_FOR = timedelta(days=45)
MOVED = "journey.task.moved"


@dataclass(frozen=True)
class Cause:
    """`side` us | them; `words` a clause that stands alone."""

    side: str
    words: str


@dataclass(frozen=True)
class Moved:
    """One date: of the goal (`about` "goal") or of a task, whose page is `task`. `sums` says how the days of several
    causes make up those by which it moved."""

    title: str
    before: date
    after: date
    causes: tuple[Cause, ...]
    about: str = "task"
    task: str = ""
    sums: str = ""

    @property
    def days(self) -> int:
        return (self.after - self.before).days


def moved_dates(
    view: JourneyView, facts: Iterable[Recorded], names: dict[str, str], vendor: str, now: datetime
) -> list[Moved]:
    """The goal's date first when it cannot be kept as planned, then the open tasks that somebody moved lately."""
    goal = _goal(view, vendor)
    return [*([goal] if goal else []), *_tasks(view, facts, names, vendor, now)]


def _goal(view: JourneyView, vendor: str) -> Moved | None:
    value = view.first_value
    if view.state != "open" or value is None or value.met_at or value.due_on is None:
        return None
    late = [task for task in view.next_tasks if task.required and task.due_on and task.is_late and not task.deferred_at]
    now_due = max([value.due_on, *(value.due_on + (today() - task.due_on) for task in late if task.due_on)])
    expected = max(now_due, today()) if value.due_on < today() else now_due
    if expected <= value.due_on:
        return None
    causes = tuple(_late(task, vendor) for task in sorted(late, key=lambda task: task.due_on or today())[:4])
    sums = _sums((expected - value.due_on).days, late, vendor)
    return Moved(value.title, value.due_on, expected, causes, about="goal", sums=sums)


def _late(task: TaskLine, vendor: str) -> Cause:
    assert task.due_on is not None
    whose = "yours" if task.turn == "theirs" else f"{vendor}’s" if task.turn == "ours" else "both sides’"
    behind = _behind(task)
    return Cause("us" if task.turn == "ours" else "them", f"{days(behind)} from “{task.title}”, {whose} to do")


def _behind(task: TaskLine) -> int:
    return max((today() - task.due_on).days, 1) if task.due_on else 0


def _sums(moved: int, late: Sequence[TaskLine], vendor: str) -> str:
    """All wait until today, so that the longest wait holds the others; what is beyond it is the date itself."""
    waits = [_behind(task) for task in late]
    if not waits:
        return ""
    said = []
    us = max((_behind(task) for task in late if task.turn != "theirs"), default=0)
    them = max((_behind(task) for task in late if task.turn != "ours"), default=0)
    if us and them and len(waits) > 1:
        said.append(f"These days overlap: on {min(us, them)} of them both you and {vendor} were late")
    elif len(waits) > 1:
        said.append("These days overlap and count once")
    if moved > max(waits):
        said.append(f"{days(moved - max(waits))} more because the planned date itself has passed")
    return ". ".join(said)


def _tasks(
    view: JourneyView, facts: Iterable[Recorded], names: dict[str, str], vendor: str, now: datetime
) -> list[Moved]:
    seen = {str(task.id): task for task in view.tasks}
    by_task: dict[str, list[Recorded]] = {}
    for fact in facts:
        task_id = str(fact.data.get("task_id"))
        if fact.name == MOVED and task_id in seen and fact.data.get("before"):
            by_task.setdefault(task_id, []).append(fact)
    out = []
    for task_id, moves in by_task.items():
        moves.sort(key=lambda fact: fact.seq)
        task = seen[task_id]
        if task.state != "open" or now - moves[-1].recorded_at > TOLD_FOR:
            continue
        before, after = _day(moves[0].data["before"]), _day(moves[-1].data.get("due_on") or moves[-1].data.get("after"))
        if before is None or after is None or before == after:
            continue
        causes = tuple(_cause(fact, names, vendor) for fact in moves)
        out.append(Moved(task.title, before, after, causes, task=task.ref))
    return sorted(out, key=lambda moved: moved.after)


def _cause(fact: Recorded, names: dict[str, str], vendor: str) -> Cause:
    who = names.get(fact.actor) or vendor
    reason = str(fact.data.get("reason") or "").strip().rstrip(".")
    theirs = fact.actor.startswith("contact:")
    if reason in {"", "time chosen"}:
        reason = "another time was chosen" if reason else "no reason was given"
    return Cause("them" if theirs else "us", f"{who} on {date_words(fact.recorded_at)}: {reason}")


def _day(value: object) -> date | None:
    if not isinstance(value, str) or not value:
        return None
    if len(value) <= 10:
        return date.fromisoformat(value)
    return timezone.localtime(datetime.fromisoformat(value)).date()


def shift_words(moved: Moved) -> str:
    """Like "6 days later"."""
    return f"{plural(abs(moved.days), 'day')} {'later' if moved.days > 0 else 'earlier'}"


def actors_of(facts: Iterable[Recorded], visible: Collection[UUID]) -> set[str]:
    """Who moved something that the contact sees, so that all names are read at once."""
    seen = {str(task_id) for task_id in visible}
    return {fact.actor for fact in facts if fact.name == MOVED and str(fact.data.get("task_id")) in seen}
