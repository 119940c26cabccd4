"""What first value does not need waits until after it: in one go, undone whole, out of every forecast."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client

from onward.automation.queries import auditing
from onward.foundation import clock, ledger
from onward.identity import actions as identity
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import parse_id
from onward.kernel.refusals import Refusal
from tests.interfaces.portal.visits import enter
from tests.journeys.playing import HEAD, Play, played
from tests.stories.doors import words_of
from tests.world import signed_in

# covers 23
pytestmark = pytest.mark.django_db

TEXT = """
forms: [{form: scope, fields: [{field: migrate, type: yes_no, required: true}]}]
stages:
  - stage: kickoff
    due: day 7
    tasks:
      - {task: scope, kind: form, form: scope, by: csm}
      - {task: hello, kind: to_do, by: csm, due: within 24h of signed}
      - {task: team_page, by: csm}
    exit: [{check: scoped, title: Scope is written, when: form.scope.complete}]
  - stage: setup
    due: day 20
    tasks:
      - {task: access, by: champion, due: day 8}
      - {task: connect, by: champion, after: [access], due: day 12}
      - {task: migrate, by: champion, when: answer.scope.migrate, due: day 14}
      - {task: polish, by: champion, deferrable: true, due: day 10}
      - {task: colors, by: champion, after: [polish], optional: true, due: day 11}
    exit: [{check: live, title: Live, when: task.connect.done and (task.migrate.done or task.migrate.skipped)}]
  - stage: training
    after: [kickoff]
    tasks: [{task: course, by: csm, due: day 15}]
  - stage: first_value
    after: [setup]
    exit: [{check: value, title: First value, when: milestone.value.met}]
  - stage: growth
    after: [first_value]
    tasks: [{task: expand, by: csm}]
"""
CAN = {"team_page", "polish", "colors", "course"}


@pytest.fixture
def play() -> Iterator[Play]:
    with played(TEXT, head=HEAD) as play:
        yield play


def put_off(play: Play) -> set[str]:
    return {task.key for task in play.view().tasks if task.deferred_at}


def test_what_may_wait_and_what_has_to_stay_is_told_with_the_reason(play: Play) -> None:
    rows = {row.line.key: row.why_not for row in queries.deferral(play.world.mara, play.journey)}
    assert {key for key, why in rows.items() if not why} == CAN
    assert rows["connect"] == "Setup is proven by it"
    assert rows["access"] == "Connect comes after it"
    assert rows["scope"] in {"Migrate reads its answers", "Kickoff is proven by it"}
    assert rows["hello"] == "its date is promised"
    assert rows["expand"] == "it comes after first value anyway"


def test_one_action_puts_all_of_it_off_and_one_brings_it_back_whole(play: Play) -> None:
    before = {task.key: (task.due_on, task.state) for task in play.view().tasks}
    journeys.defer_tasks(actor=play.world.mara, journey_id=play.journey, task_ids=[play.task("course").id])
    moved = journeys.defer_tasks(actor=play.world.mara, journey_id=play.journey)
    assert put_off(play) == CAN
    assert len(moved) == 3
    journeys.defer_tasks(actor=play.world.mara, journey_id=play.journey, task_ids=moved, deferred=False)
    # What had been put off before stays so.
    assert put_off(play) == {"course"}
    journeys.defer_tasks(actor=play.world.mara, journey_id=play.journey, deferred=False)
    assert {task.key: (task.due_on, task.state) for task in play.view().tasks} == before
    told = [fact.data["tasks"] for fact in ledger.facts_of(journey=play.journey, names={"journey.task.deferred"})]
    assert [len(titles) for titles in told] == [1, 3, 3, 1]


def test_what_first_value_needs_is_refused_with_what_needs_it(play: Play) -> None:
    with pytest.raises(Refusal, match="“Access” cannot be put off: Connect comes after it"):
        journeys.defer_tasks(actor=play.world.mara, journey_id=play.journey, task_ids=[play.task("access").id])


def test_what_is_put_off_is_late_for_nobody_moves_no_day_and_is_asked_of_nobody(play: Play) -> None:
    play.answer("scope", migrate=False)
    journeys.defer_tasks(actor=play.world.mara, journey_id=play.journey)
    play.day(18)
    play.done("access", play.world.dana)
    view = play.view()
    assert {task.key for task in view.next_tasks}.isdisjoint(CAN)
    expected = queries.loading.load_run(play.journey)
    assert expected is not None
    assert {f"task.{key}" for key in CAN}.isdisjoint(expected.journey.expected)
    page = words_of(enter(play.world.dana_id).get(f"/portal/journeys/{view.ref}").content)
    assert "Connect" in page
    plan = words_of(enter(play.world.dana_id).get(f"/portal/journeys/{view.ref}/plan").content)
    assert "after first value" in plan.partition("Polish")[2][:60]
    play.done("connect", play.world.dana)
    assert play.stages()[1] == "closed"
    assert list(auditing.differences(clock.now())) == []


def test_the_page_shows_it_first_then_does_it_and_offers_to_undo_it_whole(play: Play) -> None:
    client = signed_in(play.world.mara)
    path = f"/journeys/{play.view().ref}/deferral"
    assert path in client.get(f"/journeys/{play.view().ref}/plan").content.decode()
    page = words_of(client.get(path).content)
    assert "4 tasks can wait until Acme Freight has first value" in page
    assert "Connect comes after it" in page
    assert put_off(play) == set()
    ids = [play.task(key).ref for key in ("polish", "colors")]
    after = client.post(path, {"chosen": "1", "task": ids}, follow=True).content.decode()
    assert "2 tasks put off until after first value" in after
    assert put_off(play) == {"polish", "colors"}
    assert " ".join(ids) in after
    client.post(path, {"deferred": "0", "tasks": " ".join(ids)})
    assert put_off(play) == set()
    client.post(path, {"chosen": "1"})
    assert put_off(play) == set()


def test_who_may_change_nothing_is_offered_nothing(play: Play) -> None:
    # red when the page shows a viewer a form that is then refused
    client = signed_in(play.world.viewer)
    assert client.get(f"/journeys/{play.view().ref}/deferral").status_code == 403


def test_a_program_does_the_same(play: Play) -> None:
    key = identity.create_key(actor=SYSTEM, name="Sales", scopes=["read", "write"]).secret
    headers = {"Authorization": f"Bearer {key}"}
    path = f"/api/v1/journeys/{play.view().ref}/deferral"
    rows = Client().get(path, headers=headers).json()["rows"]
    assert {row["key"] for row in rows if not row["why_not"]} == CAN
    answer = Client().post(path, json.dumps({}), content_type="application/json", headers=headers)
    assert len(answer.json()["tasks"]) == 4
    assert put_off(play) == CAN
    undo = Client().post(f"{path}/undo", answer.content, content_type="application/json", headers=headers)
    assert (undo.status_code, put_off(play)) == (200, set())
    one = {"tasks": [play.task("access").ref]}
    refused = Client().post(path, json.dumps(one), content_type="application/json", headers=headers)
    assert refused.status_code == 409
    assert parse_id("jny", play.view().ref) == play.journey
    assert play.task("polish").due_on == date(2026, 3, 12)
