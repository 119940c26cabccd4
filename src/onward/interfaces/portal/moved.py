"""Steps whose dates somebody moved, told openly: what was planned, what holds now, and each cause with its side."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from onward.foundation.ledger import Recorded, facts_of
from onward.interfaces.ui.aims import Cause
from onward.interfaces.ui.words import date_words, plural
from onward.journeys.queries import JourneyView

TOLD_FOR = timedelta(days=45)
FOLLOWED_FOR = timedelta(days=14)
MOVED = "journey.task.moved"


@dataclass(frozen=True)
class Moved:
    """The date of one step, whose page is `task`; `at` is when it was moved last, or done."""

    title: str
    before: date
    after: date
    causes: tuple[Cause, ...]
    task: str
    at: datetime
    state: str

    @property
    def days(self) -> int:
        return (self.after - self.before).days


def moves_of(journey_id: UUID, *more: str) -> list[Recorded]:
    """The facts of dates that were moved, and of `more` names, the newest first."""
    return facts_of(journey=journey_id, names={MOVED, *more}, newest_first=True)


def moved_dates(view: JourneyView, facts: Iterable[Recorded], names: Mapping[str, str], vendor: str) -> list[Moved]:
    """The steps that somebody moved, done ones too, what is due first ahead."""
    seen = {str(task.id): task for task in view.tasks if task.state not in {"skipped", "withdrawn"}}
    by_task: dict[str, list[Recorded]] = {}
    for fact in facts:
        task_id = str(fact.data.get("task_id"))
        if fact.name == MOVED and task_id in seen and fact.data.get("before"):
            by_task.setdefault(task_id, []).append(fact)
    out = []
    for task_id, moves in by_task.items():
        moves.sort(key=lambda fact: fact.seq)
        task = seen[task_id]
        before, after = _day(moves[0].data["before"]), _day(moves[-1].data.get("due_on") or moves[-1].data.get("after"))
        if before is None or after is None or before == after:
            continue
        causes = tuple(_cause(fact, names, vendor) for fact in _standing(moves))
        at = task.done_at or moves[-1].recorded_at
        out.append(Moved(task.title, before, after, causes, task.ref, at, task.state))
    return sorted(out, key=lambda moved: moved.after)


def still_ahead(moves: Iterable[Moved], now: datetime) -> list[Moved]:
    """Those that matter today: not done yet, or done so lately that what follows is still read with it."""
    return [one for one in moves if now - one.at <= (FOLLOWED_FOR if one.state == "done" else TOLD_FOR)]


def first_days(view: JourneyView, facts: Iterable[Recorded]) -> dict[UUID, date]:
    """The day that each step had at first, of those that stand (or stood until they were done) where somebody moved
    them."""
    moved = {
        str(task.id): task for task in view.tasks if task.due_by_hand and task.state in {"open", "waiting", "done"}
    }
    found: dict[UUID, date] = {}
    for fact in sorted((fact for fact in facts if fact.name == MOVED), key=lambda fact: fact.seq):
        task = moved.get(str(fact.data.get("task_id")))
        before = _day(fact.data.get("before"))
        if task and before and task.id not in found:
            found[task.id] = before
    return {task.id: found[task.id] for task in moved.values() if found.get(task.id, task.due_on) != task.due_on}


def _standing(moves: Iterable[Recorded]) -> list[Recorded]:
    """The moves that were not taken back, in their order; of one that was, nothing is told."""
    moves = list(moves)
    undone = {fact.data["undoes"] for fact in moves if fact.data.get("undoes")}
    found: list[Recorded] = []
    for fact in moves:
        if not fact.data.get("after"):
            # Given back to the plan.
            found.clear()
        elif not fact.data.get("undoes") and fact.data.get("group") not in undone:
            found.append(fact)
    return found


def _cause(fact: Recorded, names: Mapping[str, str], vendor: str) -> Cause:
    who = names.get(fact.actor) or vendor
    reason = str(fact.data.get("reason") or "").strip().rstrip(".")
    if reason in {"", "time chosen"}:
        reason = "another time was chosen" if reason else "no reason was given"
    # Who moved it is not whose doing it was: that is in the reason alone.
    return Cause("", f"{who} moved it on {date_words(fact.recorded_at)}: {reason}")


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
