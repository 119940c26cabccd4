"""What one completion may cost: statements sent by the action and its drain, one by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from onward.journeys import actions as journeys
from onward.journeys import queries
from tests.journeys.test_journey import task, won
from tests.world import SIGNED, all_of, cast

pytestmark = pytest.mark.django_db

#: Lower it when the path gets shorter; raising it needs a reason in the commit.
MOST = 32


@time_machine.travel(SIGNED + timedelta(hours=3), tick=False)
def test_completing_a_task_stays_within_its_statements() -> None:
    world = cast()
    journey_id = won(world)
    view = queries.journey_view(world.mara, journey_id)
    journeys.hold_meeting(actor=world.mara, task_id=task(view, "call").id, held_at=SIGNED, attended=all_of(world))
    journeys.answer_form(
        actor=world.mara, task_id=task(view, "call").id, values={"go_live": "2026-04-01", "migrate": False}
    )
    journeys.pick_measure(actor=world.mara, journey_id=journey_id, milestone="first_value", measure="reports")
    sent: list[str] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append(" ".join(str(sql).split())[:120])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        journeys.complete_task(actor=world.dana, task_id=task(view, "sign_plan").id)
    told = "\n".join(f"{number} {sql}" for number, sql in enumerate(sent, 1))
    assert len(sent) <= MOST, told
    reads = [sql for sql in sent if sql.lower().startswith("select")]
    repeated = {sql for sql in reads if reads.count(sql) > 2}
    assert not repeated, "\n".join(sorted(repeated))
