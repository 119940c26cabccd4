"""What the plan as a whole tells and moves is for colleagues: it names internal steps too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine

from onward.automation.actions.moving import reschedule
from onward.automation.queries.deciding import goals
from onward.automation.queries.moving import held_back, plan_of, what_follows
from onward.kernel.actor import Actor
from onward.kernel.refusals import Refusal
from tests.journeys.test_journey import won
from tests.world import SIGNED, cast

MOVED = {"task.connect": SIGNED.date() + timedelta(days=40)}
DOORS: dict[str, Callable[[Actor, UUID], Any]] = {
    "goals": goals,
    "plan": plan_of,
    "what follows": lambda actor, journey: what_follows(actor, journey, MOVED),
    "held back": lambda actor, journey: held_back(actor, journey, "task.connect", SIGNED.date()),
    "reschedule": lambda actor, journey: reschedule(actor=actor, journey_id=journey, days=MOVED, reason="They ask"),
}


@pytest.mark.parametrize("door", DOORS)
def test_a_customer_reads_and_moves_no_whole_plan(db: None, door: str) -> None:
    with time_machine.travel(SIGNED + timedelta(hours=3), tick=False):
        world = cast()
        journey = won(world)
        DOORS[door](world.mara, journey)
        with pytest.raises(Refusal) as refused:
            DOORS[door](world.dana, journey)
    assert refused.value.code in {"forbidden", "not_found"}
