"""Mails about what was said: the other side is told, and who is called. Once a fact; what follows soon is folded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from onward.accounts import queries as accounts
from onward.conversation import queries as conversation
from onward.conversation.decisions import plain
from onward.engagement import actions as engagement
from onward.engagement import queries as outbox
from onward.foundation import clock
from onward.foundation.actions import because_of
from onward.foundation.ledger import Recorded
from onward.journeys import queries as journeys
from onward.journeys.queries import Place
from onward.kernel.actor import AUTOMATION, SYSTEM
from onward.kernel.ids import format_id
from onward.kernel.refusals import Refusal

SAID = {"comment.written", "comment.edited", "file.added"}
FOLDED = timedelta(minutes=10)
QUOTED = 1500
FIRST = "# {{writer}} {verb} {{about}}\n\n{{quote}}\n\n[Read and answer]({{link.talk}})"
MORE = "# {writer} has written more on {about}.\n\n[Read and answer]({link.talk})"


def tell(facts: Iterable[Recorded]) -> None:
    """Write the mails that follow from what was said or handed over; what is gone again needs none."""
    for fact in facts:
        if fact.name not in SAID or fact.journey is None:
            continue
        try:
            with because_of(fact.seq):
                _tell(fact, fact.journey)
        except Refusal:
            # Nobody to tell, or nothing left to tell of.
            continue


def _tell(fact: Recorded, journey_id: UUID) -> None:
    task = fact.data.get("task_id")
    place = journeys.place_of(SYSTEM, journey_id=journey_id, task_id=UUID(task) if task else None)
    writer = fact.actor.replace("staff:", "user:", 1)
    called = tuple(fact.data.get("mentions") or ())
    to = list(called)
    if fact.data["channel"] == "shared" and fact.name != "comment.edited":
        side = "ours" if writer.startswith("contact:") else "theirs"
        to += conversation.audience(place, side=side, called=called, but=writer)
    people = outbox.people(ref for ref in dict.fromkeys(to) if ref != writer)
    text = _text(fact)
    for ref, person in people.items():
        # Persons of ours are found under two references; one mail is enough.
        if person.mail and not ref.startswith("staff:") and text:
            _mail(fact, place, writer, ref, text)


def _text(fact: Recorded) -> str:
    if fact.name == "file.added":
        return str(fact.data["file"])
    one = conversation.comment_view(SYSTEM, UUID(fact.data["comment_id"]))
    said = plain(one.text, one.people.items())
    return said if len(said) <= QUOTED else f"{said[:QUOTED].rstrip()} …"


def _mail(fact: Recorded, place: Place, writer: str, ref: str, text: str) -> None:
    theirs = ref.startswith("contact:")
    account = accounts.account_names([place.account_id]).get(place.account_id, "")
    about = place.title or ("your onboarding" if theirs else account)
    verb = "asks about" if fact.data.get("question") else "added a file to" if fact.name == "file.added" else "on"
    values = {
        "writer": journeys.names_of([writer]).get(writer, "Somebody"),
        "about": about if theirs or not place.title else f"{about} ({account})",
        "quote": text,
        "link.talk": _link(place, theirs),
    }
    key = f"talk:{place.task_id or place.journey_id}:"
    first = outbox.last_told(ref, key, since=clock.now() - FOLDED)
    more: dict[str, Any] = {}
    if first is not None:
        subject, body = "More from {writer} on {about}", MORE
        more = {"due_at": first.created_at + FOLDED, "once": f"{key}more:{first.id}"}
    else:
        subject, body = f"{{writer}} {verb} {{about}}", FIRST.format(verb=verb)
        more = {"once": f"{key}{fact.seq}"}
    engagement.send_message(
        actor=AUTOMATION,
        account_id=place.account_id,
        journey_id=place.journey_id,
        to=[ref],
        subject=subject,
        text=body,
        why="You take part in this conversation." if theirs else "You own this onboarding, or were called in it.",
        sender=writer if not writer.startswith("key:") else "",
        values=values,
        silent=place.silent_before is not None and fact.occurred_at < place.silent_before,
        **more,
    )


def _link(place: Place, theirs: bool) -> str:
    base = outbox.base_url()
    if place.task_id is not None:
        ref = format_id("tsk", place.task_id)
        return f"{base}/portal/tasks/{ref}#help" if theirs else f"{base}/tasks/{ref}#conversation"
    where = f"journeys/{place.journey_ref}/conversation"
    return f"{base}/portal/{where}" if theirs else f"{base}/{where}"
