"""A question is settled without a word more, or was not answered after all."""

from __future__ import annotations

from uuid import UUID

from onward.conversation import facts
from onward.conversation.actions.places import allowed, by_comment
from onward.conversation.models import Comment
from onward.conversation.queries.rows import one, person_ref
from onward.foundation.actions import act, action, record
from onward.journeys import queries as journeys
from onward.kernel.actor import Actor
from onward.kernel.refusals import conflict, forbidden


@action(stream=by_comment)
def settle_question(*, actor: Actor, comment_id: UUID) -> None:
    """Say that a question is answered: a colleague, or who asked it. Nothing when it is."""
    row = _question(actor, comment_id)
    if row.answered_at is not None:
        return
    row.answered_at, row.answered_by, row.answer = act().now, person_ref(actor), None
    row.save(update_fields=["answered_at", "answered_by", "answer"])
    record(facts.QuestionAnswered(row.id, row.task, _title(actor, row), None), journey=row.journey_id)


@action(stream=by_comment)
def reopen_question(*, actor: Actor, comment_id: UUID) -> None:
    """Say that a question still waits for its answer. Nothing when it does."""
    row = _question(actor, comment_id)
    if row.answered_at is None:
        return
    row.answered_at, row.answered_by, row.answer = None, "", None
    row.save(update_fields=["answered_at", "answered_by", "answer"])
    record(facts.QuestionReopened(row.id, row.task, _title(actor, row)), journey=row.journey_id)


def _question(actor: Actor, comment_id: UUID) -> Comment:
    row = one(actor, Comment, comment_id)
    allowed(actor, "comment", row.account_id, row.channel)
    if not row.question or row.removed_at is not None:
        raise conflict("This is no question that waits for an answer.", mend="Look at the conversation again.")
    if actor.is_contact and row.author != person_ref(actor):
        raise forbidden("Only who asked may say so.", mend="Ask your colleague.")
    return row


def _title(actor: Actor, row: Comment) -> str:
    return journeys.place_of(actor, task_id=row.task).title if row.task else ""
