"""Days that a person sets: given back to the plan, locked, moved together with what follows, and all of that undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from onward.foundation.actions import action, record
from onward.foundation.ledger import facts_of
from onward.foundation.postgres import new_id
from onward.journeys import facts
from onward.journeys.actions.changing import changing, changing_task, stream_by, text
from onward.journeys.actions.saying import refuse_if_over
from onward.journeys.decisions.rescheduling import Shift, answered
from onward.journeys.decisions.state import Run, TaskRow
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import conflict, invalid, not_found

#: More than any plan moves at once.
MOST = 5000


@action(stream_by("task_id"))
def unmove_task(*, actor: Actor, task_id: UUID, edition: int | None = None) -> None:
    """Let the plan say again when a task is due: the look that follows works its date out anew."""
    with changing_task(actor, task_id, "move", edition=edition) as (run, task):
        if task.is_over:
            raise conflict(f"“{task.title}” is not open any more.", mend="Reopen it first.")
        if not task.due_by_hand:
            return
        refuse_fixed(task)
        record(facts.TaskMoved(task.key, task.id, task.title, task.due_at, None, ""), journey=run.journey.id)
        task.due_by_hand = False
        task.edition += 1


@action(stream_by("task_id"))
def lock_task(*, actor: Actor, task_id: UUID, locked: bool = True, edition: int | None = None) -> None:
    """Say that the day of a task stays whatever else moves, or that it may move again."""
    with changing_task(actor, task_id, "move", edition=edition) as (run, task):
        if task.is_over:
            raise conflict(f"“{task.title}” is not open any more.", mend="Reopen it first.")
        if locked and task.due_on is None:
            raise invalid(f"“{task.title}” has no day that could be locked.", mend="Set its date first.")
        if task.locked != locked:
            task.locked = locked
            task.edition += 1
            record(facts.TaskLocked(task.key, task.id, task.title, locked, task.due_on), journey=run.journey.id)


@action(stream_by("journey_id"))
def move_days(
    *, actor: Actor, journey_id: UUID, shifts: Sequence[Shift], reason: str, held: date | None = None
) -> UUID:
    """Write what `rescheduling.cascade` found, all in one; the group by which it can be undone."""
    with changing(actor, journey_id, "move", "task") as run:
        group, reason = new_id(), text(reason, "The reason", limit=400)
        rows = {f"task.{row.key}": row for row in run.tasks}
        moves = [one for one in shifts if one.moves]
        titles = {one.name: one.title for one in shifts if one.name not in rows or rows[one.name].shared}
        asked = [one for one in moves if one.how == "asked"]
        for one in asked:
            if row := rows.get(one.name):
                refuse_if_over(row)
                refuse_fixed(row)
        dates = [one for one in asked if one.name not in rows]
        followed = sum(one.name in rows for one in moves)
        if held is not None:
            record(facts.DatesMoved(str(group), "hold", "", None, held, reason, followed), journey=journey_id)
        for one in dates:
            _, form, item = one.name.split(".")
            if one.after is None or form not in run.journey.answers:
                raise not_found("date", one.title)
            run.journey.answers = answered(run, form, item, one.after)
            told = facts.DatesMoved(str(group), one.name, one.title, one.before, one.after, reason, followed)
            record(told, journey=journey_id)
        for one in moves:
            if row := rows.get(one.name):
                _move(actor, run, row, one, str(group), reason, titles)
        return group


def has_reason(one: Shift) -> bool:
    """Whether the reason that was given stands at this task; at the others stands what they follow."""
    return one.moves and (one.how == "asked" or one.by == "held")


def _move(actor: Actor, run: Run, row: TaskRow, one: Shift, group: str, reason: str, titles: Mapping[str, str]) -> None:
    # Both sides read why: what follows an internal step says no more than that.
    follows = f"follows “{titles[one.by]}”" if one.by in titles else "what comes before it moved"
    because = reason if has_reason(one) else follows
    was = {"on": row.due_on.isoformat() if row.due_on else None, "why": row.due_why, "by_hand": row.due_by_hand}
    was["follows"] = row.due_follows
    told = facts.TaskMoved(row.key, row.id, row.title, row.due_at, one.at, because, one.after, group, was)
    record(told, journey=run.journey.id)
    row.due_at, row.due_on = one.at, one.after
    if one.how != "counted":
        row.due_by_hand, row.due_why = True, f"set by {actor.name}: {because}"
        row.due_follows = one.how == "along"
    row.edition += 1


@action(stream_by("journey_id"))
def undo_moves(*, actor: Actor, journey_id: UUID, group: str) -> int:
    """Give back every day that one action moved; how many tasks. Refusal "conflict" when one has changed since."""
    with changing(actor, journey_id, "move", "task") as run:
        names = {facts.TaskMoved.name, facts.DatesMoved.name}
        found = facts_of(journey=journey_id, names=names, newest_first=True, limit=MOST)
        moved = [fact.data for fact in found if fact.data.get("group") == group]
        if not moved or not group:
            raise not_found("move of dates", format_id("jny", journey_id))
        rows = {str(row.id): row for row in run.tasks}
        tasks = [data for data in moved if "task_id" in data]
        for data in tasks:
            row = rows.get(data["task_id"])
            if row is None or row.is_over or str(row.due_on) != data["due_on"]:
                raise conflict(
                    f"“{data['title']}” has changed since, so that the dates cannot all go back.",
                    mend="Move those that are wrong one by one.",
                )
        for data in moved:
            if "task_id" not in data and data["what"] != "hold" and data["before"]:
                _, form, item = data["what"].split(".")
                run.journey.answers = answered(run, form, item, date.fromisoformat(data["before"]))
        for data in tasks:
            _give_back(run, rows[data["task_id"]], data)
        return len(tasks)


def _give_back(run: Run, row: TaskRow, data: Mapping[str, object]) -> None:
    was, before = data["was"], data["before"]
    if not isinstance(was, dict):
        raise TypeError("a move in a group says what was before")
    at = datetime.fromisoformat(str(before)) if before else None
    on = date.fromisoformat(was["on"]) if was["on"] else None
    back = facts.TaskMoved(row.key, row.id, row.title, row.due_at, at, "taken back", on, undoes=str(data["group"]))
    record(back, journey=run.journey.id)
    row.due_at, row.due_on, row.due_by_hand, row.due_why = at, on, was["by_hand"], was["why"]
    row.due_follows = was.get("follows", False)
    row.edition += 1


def refuse_fixed(task: TaskRow) -> None:
    """A promise is never moved; a locked day only after it was released."""
    if task.promise:
        raise conflict(
            f"“{task.title}” is promised for {task.due_on or task.due_at:%-d %B}; a promise is not moved.",
            mend="Keep it, or let it be late and say why.",
        )
    if task.locked:
        raise conflict(
            f"The day of “{task.title}” is locked, {task.due_on:%-d %B}.",
            mend="Release it first, where its date stands.",
        )
