"""What a task's page and its drawer show beside the task itself: why that date, who moved it, and what happened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from onward.foundation.ledger import Recorded, facts_of
from onward.interfaces.ui.fact_words import FactLine, fact_line, who_words
from onward.journeys import queries as journeys
from onward.journeys.queries import TaskView

#: Facts that name a task; of owners and forms only those of this one.
OF_TASKS = {
    "journey.task.completed", "journey.task.reported", "journey.task.reopened", "journey.task.skipped",
    "journey.task.moved", "journey.task.locked", "journey.task.deferred", "journey.task.blocked", "journey.task.freed",
    "journey.task.escalated", "journey.meeting.held", "journey.form.answered",
    "journey.hours.logged", "journey.hours.withdrawn",
    "journey.owner_changed", "journey.promise.broken", "comment.written", "comment.removed", "comment.restored",
    "comment.answered", "comment.reopened", "file.added", "file.removed", "file.restored", "file.erased",
    "engagement.message.sent", "engagement.message.written", "engagement.message.failed",
}  # fmt: skip
MOVED = "journey.task.moved"


@dataclass(frozen=True, slots=True)
class Move:
    """One time that somebody set the date by hand; `after` None gave it back to the plan."""

    who: str
    at: datetime
    before: date | None
    after: date | None
    reason: str

    @property
    def days(self) -> int:
        """How many days later; 0 when one of the two is not known."""
        return (self.after - self.before).days if self.before and self.after else 0


@dataclass(frozen=True, slots=True)
class Story:
    """`lines` newest first; `moves` in their order. `group`: the move that set its date, where that moved others too;
    `together` is how many dates it moved."""

    lines: list[FactLine]
    moves: list[Move]
    group: str = ""
    together: int = 0


def story(view: TaskView) -> Story:
    """The facts of one task, in words."""
    found = facts_of(journey=view.journey_id, names=OF_TASKS | {"journey.dates.moved"}, newest_first=True, limit=400)
    facts = [fact for fact in found if _is_about(fact, view)]
    refs = {fact.actor for fact in facts}
    refs |= {str(fact.data.get(key) or "") for fact in facts for key in ("before", "after", "asked_by", "to")}
    names = journeys.names_of(ref for ref in refs if ":" in ref and not ref[:1].isdigit())
    titles = {f"task:{view.line.key}": view.line.title}
    group = next((str(fact.data.get("group") or "") for fact in facts if _is_move(fact)), "")
    together = sum(fact.data.get("group") == group for fact in found) if group else 0
    return Story([fact_line(fact, {**titles, **names}) for fact in facts], _moves(facts, names), group, together)


def _is_about(fact: Recorded, view: TaskView) -> bool:
    data = fact.data
    if fact.name == "journey.owner_changed":
        return data.get("role") == f"task.{view.line.key}"
    if fact.name == "journey.form.answered":
        return bool(view.form_id) and data.get("form") == view.form_id
    if fact.name == "journey.task.deferred":
        return view.line.title in data.get("tasks", ())
    if fact.name == "journey.promise.broken":
        return data.get("thing") == f"task.{view.line.key}"
    return data.get("task_id") == str(view.line.id)


def _is_move(fact: Recorded) -> bool:
    return fact.name == MOVED and fact.data.get("reason") != "time chosen"


def _moves(facts: Iterable[Recorded], names: dict[str, str]) -> list[Move]:
    moved = [fact for fact in facts if _is_move(fact)]
    return [
        Move(
            who_words(fact.actor, names),
            fact.recorded_at,
            _day(fact.data.get("before")),
            _day(fact.data.get("due_on") or fact.data.get("after")),
            str(fact.data.get("reason") or "").strip().rstrip("."),
        )
        for fact in sorted(moved, key=lambda fact: fact.seq)
    ]


def _day(value: object) -> date | None:
    if not isinstance(value, str) or not value:
        return None
    if len(value) <= 10:
        return date.fromisoformat(value)
    return timezone.localtime(datetime.fromisoformat(value)).date()
