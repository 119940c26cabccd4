"""What can be done to many journeys, and how each of it is done to one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from onward.engagement import actions as engagement
from onward.engagement.queries import REMINDS
from onward.foundation.actions import act
from onward.identity import queries as identity
from onward.insights.queries.bulk import letter, recipient
from onward.journeys import actions as journeys
from onward.journeys.queries.portfolio import portfolio_source
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import conflict, invalid, not_found
from onward.playbooks import queries as playbooks

Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the result page says of a journey, and what an undo needs."""

    said: str
    before: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """`verb` and `noun` are the right that it needs. `check` cleans what a person gave, once; `do` changes one journey
    or raises a Refusal."""

    verb: str
    noun: str
    check: Callable[[Given], dict[str, Any]]
    do: Callable[[Actor, UUID, UUID, Given, Given], Outcome]


def _person(given: Given) -> dict[str, Any]:
    ref = str(given.get("person", ""))
    if not ref:
        raise invalid("Nobody is named.", mend="Choose who is to own these journeys.", field="person")
    user_id = parse_id("usr", ref)
    found = identity.users_by_ids([user_id]).get(user_id)
    if found is None or not found.is_active:
        raise not_found("user", ref)
    return {"person": ref, "name": found.name}


def _change_owner(actor: Actor, journey_id: UUID, account_id: UUID, given: Given, before: Given) -> Outcome:
    role, owner = _owner(journey_id)
    if owner == given["person"]:
        raise conflict(f"{given['name']} owns it already.", mend="Nothing is left to do.")
    journeys.fill_role(actor=actor, journey_id=journey_id, role=role, person=f"user:{given['person']}")
    names = identity.user_names([parse_id("usr", owner)]) if owner else {}
    return Outcome(f"Owned by {given['name']}; before by {next(iter(names.values()), 'nobody')}.", {"owner": owner})


def _owner_back(actor: Actor, journey_id: UUID, account_id: UUID, given: Given, before: Given) -> Outcome:
    role, owner = _owner(journey_id)
    if owner != given["person"]:
        raise conflict("Somebody else has been named since.", mend="Their choice stands.")
    was = str(before.get("owner", ""))
    journeys.fill_role(actor=actor, journey_id=journey_id, role=role, person=f"user:{was}" if was else None)
    names = identity.user_names([parse_id("usr", was)]) if was else {}
    return Outcome(f"Owned by {next(iter(names.values()), 'nobody')} again.")


def _owner(journey_id: UUID) -> tuple[str, str]:
    """The role that drives the journey, and who holds it ("" nobody)."""
    (source,) = portfolio_source([journey_id])
    owner = format_id("usr", source.owner_id) if source.owner_id else ""
    return playbooks.version(source.version_id).accountable, owner


def _reason(given: Given) -> dict[str, Any]:
    reason = str(given.get("reason", "")).strip()
    if not reason:
        raise invalid("The reason is missing.", mend="Say in a few words why the clock stops.", field="reason")
    if len(reason) > 500:
        raise invalid("The reason is longer than 500 characters.", mend="Shorten it.", field="reason")
    return {"reason": reason}


def _pause(actor: Actor, journey_id: UUID, account_id: UUID, given: Given, before: Given) -> Outcome:
    journeys.pause_journey(actor=actor, journey_id=journey_id, reason=given["reason"])
    return Outcome(f"Paused: {given['reason']}")


def _resume(actor: Actor, journey_id: UUID, account_id: UUID, given: Given, before: Given) -> Outcome:
    journeys.resume_journey(actor=actor, journey_id=journey_id)
    return Outcome("Under way again.")


def _words(given: Given) -> dict[str, Any]:
    words = str(given.get("words", "")).strip()
    if not words:
        raise invalid("The mail is empty.", mend="Write a sentence or two.", field="words")
    if len(words) > 4000:
        raise invalid("The mail is longer than 4,000 characters.", mend="Shorten it.", field="words")
    return {"words": words}


def _nudge(actor: Actor, journey_id: UUID, account_id: UUID, given: Given, before: Given) -> Outcome:
    to = recipient(actor, journey_id)
    text, values = letter(to, given["words"])
    sent = engagement.send_message(
        actor=actor,
        account_id=account_id,
        to=[f"contact:{to.contact.ref}"],
        subject=to.subject,
        text=text,
        why=f"You get this because it is part of your onboarding: {to.subject}.",
        journey_id=journey_id,
        task_id=to.task.id,
        sender=f"user:{actor.id}",
        values=values,
        # The same key as a reminder from My work: nobody is asked twice a day for one thing.
        once=f"{REMINDS}{to.task.id}:{act().now.date().isoformat()}",
    )
    if not sent:
        raise conflict(f"{to.contact.name} was reminded of it today already.", mend="Wait for an answer, or call.")
    return Outcome(f"{to.contact.name} gets a mail about “{to.task.title}”.")


def _version(given: Given) -> dict[str, Any]:
    number = playbooks.published(parse_id("pbv", str(given.get("version", ""))))
    return {"version": number.ref, "name": f"version {number.number} of {number.title}"}


def _merge(actor: Actor, journey_id: UUID, account_id: UUID, given: Given, before: Given) -> Outcome:
    taken = journeys.merge_version(actor=actor, journey_id=journey_id, version_id=parse_id("pbv", given["version"]))
    words = (
        f"{taken} {'change' if taken == 1 else 'changes'} taken over."
        if taken
        else "Nothing ahead of it was different."
    )
    return Outcome(words)


def _merge_back(actor: Actor, journey_id: UUID, account_id: UUID, given: Given, before: Given) -> Outcome:
    journeys.undo_merge(actor=actor, journey_id=journey_id, follows=parse_id("pbv", given["version"]))
    return Outcome("The plan is what it was.")


STEPS = {
    "merge": Step("merge", "journey", _version, _merge),
    "merge_back": Step("merge", "journey", dict, _merge_back),
    "owner": Step("assign", "journey", _person, _change_owner),
    "pause": Step("pause", "journey", _reason, _pause),
    "nudge": Step("send", "message", _words, _nudge),
    "owner_back": Step("assign", "journey", dict, _owner_back),
    "resume": Step("resume", "journey", dict, _resume),
}
#: What takes a step back; a mail is not taken back.
UNDONE = {"owner": "owner_back", "pause": "resume", "merge": "merge_back"}
