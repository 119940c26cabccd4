"""A customer who onboards alone: nobody of the team does anything, the product's events prove every stage."""

from __future__ import annotations

from tests.stories.doors import Doors


def test_self_serve_from_sign_up_to_a_paid_plan(doors: Doors) -> None:
    # covers 51, 55
    doors.day(0, 9)
    doors.sell(amount=1_200, seats=3, contacts={"Kit": ["champion"]})
    assert doors.view().playbook == "self_serve_funnel"
    doors.day(0, 11)
    doors.use("Signed In", "kit")
    doors.proves("sign_up")
    doors.use("Tour Finished", "kit", server=False)
    doors.proves("tour")
    assert doors.stages()["first_steps"] == "entered"
    doors.day(1)
    for project in ("p1", "p2", "p3"):
        doors.use("Project Created", "kit", project_id=project)
    doors.proves("first_steps")
    assert doors.task("first_project").state == "done"
    doors.day(3)
    for mail in ("a@acme.example", "b@acme.example"):
        doors.use("User Invited", "kit", email=mail)
    for feature in ("filters", "alerts", "sharing", "exports"):
        doors.use("Feature Used", "kit", feature=feature)
    doors.proves("guidance")
    first_value = next(row for row in doors.view().milestones if row.key == "first_value")
    assert first_value.met_at is not None
    assert (first_value.met_at - doors.signed).days < 14
    for day in range(4, 8):
        doors.day(day)
        doors.use("Signed In", "kit")
    doors.proves("habit")
    doors.day(20)
    doors.use("Plan Paid", "kit", server=False)
    assert doors.stages()["upgrade"] == "entered", "a browser's word is not proof of a payment"
    doors.use("Plan Paid", "kit", plan="team")
    doors.proves("upgrade")
    assert doors.view().state == "completed"
