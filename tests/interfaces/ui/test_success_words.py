"""How far an objective is, in words."""

from __future__ import annotations

from datetime import date
from typing import cast

import pytest

from onward.interfaces.ui.success import Card
from onward.journeys.decisions.success import Course, Party, Stated
from onward.journeys.queries.success import ObjectiveNow


class Now:
    """What a card reads of where an objective is now."""

    met_at = None

    def __init__(self, course: Course) -> None:
        self.course = course


@pytest.mark.parametrize(
    ("start", "target", "unit", "due", "words"),
    [
        (None, 10.0, "people", 6.6, "behind: 7 would be on pace"),
        (12.0, 2.0, "days", 7.4, "behind: 7 would be on pace"),
        (None, 80.0, "%", 38.64, "behind: 38.6 would be on pace"),
        (0.5, 2.0, "reports", 1.25, "behind: 1.2 would be on pace"),
    ],
)
def test_what_is_counted_in_whole_ones_is_told_in_whole_ones(
    start: float | None, target: float, unit: str, due: float, words: str
) -> None:
    nobody = Party("contact:con_1", "Dana")
    stated = Stated("obj_1", "It works", date(2026, 4, 1), nobody, nobody, start=start, target=target, unit=unit)
    card = Card(stated, (), cast(ObjectiveNow, Now(Course(0.1, 0.5, due))))
    assert card.pace == words
