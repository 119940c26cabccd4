"""What waits for a colleague's word: where they are called, what their customers asked, whom they asked themselves."""

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
    """A comment that waits for somebody. `author` is a person's reference; `channel` who reads it, internal or shared;
    `is_question`: a contact asked it."""

    id: UUID
    journey_id: UUID
    account_id: UUID
    task: UUID | None
    author: str
    channel: str
    text: str
    created_at: datetime
    is_question: bool

    @property
    def ref(self) -> str:
        """The comment's external id."""
        return format_id("cmt", self.id)

    @property
    def href(self) -> str:
        """Where it is read and answered: what colleagues said among themselves is answered so."""
        among_us = "?to=internal" if self.channel == "internal" else ""
        if self.task:
            return f"/tasks/{format_id('tsk', self.task)}{among_us}#{self.ref}"
        return f"/journeys/{format_id('jny', self.journey_id)}/conversation{among_us}#{self.ref}"


@dataclass(frozen=True, slots=True)
class Held:
    """A step of a journey and who has it, a person's reference."""

    task: UUID
    journey_id: UUID
    holder: str
    title: str


@dataclass(frozen=True, slots=True)
class Called:
    """The last call for a colleague about a task. `by` is a person's reference."""

    at: datetime
    by: str


_COLUMNS = "c.id, c.journey_id, c.account_id, c.task, c.author, c.channel, c.text, c.created_at"


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


def named(title: str) -> str:
    """How a note about a whole journey names one of its steps."""
    return f"“{title}”"


def last_called(actor: Actor, steps: Collection[Held]) -> dict[UUID, Called]:
    """When whoever has each of these steps was last called about it: at the step, or in a note about its journey
    that names it; steps about which nobody was are left out. One statement, none without steps."""
    require(actor, "see", "comment")
    if not steps:
        return {}
    rows = one_statement(
        """select distinct on (h.task) h.task, c.created_at as at, c.author as by
           from unnest(%(tasks)s::uuid[], %(journeys)s::uuid[], %(whom)s::text[], %(names)s::text[])
             as h(task, journey, whom, name)
           join conversation_comment c on c.journey_id = h.journey and h.whom = any(c.mentions)
             and (c.task = h.task or c.task is null and position(h.name in c.text) > 0)
           where c.removed_at is null
           order by h.task, c.created_at desc""",
        {
            "tasks": [one.task for one in steps],
            "journeys": [one.journey_id for one in steps],
            "whom": [one.holder for one in steps],
            "names": [named(one.title) for one in steps],
        },
    )
    return {row.pop("task"): Called(**row) for row in rows}
