"""Moving a day with all that follows: one action, one undo; on the pages and through the API."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine

from onward.automation.actions.moving import reschedule
from onward.automation.queries.moving import what_follows
from onward.foundation import ledger
from onward.identity.actions import create_key
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.journeys.models import TaskRun
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id
from onward.kernel.refusals import Refusal
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import Link
from tests.interfaces.api.conftest import Caller
from tests.journeys.test_journey import hold_kickoff, task, won
from tests.world import SIGNED, SMALL, Cast, cast, publish, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _three_hours_after_signature() -> Iterator[None]:
    with time_machine.travel(SIGNED + timedelta(hours=3), tick=False):
        yield


@pytest.fixture
def world() -> Cast:
    found = cast()
    publish(chained())
    return found


def chained() -> Playbook:
    """The small playbook, in which the settings are polished after the systems are connected."""
    setup = next(stage for stage in SMALL.stages if stage.id == "setup")
    tasks = tuple(replace(one, after=(Link("connect"),)) if one.id == "polish" else one for one in setup.tasks)
    stages = tuple(replace(stage, tasks=tasks) if stage.id == "setup" else stage for stage in SMALL.stages)
    return replace(SMALL, stages=stages, choose_rank=SMALL.choose_rank + 1)


@pytest.fixture
def journey(world: Cast) -> UUID:
    return won(world)


def days(world: Cast, journey: UUID) -> dict[str, tuple[date | None, bool]]:
    return {row.key: (row.due_on, row.due_by_hand) for row in queries.journey_view(world.mara, journey).tasks}


def moves(journey: UUID) -> list[dict[str, Any]]:
    return [fact.data for fact in ledger.facts_of(journey=journey, names=["journey.task.moved"])]


TO = date(2026, 3, 31)


def test_one_action_moves_what_follows_with_a_fact_each_and_one_undo_gives_all_back(world: Cast, journey: UUID) -> None:
    before = days(world, journey)
    told = what_follows(world.mara, journey, {"task.connect": TO})
    assert days(world, journey) == before, "a preview writes nothing"
    group = reschedule(actor=world.mara, journey_id=journey, days={"task.connect": TO}, reason="They travel")
    after = days(world, journey)
    assert after["connect"] == (TO, True)
    assert after["polish"] == (TO, True), "the plan had both on one day"
    assert {one.name: one.after for one in told if one.moves} == {
        "task.connect": TO, "task.polish": after["polish"][0],
    }  # fmt: skip
    facts = moves(journey)
    assert [(fact["task"], fact["group"]) for fact in facts] == [("connect", str(group)), ("polish", str(group))]
    assert [fact["reason"] for fact in facts] == ["They travel", "follows “Connect your systems”"]
    assert {key: value for key, value in after.items() if key not in {"connect", "polish"}} == {
        key: value for key, value in before.items() if key not in {"connect", "polish"}
    }
    assert journeys.undo_moves(actor=world.mara, journey_id=journey, group=str(group)) == 2
    assert days(world, journey) == before
    with pytest.raises(Refusal, match="has changed since"):
        journeys.undo_moves(actor=world.mara, journey_id=journey, group=str(group))


def test_undo_is_refused_whole_once_somebody_has_moved_one_of_them(world: Cast, journey: UUID) -> None:
    group = reschedule(actor=world.mara, journey_id=journey, days={"task.connect": TO}, reason="They travel")
    polish = task(queries.journey_view(world.mara, journey), "polish")
    journeys.move_task(actor=world.mara, task_id=polish.id, due_at=date(2026, 4, 9), reason="Later")
    before = days(world, journey)
    with pytest.raises(Refusal, match="“Polish the settings” has changed since"):
        journeys.undo_moves(actor=world.mara, journey_id=journey, group=str(group))
    assert days(world, journey) == before


def test_a_locked_day_is_moved_by_nothing_until_it_is_released(world: Cast, journey: UUID) -> None:
    view = queries.journey_view(world.mara, journey)
    polish, connect = task(view, "polish"), task(view, "connect")
    journeys.lock_task(actor=world.mara, task_id=polish.id)
    before = days(world, journey)["polish"]
    reschedule(actor=world.mara, journey_id=journey, days={"task.connect": TO}, reason="They travel")
    assert days(world, journey)["polish"] == before
    told = {one.name: one.how for one in what_follows(world.mara, journey, {"task.connect": TO + timedelta(days=7)})}
    assert told["task.polish"] == "locked"
    with pytest.raises(Refusal, match="The day of “Polish the settings” is locked"):
        journeys.move_task(actor=world.mara, task_id=polish.id, due_at=TO)
    with pytest.raises(Refusal, match="is locked"):
        reschedule(actor=world.mara, journey_id=journey, days={"task.polish": TO}, reason="Because")
    journeys.lock_task(actor=world.mara, task_id=polish.id, locked=False)
    journeys.move_task(actor=world.mara, task_id=polish.id, due_at=TO)
    assert days(world, journey)["polish"] == (TO, True)
    with pytest.raises(Refusal):
        journeys.lock_task(actor=world.viewer, task_id=connect.id)


def test_while_they_pause_their_work_waits(world: Cast, journey: UUID) -> None:
    group = reschedule(
        actor=world.mara, journey_id=journey, days={}, held=date(2026, 3, 29), reason="Their winter break"
    )
    after = days(world, journey)
    assert after["connect"] == (date(2026, 4, 13), True), (
        "with its stage, two weeks after the kickoff in which they sign"
    )
    (fact,) = ledger.facts_of(journey=journey, names=["journey.dates.moved"])
    assert (fact.data["what"], fact.data["after"]) == ("hold", "2026-03-29")
    journeys.undo_moves(actor=world.mara, journey_id=journey, group=str(group))
    assert days(world, journey)["connect"] == (date(2026, 3, 23), False)


def test_a_go_live_moves_and_comes_back(world: Cast, journey: UUID) -> None:
    hold_kickoff(world, journey)
    name = "answer.kickoff.go_live"

    def go_live() -> str:
        run = queries.load_run(journey)
        assert run is not None
        return str(run.journey.answers["kickoff"]["values"]["go_live"])

    group = reschedule(actor=world.mara, journey_id=journey, days={name: date(2026, 4, 15)}, reason="They asked")
    assert go_live() == "2026-04-15"
    journeys.undo_moves(actor=world.mara, journey_id=journey, group=str(group))
    assert go_live() == "2026-04-01"


def test_the_page_shows_what_follows_before_anything_moves(world: Cast, journey: UUID) -> None:
    browser, view = signed_in(world.mara), queries.journey_view(world.mara, journey)
    before, connect = days(world, journey), task(view, "connect")
    sent = {"due_at": str(TO), "reason": "They travel", "back": "timeline"}
    preview = browser.post(f"/tasks/{connect.ref}/date", sent, follow=True)
    page = preview.content.decode()
    assert days(world, journey) == before
    opening = "Connect your systems moves 5 days later than it stands now, to Tue 31 March, 8 days later than agreed"
    assert f"{opening}; 1 date follows." in page
    assert "1 date follows" in page
    assert "comes after Connect your systems" in page
    assert "1 date that could not be kept before comes later still." in page
    assert "Could not be kept before this move either" in page, "the stage ended later than agreed already"
    assert "no longer be kept" not in page
    stage = " ".join(re.sub(r"<[^>]+>", " ", page.split('id="lost"')[1].split("</section>")[0]).split())
    assert "agreed was 23 Mar stands at 26 Mar, then 31 Mar 5 days later" in stage, "what this move adds"
    assert f"{view.account_name} reads it on their portal." in page
    form = {"what": "task.connect", "day": str(TO), "reason": "They travel"}
    path = f"/journeys/{view.ref}/rescheduling"
    too_soon = browser.get(path, {**form, "day": "2026-03-24"}).content.decode()
    assert "See what follows from Thu 26 March" in too_soon, "nothing else is counted from a day that cannot be kept"
    assert 'value="along"' not in too_soon
    assert (
        "Connect your systems moves 1 day later than agreed, to Tue 24 March; it cannot be kept before Thu" in too_soon
    )
    early = browser.post(path, {**form, "day": "2026-03-24", "scope": "along"})
    assert early.status_code == 409
    assert "cannot be kept before Thu 26 March 2026, so nothing else moves with it." in early.content.decode()
    assert days(world, journey) == before
    chosen = browser.get(path, {"what": "task.connect", "at": connect.ref}).content.decode()
    assert f'day=2026-04-02&amp;reason=&amp;at={connect.ref}">A week later' in chosen, "from the day as it stands"
    assert "is done by Thu 26 March (agreed was Mon 23 March) and begins by Wed 25 March" in chosen
    assert "How far it can slip</h2>" in chosen
    moved = browser.post(path, {**form, "scope": "along"}, follow=True).content.decode()
    assert "Connect your systems moved to Tue 31 March, 1 date follows." in moved
    assert days(world, journey)["polish"][0] != before["polish"][0]
    group = re.search(r'name="group" value="([^"]+)"', moved)
    assert group is not None
    drawer = browser.get(f"/tasks/{connect.ref}").content.decode()
    assert "Take the whole move back, 2 dates" in drawer, "later on too"
    assert f'name="group" value="{group[1]}"' in drawer
    from_drawer = browser.post(f"{path}/undo", {"group": group[1], "at": connect.ref}, headers={"X-Drawer": "1"})
    assert from_drawer["Location"] == f"/tasks/{connect.ref}", "the drawer says what came of it"
    back = browser.get(f"/tasks/{connect.ref}").content.decode()
    assert "2 dates of the plan went back." in back
    assert "Take the whole move back" not in back
    assert re.search(r"took a move of .{0,20}Connect your systems.{0,20} back: it is due on Mon 23 March again", back)
    assert days(world, journey) == before
    assert f'name="at" value="{connect.ref}"' in page
    back_at = browser.post(path, {**form, "scope": "only", "at": connect.ref})
    assert back_at["Location"] == f"/journeys/{view.ref}/timeline#{connect.ref}"
    assert days(world, journey)["polish"] == before["polish"]
    assert days(world, journey)["connect"] == (TO, True)
    refused = browser.post(path, {**form, "reason": ""})
    assert refused.status_code == 422
    assert "The reason is missing." in refused.content.decode()
    assert "It is not said what moves" in browser.post(path, {"reason": "x"}).content.decode()
    locked = browser.post(f"/tasks/{connect.ref}/lock", {"locked": "1"}, follow=True).content.decode()
    assert "Release its day" in locked


def test_a_step_is_moved_by_its_start_and_the_room_before_first_value_is_told(world: Cast, journey: UUID) -> None:
    # red when the end does not follow from the start, a start that fits moves a day, or no room is told
    browser = signed_in(world.mara)
    path, asked = f"/journeys/{format_id('jny', journey)}/rescheduling", {"what": "task.connect", "by": "start"}

    def told(**more: str) -> str:
        return " ".join(re.sub(r"<[^>]+>", " ", browser.get(path, asked | more).content.decode()).split())

    later = told(day="2026-04-01")
    assert "Connect your systems starts on Wed 1 April and takes 1 working day; its end moves 7 days later" in later
    assert "to Thu 2 April" in later
    assert (
        "How far it can slip then First value moves with each day more comes on 2 Apr instead of 1 Apr, 1 day" in later
    )
    assert re.search(r"How far it can slip First value \d+ working days left before it moves stands at 1 Apr", told())
    fits = told(day="2026-03-24")
    assert "takes 1 working day, so it still ends by Thu 26 March, as things stand now. Nothing has to move." in fits
    assert "Leave everything" not in fits
    assert "“9999-12-31” is not a date." in told(day="9999-12-31")
    assert "Only a step has a day on which it starts." in told(what="hold", day="2026-04-01")
    assert "begins by Wed 1 April" in told(by="end", day="2026-04-02")


def test_what_comes_next_is_told_where_nothing_else_moves(world: Cast, journey: UUID) -> None:
    # red when a step that comes after what moves is passed over because it has room, or no date
    polish = task(queries.journey_view(world.mara, journey), "polish")
    journeys.move_task(actor=world.mara, task_id=polish.id, due_at=date(2026, 4, 7), reason="Later")
    path, asked = f"/journeys/{format_id('jny', journey)}/rescheduling", {"what": "task.connect", "day": str(TO)}
    page = signed_in(world.mara).get(path, asked).content.decode()
    assert "No other agreed day moves: Polish the settings comes after it and has 4 working days left." in page
    TaskRun.objects.filter(id=polish.id).update(due_on=None, due_at=None)
    page = signed_in(world.mara).get(path, asked).content.decode()
    assert "No other agreed day moves: Polish the settings comes after it and has no date of its own." in page


def test_who_reads_the_reason_is_what_the_portal_shows(world: Cast, journey: UUID) -> None:
    # red when a reason for our own step is said to be read by them, or is
    TaskRun.objects.filter(journey_id=journey, key="connect").update(shared=False)
    TaskRun.objects.filter(journey_id=journey, key="polish").update(shared=True)
    browser, view = signed_in(world.mara), queries.journey_view(world.mara, journey)
    asked = {"what": "task.connect", "day": str(TO), "reason": "Our own delay"}
    path = f"/journeys/{view.ref}/rescheduling"
    page = browser.get(path, asked).content.decode()
    said = f"Of what moves along, {view.account_name} reads only that what comes before it moved."
    assert f"Only your colleagues read it. {said}" in page
    browser.post(path, {**asked, "scope": "along"})
    assert [fact["reason"] for fact in moves(journey)] == ["Our own delay", "what comes before it moved"]


def test_the_api_tells_moves_and_takes_back(world: Cast, journey: UUID) -> None:
    api = Caller(create_key(actor=SYSTEM, name="Sync", scopes=["read", "write"]).secret)
    ref = format_id("jny", journey)
    before = days(world, journey)
    body = {"days": {"task.connect": str(TO)}, "reason": "They travel", "dry_run": True}
    dry = api("POST", f"/journeys/{ref}/rescheduling", body).json()
    assert dry["group"] == ""
    assert [(row["name"], row["how"]) for row in dry["rows"] if row["how"] in {"asked", "along"}] == [
        ("task.connect", "asked"), ("task.polish", "along"),
    ]  # fmt: skip
    assert days(world, journey) == before
    for far in ({"held": "9999-12-31"}, {"days": {"task.call": "0001-01-01"}}):
        assert api("POST", f"/journeys/{ref}/rescheduling", {**body, **far}).status_code == 422, far
    moved = api("POST", f"/journeys/{ref}/rescheduling", {**body, "dry_run": False}).json()
    assert moved["rows"] == dry["rows"]
    assert days(world, journey) != before
    assert api("DELETE", f"/journeys/{ref}/rescheduling/{moved['group']}").json() == {"tasks": 2}
    assert days(world, journey) == before
    assert api("POST", f"/journeys/{ref}/rescheduling", {"reason": "x"}).status_code == 422
    early = api("POST", f"/journeys/{ref}/rescheduling", {"days": {"task.connect": "2026-03-24"}, "reason": "x"})
    assert (early.status_code, early.json()["details"]["earliest"]) == (409, "2026-03-26")
    assert days(world, journey) == before, "from a day that cannot be kept nothing else is moved"
    assert api("POST", f"/journeys/{ref}/rescheduling", {"days": {"task.no": "2026-03-31"}}).status_code == 404
    connect = task(queries.journey_view(world.mara, journey), "connect")
    assert api("PUT", f"/tasks/{connect.ref}/lock", {}).json()["locked"]
    refused = api("POST", f"/journeys/{ref}/rescheduling", {**body, "dry_run": False})
    assert refused.status_code == 409


def test_moves_that_were_made_apart_are_no_whole(world: Cast, journey: UUID) -> None:
    # red when two steps that were moved one by one are offered to be taken back together
    view = queries.journey_view(world.mara, journey)
    for key in ("connect", "polish"):
        journeys.move_task(
            actor=world.mara, task_id=task(view, key).id, due_at=SIGNED + timedelta(days=40), reason="Later"
        )
    drawer = signed_in(world.mara).get(f"/tasks/{task(view, 'polish').ref}").content.decode()
    assert "Go back to the plan’s date" in drawer
    assert "Take the whole move back" not in drawer
