"""Which days of a plan may move when another does: by order, by what ends a stage or a milestone, by what a date is
counted from. More than what moves in one journey, never less: a table of timings counts with each of its lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from onward.playbooks.decisions.definition import Milestone, Playbook, Stage, Task
from onward.playbooks.decisions.parts import Expr, Timing

_ENDS = {"task": {"done", "held"}, "stage": {"closed"}, "milestone": {"met"}}


def resting(book: Playbook) -> Mapping[str, tuple[str, ...]]:
    """ "task.connect", "stage.setup", "milestone.live" or "answer.kickoff.go_live" -> what may move with it."""
    # Kept with the book, as its own cached properties are: a process reads a version once.
    kept: Mapping[str, tuple[str, ...]] | None = vars(book).get("_resting")
    if kept is None:
        found: dict[str, dict[str, None]] = {}
        for after, before in _pairs(book):
            found.setdefault(before, {})[after] = None
        kept = vars(book)["_resting"] = {name: tuple(after) for name, after in found.items()}
    return kept


def ends_named(expr: Expr | None) -> Iterator[str]:
    """The tasks, stages and milestones whose end an expression reads: `task.uat.done` names "task.uat"."""
    for name in expr.names if expr else ():
        kind, _, rest = name.partition(".")
        key, _, what = rest.rpartition(".")
        if what in _ENDS.get(kind, ()):
            yield f"{kind}.{key}"


def _pairs(book: Playbook) -> Iterator[tuple[str, str]]:
    """(what follows, what it rests on)."""
    for stage in book.stages:
        for task in stage.tasks:
            yield from _of_task(book, stage, task)
        mine = f"stage.{stage.id}"
        read = (name for check in stage.exit for name in ends_named(check.when))
        for name in (
            *(f"stage.{one}" for one in stage.after),
            *read,
            *_counted(book, stage, stage.due),
            *_counted(book, stage, stage.starts),
        ):
            yield mine, name
    for milestone in book.milestones:
        yield from _of_milestone(book, milestone)


def _of_task(book: Playbook, stage: Stage, task: Task) -> Iterator[tuple[str, str]]:
    mine = f"task.{task.id}"
    yield f"stage.{stage.id}", mine
    for link in task.after:
        yield mine, f"task.{link.id}"
    for one in stage.after:
        yield mine, f"stage.{one}"
    for name in (*_counted(book, stage, task.due or stage.due), *_counted(book, stage, task.starts)):
        yield mine, name
        if name.startswith("answer."):
            # A day cannot come before what is to be done ahead of it.
            yield name, mine


def _of_milestone(book: Playbook, milestone: Milestone) -> Iterator[tuple[str, str]]:
    mine = f"milestone.{milestone.id}"
    for name in (*ends_named(milestone.when), *_counted(book, None, milestone.due or book.targets.first_value)):
        yield mine, name
    for stage in book.stages:
        if any(mine in ends_named(check.when) for check in stage.exit):
            for one in stage.after:
                yield mine, f"stage.{one}"


def _counted(book: Playbook, stage: Stage | None, timing: Timing | None) -> Iterator[str]:
    for moment in timing.moments if timing else ():
        kind, _, rest = moment.partition(".")
        key, _, what = rest.rpartition(".")
        entered = stage if moment == "entered" else book.stage(key) if (kind, what) == ("stage", "entered") else None
        if entered is not None:
            yield from (f"stage.{one}" for one in entered.after)
        elif kind == "answer":
            yield moment
        elif kind in _ENDS:
            yield f"{kind}.{key}"
