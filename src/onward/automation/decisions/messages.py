"""The messages that follow from a look, before anybody writes them: what open tasks send, a broken promise, a stall."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from onward.journeys.decisions.progress import Happened
from onward.journeys.decisions.state import Run, TaskRow
from onward.journeys.facts import PaceChanged, PromiseBroken, TaskEscalated
from onward.kernel.ids import format_id
from onward.playbooks.decisions.definition import Playbook, Task
from onward.playbooks.decisions.parts import DOER

OWNS = "You own this journey, and a promised date has passed."
STILL = "You own this journey, and nothing has been done in it for as long as its stage allows."
SENT = {"mail", "invite", "file"}
QUEUED = "message"
LATE = "**{title}** was promised to {{account.name}} for {due} and is not done.\n\n[Open the plan]({{link.portal}})"
STALLED = "{reason}\n\n[Open the plan]({{link.portal}})"
LASTS = "**{task.title}** is {task.state} for {task.lasted}.\n\n[Open the plan]({link.portal})"
BLOCKED = "**{task.title}** is blocked for {task.lasted}: {task.why}\n\n[Open the plan]({link.portal})"
REMINDER = (
    "Hello {person.first_name},\n\n**{task.title}** {task.still} and waits for you. If something is in the way, tell us"
    " there.\n\n[Open it]({link.task})"
)
DEFAULT = "Hello {person.first_name},\n\nthis is for you: your next steps are at {link.portal}."


@dataclass(frozen=True)
class Intended:
    """A message that is to be written. `task` is the row it fulfils, None for an alert, which has no task.

    invite: `starts_at`, `minutes`, `to` who must come, `may` who may. The others: `text` is markdown, `values` fills
    its placeholders, `once` is a key under which nobody gets it twice. `silent`: kept, and sent to nobody.
    """

    kind: Literal["mail", "file", "invite", "alert"]
    task: TaskRow | None
    to: tuple[str, ...]
    subject: str
    text: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    once: str = ""
    may: tuple[str, ...] = ()
    starts_at: datetime | None = None
    minutes: int = 0
    silent: bool = False
    #: The task that its doer is reminded of, who may answer whoever drives the journey.
    reminds: TaskRow | None = None
    #: Of an alert: why it comes, and the role that hears of it, to be looked up where `to` is empty (`manager`).
    why: str = ""
    role: str = ""


def intended(book: Playbook, run: Run, happened: Sequence[Happened], now: datetime) -> Iterator[Intended]:
    """The messages that follow from a look, each once. Nothing for what was due before a silent import."""
    for task in run.tasks:
        is_due = task.kind in SENT and task.state == "open" and task.deferred_at is None
        if is_due and QUEUED not in task.reported and not is_silent(run, task):
            yield from _of_task(book, run, task, book.task(task.key), now)
    for item in happened:
        if isinstance(item.fact, PromiseBroken):
            yield from _alert(run, item.fact)
        elif isinstance(item.fact, PaceChanged) and item.fact.after == "stalled":
            yield from _stalled(run, item.fact)
        elif isinstance(item.fact, TaskEscalated):
            yield from _escalated(run, item.fact)


def is_silent(run: Run, task: TaskRow) -> bool:
    """Due before the import that brought the journey: people have long done it, or it no longer matters."""
    before = run.journey.silent_before
    return before is not None and (task.due_at is None or task.due_at < before)


def written(task: TaskRow, now: datetime) -> None:
    """Mark the task's message as written: it is not written again."""
    task.note = ""
    task.reported = {**task.reported, QUEUED: now.isoformat()}


def owner_of(run: Run) -> str:
    """Who drives the journey, "" for nobody: the account's owner may be somebody else, or not yet known."""
    return f"user:{format_id('usr', run.journey.owner_id)}" if run.journey.owner_id else ""


def holders_of(run: Run, roles: Sequence[str]) -> tuple[str, ...]:
    """The people who hold these roles, each once."""
    found = [(run.journey.roles.get(role) or {}).get("person") for role in roles]
    return tuple(dict.fromkeys(person for person in found if person))


