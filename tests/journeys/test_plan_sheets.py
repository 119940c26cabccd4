"""A plan from a sheet and back: what a journey takes over, that nothing of it is lost, and who may."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onward.accounts import actions as accounts
from onward.automation.queries import auditing
from onward.foundation.clock import now
from onward.foundation.ledger import facts_of
from onward.journeys import actions, queries
from onward.kernel.actor import Actor
from onward.kernel.refusals import Refusal
from onward.playbooks import actions as playbook_actions
from onward.playbooks import queries as playbooks
from onward.playbooks.decisions.publishing import Draft, lint
from onward.playbooks.decisions.starter import starter
from tests.world import SIGNED, Cast, cast

pytestmark = pytest.mark.django_db
SHEETS = Path(__file__).parent.parent / "playbooks" / "sheets"
HEAD = "Stage,Task,Description,Owner,Start,Due,Duration,Depends on,Status"


@pytest.fixture
def world() -> Cast:
    return cast()


def opened(world: Cast, text: str, **other: Any) -> UUID:
    told: dict[str, Any] = {"actor": world.tomas, "account_id": world.acme, "signed_at": SIGNED, **other}
    return actions.open_planned(content=text.encode(), **told)


def test_a_journey_takes_the_sheet_over_and_the_audit_agrees(world: Cast) -> None:
    journey_id = opened(world, (SHEETS / "messy.csv").read_text("utf-8"), title="Acme")
    run = queries.load_run(journey_id)
    assert run is not None
    rows = {row.title: row for row in run.tasks if row.is_written}
    assert [row.title for row in run.stages] == ["Kickoff", "Einrichtung", "Schulung"]
    call, access, places, connect, data, rights, recording = rows.values()
    assert (call.state, call.done_at and call.done_at.date(), call.locked) == ("done", date(2026, 3, 4), True)
    assert call.person == f"user:{world.mara.id}"
    assert (access.due_on, access.locked, access.side, access.state) == (date(2026, 3, 8), True, "theirs", "open")
    assert (connect.blocked_why, connect.due_on) == ("VPN fehlt", date(2026, 3, 27))
    assert (data.locked, data.due_on) == (False, date(2026, 4, 10))
    assert (rights.due_on, recording.state, places.locked) == (date(2026, 3, 20), "skipped", True)
    names = [fact.name for fact in facts_of(journey=journey_id)]
    assert {"journey.plan.taken", "journey.task.completed", "journey.task.blocked"} <= set(names)
    assert list(auditing.differences(now())) == []
    assert actions.complete_task(actor=world.tomas, task_id=access.id) == "done"


def test_what_was_written_reads_back_as_the_same_plan(world: Cast) -> None:
    accounts.change_contact(actor=world.mara, contact_id=world.dana_id, name="Dana Doe")
    first = queries.plan_sheet(
        world.mara, opened(world, (SHEETS / "tidy.csv").read_text() + 'Extra,=1+1,\'x,"Doe, Dana",,,,,\n')
    )
    assert "'=1+1" in first
    assert "dana@customer.example" in first
    assert queries.plan_sheet(world.mara, opened(world, first, title="Again")) == first
    playbook_actions.publish(actor=world.admin, text=starter("mine"))
    for key in ("small", "mine"):
        version = playbooks.current_id(key)
        one = actions.open_journey(actor=world.mara, account_id=world.acme, version_id=version, signed_at=SIGNED)
        first = queries.plan_sheet(world.mara, one)
        assert queries.plan_sheet(world.mara, opened(world, first, title=key)) == first


CELLS = st.one_of(
    st.sampled_from(["", "A", "B, c", "2", "3SS+2d", "A; 2", "day 3", "2026-03-05", "2w", "done", "Trainer", "Kunde"]),
    st.text("ab=+-@'\";,:\n #-{}[]é", max_size=6),
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, min_size=9, max_size=9), min_size=1, max_size=5))
def test_any_plan_survives_being_written_and_read(world: Cast, rows: list[list[str]]) -> None:
    quoted = [
        "".join(("," if at else "") + '"' + cell.replace('"', '""') + '"' for at, cell in enumerate(row))
        for row in rows
    ]
    first = queries.plan_sheet(world.mara, opened(world, "\n".join([HEAD, ",First,,,,,,,", *quoted])))
    assert queries.plan_sheet(world.mara, opened(world, first)) == first


def test_who_may_and_what_is_refused_writes_nothing(world: Cast) -> None:
    for actor, code in ((world.viewer, "forbidden"), (world.dana, "not_found"), (world.eve, "not_found")):
        with pytest.raises(Refusal) as caught:
            opened(world, "Task\nA\n", actor=actor)
        assert caught.value.code == code
    for text in ("Task,Due\nA,31.31.2026\n", "Colour\nred\n", "Task,Due\nA,3/4/2026\n"):
        with pytest.raises(Refusal) as caught:
            opened(world, text)
        assert caught.value.code == "invalid"
    assert queries.journeys_of(world.mara, world.acme) == []
    journey_id = opened(world, "Task,Owner\nA,customer\n")
    for stranger in (world.dana, world.eve):
        with pytest.raises(Refusal, match="journey"):
            queries.plan_sheet(stranger, journey_id)


def test_a_plan_from_a_sheet_follows_no_playbook(world: Cast) -> None:
    journey_id = opened(world, "Task\nA\n")
    for ask in (queries.standing, queries.merge_view):
        with pytest.raises(Refusal, match="came from a sheet"):
            ask(world.mara, journey_id)
    with pytest.raises(Refusal, match="came from a sheet"):
        actions.merge_version(actor=world.mara, journey_id=journey_id, version_id=world.version)
    assert [row.key for row in playbooks.playbook_rows(world.mara)] == ["small"]


def test_a_sheet_becomes_a_draft_that_lints(world: Cast) -> None:
    content = (SHEETS / "tidy.csv").read_bytes()
    with pytest.raises(Refusal) as caught:
        playbook_actions.draft_planned(actor=world.tomas, content=content, title="Small playbook")
    assert caught.value.code == "forbidden"
    for title, key in (("Small", "small_2"), ("Small", "small_3")):
        assert playbook_actions.draft_planned(actor=world.mara, content=content, title=title) == key
    row = playbooks.draft(Actor("system", "", "Onward"), "small_2")
    assert row is not None
    assert "due: day 2" in row.text
    assert lint(Draft(row.text)).errors == ()
