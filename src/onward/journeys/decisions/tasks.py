"""Which tasks exist, which may begin, and which are done because the data says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from onward.journeys import facts
from onward.journeys.decisions.moments import Moments
from onward.journeys.decisions.opening import task_row
from onward.journeys.decisions.readings import Readings, days_late
from onward.journeys.decisions.saying import also_needed, how_many, open_points
from onward.journeys.decisions.starting import before_it, begins, lag_over
from onward.journeys.decisions.state import Run, TaskRow
from onward.journeys.decisions.wording import UNDECIDED, title_of
from onward.kernel.fact import Fact
from onward.playbooks.decisions.definition import Playbook, Task
from onward.playbooks.decisions.judge import verdict


def settle(book: Playbook, run: Run, readings: Readings, now: datetime) -> Iterator[Fact]:
    """Move every task that is not over to the state that follows; yields what the data alone closed or reported."""
    chosen = _chosen(book, run)
    for row in run.tasks:
        if row.is_over and row.how not in {"not_needed", "not_chosen"}:
            continue
        if not row.is_written:
            yield from _fill_role(run, row, now)
            continue
        spec = book.task(row.key)
        if spec.group and spec.group in chosen and row is run.task(row.key):
            if row.state != "withdrawn":
                row.state, row.how, row.waits_for = "withdrawn", "not_chosen", []
                yield facts.TaskWithdrawn(row.key, row.id, row.title, chosen[spec.group])
            continue
        waits = waits_for(book, run, spec, readings, now)
        if waits is None and not row.is_begun:
            row.state, row.how = "skipped", "not_needed"
            continue
        if row.is_over and row is run.task(row.key):
            row.state, row.how = "waiting", ""
        elif row.is_over:
            continue
        row.waits_for = waits or []
        row.left_out = [step.id for step in spec.steps if step.when and verdict(step.when, readings).state == "not_met"]
        if _is_proven(spec, row, run, readings):
            yield from _proven(spec, row, now)
        elif row.waits_for:
            row.state = "waiting"
        elif row.state == "waiting":
            row.state = "open"
            row.opened_at = row.opened_at or now


def _chosen(book: Playbook, run: Run) -> dict[str, str]:
    """The groups of which enough is done, with what was done in words."""
    found = {}
    for group in (group for stage in book.stages for group in stage.groups):
        done = [row.title for key in group.tasks if (row := run.task(key)) and row.state == "done"]
        if len(done) >= group.need:
            found[group.id] = ", ".join(done)
    return found


def _proven(spec: Task, row: TaskRow, now: datetime) -> Iterator[Fact]:
    """The data is the doer's word; where others have to say so too, or to confirm, it is only reported."""
    if also_needed(spec, row.reported):
        if row.state == "waiting":
            row.state, row.opened_at = "open", row.opened_at or now
        if spec.by in row.reported:
            return
        row.reported = {**row.reported, spec.by: now.isoformat()}
        row.edition += 1
        if waits := also_needed(spec, row.reported):
            yield facts.TaskReported(row.key, row.id, row.title, waits)
            return
    close(row, now, by="automation", how="data")
    yield task_done(row, now)


def task_done(task: TaskRow, now: datetime) -> facts.TaskCompleted:
    """The fact of a task that is done."""
    late = days_late(task.due_at, task.done_at, now)
    return facts.TaskCompleted(
        task.key,
        task.id,
        task.title,
        task.stage,
        task.how,
        task.for_them,
        task.note,
        int(late) if late is not None else None,
        task.asked_by,
    )


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
            words.append(f"{UNDECIDED}: needs {', '.join(title_of(book, name) for name in found.missing)}")
    stage = run.stage(spec.stage)
    if stage is not None and stage.entered_at is None:
        words.append(f"starts with {stage.title}")
    for link in spec.after:
        before = before_it(book, run, spec, link.id)
        if before is None:
            continue
        if link.link == "start_to_start":
            free = before.opened_at is not None or before.is_over
            moment = before.opened_at
        elif link.link == "finish_to_start":
            free, moment = before.is_over, before.done_at
        else:
            continue
        over = lag_over(link.lag, moment, book, readings.outside, spec.by) if link.lag and moment else None
        if link.lag and (not free or (over and over > now)):
            words.append(f"{link.lag.words} after {before.title}")
        elif not free:
            words.append(before.title)
    if spec.starts is not None:
        start = begins(spec.starts, book, readings, spec.by, stage)
        if start is None or start > now:
            words.append(f"starts {spec.starts.words}")
    return words


def waits_words(waits: Sequence[str]) -> str:
    """What keeps a task from starting, in a clause: other tasks by name, then the rest as it is written."""
    clauses = ("starts ", UNDECIDED)
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
        clause = word == UNDECIDED or word.startswith("starts ")
        return not any(title in word for title in internal) and (clause or any(title in word for title in shared))

    # What decides can be a question that is asked inside the house alone.
    words = [UNDECIDED if word.startswith(UNDECIDED) else word for word in words]
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
            row.starts_at = turn_begins(spec.every.exact, last.done_at)
            row.due_why, row.due_by_hand = f"every {spec.every.words}", True
            run.tasks.append(row)
            made.append(row)
    return made


def turn_begins(every: timedelta, last_done_at: datetime) -> datetime:
    """When the next turn of a repeated task may begin: a week before its day at the earliest."""
    return last_done_at + every - min(every, timedelta(days=7))


def chosen_time(spec: Task | None, starts_at: datetime | None, last_done_at: datetime | None) -> datetime | None:
    """The time that somebody chose for a task; None where it is only the one from which a next turn may begin.
    `last_done_at`: when the turn before it was done."""
    if spec is None or spec.every is None or last_done_at is None:
        return starts_at
    return None if starts_at == turn_begins(spec.every.exact, last_done_at) else starts_at


def _is_proven(spec: Task, row: TaskRow, run: Run, readings: Readings) -> bool:
    if spec.done_when is not None:
        return row.opened_at is not None and verdict(spec.done_when, readings).state == "met"
    if spec.each:
        people = int(readings.get(f"contacts.{spec.by}") or 0)
        return bool(row.reported) and len(row.reported) >= how_many(spec, people)
    if spec.kind == "meeting" and row.held_at is not None:
        return not open_points(readings.book, run, row)
    return False


def _fill_role(run: Run, row: TaskRow, now: datetime) -> Iterator[Fact]:
    if row.kind != "fill_role":
        return
    if run.journey.roles.get(row.key.removeprefix("fill_")):
        close(row, now, by="automation", how="data")
        yield task_done(row, now)
        return
    stage = run.stage(row.stage)
    if row.state == "waiting" and stage and stage.entered_at:
        row.state, row.opened_at = "open", now
