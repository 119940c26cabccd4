"""Say something, put it differently, take it back, bring it back; and: I have seen that I am called."""

from __future__ import annotations

from uuid import UUID

from onward.conversation import facts
from onward.conversation.actions.places import allowed, by_comment, by_journey, opened
from onward.conversation.decisions import called
from onward.conversation.models import Comment, CommentVersion, Mention
from onward.conversation.queries.comments import may_remove
from onward.conversation.queries.people import callable_people, users_called
from onward.conversation.queries.rows import one, person_ref
from onward.foundation.actions import act, action, record
from onward.identity.decisions import require
from onward.journeys import queries as journeys
from onward.journeys.queries import Place
from onward.kernel.actor import Actor
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal, conflict, forbidden, invalid

LONGEST = 10_000


@action(stream=by_journey)
def write_comment(
    *,
    actor: Actor,
    journey_id: UUID,
    channel: str,
    text: str,
    task_id: UUID | None = None,
    question: bool = False,
    answers: bool = True,
) -> UUID:
    """Write in a channel ("internal" or "shared") of a journey or one of its tasks; contacts write shared only.

    A `question` stays open until it is answered: with `answers`, what a colleague shares answers those that are open
    in the same place. Refusals: "not_found", "forbidden"; "invalid" without words, for a task that the customer does
    not see, and when somebody is called who could not read it.
    """
    place = opened(actor, "comment", journey_id, task_id, channel)
    said = _text(text)
    mentions = _called(actor, place, channel, said)
    row = Comment.objects.create(
        account_id=place.account_id,
        journey_id=place.journey_id,
        task=task_id,
        channel=channel,
        author=person_ref(actor),
        text=said,
        mentions=mentions,
        question=question and actor.is_contact,
        created_at=act().now,
    )
    _call(row, mentions)
    asks = row.question
    record(facts.CommentWritten(row.id, task_id, place.title, channel, asks, mentions), journey=place.journey_id)
    if answers and channel == "shared" and not actor.is_contact:
        _answered(row, place)
    return row.id


@action(stream=by_comment)
def edit_comment(*, actor: Actor, comment_id: UUID, text: str, edition: int | None = None) -> int:
    """Put one's own comment differently; the new edition. What it said before is kept.

    Refusals: "forbidden" for another's, "conflict" for a removed one; "stale" when it was edited since `edition`, with
    both texts in its details: `theirs` as it stands, `yours` as it was given.
    """
    row = one(actor, Comment, comment_id)
    if row.author != person_ref(actor):
        raise forbidden("Only who wrote this may change it.", mend="Answer it instead.")
    allowed(actor, "comment", row.account_id, row.channel)
    if row.removed_at is not None:
        raise conflict("This was removed meanwhile.", mend="Bring it back, then change it.")
    if edition is not None and edition != row.edition:
        raise Refusal(
            "stale",
            "This was changed since you opened it.",
            mend="Both texts are here: make one of them, then save it.",
            details={"edition": row.edition, "theirs": row.text, "yours": text},
        )
    said = _text(text)
    if said == row.text:
        return row.edition
    place = journeys.place_of(actor, journey_id=row.journey_id, task_id=row.task)
    mentions = _called(actor, place, row.channel, said)
    new = [ref for ref in mentions if ref not in row.mentions]
    CommentVersion.objects.create(
        account_id=row.account_id,
        comment_id=row.id,
        edition=row.edition,
        text=row.text,
        written_at=row.edited_at or row.created_at,
    )
    row.text, row.mentions, row.edition, row.edited_at = said, mentions, row.edition + 1, act().now
    row.save(update_fields=["text", "mentions", "edition", "edited_at"])
    Mention.objects.filter(comment_id=row.id).exclude(user_id__in=users_called(mentions)).delete()
    _call(row, new)
    record(facts.CommentEdited(row.id, row.task, place.title, row.channel, new), journey=row.journey_id)
    return row.edition


