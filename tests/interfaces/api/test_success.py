"""The success plan and the handoff over the API: proposed by a key, answered only for somebody by name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from onward.foundation import clock
from onward.foundation.ledger import facts_of
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.journeys.decisions.success import Wanted
from onward.journeys.queries.signed import plan_differences
from onward.kernel.ids import format_id
from onward.playbooks.decisions.parts import Field, Form
from tests.interfaces.api.conftest import Caller
from tests.journeys.test_journey import won
from tests.world import SMALL, cast, publish

pytestmark = pytest.mark.django_db


def test_a_key_proposes_and_answers_only_for_a_colleague_by_name(key: Callable[..., Caller]) -> None:
    api, world = key("read", "write"), cast()
    journey = won(world)
    one = f"/journeys/{format_id('jny', journey)}/success-plan"
    day = (clock.now() + timedelta(days=30)).date()
    wanted = {
        "outcome": "Drivers are on time",
        "due_on": day.isoformat(),
        "theirs": format_id("con", world.dana_id),
        "ours": world.mara.id,
        "target": 80,
        "unit": "%",
        "tasks": ["call"],
    }
    body = {"objectives": [wanted], "note": "As agreed on the phone"}
    empty = api("GET", one)
    assert (empty.json()["agreed"], empty.json()["objectives"], empty["ETag"]) == (None, [], '"0"')
    assert api("GET", f"{one}/evidence").status_code == 409
    assert api("POST", f"{one}/versions", {"objectives": [{**wanted, "theirs": world.eve.id}]}).status_code == 422
    made = api("POST", f"{one}/versions", body, If_Match='"0"', Idempotency_Key="first")
    assert made.status_code == 201, made.content
    assert made.json()["by"]["name"] == "Onward (by API key)"
    assert api("POST", f"{one}/versions", body, If_Match='"0"', Idempotency_Key="first").json() == made.json()
    assert api("POST", f"{one}/versions", body, If_Match='"0"').status_code == 412
    assert api("POST", f"{one}/versions", body).status_code == 409
    own = api("POST", f"{one}/1/answer", {"agreed": True, "user_id": world.mara.id})
    assert own.status_code == 403
    journeys.answer_plan(actor=world.dana, journey_id=journey, number=1, agreed=True)
    stands = api("GET", one).json()
    assert (stands["agreed"], stands["waiting"], stands["objectives"][0]["is_agreed"]) == (1, None, True)
    mine = stands["objectives"][0]
    theirs = Wanted(
        mine["id"],
        "Drivers are on time",
        day,
        f"contact:{world.dana.id}",
        f"user:{world.mara.id}",
        target=90.0,
        unit="%",
    )
    journeys.propose_plan(actor=world.dana, journey_id=journey, objectives=[theirs])
    answer = f"{one}/2/answer"
    assert api("POST", answer, {"agreed": True}).status_code == 422
    assert api("POST", answer, {"agreed": True, "user_id": world.viewer.id}).status_code == 403
    assert api("POST", answer, {"agreed": True, "user_id": "usr_01h00000000000000000000000"}).status_code == 404
    assert key("read")("POST", answer, {"agreed": True, "user_id": world.mara.id}).status_code == 403
    agreed = api("POST", answer, {"agreed": True, "user_id": world.mara.id}).json()
    assert (agreed["state"], agreed["answer"]["by"]["id"]) == ("agreed", world.mara.id)
    assert agreed["answer"]["by"]["name"] == "Mara (by API key)"
    assert api("GET", f"{one}/2").json() == agreed
    assert [row["number"] for row in api("GET", f"{one}/versions").json()["rows"]] == [1, 2]
    assert api("GET", f"{one}/3").status_code == 404
    told = facts_of(journey=journey, names=("journey.success_plan.agreed",))
    assert told[-1].actor.startswith("key:")
    again = api("POST", f"{one}/versions", {"objectives": [{**wanted, "id": mine["id"]}], "user_id": world.tomas.id})
    assert again.json()["by"] == {"id": world.tomas.id, "name": "Tomas (by API key)", "side": "ours"}
    assert api("POST", f"{one}/3/withdrawal").json()["state"] == "withdrawn"
    pack = zipfile.ZipFile(io.BytesIO(api("GET", f"{one}/evidence").content))
    assert "versions/0003.answer.json" in pack.namelist()
    assert list(plan_differences()) == []


def test_what_was_handed_over_is_read_put_right_and_confirmed_for_somebody(key: Callable[..., Caller]) -> None:
    api, world = key("read", "write"), cast()
    form = Form("handoff", "Handoff", (Field("why", "Why did they buy?", "text", required=True, shared=True),))
    call = replace(SMALL.stages[0].tasks[0], form="handoff")
    first = replace(SMALL.stages[0], tasks=(call, *SMALL.stages[0].tasks[1:]))
    book = replace(SMALL, id="handed", forms=(form, *SMALL.forms), stages=(first, *SMALL.stages[1:]))
    journey = journeys.open_journey(
        actor=world.mara, account_id=world.acme, version_id=publish(book), signed_at=clock.now()
    )
    task = next(row.id for row in queries.journey_view(world.mara, journey).tasks if row.key == "call")
    one = f"/journeys/{format_id('jny', journey)}"
    assert api("GET", f"{one}/handoff").json()["answered"] == 0
    journeys.answer_form(actor=world.mara, task_id=task, values={"why": "Late trucks"})
    assert api("GET", f"{one}/handoff").json()["is_complete"]
    row = api("GET", f"{one}/known").json()["rows"][0]
    assert (row["key"], row["value"], row["confirmed_by"]) == ("handoff.why", "Late trucks", None)
    right = api("PUT", f"{one}/answers/handoff.why", {"value": "Late drivers", "stamp": row["stamp"]}).json()["rows"][0]
    assert (right["value"], right["was"], right["is_corrected"]) == ("Late drivers", "Late trucks", True)
    assert api("PUT", f"{one}/answers/handoff.why", {"value": "Else", "stamp": row["stamp"]}).status_code == 412
    assert api("PUT", f"{one}/answers/handoff.none", {"value": "Else"}).status_code == 404
    said = {"contact_id": world.dana.id, "answers": {"handoff.why": row["stamp"]}}
    path = f"{one}/known/confirmation"
    assert api("POST", path, said).status_code == 412
    said["answers"] = {"handoff.why": right["stamp"]}
    assert api("POST", path, {**said, "contact_id": world.eve.id}).status_code == 404
    assert key("read")("POST", path, said).status_code == 403
    assert api("POST", path, said).json()["rows"][0]["confirmed_by"] == "Dana (by API key)"
    fact = facts_of(journey=journey, names=("journey.answers.confirmed",))[-1]
    assert (fact.data["asked_by"], fact.actor.partition(":")[0]) == (f"contact:{world.dana.id}", "key")
