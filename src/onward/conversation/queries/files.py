"""Files and links as pages and the API read them; the content only for the one that is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from onward.conversation.decisions import KEPT_DAYS, SHOWN
from onward.conversation.models import File, FileContent
from onward.conversation.queries.rows import in_journey, names, one, person_ref, required
from onward.foundation import clock
from onward.identity.decisions import Thing, may
from onward.journeys import queries as journeys
from onward.journeys.queries import TaskName
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import not_found


@dataclass(frozen=True, slots=True)
class FileView:
    """`kind` file or link. `is_image`: verified, may be shown in a page. `kept_until` is set for a removed one."""

    id: UUID
    ref: str
    journey_id: UUID
    account_id: UUID
    task_id: UUID | None
    task_ref: str
    task_title: str
    channel: str
    comment_id: UUID | None
    kind: str
    name: str
    url: str
    media_type: str
    size: int
    sha256: str
    width: int | None
    height: int | None
    added_by: str
    added_by_name: str
    side: str
    created_at: datetime
    removed_at: datetime | None
    removed_by: str
    kept_until: datetime | None
    is_mine: bool
    may_remove: bool

    @property
    def is_image(self) -> bool:
        return self.media_type in SHOWN and self.width is not None


def files(
    actor: Actor, journey_id: UUID, task_id: UUID | None = None, *, removed: bool = False, limit: int = 500
) -> list[FileView]:
    """Files and links of a journey with its tasks, or of one task, the newest first. `removed`: those that can still be
    brought back, by who may."""
    place = journeys.place_of(actor, journey_id=journey_id, task_id=task_id)
    required(actor, File, place.account_id)
    tasks = journeys.task_names(actor, place.journey_id)
    rows = in_journey(actor, File, place.journey_id, task_id, tasks).filter(
        removed_at__isnull=not removed, erased_at=None
    )
    found = _views(actor, rows.order_by("-created_at", "-id")[:limit], tasks)
    return [view for view in found if view.may_remove] if removed else found


def file_view(actor: Actor, file_id: UUID) -> FileView:
    """One file or link; Refusal "not_found"."""
    row = one(actor, File, file_id)
    return _views(actor, [row], journeys.task_names(actor, row.journey_id))[0]


def content_of(actor: Actor, file_id: UUID) -> tuple[FileView, bytes]:
    """A file with its bytes; Refusal "not_found" for a link, and for what was removed."""
    view = file_view(actor, file_id)
    found = FileContent.objects.filter(file_id=file_id).values_list("content", flat=True).first()
    if found is None or view.removed_at is not None:
        raise not_found("file", view.ref)
    return view, bytes(found)


def may_remove_file(actor: Actor, row: File) -> bool:
    """Contacts take away what they added themselves; colleagues everything."""
    mine = row.added_by == person_ref(actor)
    verb = "upload" if actor.is_contact else "change"
    return (mine or not actor.is_contact) and may(
        actor, verb, Thing("file", row.account_id, is_shared=row.channel == "shared")
    )


def _views(actor: Actor, rows: Iterable[File], tasks: dict[UUID, TaskName]) -> list[FileView]:
    rows = [row for row in rows if row.task is None or row.task in tasks]
    known = names({ref for row in rows for ref in (row.added_by, row.removed_by) if ref})
    me, now = person_ref(actor), clock.now()
    return [_view(actor, row, tasks, known, me, now) for row in rows]


def _view(
    actor: Actor, row: File, tasks: dict[UUID, TaskName], known: dict[str, str], me: str, now: datetime
) -> FileView:
    task = tasks.get(row.task) if row.task else None
    until = row.removed_at + timedelta(days=KEPT_DAYS) if row.removed_at else None
    return FileView(
        row.id,
        format_id("fil", row.id),
        row.journey_id,
        row.account_id,
        row.task,
        task.ref if task else "",
        task.title if task else "",
        row.channel,
        row.comment,
        row.kind,
        row.name,
        row.url,
        row.media_type,
        row.size,
        row.sha256,
        row.width,
        row.height,
        row.added_by,
        known.get(row.added_by, "Somebody"),
        "them" if row.added_by.startswith("contact:") else "us",
        row.created_at,
        row.removed_at,
        known.get(row.removed_by, ""),
        until,
        row.added_by == me,
        may_remove_file(actor, row) and (until is None or until > now),
    )
