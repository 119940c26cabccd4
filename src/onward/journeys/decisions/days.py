"""Days that the plan sets by itself: told when a calendar moved them, and kept as they were first agreed."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha1

from onward.journeys import facts
from onward.journeys.decisions.outside import Outside
from onward.journeys.decisions.state import MilestoneRow, Run, StageRow, TaskRow
from onward.playbooks.decisions.definition import Playbook

BECAUSE = "a day off of whoever does it"


class Days:
    """The days as a look finds them. A journey remembers by which calendars they were set."""

    def __init__(self, run: Run, outside: Outside) -> None:
        self.run, self.mark = run, _mark(run, outside)
        moved = run.journey.calendars not in {"", self.mark}
        self.before = {row.id: (row.due_at, row.due_on) for row in run.tasks if not row.is_over} if moved else {}

    def told(self) -> Iterator[facts.TaskMoved]:
        """The open tasks that other calendars have moved."""
        self.run.journey.calendars = self.mark
        for row in self.run.tasks:
            at, on = self.before.get(row.id, (None, None))
            if at and on and row.due_on and not row.is_over and row.due_on != on:
                yield facts.TaskMoved(row.key, row.id, row.title, at, row.due_at, BECAUSE, row.due_on)


def keep_baseline(book: Playbook, run: Run) -> None:
    """The first day of each stage, task and milestone, by its id. When the plan is signed, what is still open is agreed
    as it then stands."""
    kept, known = run.journey.baseline, run.journey.baseline.get("days", {})
    signed = max((at for row in run.tasks if (at := row.done_at) and _signs_plan(book, row)), default=None)
    anew = signed is not None and kept.get("signed") != signed.isoformat()
    rows: list[StageRow | TaskRow | MilestoneRow] = [*run.stages, *run.tasks, *run.milestones]
    over = {str(row.id) for row in rows if _is_over(row)} if anew else set()
    days: dict[str, str] = {ref: day for ref, day in known.items() if ref in over} if anew else known
    fresh = {ref: row.due_on.isoformat() for row in rows if row.due_on and (ref := str(row.id)) not in days}
    if fresh or anew:
        run.journey.baseline = {"signed": signed.isoformat() if signed else "", "days": {**days, **fresh}}


def _is_over(row: StageRow | TaskRow | MilestoneRow) -> bool:
    if isinstance(row, TaskRow):
        return row.is_over
    return (row.closed_at if isinstance(row, StageRow) else row.met_at) is not None


def _signs_plan(book: Playbook, row: TaskRow) -> bool:
    return row.kind == "sign_off" and row.state == "done" and book.task(row.key).of == "plan"


def _mark(run: Run, outside: Outside) -> str:
    doers = {run.doer_of(row) for row in run.tasks if not row.is_over} if outside.away else set()
    away = sorted((who, sorted(days)) for who, days in outside.away.items() if who in doers)
    own = sha1(repr(away).encode(), usedforsecurity=False).hexdigest()[:8] if away else ""
    return f"{outside.ours.mark}.{outside.theirs.mark}.{own}"