@action(stream=by_comment)
def remove_comment(*, actor: Actor, comment_id: UUID) -> None:
    """Take a comment away: its author, or who leads the team. It can be brought back. Nothing when it is gone."""
    row = one(actor, Comment, comment_id)
    if not may_remove(actor, row):
        raise forbidden("Only who wrote this may remove it.", mend="Ask them, or who leads the team.")
    if row.removed_at is not None:
        return
    row.removed_at, row.removed_by = act().now, person_ref(actor)
    row.save(update_fields=["removed_at", "removed_by"])
    record(facts.CommentRemoved(row.id, row.task, _title(actor, row), row.channel), journey=row.journey_id)


@action(stream=by_comment)
def restore_comment(*, actor: Actor, comment_id: UUID) -> None:
    """Bring a removed comment back. What another took away its author does not bring back: Refusal "forbidden"."""
    row = one(actor, Comment, comment_id)
    if not may_remove(actor, row) or (row.removed_at and row.author == person_ref(actor) != row.removed_by):
        raise forbidden("Only who removed this may bring it back.", mend="Ask them.")
    if row.removed_at is None:
        return
    row.removed_at, row.removed_by = None, ""
    row.save(update_fields=["removed_at", "removed_by"])
    record(facts.CommentRestored(row.id, row.task, _title(actor, row), row.channel), journey=row.journey_id)


@action(stream=lambda _: ())
def see_mentions(*, actor: Actor, journey_id: UUID | None = None, task_id: UUID | None = None) -> int:
    """The colleague has seen where they are called (in one journey or task only, when named); how many were new."""
    if not actor.is_staff:
        return 0
    require(actor, "see", "comment")
    rows = Mention.objects.filter(user_id=parse_id("usr", actor.id), seen_at=None)
    if journey_id is not None:
        rows = rows.filter(comment__journey_id=journey_id)
    if task_id is not None:
        rows = rows.filter(comment__task=task_id)
    return rows.update(seen_at=act().now)


def _text(given: str) -> str:
    said = given.replace("\x00", "").replace("\r\n", "\n").strip()
    if not said:
        raise invalid("Nothing is written yet.", mend="Write a sentence, then send it.", field="text")
    if len(said) > LONGEST:
        raise invalid(f"This is longer than {LONGEST} characters.", mend="Shorten it, or add a file.", field="text")
    return said


def _called(actor: Actor, place: Place, channel: str, text: str) -> list[str]:
    """References of those who are called; refused when one of them could not read it."""
    if "@" not in text:
        return []
    people = callable_people(actor, place)
    found = called(text, people.items())
    for each in found:
        if each.ref not in people:
            raise invalid(
                f"{each.name} is not somebody who reads here.", mend="Choose them from the list.", field="text"
            )
        if channel == "internal" and each.ref.startswith("contact:"):
            raise invalid(
                f"{each.name} cannot read this: it stays with us.",
                mend=f"Share it, or write {each.name.split()[0]} without the @.",
                field="text",
            )
    return list(dict.fromkeys(each.ref for each in found))


def _call(row: Comment, mentions: list[str]) -> None:
    """Colleagues find in their work where they are called; nobody is called by themselves."""
    Mention.objects.bulk_create(
        [
            Mention(account_id=row.account_id, comment_id=row.id, user_id=user_id, created_at=act().now)
            for user_id in users_called([ref for ref in mentions if ref != row.author])
        ],
        ignore_conflicts=True,
    )


def _answered(row: Comment, place: Place) -> None:
    asked = Comment.objects.filter(
        journey_id=row.journey_id, task=row.task, question=True, answered_at=None, removed_at=None
    )
    for question in asked:
        question.answered_at, question.answered_by, question.answer = act().now, row.author, row.id
        question.save(update_fields=["answered_at", "answered_by", "answer"])
        record(facts.QuestionAnswered(question.id, row.task, place.title, row.id), journey=row.journey_id)


def _title(actor: Actor, row: Comment) -> str:
    return journeys.place_of(actor, task_id=row.task).title if row.task else ""
