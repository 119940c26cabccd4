"""Dates that cannot be kept: due before it may begin, or before what it rests on is due."""

from collections.abc import Iterator

from onward.playbooks.decisions.definition import Playbook, Stage, Task
from onward.playbooks.decisions.parts import Timing


def too_early(book: Playbook) -> Iterator[tuple[str, str]]:
    """(address, what is wrong) of every task and stage whose date comes before its beginning."""
    for stage in book.stages:
        if _is_before(stage.due, stage.starts, book, stage.id, stage.id):
            yield f"stage.{stage.id}", f"stage `{stage.id}` is due before it starts"
        for task in stage.tasks:
            yield from _of_task(task, stage, book)


def _of_task(task: Task, stage: Stage, book: Playbook) -> Iterator[tuple[str, str]]:
    if _is_before(task.due, task.starts, book, stage.id, stage.id):
        yield f"task.{task.id}", f"task `{task.id}` is due before it starts"
    for link in task.after:
        other = book.task(link.id)
        if link.link == "finish_to_start" and _is_before(task.due, other.due, book, stage.id, other.stage):
            yield f"task.{task.id}", f"task `{task.id}` is due before `{other.id}`, on which it rests"


def _is_before(one: Timing | None, other: Timing | None, book: Playbook, here: str, there: str) -> bool:
    """Whether one date comes before the other whenever that is; dates that are counted differently are not compared."""
    first, second = _counted(one, book, here), _counted(other, book, there)
    return first is not None and second is not None and first[:2] == second[:2] and first[2] < second[2]


def _counted(timing: Timing | None, book: Playbook, stage: str) -> tuple[str, bool, float] | None:
    """From which moment, whether in working days, and how many days."""
    if timing is None or timing.word in ("table", "none") or timing.times:
        return None
    if timing.word == "day":
        return book.day_zero, False, timing.day - (1 if book.day_one else 0)
    moment = f"stage.{stage}.entered" if timing.moment == "entered" else timing.moment
    moment = book.day_zero if moment == "day_zero" else moment
    if timing.span is None:
        return moment, False, 0
    days = timing.span.exact.total_seconds() / 86_400
    return moment, timing.span.unit == "wd", -days if timing.word == "before" else days
