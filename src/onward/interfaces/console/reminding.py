"""Whom a colleague asked for a task: a reminder is a mail to whoever of the customer has it, in the colleague's own
words; one of us is called by name in its conversation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from onward.accounts import queries as accounts
from onward.conversation import queries as conversation
from onward.conversation.queries import Held
from onward.engagement import actions
from onward.engagement import queries as engagement
from onward.engagement.queries import REMINDS, MailsOfTask
from onward.foundation import mailer
from onward.foundation.clock import now
from onward.identity import queries as identity
from onward.identity.decisions import may, require
from onward.interfaces.ui.words import ago
from onward.journeys import queries as journeys
from onward.journeys.queries import TaskLine, TaskView
from onward.kernel.actor import AUTOMATION, Actor
from onward.kernel.ids import parse_id
from onward.kernel.refusals import conflict, invalid

#: Whoever was asked has this long to answer before it is time to ask again.
PATIENCE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Reminded:
    """When a colleague reminded somebody of a task ("2 days ago by you"), and the mark of that mail; or `word` asked:
    when one of us was called for it."""

    when: str
    at: datetime
    mark: str = ""
    word: str = "reminded"

    @property
    def words(self) -> str:
        """Like "reminded 2 days ago by you"."""
        return f"{self.word} {self.when}"

    @property
    def is_fresh(self) -> bool:
        """Asked so lately that there is nothing to do but wait."""
        return now() - self.at < PATIENCE


def reminders(actor: Actor, task_ids: Collection[UUID]) -> dict[UUID, Reminded]:
    """The last reminder of each of these tasks; those without one are left out."""
    if not may(actor, "see", "message"):
        return {}
    found = {task: reminded(actor, mails) for task, mails in engagement.last_mails(actor, task_ids).items()}
    return {task: one for task, one in found.items() if one}


def reminded(actor: Actor, mails: MailsOfTask | None) -> Reminded | None:
    """The same of one task whose mails are known."""
    sent = mails.reminder if mails else None
    if sent is None:
        return None
    who = "the plan" if sent.made_by == AUTOMATION.ref else sent.from_name.partition(" at ")[0]
    who = "you" if sent.made_by == actor.ref else who
    return Reminded(f"{ago(sent.at)} by {who}", sent.at, f":{sent.at:%H%M%S%f}")


def asked(actor: Actor, steps: Iterable[Held], names: Mapping[str, str] | None = None) -> dict[UUID, Reminded]:
    """When the colleague who has each of these steps was last called for it. `names` by reference, where they are at
    hand."""
    if not may(actor, "see", "comment"):
        return {}
    found = conversation.last_called(actor, [one for one in steps if one.holder.startswith("user:")])
    if names is None:
        names = journeys.names_of([one.by for one in found.values()]) if found else {}
    names = {**names, f"user:{actor.id}": "you"}
    return {
        task: Reminded(f"{ago(one.at)} by {names.get(one.by, 'a colleague')}", one.at, word="asked")
        for task, one in found.items()
    }


def told(actor: Actor, journey_id: UUID, lines: Iterable[TaskLine]) -> dict[UUID, Reminded]:
    """When whoever has each of these tasks of a journey was last asked for it: a contact by mail, one of us by name."""
    rows = [line for line in lines if line.state == "open" and line.person]
    steps = [Held(line.id, journey_id, line.person.ref, line.title) for line in rows if line.person]
    theirs = [line.id for line in rows if line.is_with_contact]
    return reminders(actor, theirs) | asked(actor, steps)


def ask_all(name: str, colleague: str, late: int, path: str) -> tuple[str, str] | None:
    """(words, address) to ask a colleague for all that they are late with in the journey at `path`; None for one step,
    which is asked for at its own."""
    if late < 2:
        return None
    words = f"Ask {name.split()[0]} for {'both' if late == 2 else f'all {late}'} late steps"
    return words, f"{path}/conversation?to=internal&call={colleague}&late=1#composer"


def remind_of(actor: Actor, task: TaskView, request: HttpRequest) -> str:
    """Mail the words of the form to the contact it names, else to who has the task; what to say of it. Once a day, or
    again for whoever has seen the last reminder (`again` is its mark)."""
    require(actor, "send", "message")
    words = request.POST.get("words", "").strip()
    holder = task.line.person.ref if task.line.person and task.line.person.side == "theirs" else ""
    ref = request.POST.get("to", "") or holder.removeprefix("contact:")
    if not ref:
        raise invalid("Nobody of the customer has this task.", mend="Name somebody on the People page.")
    contact = accounts.contact(actor, parse_id("con", ref))
    if contact.account_id != task.account_id or contact.revoked_at:
        raise invalid("That person is not part of this onboarding.", mend="Name somebody on the People page.")
    if not words:
        raise invalid("The mail is empty.", mend="Write a sentence or two.", field="words")
    again = request.POST.get("again", "")
    last = reminders(actor, [task.line.id]).get(task.line.id) if again else None
    if last and again != last.mark:
        raise conflict(f"{contact.name} was reminded of it {last.when} already.", mend="Wait for an answer, or call.")
    title = _plain(task.line.title)
    sent = actions.send_message(
        actor=actor,
        account_id=task.account_id,
        to=[f"contact:{contact.ref}"],
        subject=title,
        text=f"{_plain(words)}\n\n[Open it]({{link.task}})" if task.line.shared else _plain(words),
        why=f"You get this because it is part of your onboarding: {title}.",
        journey_id=task.journey_id,
        task_id=task.line.id,
        sender=f"user:{actor.id}",
        values={"journey.title": task.journey_title},
        once=f"{REMINDS}{task.line.id}:{timezone.localdate().isoformat()}{last.mark if last else ''}",
    )
    if not sent:
        raise conflict(f"{contact.name} was reminded of it today already.", mend="Wait for an answer, or call.")
    organization = getattr(request, "organization", None) or identity.organization()
    if organization.is_demo or not mailer.configured():
        why = "a demo sends nothing" if organization.is_demo else "no mail server is set up"
        return f"The reminder to {contact.name} stays in the outbox: {why}."
    return f"{contact.name} gets a reminder by mail."


def _plain(words: str) -> str:
    """A person's words hold no placeholders."""
    return words.replace("{", "(").replace("}", ")")
