"""Messages that a playbook promises: mails, invites and packets of open tasks, and the word that a promise broke."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onward.engagement import actions as engagement
from onward.foundation.actions import act
from onward.journeys.decisions.progress import Happened
from onward.journeys.decisions.state import Run, TaskRow
from onward.journeys.facts import PromiseBroken
from onward.kernel.actor import AUTOMATION
from onward.kernel.ids import format_id
from onward.kernel.refusals import Refusal
from onward.playbooks.decisions.definition import Playbook, Task

SENT = {"mail", "invite", "file"}
QUEUED = "message"


def send_for(book: Playbook, run: Run, happened: Sequence[Happened]) -> None:
    """Write the messages that follow from a look, each once. Nothing for what was due before a silent import."""
    for task in run.tasks:
        if task.kind in SENT and task.state == "open" and QUEUED not in task.reported and not is_silent(run, task):
            _send(book, run, task, book.task(task.key))
    for item in happened:
        if isinstance(item.fact, PromiseBroken):
            _alert(run, item.fact)


def is_silent(run: Run, task: TaskRow) -> bool:
    """Due before the import that brought the journey: people have long done it, or it no longer matters."""
    before = run.journey.silent_before
    return before is not None and (task.due_at is None or task.due_at < before)


def _send(book: Playbook, run: Run, task: TaskRow, spec: Task) -> None:
    journey = run.journey
    meeting = run.task(spec.meeting) if spec.meeting else None
    to, owner = holders_of(run, spec.to), _owner(run)
    common: dict[str, Any] = {
        "actor": AUTOMATION,
        "account_id": journey.account_id,
        "journey_id": journey.id,
        "task_id": task.id,
        "why": f"It is part of your onboarding: {task.title}.",
    }
    try:
        if spec.kind == "invite":
            starts_at = (meeting.starts_at or meeting.held_at) if meeting else None
            if meeting is None or starts_at is None:
                return
            about = book.task(meeting.key)
            engagement.send_invite(
                **common,
                title=meeting.title,
                starts_at=starts_at,
                minutes=about.minutes or 60,
                must=holders_of(run, about.must),
                may=holders_of(run, about.may),
                description="\n".join(about.agenda),
                organizer=owner,
                # Nobody is asked to come to what is over; the record is kept.
                silent=starts_at < act().now,
            )
        elif not to:
            return
        else:
            text = dict(book.texts).get(spec.text, "") or DEFAULT
            heading, _, rest = text.partition("\n")
            subject = heading.lstrip("# ").strip() if heading.startswith("#") else task.title
            send = engagement.send_packet if spec.kind == "file" else engagement.send_message
            send(
                **common,
                to=to,
                subject=subject,
                text=rest.strip() or text,
                values={
                    "journey.title": journey.title,
                    "playbook.title": book.title,
                    "task.title": task.title,
                    "task.due": f"{task.due_on:%-d %B}" if task.due_on else "",
                    "goal": _goal(run),
                },
                sender=owner,
                once=f"task:{task.id}:{task.edition}",
            )
    except Refusal as refusal:
        # Somebody has to mend the text or the people; the task stays open and says why.
        task.note = f"{refusal.message} {refusal.mend}".strip()
        return
    task.note = ""
    task.reported = {**task.reported, QUEUED: act().now.isoformat()}


LATE = "**{title}** was promised to {{account.name}} for {due} and is not done.\n\n[Open the plan]({{link.portal}})"
DEFAULT = "Hello {person.first_name},\n\nthis is for you: your next steps are at {link.portal}."


def holders_of(run: Run, roles: Sequence[str]) -> list[str]:
    """The people who hold these roles, each once."""
    found = [(run.journey.roles.get(role) or {}).get("person") for role in roles]
    return list(dict.fromkeys(person for person in found if person))


def _goal(run: Run) -> str:
    return next((row.outcome for row in run.objectives), "")


def _owner(run: Run) -> str:
    """Who drives the journey, "" for nobody: the account's owner may be somebody else, or not yet known."""
    return f"user:{format_id('usr', run.journey.owner_id)}" if run.journey.owner_id else ""


def _alert(run: Run, fact: PromiseBroken) -> None:
    owner = _owner(run)
    if not owner:
        return
    try:
        engagement.send_message(
            actor=AUTOMATION,
            account_id=run.journey.account_id,
            journey_id=run.journey.id,
            to=[owner],
            subject=f"Late for {{account.name}}: {fact.title}",
            text=LATE.format(title=fact.title, due=f"{fact.due_on or fact.due_at:%-d %B}"),
            why="You own this journey, and a promised date has passed.",
            once=f"late:{run.journey.id}:{fact.thing}",
        )
    except Refusal:
        # An owner without a mail address sees it in the portfolio.
        return
