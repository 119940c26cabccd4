"""Hand a file or a link over, take it away, bring it back; after thirty days its content is gone."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import UUID

from django.conf import settings

from onward.conversation import facts
from onward.conversation.actions.places import by_file, by_journey, opened
from onward.conversation.decisions import KEPT_DAYS, clean_name, image_of, type_of
from onward.conversation.models import File, FileContent
from onward.conversation.queries.files import may_remove_file
from onward.conversation.queries.rows import one, person_ref
from onward.foundation.actions import act, action, record
from onward.journeys import queries as journeys
from onward.journeys.queries import Place
from onward.kernel.actor import Actor
from onward.kernel.addresses import clean_url
from onward.kernel.refusals import conflict, forbidden, invalid

LONGEST_TITLE = 200


@action(stream=by_journey)
def add_file(
    *,
    actor: Actor,
    journey_id: UUID,
    channel: str,
    name: str,
    content: bytes,
    task_id: UUID | None = None,
    comment_id: UUID | None = None,
) -> UUID:
    """Keep a file with a journey or task, beside the comment that it was sent with. Its type is read from its content
    and must be what its ending says.

    Refusals: "invalid" for an empty, too large, unknown or disguised file and for a name without an ending;
    "not_found", "forbidden" as for comments.
    """
    place = opened(actor, "file", journey_id, task_id, channel)
    named = clean_name(name)
    media_type = type_of(named, content, limit=settings.FILE_LIMIT)
    image = image_of(content) if media_type.startswith("image/") else None
    row = File.objects.create(
        account_id=place.account_id,
        journey_id=place.journey_id,
        task=task_id,
        channel=channel,
        comment=comment_id,
        name=named,
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        width=image.width if image else None,
        height=image.height if image else None,
        added_by=person_ref(actor),
        created_at=act().now,
    )
    FileContent.objects.create(file_id=row.id, account_id=place.account_id, content=content)
    return _added(row, place)


@action(stream=by_journey)
def add_link(
    *, actor: Actor, journey_id: UUID, channel: str, url: str, title: str, task_id: UUID | None = None
) -> UUID:
    """Keep the address of something that lies elsewhere; https or http only. Refusals as for files."""
    place = opened(actor, "file", journey_id, task_id, channel)
    address = clean_url(url)
    named = " ".join("".join(char for char in title if char.isprintable()).split()) or address.split("/")[2]
    if len(named) > LONGEST_TITLE:
        raise invalid(f"The title is longer than {LONGEST_TITLE} characters.", mend="Shorten it.", field="title")
    row = File.objects.create(
        account_id=place.account_id,
        journey_id=place.journey_id,
        task=task_id,
        channel=channel,
        kind="link",
        name=named,
        url=address,
        added_by=person_ref(actor),
        created_at=act().now,
    )
    return _added(row, place)


@action(stream=by_file)
def remove_file(*, actor: Actor, file_id: UUID) -> None:
    """Take a file or link away; for thirty days it can be brought back. Nothing when it is gone."""
    row = _changing(actor, file_id)
    if row.removed_at is not None:
        return
    row.removed_at, row.removed_by = act().now, person_ref(actor)
    row.save(update_fields=["removed_at", "removed_by"])
    title = _title(row, actor)
    record(facts.FileRemoved(row.id, row.task, title, row.channel, row.kind, row.name), journey=row.journey_id)


@action(stream=by_file)
def restore_file(*, actor: Actor, file_id: UUID) -> None:
    """Bring a removed file or link back. Refusal "conflict" when its thirty days are over."""
    row = _changing(actor, file_id)
    if row.removed_at is None:
        return
    if row.erased_at is not None or act().now - row.removed_at > timedelta(days=KEPT_DAYS):
        raise conflict(f"{row.name} was removed over {KEPT_DAYS} days ago.", mend="Add it again.")
    row.removed_at, row.removed_by = None, ""
    row.save(update_fields=["removed_at", "removed_by"])
    title = _title(row, actor)
    record(facts.FileRestored(row.id, row.task, title, row.channel, row.kind, row.name), journey=row.journey_id)


@action(stream=by_file)
def erase_removed(*, actor: Actor, file_id: UUID) -> None:
    """Drop the content of a file that was removed over thirty days ago. Nothing for any other."""
    row = one(actor, File, file_id)
    if row.removed_at is None or row.erased_at or act().now - row.removed_at <= timedelta(days=KEPT_DAYS):
        return
    FileContent.objects.filter(file_id=row.id).delete()
    row.erased_at = act().now
    row.save(update_fields=["erased_at"])
    title = _title(row, actor)
    record(facts.FileErased(row.id, row.task, title, row.channel, row.kind, row.name), journey=row.journey_id)


def _added(row: File, place: Place) -> UUID:
    record(
        facts.FileAdded(row.id, row.task, place.title, row.channel, row.kind, row.name, row.size),
        journey=place.journey_id,
    )
    return row.id


def _changing(actor: Actor, file_id: UUID) -> File:
    row = one(actor, File, file_id)
    if not may_remove_file(actor, row):
        raise forbidden(f"{row.name} is not yours to take away.", mend="Ask who added it.")
    return row


def _title(row: File, actor: Actor) -> str:
    return journeys.place_of(actor, task_id=row.task).title if row.task else ""
