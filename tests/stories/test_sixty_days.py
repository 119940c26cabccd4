"""An onboarding on the sixty-day framework, told through the doors only."""

from __future__ import annotations

from datetime import timedelta

from tests.stories.doors import Doors

TEAM = [f"u{number}" for number in range(1, 7)]


def test_sixty_days_from_signature_to_completion(doors: Doors) -> None:
    # covers 51, 55, 56
    doors.day(0, 10)
    doors.sell(
        amount=24_000,
        seats=6,
        contacts={"Dana": ["champion"], "Piet": ["project_owner"], "Olga": ["sponsor"]},
    )
    assert doors.view().playbook == "mid_market_60_days"
    planning(doors)
    technical(doors)
    enablement(doors)
    value(doors)
    handover(doors)


def planning(doors: Doors) -> None:
    doors.do("mara", "task:kickoff/time", starts_at=(doors.signed + timedelta(days=3)).isoformat())
    doors.answer("sam", "handoff", why="Mondays", problems="Spreadsheets", stakeholders="Dana", success="One report")
    doors.day(3, 15)
    doors.hold("mara", "kickoff", "mara", "piet", "dana")
    doors.answer("mara", "kickoff", success="One report", sources=2, channel="mail", cadence="weekly")
    doors.do("mara", "measures", milestone="first_value", measure="first_dashboards", first_dashboards__n="2")
    doors.do("mara", "objectives", outcome="One weekly report", due_on="2026-04-20", owner=doors.contacts["dana"])
    doors.do("mara", f"objectives/{doors.view().objectives[0].ref}/agreement")
    doors.day(4)
    doors.customer("dana", "sign_plan", agreed="1")
    doors.do("mara", "task:sign_plan/completion")
    doors.proves("planning")


def technical(doors: Doors) -> None:
    doors.day(9)
    doors.do("ines", "task:provision/completion")
    doors.use("Source Connected", "u1", server=False, source_id="erp")
    doors.use("Source Connected", "u1", server=False, source_id="shop")
    doors.day(14)
    doors.answer("ines", "validate", sources=2, accounts=6, evidence="Ten figures compared, all agree")
    doors.proves("technical")


def enablement(doors: Doors) -> None:
    doors.day(22)
    doors.hold("ines", "train_admins", "ines", "piet")
    doors.hold("ines", "train_analysts", "ines", "dana")
    doors.answer("ines", "record", admins=2, analysts=5, evidence="Two sessions, lists in the folder")
    doors.proves("enablement")


def value(doors: Doors) -> None:
    doors.day(25)
    for number in range(3):
        doors.use("Dashboard Created", TEAM[number], dashboard_id=f"d{number}")
    met = next(row for row in doors.view().milestones if row.key == "first_value")
    assert met.met_at is not None
    doors.proves("value")


def handover(doors: Doors) -> None:
    doors.day(52)
    doors.use("Insight Shared", "u1", "u2")
    doors.use("Signed In", *TEAM)
    doors.do("mara", "log", log="decisions", title="Reorder two days earlier")
    entry = doors.view().logs[0]
    doors.do("mara", f"log/{entry.ref}/confirmation")
    doors.do("mara", "task:collect_wins/completion")
    doors.do("mara", "log", log="opportunities", title="A second team")
    doors.do("mara", "task:expansion/completion")
    doors.hold("mara", "review", "mara", "dana")
    doors.answer(
        "mara", "review", satisfaction=9, achieved="All that was agreed", next_goal="A second team", expansion="yes"
    )
    doors.proves("handover")
    view = doors.view()
    assert view.state == "completed", [(row.title, row.state, row.sentence) for row in view.checklist]
    assert len(view.checklist) == 12
    page = doors.page("completion")
    for row in view.checklist:
        assert row.title in page
