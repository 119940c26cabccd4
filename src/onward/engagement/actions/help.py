"""A contact calls for help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from onward.accounts import queries as accounts
from onward.engagement import facts
from onward.engagement.actions.rows import Draft, frame, write
from onward.engagement.queries import base_url, people
from onward.foundation.actions import action, record
from onward.foundation.ledger import ORG, stream_of
from onward.journeys import queries as journeys
from onward.kernel.actor import Actor
from onward.kernel.refusals import forbidden, invalid

LONGEST = 4000


def _of_actor(kwargs: Mapping[str, Any]) -> str:
    account_id = kwargs["actor"].account_id
    return stream_of(account_id) if account_id else ORG


@action(stream=_of_actor)
def ask_for_help(*, actor: Actor, task_id: UUID, words: str) -> str:
    """A contact asks about a task: a fact, and a mail to who drives the onboarding, whose name is returned.

    Refusals: "not_found" for a task that is not theirs, "invalid" without words or when nobody is there to ask.
    """
    if not actor.is_contact:
        raise forbidden("Only a contact asks for help here.", mend="Write to your colleague.")
    task = journeys.task_view(actor, task_id)
    journey = journeys.journey_view(actor, task.journey_id)
    said = words.strip()[:LONGEST]
    if not said:
        raise invalid("Your question is empty.", mend="Write what you need in a sentence or two.", field="words")
    account = accounts.account(actor, journey.account_id)
    # The frame falls back to the account's owner when nobody drives the journey.
    shared = frame(journey.account_id, journey.owner.ref if journey.owner else "", task_id)
    helper = shared.sender
    if helper is None:
        raise invalid("Nobody is named yet to answer you.", mend="Answer the mail that invited you instead.")
    record(facts.HelpAsked(task_id, task.line.title, said, helper.ref), journey=task.journey_id)
    asker = people([f"contact:{actor.id}"]).get(f"contact:{actor.id}")
    why = f"You get this because you drive the onboarding of {account.name}. Answer it and your answer goes to them."
    letter = shared.letter(
        helper,
        "{account.name} asks for help: {task}",
        "# {asker} asks about {task}.\n\n{quote}\n\n[Open the journey]({link.journey})",
        why,
        {
            "asker": actor.name,
            "task": task.line.title,
            "quote": said,
            "link.journey": f"{base_url()}/journeys/{journey.ref}",
        },
    )
    draft = Draft(
        "mail",
        helper,
        letter,
        journey.account_id,
        journey.id,
        why=why,
        from_name=actor.name,
        reply_to=asker.mail if asker else "",
        is_demo=account.is_demo,
    )
    write(draft)
    return helper.name
