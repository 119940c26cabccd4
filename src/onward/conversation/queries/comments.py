"""Comments as pages and the API read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onward.conversation.models import Comment, CommentVersion, Mention
from onward.conversation.queries.rows import in_journey, names, one, person_ref, required
from onward.identity.decisions import Thing, may
from onward.journeys import queries as journeys
from onward.journeys.queries import TaskName
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id

MOST = 500


@dataclass(frozen=True, slots=True)
class CommentView:
    """`author` is a reference, `side` "us" or "them". `people` are the called, name by reference. A removed comment has
    no text; `is_new`: the reader is called here and had not seen it."""

    id: UUID
    ref: str
    journey_id: UUID
    account_id: UUID
    task_id: UUID | None
    task_ref: str
    task_title: str
    channel: str
    author: str
    author_name: str
    side: str
    text: str
    people: dict[str, str]
    question: bool
    answered_at: datetime | None
    answered_by: str
    edition: int
    created_at: datetime
    edited_at: datetime | None
    removed_at: datetime | None
    removed_by: str
    is_mine: bool
    may_remove: bool
    may_restore: bool
    is_new: bool

    @property
    def is_open(self) -> bool:
        """A question that still waits for its answer."""
        return self.question and self.answered_at is None and self.removed_at is None


def conversation(
    actor: Actor, journey_id: UUID, task_id: UUID | None = None, *, channel: str = "", limit: int = MOST
) -> list[CommentView]:
    """The latest of a journey with its tasks, or of one task, the oldest first. Refusal "not_found"."""
    place = journeys.place_of(actor, journey_id=journey_id, task_id=task_id)
    required(actor, Comment, place.account_id)
    tasks = journeys.task_names(actor, place.journey_id)
    rows = in_journey(actor, Comment, place.journey_id, task_id, tasks)
    if channel:
        rows = rows.filter(channel=channel)
    return views(actor, reversed(rows.order_by("-created_at", "-id")[:limit]), tasks)


def comment_view(actor: Actor, comment_id: UUID) -> CommentView:
    """One comment; Refusal "not_found"."""
    row = one(actor, Comment, comment_id)
    return views(actor, [row], journeys.task_names(actor, row.journey_id))[0]


def histories(actor: Actor, comments: Iterable[CommentView]) -> dict[UUID, list[tuple[str, datetime]]]:
    """What edited comments said before and when that was written, by comment; for colleagues and the author."""
    wanted = [
        view.id
        for view in comments
        if view.edited_at and view.removed_at is None and (view.is_mine or not actor.is_contact)
    ]
    found: dict[UUID, list[tuple[str, datetime]]] = {}
    for version in CommentVersion.objects.filter(comment_id__in=wanted).order_by("edition") if wanted else ():
        found.setdefault(version.comment_id, []).append((version.text, version.written_at))
    return found


def latest_notes(actor: Actor, account_id: UUID, limit: int = 5) -> list[CommentView]:
    """The newest that was said about an account, over all its journeys, the newest first."""
    required(actor, Comment, account_id)
    rows = Comment.objects.filter(account_id=account_id, removed_at=None)
    if actor.is_contact:
        rows = rows.filter(channel="shared")
    found = list(rows.order_by("-created_at", "-id")[:limit])
    return views(actor, found, names_of_tasks(actor, found))


def names_of_tasks(actor: Actor, rows: Iterable[Comment]) -> dict[UUID, TaskName]:
    """The tasks that these comments are about, as far as the actor may see them."""
    found: dict[UUID, TaskName] = {}
    for journey_id in {row.journey_id for row in rows if row.task is not None}:
        found |= journeys.task_names(actor, journey_id)
    return found


def views(actor: Actor, rows: Iterable[Comment], tasks: dict[UUID, TaskName]) -> list[CommentView]:
    """Rows as the actor sees them, with names."""
    rows = [row for row in rows if row.task is None or row.task in tasks]
    me = person_ref(actor)
    refs = {ref for row in rows for ref in (row.author, row.answered_by, row.removed_by, *row.mentions) if ref}
    known = names(refs) if refs else {}
    new = _unseen(actor, [row.id for row in rows])
    return [_view(actor, row, tasks, known, me, row.id in new) for row in rows]


def _unseen(actor: Actor, ids: list[UUID]) -> set[UUID]:
    if not actor.is_staff or not ids:
        return set()
    rows = Mention.objects.filter(user_id=parse_id("usr", actor.id), seen_at=None, comment_id__in=ids)
    return set(rows.values_list("comment_id", flat=True))


def may_remove(actor: Actor, row: Comment) -> bool:
    """Its author may; of a colleague's or contact's also who leads the team."""
    mine = row.author == person_ref(actor)
    leads = actor.is_staff and actor.role in {"admin", "manager"}
    verb = "comment" if actor.is_contact else "change"
    return (mine or leads) and may(actor, verb, Thing("comment", row.account_id, is_shared=row.channel == "shared"))


def _view(
    actor: Actor, row: Comment, tasks: dict[UUID, TaskName], known: dict[str, str], me: str, is_new: bool
) -> CommentView:
    task = tasks.get(row.task) if row.task else None
    gone = row.removed_at is not None
    removable = may_remove(actor, row)
    return CommentView(
        row.id,
        format_id("cmt", row.id),
        row.journey_id,
        row.account_id,
        row.task,
        task.ref if task else "",
        task.title if task else "",
        row.channel,
        row.author,
        known.get(row.author, "Somebody"),
        "them" if row.author.startswith("contact:") else "us",
        "" if gone else row.text,
        {} if gone else {ref: known[ref] for ref in row.mentions},
        row.question,
        row.answered_at,
        known.get(row.answered_by, ""),
        row.edition,
        row.created_at,
        row.edited_at,
        row.removed_at,
        known.get(row.removed_by, ""),
        row.author == me,
        removable and not gone,
        gone and removable and (row.removed_by == me or row.author != me),
        is_new,
    )
