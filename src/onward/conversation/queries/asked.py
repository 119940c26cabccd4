"""What waits for somebody: questions without an answer, colleagues who are called."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from onward.conversation.models import Comment, Mention
from onward.conversation.queries.comments import CommentView, names_of_tasks, views
from onward.conversation.queries.rows import required
from onward.identity.decisions import require
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id


@dataclass(frozen=True, slots=True)
class MentionView:
    """Somebody called the reader. The comment says where and in which words."""

    id: UUID
    comment: CommentView
    created_at: datetime


def open_mentions(actor: Actor, *, limit: int = 50) -> list[MentionView]:
    """Where the colleague is called and has not looked yet, the newest first; nothing for other actors."""
    if not actor.is_staff:
        return []
    require(actor, "see", "comment")
    rows = list(
        Mention.objects.filter(user_id=parse_id("usr", actor.id), seen_at=None, comment__removed_at=None)
        .select_related("comment")
        .order_by("-created_at", "-id")[:limit]
    )
    found = {view.id: view for view in _views(actor, [row.comment for row in rows])}
    return [MentionView(row.id, found[row.comment_id], row.created_at) for row in rows if row.comment_id in found]


def open_questions(
    actor: Actor, *, account_id: UUID | None = None, journey_id: UUID | None = None, limit: int = 50
) -> list[CommentView]:
    """What contacts asked and nobody has answered, the longest waiting first."""
    require(actor, "see", "comment")
    rows = Comment.objects.filter(question=True, answered_at=None, removed_at=None)
    if account_id is not None:
        rows = rows.filter(account_id=account_id)
    if journey_id is not None:
        rows = rows.filter(journey_id=journey_id)
    return _views(actor, list(rows.order_by("created_at", "id")[:limit]))


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question by itself, for a list."""

    ref: str
    task_id: UUID | None
    text: str
    asked_at: datetime


def unanswered(
    actor: Actor, *, account_id: UUID, journey_id: UUID, tasks: Collection[UUID], limit: int = 5
) -> list[Unanswered]:
    """What contacts asked about a journey or one of these tasks and nobody has answered, the longest waiting first, in
    one statement."""
    required(actor, Comment, account_id)
    rows = Comment.objects.filter(
        Q(task=None) | Q(task__in=tasks),
        account_id=account_id,
        journey_id=journey_id,
        channel="shared",
        question=True,
        answered_at=None,
        removed_at=None,
    ).order_by("created_at", "id")
    found = rows.values_list("id", "task", "text", "created_at")[:limit]
    return [Unanswered(format_id("cmt", one), task, text, at) for one, task, text, at in found]


def spoken_to(actor: Actor, *, account_id: UUID, tasks: Collection[UUID]) -> set[UUID]:
    """Which of these tasks a contact has written about, for both sides to read."""
    required(actor, Comment, account_id)
    rows = Comment.objects.filter(
        account_id=account_id, task__in=tasks, channel="shared", removed_at=None, author__startswith="contact:"
    )
    return {task for task in rows.values_list("task", flat=True) if task}


def questions_open(journey_ids: Collection[UUID] | None = None) -> dict[UUID, int]:
    """How many questions wait for an answer in each of these journeys (None: in all); those without any are left out.

    For read models: it takes no actor.
    """
    rows = Comment.objects.filter(question=True, answered_at=None, removed_at=None)
    if journey_ids is not None:
        rows = rows.filter(journey_id__in=journey_ids)
    return dict(rows.values_list("journey_id").annotate(Count("id")))


def _views(actor: Actor, rows: list[Comment]) -> list[CommentView]:
    return views(actor, rows, names_of_tasks(actor, rows))