def _of_task(book: Playbook, run: Run, task: TaskRow, spec: Task, now: datetime) -> Iterator[Intended]:
    if spec.kind == "invite":
        meeting = run.task(spec.meeting) if spec.meeting else None
        starts_at = (meeting.starts_at or meeting.held_at) if meeting else None
        if meeting is None or starts_at is None:
            return
        about = book.task(meeting.key)
        yield Intended(
            "invite",
            task,
            holders_of(run, about.must),
            meeting.title,
            "\n".join(about.agenda),
            may=holders_of(run, about.may),
            starts_at=starts_at,
            minutes=about.minutes or 60,
            # Nobody is asked to come to what is over; the record is kept.
            silent=starts_at < now,
        )
    elif to := holders_of(run, spec.to):
        text = dict(book.texts).get(spec.text, "") or DEFAULT
        heading, _, rest = text.partition("\n")
        values = {
            "journey.title": run.journey.title,
            "playbook.title": book.title,
            "task.title": task.title,
            "task.due": f"{task.due_on:%-d %B}" if task.due_on else "",
            "goal": next((row.outcome for row in run.objectives), ""),
        }
        yield Intended(
            "file" if spec.kind == "file" else "mail",
            task,
            to,
            heading.lstrip("# ").strip() if heading.startswith("#") else task.title,
            rest.strip() or text,
            values,
            f"task:{task.id}:{task.edition}",
        )


def _alert(run: Run, fact: PromiseBroken) -> Iterator[Intended]:
    if owner := owner_of(run):
        text = LATE.format(title=fact.title, due=f"{fact.due_on or fact.due_at:%-d %B}")
        subject = f"Late for {{account.name}}: {fact.title}"
        yield Intended("alert", None, (owner,), subject, text, once=f"late:{run.journey.id}:{fact.thing}", why=OWNS)


def _stalled(run: Run, fact: PaceChanged) -> Iterator[Intended]:
    """Nothing for a silence that an import brought along."""
    before, owner = run.journey.silent_before, owner_of(run)
    if owner and (before is None or run.active_at >= before):
        since = fact.reason.rstrip(".")
        subject = f"Stalled for {{account.name}}: {since[:1].lower()}{since[1:]}"
        text = STALLED.format(reason=fact.reason)
        yield Intended(
            "alert", None, (owner,), subject, text, once=f"stalled:{run.journey.id}:{run.active_at:%Y-%m-%d}", why=STILL
        )


def _escalated(run: Run, fact: TaskEscalated) -> Iterator[Intended]:
    """To whoever the playbook names; where nobody holds that role, to who drives the journey. A customer hears of what
    they see alone; what they have to do themselves comes as a reminder, no second one on a day."""
    task = next(row for row in run.tasks if row.id == fact.task_id)
    to = fact.person
    if fact.role == DOER and to.startswith("contact:") and task.shared:
        late = f"was due on {task.due_on or task.due_at:%-d %B}" if fact.state == "late" and task.due_at else ""
        yield Intended(
            "alert",
            None,
            (to,),
            "{task.title}",
            REMINDER,
            {"task.title": fact.title, "task.still": late or f"has been {fact.state} for {fact.lasted}"},
            reminds=task,
            why=f"You get this because it is part of your onboarding: {task.title}.",
        )
        return
    if (not to and fact.role != "manager") or (to.startswith("contact:") and not task.shared):
        to = owner_of(run)
    if not to and fact.role != "manager":
        return
    yield Intended(
        "alert",
        None,
        (to,) if to else (),
        "{task.title}: {task.state} for {task.lasted}",
        BLOCKED if fact.state == "blocked" and not to.startswith("contact:") else LASTS,
        {
            "task.title": fact.title,
            "task.state": fact.state,
            "task.lasted": fact.lasted,
            "task.why": task.blocked_why,
        },
        f"escalated:{task.id}:{fact.state}:{fact.lasted}:{fact.role}:{fact.at.isoformat()}",
        why="The plan tells you when this lasts too long.",
        role=fact.role,
    )
