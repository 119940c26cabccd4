"""Two people at once: every click counts once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from onward.foundation import ledger
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.kernel.refusals import Refusal
from tests.journeys.test_journey import task
from tests.threads import meeting
from tests.world import SMALL, Cast, cast, publish

pytestmark = pytest.mark.django_db(transaction=True)


def plain(world: Cast) -> tuple[list[UUID], UUID]:
    """A journey whose first stage closes when its two tasks are done; the ids of the tasks and of the journey."""
    kickoff, *rest = SMALL.stages
    easy = [replace(spec, kind="to_do", form="", picks="", must=(), after=()) for spec in kickoff.tasks]
    book = replace(SMALL, id="easy", stages=(replace(kickoff, exit=(), tasks=tuple(easy)), *rest))
    journey = journeys.open_journey(
        actor=world.mara, account_id=world.acme, version_id=publish(book), signed_at=datetime.now(UTC)
    )
    view = queries.journey_view(world.mara, journey)
    return [task(view, "call").id, task(view, "sign_plan").id], journey


def test_the_same_task_by_two_people_is_completed_once() -> None:
    world = cast()
    (_, first), journey = plain(world)
    results = meeting(
        "journeys_taskrun",
        first,
        lambda: journeys.complete_task(actor=world.mara, task_id=first),
        lambda: journeys.complete_task(actor=world.dana, task_id=first),
    )
    assert sorted(type(result).__name__ for result in results) == ["Refusal", "str"]
    refusal = next(result for result in results if isinstance(result, Refusal))
    assert refusal.code == "conflict"
    done = [fact for fact in ledger.facts_of(journey=journey) if fact.name == "journey.task.completed"]
    assert len(done) == 1


def test_of_two_changes_from_the_same_edition_one_is_stale() -> None:
    world = cast()
    (_, first), journey = plain(world)
    seen = next(row.edition for row in queries.journey_view(world.mara, journey).tasks if row.id == first)
    results = meeting(
        "journeys_taskrun",
        first,
        lambda: journeys.assign_task(actor=world.mara, task_id=first, person=f"user:{world.mara.id}", edition=seen),
        lambda: journeys.skip_task(actor=world.tomas, task_id=first, reason="Signed on paper", edition=seen),
    )
    (refusal,) = [result for result in results if result is not None]
    assert isinstance(refusal, Refusal)
    assert refusal.code == "stale"
    told = [
        fact
        for fact in ledger.facts_of(journey=journey)
        if fact.name in {"journey.task.skipped", "journey.owner_changed"}
    ]
    assert len(told) == 1


def test_the_last_two_tasks_of_a_stage_close_it_once() -> None:
    world = cast()
    (first, second), journey = plain(world)
    stage = next(row.id for row in queries.journey_view(world.mara, journey).stages if row.key == "kickoff")
    results = meeting(
        "journeys_stagerun",
        stage,
        lambda: journeys.complete_task(actor=world.mara, task_id=first),
        lambda: journeys.complete_task(actor=world.dana, task_id=second),
    )
    assert results == ["done", "done"]
    ledger.drain(ledger.stream_of(world.acme))
    closed = [fact for fact in ledger.facts_of(journey=journey) if fact.name == "journey.stage.closed"]
    assert [fact.data["stage"] for fact in closed] == ["kickoff"]
    met = [fact for fact in ledger.facts_of(journey=journey) if fact.name == "journey.milestone.met"]
    assert [fact.data["milestone"] for fact in met] == ["kickoff_done"]
