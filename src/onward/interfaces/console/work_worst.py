"""Who of all needs help most, whosever work is shown: whose it is, why it stands there and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from markupsafe import Markup

from onward.insights.queries import PortfolioLine
from onward.interfaces.ui.words import plural
from onward.journeys.queries import WorkTask


@dataclass(frozen=True, slots=True)
class Worst:
    """A journey that needs help. `whose` it is; `verb` and `what` are the next thing to do, at `path`."""

    line: PortfolioLine
    whose: str
    verb: str
    what: str
    path: str


def worst_of(line: PortfolioLine, tasks: Sequence[WorkTask], me: UUID) -> Worst:
    """`tasks` are those that are open in it."""
    whose = "yours" if line.owner_id == me else f"{line.owner_name or 'nobody'}’s"
    return Worst(line, whose, *_next(line, next((one for one in tasks if one.title == line.waiting_what), None)))


def _next(line: PortfolioLine, task: WorkTask | None) -> tuple[str, str, str]:
    """What a sensible colleague would do: answer before asking, else what it waits for."""
    talk = f"/journeys/{line.ref}/conversation"
    if line.questions:
        return "Answer them", plural(line.questions, "open question"), talk
    if task is not None:
        return "Ask them for" if line.waiting_on == "theirs" else "Do", task.title, f"/tasks/{task.ref}"
    return "Write to them", line.next_due_what or "no step is open", talk


def needy_words(needy: int, own: int) -> Markup:
    """How many need help, and how many of these are the reader's own: the figures that the list's views have."""
    said = Markup('<a href="/journeys?need=1">{} {} help</a>: {}')
    mine = (
        Markup('<a href="/journeys?by=me&amp;need=1">{} yours</a>').format(f"{own:,}") if own else Markup("none yours")
    )
    whose = mine if own == needy else mine + Markup(", {} of others").format(f"{needy - own:,}") if own else mine
    return said.format(plural(needy, "journey"), "needs" if needy == 1 else "need", whose)
