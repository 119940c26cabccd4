"""The subscriber: runs in the drain, in the transaction of all reactions, so that the next page shows the result."""

from __future__ import annotations

from uuid import UUID

from onward.foundation.actions import act
from onward.foundation.ledger import Batch, Recorded
from onward.insights.actions.folding import fold
from onward.insights.actions.writing import count_questions, rename_account, rename_owner, write
from onward.journeys.queries.portfolio import portfolio_source
from onward.kernel.ids import parse_id


def asks(fact: Recorded) -> bool:
    """Whether it may change how many questions of its journey wait for an answer."""
    if fact.name == "comment.written":
        return bool(fact.data["question"])
    return fact.name in {"comment.answered", "comment.reopened", "comment.removed", "comment.restored"}


def react(batch: Batch) -> None:
    """Fold the facts into history and bring the rows of the journeys that they touch up to date."""
    fold(batch.facts)
    moved = False
    if batch.journey is not None:
        moved = write(portfolio_source([batch.journey]), act().now)
    elif batch.touched and batch.stream.startswith("acc_"):
        moved = write(portfolio_source(account_id=parse_id("acc", batch.stream)), act().now)
    if batch.journey is not None and any(asks(fact) for fact in batch.facts):
        moved |= count_questions([batch.journey])
    names = {fact.name for fact in batch.facts}
    if names & {"account.changed", "account.segment_judged"}:
        moved |= rename_account(parse_id("acc", batch.stream))
    if "user.changed" in names:
        for user_id in {fact.data["user_id"] for fact in batch.facts if fact.name == "user.changed"}:
            moved |= rename_owner(UUID(user_id))
    if moved:
        act().told.add("portfolio")
