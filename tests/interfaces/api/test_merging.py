"""A new version over the API: previewed, taken over, taken back; and how a plan differs from its playbook."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.kernel.ids import format_id
from tests.interfaces.api.conftest import Caller
from tests.journeys.test_journey import task, won
from tests.journeys.test_merging import TRAIN
from tests.playbooks.test_comparing import added, with_task
from tests.world import SIGNED, SMALL, cast, publish, within

pytestmark = pytest.mark.django_db


def test_a_new_version_is_previewed_taken_over_and_taken_back(key: Callable[..., Caller]) -> None:
    api = key("read", "write")
    world = cast()
    journey = won(world)
    connect = task(queries.journey_view(world.mara, journey), "connect").id
    journeys.move_task(actor=world.mara, task_id=connect, due_at=SIGNED + timedelta(days=20), reason="They move")
    new = publish(with_task(added(SMALL, "setup", TRAIN), "connect", due=within(9, "d")))
    one = format_id("jny", journey)
    seen = api("GET", f"/journeys/{one}/merge").json()
    assert (seen["follows_number"], seen["number"], seen["version_id"]) == (1, 2, format_id("pbv", new))
    assert [(line["name"], line["state"]) for line in seen["changes"]] == [
        ("task.connect.due", "conflict"),
        ("task.train", "takes"),
    ]
    body = {"version_id": seen["version_id"], "plan": seen["plan"], "changes": ["task.train"]}
    taken = api("POST", f"/journeys/{one}/merge", body)
    assert (taken.status_code, taken.json()["follows_number"], taken.json()["changes"]) == (200, 2, [])
    assert taken.json()["has_own_plan"]
    assert api("GET", f"/journeys/{one}").json()["version_id"] == format_id("pbv", new)
    assert api("POST", f"/journeys/{one}/merge", body).status_code == 412
    departures = api("GET", f"/journeys/{one}/conformance").json()["departures"]
    assert [(row["kind"], row["words"], row["why"]) for row in departures] == [
        ("moved", "Connect your systems was moved to 22 March", "They move"),
    ]
    assert api("DELETE", f"/journeys/{one}/merge").json()["follows_number"] == 1
    assert api("DELETE", f"/journeys/{one}/merge").status_code == 409


def test_what_is_not_among_the_changes_is_refused(key: Callable[..., Caller]) -> None:
    world = cast()
    one = format_id("jny", won(world))
    new = publish(added(SMALL, "setup", TRAIN))
    api = key("read", "write")
    body = {"version_id": format_id("pbv", new), "changes": ["task.nobody"]}
    assert api("POST", f"/journeys/{one}/merge", body).status_code == 422
    assert api("GET", f"/journeys/{one}/merge?version_id=pbv_01h00000000000000000000000").status_code == 404
    assert key("read")("POST", f"/journeys/{one}/merge", body).status_code == 403
