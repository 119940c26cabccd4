"""Who of all needs help most, whosever work is shown: whose it is, why it stands there and what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from markupsafe import Markup

from onward.foundation.clock import now
from onward.insights.queries import PortfolioLine
from onward.interfaces.console.reminding import Reminded, ask_all
from onward.interfaces.ui.words import plural, short_date
from onward.journeys.queries import WorkTask
from onward.kernel.ids import format_id


@dataclass(frozen=True, slots=True)
class Worst:
    """A journey that needs help. `whose` it is; `verb` and `what` are the next thing to do, at `path`; `asked` when
    somebody was last asked for it; for how many of its `late` steps somebody was asked lately, `asked_late`; `all_of`:
    (words, address) to ask whoever is next for all that they are late with."""

    line: PortfolioLine
    whose: str
    verb: str
    what: str
    path: str
    asked: Reminded | None = None
    asked_late: int = 0
    all_of: tuple[str, str] | None = None

    @property
    def late(self) -> int:
        """How many of its steps are late, of ours and theirs."""
        return self.line.overdue_ours + self.line.overdue_theirs


def meets_at(task: WorkTask) -> datetime | None:
    """When a meeting that lies ahead is to be held; None of any other task."""
    at = task.starts_at
    return at if task.kind == "meeting" and at and at > now() else None


def next_of(line: PortfolioLine, tasks: Sequence[WorkTask]) -> list[WorkTask]:
    """What is to be done in it, of its open steps: the one that the journey waits for, then what is late."""
    first = [one for one in tasks if one.title == line.waiting_what][:1]
    return first + [one for one in tasks if one not in first and is_late(one)]


def is_late(task: WorkTask) -> bool:
    """Its date has passed."""
    return task.due_at is not None and task.due_at < now()


def worst_of(
    line: PortfolioLine,
    tasks: Sequence[WorkTask],
    me: str,
    names: Mapping[str, str],
    told: Mapping[UUID, Reminded],
    *,
    may_write: bool,
) -> Worst:
    """`tasks` is what is to be done in it; `me` and the keys of `names` are like "user:usr_...", as a task's holder is;
    `told`: when whoever has a task was last asked. The first for which nobody was asked lately is next.
    Who may not write is led to what there is to read."""
    mine = line.owner_id is not None and me == f"user:{format_id('usr', line.owner_id)}"
    whose = "yours" if mine else f"{line.owner_name or 'nobody'}’s"
    fresh = {task.id for task in tasks if task.id in told and told[task.id].is_fresh}
    ahead = [task for task in tasks if task.id not in fresh and not meets_at(task)]
    # A question of theirs goes before all.
    task = None if line.questions else next(iter([*ahead, *tasks]), None)
    asked = told.get(task.id) if task else None
    waits = task is not None and task.id in fresh
    verb, what, path = _next(line, task, me, names, waits=waits) if may_write else ("Read", *_read(line, task))
    all_of = _all_of(line, task, tasks, names) if task and verb.startswith("Ask ") else None
    return Worst(
        line, whose, verb, what, path, asked, sum(task.id in fresh and is_late(task) for task in tasks), all_of
    )


def _all_of(
    line: PortfolioLine, task: WorkTask, tasks: Sequence[WorkTask], names: Mapping[str, str]
) -> tuple[str, str] | None:
    theirs = [one for one in tasks if is_late(one) and one.side == "ours" and one.holder == task.holder]
    return ask_all(names[task.holder], task.holder, len(theirs), f"/journeys/{line.ref}")


def _read(line: PortfolioLine, task: WorkTask | None) -> tuple[str, str]:
    talk = f"/journeys/{line.ref}/conversation"
    if line.questions:
        return plural(line.questions, "open question"), talk
    return (task.title, f"/tasks/{task.ref}") if task else (line.next_due_what or "no step is open", talk)


def _next(
    line: PortfolioLine, task: WorkTask | None, me: str, names: Mapping[str, str], *, waits: bool
) -> tuple[str, str, str]:
    """What a sensible colleague would do: answer before asking, else what it waits for. Whoever was asked has time."""
    talk = f"/journeys/{line.ref}/conversation?answer=1#composer"
    if line.questions:
        return "Answer them", plural(line.questions, "open question"), talk
    if task is None:
        return "Write to them", line.next_due_what or "no step is open", talk
    if at := meets_at(task):
        verb = f"Planned for {short_date(at)}"
    elif task.turn == "theirs":
        verb = "Waiting for them" if waits else "Remind them of"
        if not waits and task.holder.startswith("contact:"):
            return verb, task.title, f"/tasks/{task.ref}#remind-{task.ref}"
    elif task.holder in {"", me} or task.holder not in names:
        verb = "Do"
    elif waits:
        verb = f"Waiting for {names[task.holder].split()[0]}"
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
