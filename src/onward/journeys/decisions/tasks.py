"""Which tasks exist, which may begin, and which are done because the data says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from onward.journeys.decisions.moments import Moments
from onward.journeys.decisions.opening import role_side, task_row
from onward.journeys.decisions.readings import Readings
from onward.journeys.decisions.state import Run, TaskRow
from onward.kernel.clock import WorkingCalendar
from onward.playbooks.decisions.definition import Playbook, Task
from onward.playbooks.decisions.judge import verdict
from onward.playbooks.decisions.timing import due

MEETINGS = {"meeting"}


def settle(book: Playbook, run: Run, readings: Readings, now: datetime) -> list[TaskRow]:
    """Move every task that is not over to the state that follows; the tasks that closed by themselves."""
    closed = []
    for row in run.tasks:
        if row.is_over and not (row.state == "skipped" and row.how == "not_needed"):
            continue
        if row.kind == "fill_role":
            closed += _fill_role(run, row, now)
            continue
        spec = book.task(row.key)
        waits = waits_for(book, run, spec, readings, now)
        if waits is None:
            row.state, row.how = "skipped", "not_needed"
            continue
        if row.state == "skipped":
            row.state, row.how = "waiting", ""
        row.waits_for = waits
        if _is_proven(spec, row, run, readings):
            close(row, now, by="automation", how="data")
            closed.append(row)
        elif waits:
            row.state = "waiting"
        elif row.state == "waiting":
            row.state = "open"
            row.opened_at = row.opened_at or now
    return closed


def close(row: TaskRow, now: datetime, *, by: str, how: str) -> None:
    """Mark a task done."""
    row.state, row.done_at, row.done_by, row.how = "done", now, by, how
    row.opened_at = row.opened_at or now
    row.waits_for = []
    row.edition += 1


def waits_for(book: Playbook, run: Run, spec: Task, readings: Readings, now: datetime) -> list[str] | None:
    """What keeps a task from starting, in words; [] when it may start, None when it is not needed."""
    words: list[str] = []
    if spec.exists_when is not None:
        found = verdict(spec.exists_when, readings)
        if found.state == "not_met":
            return None
        if found.state == "unknown":
            words.append(f"not decided yet: needs {', '.join(_title(book, name) for name in found.missing)}")
    stage = run.stage(spec.stage)
    if stage is not None and stage.entered_at is None:
        words.append(f"starts with {stage.title}")
    for link in spec.after:
        before = run.task(link.id)
        if before is None:
            continue
        if link.link == "start_to_start":
            free = before.opened_at is not None or before.is_over
            moment = before.opened_at
        elif link.link == "finish_to_start":
            free, moment = before.is_over, before.done_at
        else:
            continue
        if not free:
            words.append(before.title)
        elif link.lag and moment and moment + link.lag.exact > now:
            words.append(f"{link.lag.words} after {before.title}")
    if spec.starts is not None:
        moments = Moments(run, readings.outside, book.day_zero, stage)
        start = due(spec.starts, moments=moments, readings=readings, calendar=WorkingCalendar()).at
        if start is None or start > now:
            words.append(f"starts {spec.starts.text}")
    return words


def waits_words(waits: Sequence[str]) -> str:
    """What keeps a task from starting, in a clause: other tasks by name, then the rest as it is written."""
    clauses = ("starts ", "not decided")
    named = [words for words in waits if not words.startswith(clauses)]
    listed = " and ".join(filter(None, [", ".join(named[:-1]), *named[-1:]]))
    return "; ".join([*([f"waits for {listed}"] if named else []), *(w for w in waits if w.startswith(clauses))])


def told_of(run: Run, words: list[str]) -> list[str]:
    """What a task waits for as a contact may know it: the vendor's internal work has no title for them.

    Told is what names shared work: at the customers' door the internal rows are not even read.
    """
    shared = {task.title for task in run.tasks if task.shared}
    internal = {task.title for task in run.tasks if not task.shared}

    def may_tell(word: str) -> bool:
        clause = word.startswith(("starts ", "not decided yet"))
        return not any(title in word for title in internal) and (clause or any(title in word for title in shared))

    return list(dict.fromkeys(word if may_tell(word) else "a step on our side" for word in words))


def repeat(book: Playbook, run: Run, now: datetime, moments: Moments, new_id: Callable[[], UUID]) -> list[TaskRow]:
    """The next turn of each repeated task whose last one is over; an open one is withdrawn when its time has ended."""
    made = []
    for spec in book.tasks:
        if spec.every is None:
            continue
        last = run.task(spec.id)
        if last is None:
            continue
        if spec.until and moments.at(spec.until):
            if not last.is_over:
                last.state, last.how = "withdrawn", "ended"
            continue
        if last.state == "done" and last.done_at:
            row = task_row(book, spec, run.journey, last.rank, new_id(), last.cycle + 1)
            row.due_at = last.done_at + spec.every.exact
            row.starts_at = max(last.done_at, row.due_at - min(spec.every.exact, timedelta(days=7)))
            row.due_why, row.due_by_hand = f"every {spec.every.words}", True
            run.tasks.append(row)
            made.append(row)
    return made


def open_points(book: Playbook, run: Run, row: TaskRow) -> list[str]:
    """What is still missing before a person may say done, in words."""
    if row.kind == "fill_role":
        return ["name the person on the People page"]
    spec = book.task(row.key)
    words = []
    if spec.kind == "meeting" and row.held_at is None:
        words.append("say when it was held")
    if spec.form and not run.journey.answers.get(spec.form, {}).get("complete"):
        words.append(f"fill in {book.find('form', spec.form).title}")
    if spec.picks and spec.picks not in run.journey.picks:
        words.append(f"choose how {book.milestone(spec.picks).title} is measured")
    left = [step.title for step in spec.steps if step.id not in row.steps and step.when is None]
    if left:
        words.append("tick " + ", ".join(left))
    return words


def also_needed(spec: Task, reported: dict[str, object]) -> list[str]:
    """The roles that still have to say done, or to confirm."""
    wanted = [*spec.also, *([spec.confirm] if spec.confirm else [])]
    return [role for role in (spec.by, *wanted) if role not in reported] if wanted else []


def turn(book: Playbook, key: str, side: str, reported: dict[str, object]) -> str:
    """The side that still has to act: ours, theirs or both; `side` until somebody has said done."""
    sides = {role_side(book, role) for role in also_needed(book.task(key), reported)} if reported else set()
    return side if not sides else sides.pop() if len(sides) == 1 else "both"


def _is_proven(spec: Task, row: TaskRow, run: Run, readings: Readings) -> bool:
    if spec.done_when is not None:
        return row.opened_at is not None and verdict(spec.done_when, readings).state == "met"
    if spec.kind == "meeting" and row.held_at is not None:
        return not open_points(readings.book, run, row)
    return False


def _fill_role(run: Run, row: TaskRow, now: datetime) -> list[TaskRow]:
    if run.journey.roles.get(row.key.removeprefix("fill_")):
        close(row, now, by="automation", how="data")
        return [row]
    stage = run.stage(row.stage)
    if row.state == "waiting" and stage and stage.entered_at:
        row.state, row.opened_at = "open", now
    return []


def _title(book: Playbook, name: str) -> str:
    """A form field's title instead of its metric name."""
    if name.startswith("answer."):
        form, _, field = name.removeprefix("answer.").partition(".")
        try:
            return book.find("form", form).field(field).title  # type: ignore[no-any-return]
        except KeyError:
            return name
    return name
