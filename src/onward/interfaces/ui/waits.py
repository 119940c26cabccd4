"""What a step waits for or had to wait for, without naming work that the customer does not see."""

from __future__ import annotations

from django.utils import timezone

from onward.interfaces.ui.words import date_words, late_words, today
from onward.journeys.decisions.wording import UNDECIDED
from onward.journeys.queries import JourneyView, TaskLine


def needed_for(view: JourneyView, task: TaskLine, vendor: str) -> list[str]:
    """What has to come before a step that waits: titles in quotes, "2 days after" one where there is a lag, and "the
    vendor's own preparation" for all that the customer does not see."""
    visible = {other.title for other in view.tasks}
    named, hidden = [], False
    for words in task.waits_for:
        if words in visible:
            named.append(f"“{words}”")
        elif (before := words.partition(" after ")[2]) in visible:
            named.append(f"{words.removesuffix(before)}“{before}”")
        elif not words.startswith(("starts ", UNDECIDED)):
            hidden = True
    return [*named, f"{vendor}’s own preparation"] if hidden else named


def is_undecided(task: TaskLine) -> bool:
    """Whether nobody can say yet if the step is needed at all."""
    return any(words.startswith(UNDECIDED) for words in task.waits_for)


def waits_for(task: TaskLine, title: str) -> bool:
    """Whether a step waits for the one of that title, or for some days after it."""
    return any(words == title or words.endswith(f" after {title}") for words in task.waits_for)


def held_until(task: TaskLine) -> str:
    """Like "today" or "Fri 20 November": when an open step could begin at last, where that was after its day."""
    if task.state != "open" or task.due_on is None or task.opened_at is None:
        return ""
    began = timezone.localtime(task.opened_at).date()
    return "" if began <= task.due_on else "today" if began == today() else date_words(began)


def lateness(task: TaskLine) -> str:
    """Like "5 days late", and since when it could begin at all; empty for what is not late."""
    if not task.is_late or task.due_on is None:
        return ""
    began = held_until(task)
    only = f", could begin only {'' if began == 'today' else 'on '}{began}" if began else ""
    return late_words(task.due_on) + only
