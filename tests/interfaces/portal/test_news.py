"""What a customer is told of dates that moved, by table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from onward.foundation.ledger import Recorded
from onward.interfaces.portal.moved import _standing
from onward.interfaces.portal.news import news_of

WHEN = datetime(2026, 3, 2, tzinfo=UTC)
STEP = UUID(int=7)


def moved(seq: int, before: str, after: str | None, reason: str = "", **more: str) -> Recorded:
    data: dict[str, Any] = {
        "task_id": str(STEP), "title": "Migration", "reason": reason, "due_on": after,
        "before": f"{before}T12:00:00+00:00", "after": after and f"{after}T12:00:00+00:00", **more,
    }  # fmt: skip
    return Recorded("acc_1", seq, None, "journey.task.moved", 1, 0, None, "user:usr_1", WHEN, WHEN, data)


@pytest.mark.parametrize(
    ("moves", "told"),
    [
        ([("2026-03-16", "2026-03-23")], ["Migration moved to Mon 23 March 2026"]),
        # Twice: where it stands now.
        ([("2026-03-16", "2026-03-23"), ("2026-03-23", "2026-03-25")], ["Migration moved to Wed 25 March 2026"]),
        # Taken back, or given back to the plan: nothing moved.
        ([("2026-03-16", "2026-03-23"), ("2026-03-23", "2026-03-16")], []),
        ([("2026-03-16", "2026-03-23"), ("2026-03-23", None)], []),
    ],
)
def test_a_step_that_moved_is_told_once_and_not_at_all_when_its_day_came_back(
    moves: list[tuple[str, str | None]], told: list[str]
) -> None:
    # red when a move that was taken back still stands there, or one has no day
    facts = [moved(seq, str(before), after) for seq, (before, after) in enumerate(moves)][::-1]
    news = news_of(facts, {}, visible=[STEP], me="contact:con_1", since=None, limit=6)
    said = [one.words.striptags() for one in news]
    assert [one.removesuffix(" 2026") for one in said] == [one.removesuffix(" 2026") for one in told]


def test_a_move_that_was_taken_back_is_no_cause() -> None:
    # red when the customer reads of a move that was never to be
    facts = [
        moved(1, "2026-03-16", "2026-03-23", "They travel"),
        moved(2, "2026-03-23", "2026-03-30", "A slip", group="g"),
        moved(3, "2026-03-30", "2026-03-23", "taken back", undoes="g"),
        moved(4, "2026-03-23", "2026-03-25", "taken back", group="h"),
    ]
    assert [fact.seq for fact in _standing(facts)] == [1, 4], "a reason is anybody's words"
    assert _standing([*facts, moved(5, "2026-03-25", None)]) == []
