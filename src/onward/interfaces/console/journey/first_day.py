"""What is promised for the first day after the signature, and how it stands: welcome mail, kickoff invite, packet, and
a team that knows the customer. No queries here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from onward.interfaces.console.journey.seen import OVER, Seen, TaskSeen
from onward.interfaces.ui.words import date_words, hour_words
from onward.journeys.decisions.opening import role_side
from onward.journeys.queries import TaskLine
from onward.playbooks.decisions.definition import Task


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One of the four. `words` say when and by whom it was done, or by when it is promised; `mend` what to do about one
    that is open, at `path`."""

    title: str
    task: TaskSeen
    words: str
    mend: str
    path: str


def first_day(seen: Seen) -> list[FirstStep]:
    """Those of the four that this playbook has, in their order."""
    return [
        _step(seen, title, spec, line) for title, spec in _specs(seen) if (line := _line(seen, spec.id)) is not None
    ]


def _specs(seen: Seen) -> Iterator[tuple[str, Task]]:
    """The first of each kind; a talk counts as ours where nobody of theirs has to come."""
    wanted = {"mail": "Welcome mail", "invite": "Kickoff invite", "file": "Implementation packet"}
    first: dict[str, Task] = {}
    for spec in seen.book.tasks:
        inside = spec.kind == "meeting" and spec.must and {role_side(seen.book, role) for role in spec.must} == {"ours"}
        first.setdefault("align" if inside else spec.kind, spec)
    yield from ((title, first[kind]) for kind, title in wanted.items() if kind in first)
    if "align" in first:
        yield "Team aligned", first["align"]


def _line(seen: Seen, key: str) -> TaskLine | None:
    rows = [line for line in seen.view.tasks if line.key == key]
    return next((line for line in rows if line.state not in OVER), rows[-1] if rows else None)


def _step(seen: Seen, title: str, spec: Task, line: TaskLine) -> FirstStep:
    task = seen.task(line)
    if line.state in OVER:
        done = f"{task.words}, {hour_words(line.done_at)}" if line.done_at and line.how == "sent" else task.words
        return FirstStep(title, task, done, "", task.path)
    by = f"by {date_words(line.due_at)}, {hour_words(line.due_at)}" if line.promise and line.due_at else ""
    by = by or (f"by {date_words(line.due_on)}" if line.due_on else "no date yet")
    mend, path = _mend(seen, spec, task)
    return FirstStep(title, task, f"{by}, {task.late}" if task.late else by, mend, path)


def _mend(seen: Seen, spec: Task, task: TaskSeen) -> tuple[str, str]:
    """What moves it, and where that is done."""
    held = {role.role for role in seen.view.roles if role.person}
    meeting = _line(seen, spec.meeting) if spec.kind == "invite" else None
    if meeting and not meeting.starts_at and not meeting.held_at:
        return f"Choose the time of “{meeting.title}”: the invite then leaves by itself.", f"/tasks/{meeting.ref}"
    if spec.kind in {"mail", "file"} and not held.intersection(spec.to):
        return "Nobody is named whom it goes to. Name them, and it leaves by itself.", f"{seen.path}/people"
    if task.words:
        return f"{task.words[:1].upper()}{task.words[1:]}.", task.path
    if spec.kind == "meeting":
        when = "Record that it was held." if task.line.starts_at else "Choose its time, or record that it was held."
        return when, task.path
    return task.line.note or "It leaves by itself; send it by hand if it does not.", task.path
