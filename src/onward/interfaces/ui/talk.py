"""A conversation with its files, put together for its macros; the same for both doors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from markupsafe import Markup

from onward.accounts import queries as accounts
from onward.conversation import actions, queries
from onward.conversation.queries import CommentView, FileView
from onward.foundation import mailer
from onward.identity import queries as identity
from onward.interfaces.ui.words import joined, listed
from onward.journeys import queries as journeys
from onward.kernel.actor import Actor
from onward.kernel.refusals import Refusal, invalid

MOST_FILES = 10


@dataclass(frozen=True)
class Talk:
    """`door` stands before addresses ("" or "/portal"), `place` is the journey's or task's own address. `told` says who
    learns of it and how; `mails`: by mail. `given` is what a refused form held. `writes`: the reader may; `shares`:
    also to the other side."""

    door: str
    place: str
    files_at: str
    tasks_at: str
    at: str
    vendor: str
    customer: str
    is_staff: bool
    writes: bool
    shares: bool
    channel: str
    comments: list[CommentView]
    files: list[FileView]
    gone: list[FileView]
    told: str
    mails: bool
    histories: dict[UUID, list[tuple[str, datetime]]]
    limit_mb: int
    given: Mapping[str, Any] = field(default_factory=dict)
    refusal: Refusal | None = None

    @property
    def shown(self) -> list[CommentView]:
        """What the chosen channel holds."""
        return [one for one in self.comments if not self.channel or one.channel == self.channel]

    @property
    def waiting(self) -> list[CommentView]:
        """Questions without an answer."""
        return [one for one in self.comments if one.is_open]

    def count(self, channel: str) -> int:
        """How many comments a channel holds; what was removed is not counted."""
        return sum(1 for one in self.comments if one.channel == channel and one.removed_at is None)

    def sent_with(self, comment: CommentView) -> list[FileView]:
        """The files that came with it."""
        return [] if comment.removed_at else [one for one in self.files if one.comment_id == comment.id]

    def sum_of(self, kind: str) -> int:
        """How many files or links there are."""
        return sum(1 for one in self.files if one.kind == kind)


def talk(
    actor: Actor,
    *,
    journey_id: UUID,
    task_id: UUID | None,
    place: str,
    vendor: str,
    customer: str,
    writes: bool,
    door: str = "",
    at: str = "task",
    files_at: str = "",
    tasks_at: str = "",
    channel: str = "",
    latest: int = 0,
    given: Mapping[str, Any] | None = None,
    refusal: Refusal | None = None,
) -> Talk:
    """All that a page shows of one. `at` names the page, so that what is done there leads back to it."""
    where = journeys.place_of(actor, journey_id=journey_id, task_id=task_id)
    comments = queries.conversation(actor, journey_id, task_id, limit=latest or queries.MOST)
    side = "ours" if actor.is_contact else "theirs"
    told = queries.audience(where, side=side, but=f"contact:{actor.id}" if actor.is_contact else f"user:{actor.id}")
    names = journeys.names_of(told[:4])
    first = [name.split()[0] for name in (names.get(ref, "") for ref in told[:4]) if name]
    mails = mailer.leaves(is_demo=where.is_demo)
    how = "get a mail" if mails else "see it here" if actor.is_contact else "see it on their portal"
    return Talk(
        door=door,
        place=place,
        files_at=files_at or f"{door}/files",
        tasks_at=tasks_at or f"{door}/tasks",
        at=at,
        vendor=vendor or "us",
        customer=customer,
        is_staff=not actor.is_contact,
        writes=writes,
        shares=where.is_shared,
        channel=channel if channel in {"internal", "shared"} else "",
        comments=comments,
        files=queries.files(actor, journey_id, task_id),
        gone=queries.files(actor, journey_id, task_id, removed=True) if writes else [],
        told=Markup("{} will {}").format(listed(first), how) if first else "",
        mails=mails,
        histories=queries.histories(actor, comments),
        limit_mb=settings.FILE_LIMIT // 1_000_000,
        given=given or {},
        refusal=refusal,
    )


def write(actor: Actor, request: HttpRequest, *, journey_id: UUID, task_id: UUID | None, channel: str) -> str:
    """What the composer sends: words, files, or both; all of it or nothing. What to say about it."""
    post = request.POST
    shown = post.get("shown", channel)
    if shown != channel:
        raise invalid(
            "It was not sent: the button and the chosen readers did not agree.", mend="Choose once more, then send."
        )
    uploads = request.FILES.getlist("files")
    if len(uploads) > MOST_FILES:
        raise invalid(f"More than {MOST_FILES} files at once.", mend="Add them in several turns.")
    text, said = post.get("text", ""), None
    place: dict[str, Any] = {"actor": actor, "journey_id": journey_id, "task_id": task_id, "channel": channel}
    with transaction.atomic():
        # The words first: they are what the other side's mail quotes.
        if text.strip() or not uploads:
            answers = "answers" in post or "answers_asked" not in post
            said = actions.write_comment(**place, text=text, question=post.get("question") == "1", answers=answers)
        for upload in uploads:
            actions.add_file(**place, name=upload.name or "", content=upload.read(), comment_id=said)
    kept = "The note is kept, for us alone." if channel == "internal" else _sent(actor, place)
    me = f"{'contact' if actor.is_contact else 'user'}:{actor.id}"
    called = [name for ref, name in queries.comment_view(actor, said).people.items() if ref != me] if said else []
    return f"{kept} {joined(called)} {'is' if len(called) == 1 else 'are'} told." if called else kept


def _sent(actor: Actor, place: Mapping[str, Any]) -> str:
    """Who reads what was just sent, and where."""
    if actor.is_contact:
        return f"{identity.organization().name or 'The other side'} has it."
    where = journeys.place_of(actor, journey_id=place["journey_id"], task_id=place["task_id"])
    return f"{accounts.account(actor, where.account_id).name} reads it on their portal."


def hand_over(actor: Actor, request: HttpRequest, kind: str, *, journey_id: UUID, task_id: UUID | None) -> str:
    """What the forms beside the files send: files (all or none), or a link. What to say about it."""
    post = request.POST
    place: dict[str, Any] = {
        "actor": actor, "journey_id": journey_id, "task_id": task_id, "channel": post.get("channel", "")
    }  # fmt: skip
    if kind == "link":
        actions.add_link(**place, url=post.get("url", ""), title=post.get("title", ""))
        return "The link is kept."
    uploads = request.FILES.getlist("files")
    if not uploads:
        raise invalid("No file was chosen.", mend="Choose one, then send it.", field="file")
    if len(uploads) > MOST_FILES:
        raise invalid(f"More than {MOST_FILES} files at once.", mend="Add them in several turns.", field="file")
    with transaction.atomic():
        for upload in uploads:
            actions.add_file(**place, name=upload.name or "", content=upload.read())
    return "The file is kept." if len(uploads) == 1 else f"{len(uploads)} files are kept."
