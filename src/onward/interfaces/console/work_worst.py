"""Who of all needs help most, whosever work is shown: whose it is, why it stands there and what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from onward.insights.queries import PortfolioLine
from onward.interfaces.console.reminding import Reminded
from onward.interfaces.ui.words import plural
from onward.journeys.queries import WorkTask
from onward.kernel.ids import format_id


@dataclass(frozen=True, slots=True)
class Worst:
    """A journey that needs help. `whose` it is; `verb` and `what` are the next thing to do, at `path`; `reminded` when
    a colleague last asked the customer for it."""

    line: PortfolioLine
    whose: str
    verb: str
    what: str
    path: str
    reminded: Reminded | None = None


def next_of(line: PortfolioLine, tasks: Sequence[WorkTask]) -> WorkTask | None:
    """The step that the journey waits for, of those that are open in it; a question of theirs goes first."""
    return None if line.questions else next((one for one in tasks if one.title == line.waiting_what), None)


def worst_of(
    line: PortfolioLine, task: WorkTask | None, me: str, names: Mapping[str, str], reminded: Reminded | None
) -> Worst:
    """`task` is what it waits for; `me` and the keys of `names` are like "user:usr_...", as a task's holder is."""
    mine = line.owner_id is not None and me == f"user:{format_id('usr', line.owner_id)}"
    whose = "yours" if mine else f"{line.owner_name or 'nobody'}’s"
    return Worst(line, whose, *_next(line, task, me, names), reminded if task else None)


def _next(line: PortfolioLine, task: WorkTask | None, me: str, names: Mapping[str, str]) -> tuple[str, str, str]:
    """What a sensible colleague would do: answer before asking, else what it waits for."""
    talk = f"/journeys/{line.ref}/conversation#composer"
    if line.questions:
        return "Answer them", plural(line.questions, "open question"), talk
    if task is None:
        return "Write to them", line.next_due_what or "no step is open", talk
    if line.waiting_on == "theirs":
        verb = "Ask them for"
    elif task.holder in {"", me} or task.holder not in names:
        verb = "Do"
    else:
        return f"Ask {names[task.holder]} for", task.title, f"/tasks/{task.ref}?to=internal&call={task.holder}#composer"
    return verb, task.title, f"/tasks/{task.ref}"


def needy_words(needy: int, own: int) -> Markup:
    """How many need help, and how many of these are the reader's own: the figures that the list's views have."""
    said = Markup('<a href="/journeys?need=1">{} {} help</a>: {}')
    mine = (
        Markup('<a href="/journeys?by=me&amp;need=1">{} yours</a>').format(f"{own:,}") if own else Markup("none yours")
    )
    others = Markup(", {} of others").format(f"{needy - own:,}") if 0 < own < needy else ""
    return said.format(plural(needy, "journey"), "needs" if needy == 1 else "need", mine + others)
