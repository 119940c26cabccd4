"""A plan from a sheet and back: what a journey takes over, that nothing of it is lost, and who may."""

from __future__ import annotations

from datetime import date

import pytest

from onward.interfaces.cli.audit import differences, settle
from onward.journeys import actions, queries
from onward.journeys.queries.loading import load_run
from onward.kernel.actor import SYSTEM
from onward.playbooks import actions as playbook_actions
from onward.playbooks import queries as playbooks
from tests.world import SIGNED, Cast, cast

pytestmark = pytest.mark.django_db

MESSY = (
    "Phase;Aufgabe;Beschreibung;Verantwortlich;Beginn;Ende;Dauer;Vorgänger;Status\r\n"
    "Kickoff;Kickoff-Termin;;mara@northwind.example;2.3.2026;4.3.2026;;;erledigt 4.3.2026\r\n"
    ";Zugang senden;;Dana;5.3.2026;;3 Tage;Kickoff-Termin;in Arbeit\r\n"
    "Einrichtung;;;;;;;;\r\n"
    ";Systeme verbinden;Siehe Handbuch;IT (Kunde);10.3.2026;20.3.2026;;3;blockiert: ihr VPN\r\n"
    ";=Daten, alle;;Kunde;;;2 Wochen;3FS+2d, Systeme verbinden;\r\n"
    ";Schulung;;Trainer;;31.3.2026;;;entfällt\r\n"
)


@pytest.fixture
def world() -> Cast:
    return cast()


def opened(world: Cast, text: str, **given: object) -> object:
    return actions.open_planned(
        actor=world.tomas, account_id=world.acme, content=text.encode(), **{"signed_at": SIGNED, **given}
    )


def test_a_journey_takes_the_sheet_over_and_the_audit_agrees(world: Cast) -> None:
    journey_id = opened(world, MESSY, title="Acme")
    run = load_run(journey_id)
    rows = {row.title: row for row in run.tasks if row.is_written}
    assert list(rows) == ["Kickoff-Termin", "Zugang senden", "Systeme verbinden", "=Daten, alle", "Schulung"]
    assert [row.title for row in run.stages] == ["Kickoff", "Einrichtung"]
    kickoff, access, connect, data, training = rows.values()
    assert (kickoff.state, kickoff.done_at.date(), kickoff.person) == (
        "done",
        date(2026, 3, 4),
        f"user:{world.mara.id}",
    )
    assert (access.due_on, access.locked, access.person) == (date(2026, 3, 8), True, f"contact:{world.dana.id}")
    assert (connect.side, connect.blocked_why, connect.locked) == ("theirs", "ihr VPN", True)
    assert (data.locked, data.due_on) == (False, date(2026, 4, 3))
    assert training.state == "skipped"
    settle()
    assert [one for one in differences() if "journey" in one] == []


def test_what_was_written_reads_back_as_the_same_plan(world: Cast) -> None:
    first = queries.plan_sheet(world.mara, opened(world, MESSY))
    assert "'=Daten, alle" in first
    second = queries.plan_sheet(world.mara, opened(world, first, title="Again"))
    assert second == first
    playbook_actions.publish_shipped(actor=SYSTEM)
    for row in playbooks.playbook_rows(world.mara):
        journey_id = actions.open_journey(
            actor=world.mara, account_id=world.acme, version_id=row.version_id, signed_at=SIGNED
        )
        first = queries.plan_sheet(world.mara, journey_id)
        assert queries.plan_sheet(world.mara, opened(world, first, title=row.key)) == first
