"""An onboarding on the seven stages, told through the doors only, from the signature to completion."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from onward.journeys.queries import task_view
from onward.kernel.actor import SYSTEM
from tests.stories.doors import Doors

TEAM = [f"u{number}" for number in range(1, 7)]


@pytest.mark.parametrize("usage", ["as it happens", "all at once, dated back"])
def test_seven_stages_from_signature_to_completion(doors: Doors, usage: str) -> None:
    # covers 51, 55, 56, 88-91
    doors.day(0, 10)
    doors.sell(
        amount=72_000,
        seats=6,
        contacts={"Dana": ["champion"], "Piet": ["project_owner"], "Olga": ["sponsor"]},
        complexity="simple",
    )
    assert doors.view().playbook == "b2b_seven_stages"
    pre_onboarding(doors)
    kickoff(doors)
    setup_and_training(doors)
    first_value(doors)
    adoption(doors, late=usage != "as it happens")
    completion(doors)


def pre_onboarding(doors: Doors) -> None:
    """Within a day: mail, invite and packet are out, sales has handed over."""
    assert doors.task("welcome").state == "done"
    doors.do("mara", "task:kickoff/time", starts_at=(doors.signed + timedelta(days=3, hours=4)).isoformat())
    doors.answer(
        "sam",
        "handoff",
        why="They lose an hour each morning",
        problems="Four sources that never agree",
        stakeholders="Dana, Piet, Olga",
        success="Late trucks known by nine",
    )
    doors.proves("pre_onboarding")
    assert doors.stages()["kickoff"] == "entered"


def kickoff(doors: Doors) -> None:
    """The call, the goal in writing, the plan signed by both."""
    doors.day(3, 15)
    doors.hold("mara", "align", "mara", "sam")
    doors.hold("mara", "kickoff", "mara", "piet", "olga", "dana")
    doors.answer(
        "mara", "kickoff", success="Late by nine", go_live="2026-04-06", sources=2, migrate="no", channel="mail"
    )
    doors.do("mara", "measures", milestone="first_value", measure="first_report", first_report__n="3")
    assert doors.task("kickoff").state == "done"
    doors.do("mara", "objectives", outcome="Know by nine which trucks will be late", due_on="2026-05-01",
             owner=doors.contacts["dana"])  # fmt: skip
    (goal,) = doors.view().objectives
    doors.do("mara", f"objectives/{goal.ref}/agreement")
    doors.day(4)
    doors.customer("dana", "sign_plan", agreed="1")
    assert doors.stages()["kickoff"] == "entered"
    assert "Plan signed by the customer" in doors.page()
    doors.do("mara", "task:sign_plan/completion")
    doors.proves("kickoff")
    assert (doors.stages()["setup"], doors.stages()["training"]) == ("entered", "entered")


def setup_and_training(doors: Doors) -> None:
    """Sources are connected by the product's own word; the customer tries it; every role is trained."""
    doors.day(7)
    doors.do("ines", "task:provision/completion")
    doors.use("Source Connected", "u1", server=False, source_id="erp")
    assert doors.task("integrations").state == "open"
    doors.use("Source Connected", "u1", server=False, source_id="crm")
    assert doors.task("integrations").state == "done"
    assert doors.task("migrate").state == "skipped"
    for step in [step for step, _, _ in step_lines(doors, "uat")]:
        doors.customer("piet", "uat", f"steps/{step}", ticked="1")
    doors.customer("piet", "uat", agreed="1")
    doors.use("Report Run", "u1", sample_data=True)
    assert doors.stages()["setup"] == "entered"
    doors.use("Report Run", "u1", sample_data=False)
    doors.proves("setup")
    doors.day(14)
    for course in ("admin_course", "user_course", "certify"):
        doors.do("priya", f"task:{course}/completion")
    doors.proves("training")


def first_value(doors: Doors) -> None:
    """Three people have run a report, which is what was agreed; dated by the events, not by when they came in."""
    assert doors.stages()["first_value"] == "entered"
    doors.day(18)
    won = doors.signed + timedelta(days=16, hours=5)
    doors.use("Report Run", "u2", "u3", at=won, sample_data=False)
    doors.proves("first_value")
    met = next(row for row in doors.view().milestones if row.key == "first_value")
    assert met.met_at == won


def adoption(doors: Doors, *, late: bool) -> None:
    """Use holds for two weeks, by the days on which it happened; and the 90-day check-in is held."""
    if late:
        doors.day(90, 18)
    for day in range(66, 91):
        if not late:
            doors.day(day, 9)
        at = doors.signed.replace(hour=8) + timedelta(days=day)
        doors.use("Signed In", *TEAM[:5], at=at)
    hold_check_ins(doors)
    doors.day(91)
    hold_check_ins(doors)
    doors.proves("adoption")


def completion(doors: Doors) -> None:
    """The goal is reached, the review held: the journey is over and the account is active."""
    doors.day(94, 15)
    (goal,) = doors.view().objectives
    doors.do("mara", f"objectives/{goal.ref}/arrival", evidence="Shown in the review on their own figures")
    doors.hold("mara", "review", "mara", "dana", "olga")
    doors.proves("completion")
    view = doors.view()
    assert view.state == "completed"
    assert {row.state for row in view.checklist} == {"met"}
    assert "Objectives reached" in doors.page("completion")
    account = doors.console("mara").get(f"/accounts/{doors.account}")
    assert b"Active" in account.content or b"active" in account.content


def step_lines(doors: Doors, key: str) -> tuple[tuple[str, str, bool], ...]:
    return task_view(SYSTEM, doors.task(key).id).steps


def hold_check_ins(doors: Doors) -> None:
    """Those whose day has come."""
    now = datetime.now(UTC)
    for row in doors.view().check_ins:
        if row.key.startswith("day_") and not row.held_at and row.due_at and row.due_at.date() <= now.date():
            held_at = (now - timedelta(hours=1)).isoformat()
            doors.do("mara", f"check-ins/{row.ref}/holding", held_at=held_at, note="It goes well")
