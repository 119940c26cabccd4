"""Whoever is asked for a reason is told at its box who reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine

from tests.interfaces.console.test_journey_pages import address, signed_in, task_path, text
from tests.interfaces.console.test_task_drawer import journey
from tests.world import SIGNED, Cast, cast

__all__ = ["journey"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _three_hours_after_signature() -> Iterator[None]:
    with time_machine.travel(SIGNED + timedelta(hours=3), tick=False):
        yield


@pytest.fixture
def world() -> Cast:
    return cast()


def readers(page: str) -> list[str]:
    """What is said below each box for a reason; "" where nothing is."""
    said = []
    for box in re.findall(r'<input[^>]*name="reason"[^>]*>', page):
        hint = re.search(r'aria-describedby="([^" ]*)', box)
        words = re.search(rf'id="{re.escape(hint[1])}">([^<]*)</p>', page) if hint else None
        said.append(words[1] if words else "")
    return said


@pytest.mark.parametrize("tab", ["", "/plan", "/completion"])
def test_each_box_for_a_reason_says_who_reads_it(world: Cast, journey: UUID, tab: str) -> None:
    found = readers(text(signed_in(world.mara), address(journey) + tab))
    assert found
    assert all("read" in words for words in found), found


def test_the_customer_is_named_where_they_read_the_reason_of_a_moved_date_and_nowhere_else(
    world: Cast, journey: UUID
) -> None:
    client = signed_in(world.mara)
    shared = readers(text(client, task_path(world, journey, "sign_plan")))
    ours = "Only your colleagues read it."
    assert shared == ["Acme Freight reads it on their portal.", ours, ours], "what blocks it stays with us too"
    assert "Only your colleagues read the reason." in text(client, f"{address(journey)}/timeline")
