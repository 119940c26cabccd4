"""Rows that an actor may see, and whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar
from uuid import UUID

from django.db.models import Q, QuerySet

from onward.conversation.models import Comment, File
from onward.identity.decisions import Thing, require
from onward.journeys import queries as journeys
from onward.journeys.queries import TaskName
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import not_found

T = TypeVar("T", Comment, File)
PREFIX = {Comment: "cmt", File: "fil"}
NOUN = {Comment: "comment", File: "file"}


def account_of(kind: Literal["comment", "file"], piece_id: UUID) -> UUID:
    """Whose a comment or file is; Refusal "not_found"."""
    model: type[Comment | File] = Comment if kind == "comment" else File
    found = model.objects.filter(id=piece_id).values_list("account_id", flat=True).first()
    if found is None:
        raise not_found(kind, format_id(PREFIX[model], piece_id))
    return found


def one(actor: Actor, model: type[T], piece_id: UUID) -> T:
    """A comment or file that the actor may see; Refusal "not_found"."""
    ref = format_id(PREFIX[model], piece_id)
    row = model.objects.filter(id=piece_id).first()
    if row is None or (actor.is_contact and row.channel != "shared"):
        raise not_found(NOUN[model], ref)
    require(actor, "see", Thing(NOUN[model], row.account_id, is_shared=row.channel == "shared", ref=ref))
    if row.task is not None:
        # A contact sees what is said about tasks that are shared with them, and no other.
        journeys.place_of(actor, task_id=row.task)
    return row


def in_journey(
    actor: Actor, model: type[T], journey_id: UUID, task_id: UUID | None, tasks: Mapping[UUID, TaskName]
) -> QuerySet[T]:
    """Those of a journey (with its tasks) or of one task."""
    rows: QuerySet[T] = model.objects.filter(journey_id=journey_id)
    if task_id is not None:
        rows = rows.filter(task=task_id)
    if actor.is_contact:
        seen = [one for one, name in tasks.items() if name.is_shared]
        rows = rows.filter(Q(task=None) | Q(task__in=seen), Q(account_id=actor.account_id), channel="shared")
    return rows


def required(actor: Actor, model: type[T], account_id: UUID) -> None:
    """Whether the actor may see anything of this kind at the account."""
    require(actor, "see", Thing(NOUN[model], account_id, is_shared=True))


def person_ref(actor: Actor) -> str:
    """The actor as persons are referred to: colleagues are "user:", as in roles and mails."""
    return f"user:{actor.id}" if actor.is_staff else actor.ref


def names(refs: set[str]) -> dict[str, str]:
    """Names by reference; "Onward" for what nobody did by hand."""
    found: dict[str, Any] = journeys.names_of(ref for ref in refs if ":" in ref)
    return {ref: found.get(ref) or ("Onward" if ":" not in ref else "Somebody") for ref in refs}
