"""What happened, in the customer's words. Only facts about what they can see are told at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from markupsafe import Markup

from onward.foundation import clock
from onward.foundation.ledger import Recorded, facts_of
from onward.interfaces.portal.moved import MOVED
from onward.interfaces.ui.plan_words import OF_PLAN
from onward.interfaces.ui.waits import held_until
from onward.interfaces.ui.words import date_words
from onward.journeys.queries import TaskLine

ABOUT_TASKS = {
    "journey.task.completed",
    "journey.task.reopened",
    "journey.task.reported",
    MOVED,
    "journey.meeting.held",
}
# Told to the customer only where it was shared with them.
SAID = {"comment.written", "file.added"}
ABOUT_ALL = {
    "journey.stage.closed",
    "journey.milestone.met",
    "journey.objective.agreed",
    "journey.objective.met",
    *OF_PLAN,
    "journey.paused",
    "journey.resumed",
    "journey.completed",
}


@dataclass(frozen=True)
class News:
    """`mark` names a drawing: met, reached, us, them."""

    at: datetime
    mark: str
    css: str
    words: Markup


def told(journey_id: UUID) -> list[Recorded]:
    """The latest facts that a customer may be told of, the newest first; which tasks they see is asked later."""
    return facts_of(journey=journey_id, names=ABOUT_TASKS | ABOUT_ALL | SAID, newest_first=True, limit=100)


def news_of(
    facts: Iterable[Recorded],
    names: Mapping[str, str],
    *,
    visible: Collection[UUID],
    me: str,
    since: datetime | None,
    limit: int,
) -> list[News]:
    """What happened since a moment (None: ever), the newest first. `visible` are the tasks that the contact sees."""
    seen = {str(task_id) for task_id in visible}
    facts = [fact for fact in facts if _is_told(fact, seen, me)]
    if since is not None:
        # What the reader did themselves is no news to them.
        facts = [fact for fact in facts if fact.recorded_at > since and fact.actor != me]
    facts = list(_moved_once(facts))
    # A meeting that was held says more than that its task is done.
    held = {fact.data.get("task_id") for fact in facts if fact.name == "journey.meeting.held"}
    facts = [f for f in facts if f.name != "journey.task.completed" or f.data.get("task_id") not in held][:limit]
    return [_news(fact, "You" if fact.actor == me else names.get(fact.actor, "")) for fact in facts]


def _moved_once(facts: Iterable[Recorded]) -> Iterator[Recorded]:
    """`facts`, the newest first, with one move of each step: the last, and none where its day came back."""
    facts = list(facts)
    moves: dict[tuple[object, bool], list[Recorded]] = {}
    for fact in facts:
        if fact.name == MOVED:
            moves.setdefault((fact.data.get("task_id"), fact.data.get("reason") == "time chosen"), []).append(fact)
    told = {of[0].seq for of in moves.values() if of[0].data.get("after") and _day_after(of[0]) != _day_before(of[-1])}
    yield from (fact for fact in facts if fact.name != MOVED or fact.seq in told)


def _day_after(fact: Recorded) -> str:
    return date_words(fact.data.get("due_on") or fact.data.get("after"))


def _day_before(fact: Recorded) -> str:
    return date_words((fact.data.get("was") or {}).get("on") or fact.data.get("before"))


def with_late(news: Iterable[News], tasks: Iterable[TaskLine], since: datetime | None) -> list[News]:
    """The same and the open tasks whose day went by since a moment, though they could have begun before it did. No fact
    tells that: it comes with the next day."""
    late = []
    for task in tasks:
        if not task.is_late or task.due_on is None or held_until(task):
            continue
        at = timezone.make_aware(datetime.combine(task.due_on + timedelta(days=1), time.min))
        if since is not None and since < at <= clock.now():
            side = "us" if task.turn == "ours" else "them"
            words = Markup("<strong>{}</strong> is late; it was due on {}").format(task.title, date_words(task.due_on))
            late.append(News(at, side, f"side {side}", words))
    return sorted([*news, *late], key=lambda item: item.at, reverse=True)


def _is_told(fact: Recorded, seen: Collection[str], me: str) -> bool:
    task = fact.data.get("task_id")
    if fact.name in SAID:
        return fact.data.get("channel") == "shared" and (task is None or task in seen) and fact.actor != me
    return fact.name in ABOUT_ALL or task in seen


def _news(fact: Recorded, who: str) -> News:
    data = fact.data
    title = Markup("<strong>{}</strong>").format(data.get("title") or data.get("outcome") or "")
    words = {
        "journey.task.completed": _completed(data.get("how"), who, title),
        "journey.task.reopened": Markup("{} opened {} again").format(who, title)
        if who
        else Markup("{} is open again").format(title),
        "journey.task.reported": Markup("{} did their part of {}").format(who or "Somebody", title),
        MOVED: Markup("{} moved to {}").format(title, _day_after(fact) if fact.name == MOVED else ""),
        "journey.meeting.held": Markup("{} was held on {}").format(title, date_words(data.get("held_at"))),
        "comment.written": _written(who, data, title),
        "file.added": Markup("{} added <strong>{}</strong>").format(who or "Somebody", data.get("file")),
        "journey.stage.closed": Markup("{} is complete").format(title),
        "journey.milestone.met": Markup("Reached: {}").format(title),
        "journey.objective.agreed": Markup("The goal was agreed: {}").format(title),
        "journey.objective.met": Markup("The goal was reached: {}").format(title),
        **{
            name: Markup("{} {} version {} of the success plan").format(who or "Somebody", said, data.get("number"))
            for name, said in OF_PLAN.items()
        },
        "journey.paused": Markup("The onboarding was paused"),
        "journey.resumed": Markup("The onboarding goes on"),
        "journey.completed": Markup("The onboarding is complete"),
    }[fact.name]
    return News(fact.recorded_at, *_mark(fact), words)


def _written(who: str, data: Mapping[str, Any], title: Markup) -> Markup:
    verb = "asked a question" if data.get("question") else "wrote"
    about = Markup(" about {}").format(title) if data.get("title") else Markup(" to you" if verb == "wrote" else "")
    return Markup("{} {}{}").format(who or "Somebody", verb, about)


def _completed(how: object, who: str, title: Markup) -> Markup:
    if how == "data":
        return Markup("{} was done, as the data shows").format(title)
    if how == "sent":
        return Markup("{} was written for you").format(title)
    return Markup("{} finished {}").format(who, title) if who else Markup("{} is done").format(title)


def _mark(fact: Recorded) -> tuple[str, str]:
    if fact.name in {"journey.milestone.met", "journey.objective.met"}:
        return "reached", "milestone reached"
    if fact.name in {"journey.task.completed", "journey.stage.closed", "journey.completed"}:
        return "met", "verdict met"
    side = "them" if fact.actor.startswith("contact:") else "us"
    return side, f"side {side}"
