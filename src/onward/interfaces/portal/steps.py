"""One step in the customer’s words: who does it, what it waits for, what comes after it. Work that they do not see is
not named."""

from __future__ import annotations

from collections.abc import Iterable

from onward.interfaces.portal.dates import due_words
from onward.interfaces.ui.waits import is_undecided, needed_for, waits_for
from onward.interfaces.ui.words import joined
from onward.journeys.decisions.forecast import Expected
from onward.journeys.queries import JourneyView, TaskLine, TaskView


def waiting_words(view: JourneyView, task: TaskLine, vendor: str) -> str:
    """What a task waits for, without naming work that the customer does not see."""
    if task.deferred_at and task.state in {"open", "waiting"}:
        return "after first value"
    if task.state != "waiting":
        return ""
    dates = (due_words(view, words.removeprefix("starts ")) for words in task.waits_for if words.startswith("starts "))
    starts = [words for words in dates if words]
    named = needed_for(view, task, vendor)
    plain = [words for words in named if " after “" not in words]
    lagged = [words for words in named if " after “" in words]
    needed = ["if it is needed"] if is_undecided(task) else []
    return ", ".join([*needed, *([f"after {joined(plain)}"] if plain else []), *lagged, *starts])


def waiting_sentence(view: JourneyView, task: TaskLine, vendor: str) -> str:
    """The same as a sentence; empty for a task that does not wait."""
    words = waiting_words(view, task, vendor)
    if is_undecided(task):
        return "It is not decided yet whether this is needed."
    return f"It begins {words}." if words else ""


def stands(view: JourneyView, task: TaskLine) -> Expected | None:
    """The day of a step that waits, as things stand, where the agreed one cannot be kept."""
    return view.later(f"task.{task.key}") if task.state == "waiting" else None


def holds_up(tasks: Iterable[TaskLine], task: TaskLine) -> list[str]:
    """The titles of the tasks that wait for this one."""
    return [other.title for other in tasks if other.state == "waiting" and waits_for(other, task.title)]


def what_follows(view: JourneyView, task: TaskLine, vendor: str) -> list[str]:
    """A sentence for each task that waits for this one; it says what else it waits for."""
    said = []
    for other in view.tasks:
        if other.state != "waiting" or not waits_for(other, task.title):
            continue
        mine = f"“{task.title}”"
        after = (words for words in other.waits_for if words.endswith(f" after {task.title}"))
        lag = next((words.removesuffix(task.title) for words in after), "")
        named = [words for words in needed_for(view, other, vendor) if words not in (mine, lag + mine)]
        if named:
            said.append(f"“{other.title}” waits for this and for {joined(named)}.")
        else:
            said.append(f"“{other.title}” can begin {lag}this." if lag else f"Then “{other.title}” can begin.")
    return said


def agreement(seen: TaskView) -> str:
    """The words beside the box that is ticked before one signs."""
    return "I have tried it and it works" if seen.signs == "steps" else "I have read it and agree"


def done_for(task: TaskLine, me: str) -> str:
    """The first name of the colleague whose step the reader does; empty for their own or nobody's."""
    other = task.person if task.turn != "ours" and task.person and task.person.side == "theirs" else None
    return other.name.split()[0] if other and other.ref != me and other.name.split() else ""


def who_does(task: TaskLine, me: str, vendor: str) -> str:
    """ "You", a name, or the role when nobody holds it yet."""
    if task.turn == "ours" and task.side != "ours":
        return vendor
    if task.person is not None:
        return "You" if task.person.ref == me else task.person.name
    return task.role_title or (vendor if task.side == "ours" else "")


def all_known(seen: TaskView) -> bool:
    """Every question has an answer already, some of them from elsewhere: it is confirmed, not asked again."""
    asked = [field for field in seen.form if field.required]
    found = bool(asked) and all(field.value is not None for field in asked)
    return found and not seen.form_complete and any(field.origin for field in seen.form)
