"""Whose stream a change belongs to, and whether it may be made there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from onward.conversation.queries.rows import account_of
from onward.foundation.ledger import stream_of
from onward.identity.decisions import Thing, require
from onward.journeys import queries as journeys
from onward.journeys.actions.changing import heard
from onward.journeys.queries import Place
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.refusals import forbidden, invalid

CHANNELS = ("internal", "shared")


def by_journey(kwargs: Mapping[str, Any]) -> str:
    """The stream of the account whose journey it is."""
    return stream_of(journeys.place_of(SYSTEM, journey_id=kwargs["journey_id"]).account_id)


def by_comment(kwargs: Mapping[str, Any]) -> str:
    """The stream of the account whose comment it is."""
    return stream_of(account_of("comment", kwargs["comment_id"]))


def by_file(kwargs: Mapping[str, Any]) -> str:
    """The stream of the account whose file it is."""
    return stream_of(account_of("file", kwargs["file_id"]))


def opened(actor: Actor, noun: str, journey_id: UUID, task_id: UUID | None, channel: str) -> Place:
    """The place, when the actor may write there in this channel; a customer who does is not silent any more."""
    if channel not in CHANNELS:
        raise invalid("Nobody is named to read this.", mend="Choose who may read it.", field="channel")
    place = journeys.place_of(actor, journey_id=journey_id, task_id=task_id)
    if actor.is_contact and channel != "shared":
        raise forbidden("You cannot write here.", mend="Write to your team instead.")
    allowed(actor, noun, place.account_id, channel)
    if channel == "shared" and not place.is_shared:
        raise invalid(
            f"“{place.title}” is not seen by the customer, so they could not read it.",
            mend="Keep it to yourselves, or write in the journey’s conversation.",
            field="channel",
        )
    if actor.is_contact:
        heard(journey_id)
    return place


def allowed(actor: Actor, noun: str, account_id: UUID, channel: str) -> None:
    """Refuse an actor who may not write in this channel of the account."""
    verb = ("comment" if noun == "comment" else "upload") if actor.is_contact else "change"
    require(actor, verb, Thing(noun, account_id, is_shared=channel == "shared"))
