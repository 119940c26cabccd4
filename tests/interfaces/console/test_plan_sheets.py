"""The pages of a plan from a sheet: look, choose, confirm, take back; and its way out again."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from onward.identity import actions as identity
from onward.journeys import queries
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id
from onward.playbooks import queries as playbooks
from tests.world import Cast, cast, signed_in

pytestmark = pytest.mark.django_db
SHEET = "Phase;Aufgabe;Wer;Ende;Status\nKickoff;Call;mara;3.4.2026;done\n;Liste;IT;31.4.2026;\n;Plan;IT;5.6.2026;bald\n"


@pytest.fixture
def world() -> Cast:
    return cast()


def sent(client: Client, path: str, **fields: Any) -> tuple[int, str]:
    answer = client.post(path, fields)
    return answer.status_code, unescape(answer.content.decode())


def test_a_sheet_is_looked_at_chosen_and_opened_and_taken_back(world: Cast) -> None:
    client, acme = signed_in(world.tomas), format_id("acc", world.acme)
    assert client.get("/journeys/sheet")["Location"] == "/journeys/new"
    assert f'href="/journeys/sheet?account={acme}"' in client.get(f"/journeys/new?account={acme}").content.decode()
    assert "from a sheet that you keep" in client.get(f"/journeys/sheet?account={acme}").content.decode()
    given = {"account": acme, "sheet": SHEET}
    status, page = sent(client, "/journeys/sheet", **given, do="look")
    assert status == 422
    assert "3.4.2026 is 2026-03-04 as M.D.YYYY" in page
    assert "D.M.YYYY" in page
    given |= {"dates": "D.M.YYYY"}
    status, page = sent(client, "/journeys/sheet", **given, do="look")
    assert status == 200
    assert "2 tasks in 1 stage become the plan of Acme Freight; 1 row stays out" in re.sub("<[^>]+>", "", page)
    assert "Row 3: 31.4.2026 is no date as D.M.YYYY" in page
    assert "bald is no status" in page
    assert '<select class="input small" name="side-0"' in page
    assert 'class="bar us done"' in page
    given |= {"owner-0": "IT", "side-0": "theirs", "name-4": "Status", "column-4": ""}
    status, page = sent(client, "/journeys/sheet", **given, do="look")
    assert "bald is no status" not in page
    assert '<rect class="bar them"' in page
    assert queries.journeys_of(world.mara, world.acme) == []
    answer = client.post("/journeys/sheet", {**given, "title": "Einführung", "signed_at": "2026-03-01", "do": "take"})
    (line,) = queries.journeys_of(world.mara, world.acme)
    assert answer["Location"] == f"/journeys/{line.ref}/plan"
    page = client.get(answer["Location"]).content.decode()
    assert "The journey is open with 2 tasks." in page
    assert "came from a sheet and follows no playbook" in page
    taken = client.get(f"/journeys/{line.ref}/plan.csv")
    assert taken["Content-Type"] == "text/csv; charset=utf-8"
    assert taken.content.decode("utf-8-sig").splitlines()[2] == "Kickoff,Plan,,IT (customer),,2026-06-05,,,"
    again = {**given, "do": "take", "sheet": taken.content.decode("utf-8-sig"), "dates": ""}
    assert sent(client, "/journeys/sheet", **again)[0] == 409
    undo = re.search(
        rf'<form method="post" action="(/journeys/{line.ref}/cancellation)">.*?name="reason" value="([^"]+)"', page
    )
    assert undo is not None
    assert client.post(undo[1], {"reason": undo[2]}).status_code == 302
    assert queries.journeys_of(world.mara, world.acme)[0].state == "cancelled"


def test_a_sheet_begins_a_draft_which_is_taken_back(world: Cast) -> None:
    client = signed_in(world.mara)
    assert signed_in(world.tomas).get("/playbooks/sheet").status_code == 403
    assert 'href="/playbooks/sheet"' in client.get("/playbooks/new").content.decode()
    file = SimpleUploadedFile("plan.csv", "Task,Due,Owner\nCall,day 5,us\nList,,kunde\n".encode("utf-16"))
    status, page = sent(client, "/playbooks/sheet", file=file, do="look")
    assert status == 200
    assert "day 5" in page
    assert "a playbook keeps no people and no statuses" in page
    answer = client.post("/playbooks/sheet", {"sheet": "Task,Due\nCall,day 5\n", "title": "Ours", "do": "take"})
    assert answer["Location"] == "/playbooks/ours/studio"
    assert "A draft with 1 task is begun." in client.get(answer["Location"]).content.decode()
    assert client.post("/playbooks/ours/studio/removal").status_code == 302
    assert playbooks.draft(SYSTEM, "ours") is None


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"sheet": ""},
        {"sheet": "Colour\nred\n"},
        {"sheet": "Task\n" + "A\n" * 600},
        {"sheet": "Task\nA\n", "zero": "never"},
        {"sheet": "Task,Other\nA,B\n", "name-0": "Task", "column-0": "task", "name-1": "Other", "column-1": "task"},
        {"sheet": "Task\nA\n", "dates": "soon"},
        {"sheet": "Task\nA\n", "owner-x": "A", "side-x": "nobody"},
        {"file": SimpleUploadedFile("x.csv", b"\x1f\x8bnothing")},
    ],
)
def test_what_cannot_be_read_is_refused_and_kept(world: Cast, fields: dict[str, Any]) -> None:
    status, page = sent(signed_in(world.mara), "/playbooks/sheet", **fields, do="take")
    assert status == 422
    assert 'class="note refused"' in page
    if len(fields.get("sheet", "")) > 5:
        assert fields["sheet"].split("\n")[0] in page
    assert playbooks.drafts(SYSTEM) == {}


def test_programs_open_and_write_plans(world: Cast, client: Client) -> None:
    key = identity.create_key(actor=SYSTEM, name="erp", scopes=["read", "write"])
    headers = {"Authorization": f"Bearer {key.secret}"}
    body = {"account_id": format_id("acc", world.acme), "sheet": "Task,Due\nA,2026-04-03\nB,soon\n", "title": "ERP"}
    path = "/api/v1/journeys/from-sheet"
    answer = client.post(path, body, content_type="application/json", headers=headers)
    assert answer.status_code == 201
    assert answer.json()["tasks"] == 1
    assert [(one["row"], one["level"]) for one in answer.json()["problems"]] == [(3, "error")]
    told = client.get(f"/api/v1/journeys/{answer.json()['journey_id']}/sheet", headers=headers)
    assert told.json()["sheet"].splitlines()[1] == "Plan,A,,Customer success manager,,2026-04-03,,,"
    for odd in ({"sheet": "red\n1\n"}, {"mapping": {"columns": {"Task": []}}}, {"mapping": {"sides": 3}}):
        assert client.post(path, body | odd, content_type="application/json", headers=headers).status_code in {201, 422}
