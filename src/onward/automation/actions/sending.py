"""Messages that a playbook promises: mails, invites and packets of open tasks, and the word that a promise broke."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.timezone import localdate

from onward.automation.decisions.messages import Intended, intended, owner_of, written
from onward.engagement import actions as engagement
from onward.engagement.queries import REMINDS
from onward.foundation.actions import act, because_of
from onward.journeys import queries as journey_queries
from onward.journeys.decisions.progress import Happened
from onward.journeys.decisions.state import Run, TaskRow
from onward.kernel.actor import AUTOMATION
from onward.kernel.refusals import Refusal
from onward.playbooks.decisions.definition import Playbook


def send_for(book: Playbook, run: Run, happened: Sequence[Happened]) -> None:
    """Write the messages that follow from a look, each once. Nothing for what was due before a silent import."""
    for message in list(intended(book, run, happened, act().now)):
        if message.task is None:
            # It tells of what time alone brought.
            with because_of(None):
                _alert(book, run, message)
        else:
            _send(run, message, message.task)


def _send(run: Run, message: Intended, task: TaskRow) -> None:
    common: dict[str, Any] = {
        "actor": AUTOMATION,
        "account_id": run.journey.account_id,
        "journey_id": run.journey.id,
        "task_id": task.id,
        "why": f"It is part of your onboarding: {task.title}.",
    }
    try:
        if message.starts_at is not None:
            engagement.send_invite(
                **common,
                title=message.subject,
                starts_at=message.starts_at,
                minutes=message.minutes,
                must=message.to,
                may=message.may,
                description=message.text,
                organizer=owner_of(run),
                silent=message.silent,
            )
        else:
            send = engagement.send_packet if message.kind == "file" else engagement.send_message
            send(
                **common,
                to=message.to,
                subject=message.subject,
                text=message.text,
                values=message.values,
                sender=owner_of(run),
                once=message.once,
            )
    except Refusal as refusal:
        # Somebody has to mend the text or the people; the task stays open and says why.
        task.note = f"{refusal.message} {refusal.mend}".strip()
        return
    written(task, act().now)


def _alert(book: Playbook, run: Run, message: Intended) -> None:
    to = message.to or tuple(
        filter(None, [journey_queries.who_is(book, run.journey.roles, message.role) or owner_of(run)])
    )
    try:
        engagement.send_message(
            actor=AUTOMATION,
            account_id=run.journey.account_id,
            journey_id=run.journey.id,
            task_id=message.reminds.id if message.reminds else None,
            to=to,
            subject=message.subject,
            text=message.text,
            values=message.values,
            why=message.why,
            sender=owner_of(run) if message.reminds else "",
            once=f"{REMINDS}{message.reminds.id}:{localdate().isoformat()}" if message.reminds else message.once,
        )
    except Refusal:
        # Who has no mail address sees it in the portfolio and on the journey.
        return
