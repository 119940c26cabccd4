"""What waits for a colleague's word, in one statement: where they are called, and what their customers asked."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onward.foundation.postgres import one_statement
from onward.identity.decisions import require
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id


@dataclass(frozen=True, slots=True)
class Call:
    """A comment that waits for somebody. `author` is a person's reference; `is_question`: a contact asked it."""

    id: UUID
    journey_id: UUID
    account_id: UUID
    task: UUID | None
    author: str
    text: str
    created_at: datetime
    is_question: bool

    @property
    def ref(self) -> str:
        """The comment's external id."""
        return format_id("cmt", self.id)

    @property
    def href(self) -> str:
        """Where it is read and answered."""
        if self.task:
            return f"/tasks/{format_id('tsk', self.task)}#{self.ref}"
        return f"/journeys/{format_id('jny', self.journey_id)}/conversation#{self.ref}"


_COLUMNS = "c.id, c.journey_id, c.account_id, c.task, c.author, c.text, c.created_at"


def calls_for(actor: Actor, journey_ids: Collection[UUID] | None, *, limit: int = 50) -> list[Call]:
    """Where the colleague is called and has not looked, and the open questions in these journeys (None: in all),
    the longest waiting first."""
    require(actor, "see", "comment")
    rows = one_statement(
        f"""(select {_COLUMNS}, false as is_question from conversation_mention m
               join conversation_comment c on c.id = m.comment_id
             where m.user_id = %(me)s and m.seen_at is null and c.removed_at is null
             order by m.created_at limit %(limit)s)
            union all
            (select {_COLUMNS}, true from conversation_comment c
             where c.question and c.answered_at is null and c.removed_at is null
               and (%(journeys)s::uuid[] is null or c.journey_id = any(%(journeys)s))
             order by c.created_at limit %(limit)s)
            order by created_at, id""",
        {
            "me": parse_id("usr", actor.id),
            "journeys": None if journey_ids is None else list(journey_ids),
            "limit": limit,
        },
    )
    return [Call(**row) for row in rows]
