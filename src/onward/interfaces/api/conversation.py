"""Comments of journeys and tasks, in both channels."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router, Status
from pydantic import AfterValidator, Field, Strict

from onward.conversation import actions, queries
from onward.conversation.queries import CommentView
from onward.interfaces.api.door import actor_of, etag, matched, scoped
from onward.interfaces.api.fields import Asked, Limit, Ref, Told, Yes, storable
from onward.kernel.ids import format_id, parse_id

router = Router()
Words = Annotated[str, Strict(), AfterValidator(storable), Field(min_length=1, max_length=10_000)]
Channel = Literal["internal", "shared"]


class Comment(Told):
    """`channel`: internal is never seen by contacts. `author` and `mentions` are persons: "user:usr_...",
    "contact:con_..." or "key:key_...". A removed one has no text. A `question` waits until `answered_at`."""

    id: str
    journey_id: str
    task_id: str | None
    channel: str
    author: str
    author_name: str
    text: str
    mentions: list[str]
    question: bool
    answered_at: datetime | None
    created_at: datetime
    edited_at: datetime | None
    removed_at: datetime | None


class Comments(Told):
    rows: list[Comment]
    next: str


class CommentsAsked(Asked):
    task_id: Ref | None = None
    channel: Channel | None = None
    limit: Limit = 100


class NewComment(Asked):
    """`text` is markdown; "@[Name](user:usr_...)" calls somebody. `answers`: shared, it answers what is asked there."""

    channel: Channel
    text: Words
    task_id: Ref | None = None
    answers: Yes = True


class ChangedComment(Asked):
    text: Words


@router.get("/journeys/{journey_id}/comments", response=Comments, operation_id="list_comments", summary="List comments")
@scoped("comment:read")
def list_comments(request: HttpRequest, journey_id: Path[Ref], asked: Query[CommentsAsked]) -> Comments:
    """The latest of a journey and its tasks, or of one task, the oldest first."""
    task_id = parse_id("tsk", asked.task_id) if asked.task_id else None
    rows = queries.conversation(
        actor_of(request), parse_id("jny", journey_id), task_id, channel=asked.channel or "", limit=asked.limit
    )
    return Comments(rows=[_told(row) for row in rows], next="")


@router.post(
    "/journeys/{journey_id}/comments",
    response={201: Comment},
    operation_id="write_comment",
    summary="Write a comment",
)
@scoped("comment:write")
def write_comment(
    request: HttpRequest, response: HttpResponse, journey_id: Path[Ref], body: NewComment
) -> Status[Comment]:
    """Write in a channel. 422 when somebody is called who could not read it, or the task is not seen by contacts."""
    actor = actor_of(request)
    made = actions.write_comment(
        actor=actor,
        journey_id=parse_id("jny", journey_id),
        task_id=parse_id("tsk", body.task_id) if body.task_id else None,
        channel=body.channel,
        text=body.text,
        answers=body.answers,
    )
    view = queries.comment_view(actor, made)
    etag(response, view.edition)
    return Status(201, _told(view))


@router.get("/comments/{comment_id}", response=Comment, operation_id="get_comment", summary="Get a comment")
@scoped("comment:read")
def get_comment(request: HttpRequest, response: HttpResponse, comment_id: Path[Ref]) -> Comment:
    """One comment, with its ETag."""
    view = queries.comment_view(actor_of(request), parse_id("cmt", comment_id))
    etag(response, view.edition)
    return _told(view)


@router.patch(
    "/comments/{comment_id}",
    response=Comment,
    operation_id="change_comment",
    summary="Change a comment",
    openapi_extra={"x-etag": True},
)
@scoped("comment:write")
def change_comment(
    request: HttpRequest, response: HttpResponse, comment_id: Path[Ref], body: ChangedComment
) -> Comment:
    """Put a comment that this key wrote differently; what it said before is kept."""
    actor, one = actor_of(request), parse_id("cmt", comment_id)
    edition = matched(request, queries.comment_view(actor, one).edition)
    etag(response, actions.edit_comment(actor=actor, comment_id=one, text=body.text, edition=edition))
    return _told(queries.comment_view(actor, one))


@router.delete("/comments/{comment_id}", response=Comment, operation_id="remove_comment", summary="Remove a comment")
@scoped("comment:write")
def remove_comment(request: HttpRequest, comment_id: Path[Ref]) -> Comment:
    """Take a comment that this key wrote away; people see that one was removed."""
    actor, one = actor_of(request), parse_id("cmt", comment_id)
    actions.remove_comment(actor=actor, comment_id=one)
    return _told(queries.comment_view(actor, one))


def _told(view: CommentView) -> Comment:
    return Comment(
        id=view.ref,
        journey_id=format_id("jny", view.journey_id),
        task_id=view.task_ref or None,
        channel=view.channel,
        author=view.author,
        author_name=view.author_name,
        text=view.text,
        mentions=list(view.people),
        question=view.question,
        answered_at=view.answered_at,
        created_at=view.created_at,
        edited_at=view.edited_at,
        removed_at=view.removed_at,
    )
