"""What the customer's people do in their portal: they come back, open what is theirs, bring a colleague."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from onward.demo.actions.life import Life
from onward.engagement.actions.colleagues import invite_colleague
from onward.engagement.actions.page_views import note_page
from onward.engagement.actions.visits import note_visit
from onward.journeys import actions as journeys
from onward.kernel.actor import Actor

MOVED_BY = timedelta(days=6)
REASON = "your IT team has another change to finish first"


def visits(life: Life) -> Iterator[datetime]:
    """The champion looks in some days after the signature, then weekly; where IT is slow, a date moves."""
    yield life.at(2.05, 9)
    if not _goes_on(life):
        return
    champion = life.contacts["champion"]
    _look(life, champion, tasks=1)
    yield life.at(8.3, 10)
    if not _goes_on(life):
        return
    _look(life, champion, tasks=2)
    if life.company.name == "Acme Freight":
        invite_colleague(
            actor=champion,
            account_id=life.account_id,
            name="Joel Abara",
            mail=f"joel.abara@{life.company.slug}.example.com",
            role="security",
            purpose="Security and legal",
            journey_id=life.journey,
        )
    yield life.at(10.2, 11)
    if not _goes_on(life):
        return
    if len(life.company.name) % 4 == 0:
        _move(life)
    for week in range(3, 9):
        yield life.at(week * 7 - 4.6, 9)
        if not _goes_on(life):
            return
        _look(life, champion, tasks=1)


def _goes_on(life: Life) -> bool:
    return life.has_journey and life.is_under_way and "champion" in life.contacts


def _look(life: Life, who: Actor, *, tasks: int) -> None:
    note_visit(actor=who)
    note_page(actor=who, journey_id=life.journey, kind="home")
    theirs = [task for task in life.run().tasks if task.state == "open" and task.shared and task.side == "theirs"]
    for task in theirs[:tasks]:
        note_page(actor=who, journey_id=life.journey, kind="task", task_id=task.id)


def _move(life: Life) -> None:
    """The first step of theirs that has a date and was not promised."""
    for task in life.run().tasks:
        if task.is_over or task.promise or task.due_at is None or not task.shared or task.side != "theirs":
            continue
        journeys.move_task(actor=life.csm, task_id=task.id, due_at=task.due_at + MOVED_BY, reason=REASON)
        return
