"""What happens in conversations and to files. No fact holds what was written: that can be taken away again.

`title` names the task it is about; "" for the journey as a whole. `channel` is "internal" or "shared".
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from onward.kernel.fact import Fact


@dataclass(frozen=True)
class CommentWritten(Fact):
    """`question`: it waits for an answer. `mentions` are persons by reference."""

    name = "comment.written"
    comment_id: UUID
    task_id: UUID | None
    title: str
    channel: str
    question: bool
    mentions: list[str]


@dataclass(frozen=True)
class CommentEdited(Fact):
    """`mentions` are those that were not there before."""

    name = "comment.edited"
    comment_id: UUID
    task_id: UUID | None
    title: str
    channel: str
    mentions: list[str]


@dataclass(frozen=True)
class CommentRemoved(Fact):
    name = "comment.removed"
    comment_id: UUID
    task_id: UUID | None
    title: str
    channel: str


@dataclass(frozen=True)
class CommentRestored(Fact):
    name = "comment.restored"
    comment_id: UUID
    task_id: UUID | None
    title: str
    channel: str


@dataclass(frozen=True)
class QuestionAnswered(Fact):
    """`answer_id` is the comment that answers; None when somebody only said that it is settled."""

    name = "comment.answered"
    comment_id: UUID
    task_id: UUID | None
    title: str
    answer_id: UUID | None


@dataclass(frozen=True)
class QuestionReopened(Fact):
    """The answer was none after all."""

    name = "comment.reopened"
    comment_id: UUID
    task_id: UUID | None
    title: str


@dataclass(frozen=True)
class FileAdded(Fact):
    """`kind` is "file" or "link"; `file` what it is called."""

    name = "file.added"
    file_id: UUID
    task_id: UUID | None
    title: str
    channel: str
    kind: str
    file: str
    size: int


@dataclass(frozen=True)
class FileRemoved(Fact):
    name = "file.removed"
    file_id: UUID
    task_id: UUID | None
    title: str
    channel: str
    kind: str
    file: str


@dataclass(frozen=True)
class FileRestored(Fact):
    name = "file.restored"
    file_id: UUID
    task_id: UUID | None
    title: str
    channel: str
    kind: str
    file: str


@dataclass(frozen=True)
class FileErased(Fact):
    """Thirty days after its removal the content is gone for good."""

    name = "file.erased"
    file_id: UUID
    task_id: UUID | None
    title: str
    channel: str
    kind: str
    file: str
