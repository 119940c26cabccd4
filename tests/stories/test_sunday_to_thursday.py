"""Both long stories once more, with a customer in Dubai who works from Sunday to Thursday."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from onward.automation.actions import looking
from onward.journeys.decisions.outside import Outside
from onward.kernel.clock import WorkingCalendar
from tests.stories import test_seven_stages as seven
from tests.stories import test_sixty_days as sixty
from tests.stories.doors import Doors

DUBAI = WorkingCalendar(zone="Asia/Dubai", weekdays=frozenset({6, 0, 1, 2, 3}))
FRIDAY, SATURDAY = 4, 5


@pytest.fixture(autouse=True)
def _their_week(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the account's own working week will say: the one seam is the calendar of their side."""
    outside = looking.outside

    def with_their_week(*given: Any) -> Outside:
        return replace(outside(*given), theirs=DUBAI)

    monkeypatch.setattr(looking, "outside", with_their_week)


def due(doors: Doors) -> dict[str, date | None]:
    return {task.key: task.due_on for task in doors.view().tasks}


def test_seven_stages_when_their_week_begins_on_sunday(doors: Doors) -> None:
    # covers 51, 55, 56
    doors.day(0, 10)
    people = {"Dana": ["champion"], "Piet": ["project_owner"], "Olga": ["sponsor"]}
    doors.sell(amount=72_000, seats=6, contacts=people, complexity="simple", zone="Asia/Dubai")
    seven.pre_onboarding(doors)
    seven.kickoff(doors)
    # The stage begins on Friday 6 March. Two weeks later it is Friday again: theirs to do on Sunday, ours on Friday.
    days = due(doors)
    assert days["integrations"] == date(2026, 3, 22)
    assert days["provision"] == date(2026, 3, 10)
    # The plan is theirs to sign in three of their days after the call on Thursday: Sunday, Monday, Tuesday.
    assert days["sign_plan"] == date(2026, 3, 10)
    # Five of their days before Monday 6 April: Sunday, and Thursday to Monday of the week before.
    assert days["uat"] == date(2026, 3, 30)
    theirs = [task for task in doors.view().tasks if task.side == "theirs" and task.due_on]
    assert not [task.key for task in theirs if task.due_on and task.due_on.weekday() in {FRIDAY, SATURDAY}]
    seven.setup_and_training(doors)
    seven.first_value(doors)
    seven.adoption(doors, late=True)
    seven.completion(doors)


def test_sixty_days_when_their_week_begins_on_sunday(doors: Doors) -> None:
    # covers 51, 55, 56
    doors.day(0, 10)
    people = {"Dana": ["champion"], "Piet": ["project_owner"], "Olga": ["sponsor"]}
    doors.sell(amount=24_000, seats=6, contacts=people, zone="Asia/Dubai")
    sixty.planning(doors)
    days = due(doors)
    # Days by number stand as the plan says, and none of theirs falls on their weekend; ours end where we work.
    assert (days["connect"], days["first_dashboards"]) == (date(2026, 3, 16), date(2026, 4, 13))
    assert (days["train_admins"], days["handoff"]) == (date(2026, 3, 27), date(2026, 3, 3))
    theirs = [task for task in doors.view().tasks if task.side == "theirs" and task.due_on]
    assert not [task.key for task in theirs if task.due_on and task.due_on.weekday() in {FRIDAY, SATURDAY}]
    sixty.technical(doors)
    sixty.enablement(doors)
    sixty.value(doors)
    sixty.handover(doors)
