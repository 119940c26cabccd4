"""A sale becomes a journey, and a journey is carried on, by a program alone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from onward.identity import actions
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id
from tests.interfaces.api.conftest import Caller


def account(api: Caller, **fields: Any) -> dict[str, Any]:
    found = api("POST", "/accounts", {"name": "Acme Freight", "segment": "mid_market", **fields})
    assert found.status_code == 201, found.content
    told: dict[str, Any] = found.json()
    return told


def journey(api: Caller) -> str:
    made = account(api)
    found = api(
        "POST",
        "/journeys",
        {"account_id": made["id"], "playbook": "two_steps", "signed_at": "2026-03-01T09:00:00Z", "title": "Onboarding"},
    )
    assert found.status_code == 201, found.content
    told: str = found.json()["id"]
    return told


def test_a_won_deal_opens_a_journey(api: Caller, version: UUID) -> None:
    made = account(api, arr=84000, fields={"plan": "gold"})
    assert (made["arr"], made["fields"], made["state"]) == ("84000.00", {"plan": "gold"}, "prospect")
    deal = api("POST", "/deals", {"account_id": made["id"], "name": "Acme 2026", "amount": "84000.50"}).json()
    assert (deal["state"], deal["amount"]) == ("open", "84000.50")
    won = api("POST", f"/deals/{deal['id']}/signature", {"signed_at": "2026-03-01T10:00:00+01:00"})
    assert won.status_code == 200
    assert (won.json()["state"], won.json()["signed_at"]) == ("won", "2026-03-01T09:00:00Z")
    (row,) = api("GET", "/journeys").json()["rows"]
    assert (row["account_name"], row["playbook"], row["state"]) == ("Acme Freight", "two_steps", "open")
    whole = api("GET", f"/journeys/{row['id']}").json()
    assert [stage["state"] for stage in whole["stages"]] == ["entered"]
    assert whole["stages"][0]["checks"][0]["state"] == "not_met"
    names = [fact["name"] for fact in api("GET", f"/facts?account_id={made['id']}&limit=200").json()["rows"]]
    assert {"deal.won", "journey.opened", "journey.stage.entered"} <= set(names)


def test_tasks_are_completed_and_reopened(api: Caller, version: UUID) -> None:
    one = journey(api)
    task = api("GET", f"/journeys/{one}/tasks").json()["rows"][0]
    done = api("POST", f"/tasks/{task['id']}/completion", {"note": "held"})
    assert (done.status_code, done.json()["state"]) == (200, "done")
    assert api("POST", f"/tasks/{task['id']}/completion", {}).status_code == 409
    assert api("GET", f"/journeys/{one}").json()["stages"][0]["state"] == "closed"
    reopened = api("DELETE", f"/tasks/{task['id']}/completion")
    assert (reopened.status_code, reopened.json()["state"]) == (200, "open")
    moved = api("PATCH", f"/tasks/{task['id']}", {"due_at": "2026-12-01T12:00:00Z", "reason": "holidays"})
    assert moved.json()["due_at"] == "2026-12-01T12:00:00Z"


def test_a_journey_is_paused_resumed_and_cancelled(api: Caller, version: UUID) -> None:
    one = journey(api)
    assert api("POST", f"/journeys/{one}/pause", {"reason": "summer"}).json()["state"] == "paused"
    assert api("POST", f"/journeys/{one}/pause", {"reason": "summer"}).status_code == 409
    assert api("DELETE", f"/journeys/{one}/pause").json()["state"] == "open"
    gone = api("POST", f"/journeys/{one}/cancellation", {"reason": "they left", "at": "2026-03-20T00:00:00Z"})
    assert gone.json()["ended_at"] == "2026-03-20T00:00:00Z"


def test_milestones_and_objectives(api: Caller, version: UUID) -> None:
    one = journey(api)
    (milestone,) = api("GET", f"/journeys/{one}/milestones").json()["rows"]
    assert (milestone["key"], milestone["met_at"]) == ("first_value", None)
    path = f"/journeys/{one}/milestones/first_value/completion"
    body = {"met_at": "2026-03-10T00:00:00Z", "note": "a report ran"}
    assert api("POST", path, body).json()["met_at"] == "2026-03-10T00:00:00Z"
    assert api("POST", path, body).status_code == 409
    assert api("POST", f"/journeys/{one}/milestones/none/completion", body).status_code == 404
    acme = api("GET", f"/journeys/{one}").json()["account_id"]
    dana = api("POST", "/contacts", {"account_id": acme, "name": "Dana", "mail": "dana@example.com"}).json()
    written = api("POST", f"/journeys/{one}/objectives", {"outcome": "Reports in a day", "due_on": "2026-06-01"})
    assert written.status_code == 201
    objective = f"/journeys/{one}/objectives/{written.json()['id']}"
    assert api("POST", f"{objective}/agreement").status_code == 422, "it has no owner yet"
    owned = {"outcome": "Reports in a day", "due_on": "2026-06-01", "owner_contact_id": dana["id"]}
    tag = written.headers["ETag"]
    assert api("PUT", objective, owned, If_Match=tag).json()["owner"] == "Dana"
    assert api("PUT", objective, owned, If_Match=tag).status_code == 412
    assert api("POST", f"{objective}/agreement").json()["agreed_at"]
    assert api("POST", f"{objective}/completion", {"evidence": "the report of 2 May"}).json()["met_at"]


def test_lists_are_read_page_by_page(api: Caller) -> None:
    for number in range(5):
        made = account(api, name=f"Account {number}")
        api("POST", "/contacts", {"account_id": made["id"], "name": f"Person {number}"})
        api("POST", "/deals", {"account_id": made["id"], "name": f"Deal {number}"})
        actions.add_user(actor=SYSTEM, name=f"Colleague {number}", team="Specialists")
    everybody = api("GET", "/users").json()["rows"]
    assert [row["team"] for row in everybody].count("Specialists") == 5
    assert [row["name"] for row in api("GET", "/users?words=colleague 3").json()["rows"]] == ["Colleague 3"]
    for noun, count in (("accounts", 5), ("contacts", 5), ("deals", 5), ("users", len(everybody))):
        seen, cursor = [], ""
        while True:
            page = api("GET", f"/{noun}?limit=2&cursor={cursor}").json()
            seen += [row["id"] for row in page["rows"]]
            if not (cursor := page["next"]):
                break
        assert len(seen) == len(set(seen)) == count
    facts, cursor = [], ""
    while True:
        page = api("GET", f"/facts?account_id={made['id']}&limit=1&cursor={cursor}").json()
        facts += [row["seq"] for row in page["rows"]]
        if not (cursor := page["next"]):
            break
    assert facts == list(range(1, len(facts) + 1))


def test_playbooks_are_read(api: Caller, version: UUID) -> None:
    (row,) = api("GET", "/playbooks").json()["rows"]
    assert (row["key"], row["stages"], row["number"]) == ("two_steps", 1, 1)
    assert api("GET", "/playbooks/two_steps").json()["text"].startswith("playbook: two_steps")
    assert api("GET", "/playbooks/nothing").status_code == 404


def test_events_are_read(api: Caller) -> None:
    made = account(api, group_id="acme")
    assert api("GET", f"/events?account_id={made['id']}").json() == {"rows": [], "next": ""}
    assert api("GET", "/events").status_code == 422


def test_conditions_are_checked(api: Caller) -> None:
    for query in ("limit=0", "limit=201", "limit=x", "state=x", "cursor=x"):
        assert api("GET", f"/accounts?{query}").status_code == 422, query


def test_an_accounts_calendar_is_written_and_read(api: Caller) -> None:
    sent = {
        "name": "Acme",
        "working_week": ["sun", "mon"],
        "holidays": "de-by",
        "closed_days": [{"first": "2026-12-24"}],
    }
    made = api("POST", "/accounts", sent).json()
    assert (made["working_week"], made["holidays"]) == (["mon", "sun"], "DE-BY")
    assert made["closed_days"] == [{"first": "2026-12-24", "last": "2026-12-24", "why": ""}]
    refused = api("POST", "/accounts", {"name": "Other", "holidays": "Atlantis"})
    assert refused.status_code == 422
    assert refused.json()["detail"] == "There are no holidays of “Atlantis” here."
    cleared = api("PATCH", f"/accounts/{made['id']}", {"working_week": None, "holidays": "", "closed_days": []})
    assert (cleared.json()["working_week"], cleared.json()["closed_days"]) == ([], [])


def test_hours_are_logged_summed_and_taken_back(api: Caller, version: UUID) -> None:
    # red when a key may log without saying whose time it was, or a line taken back still counts
    mara = f"user:{format_id('usr', actions.add_user(actor=SYSTEM, name='Mara', mail='mara@northwind.example'))}"
    one = journey(api)
    account_id, task = (api("GET", f"/journeys/{one}{more}").json() for more in ("", "/tasks"))
    account_id, task = account_id["account_id"], task["rows"][0]["id"]
    for wrong in ({"minutes": 90, "person": ""}, {"minutes": 0, "person": mara}, {"minutes": 1, "person": "user:x"}):
        assert api("POST", f"/tasks/{task}/hours", wrong).status_code in {404, 422}
    line = api("POST", f"/tasks/{task}/hours", {"minutes": 90, "person": mara, "note": "By sync"}).json()
    assert (line["minutes"], line["name"], line["note"]) == (90, "Mara", "By sync")
    sums = api("GET", f"/accounts/{account_id}/hours").json()
    assert (sums["spent"], [row["spent"] for row in sums["people"]]) == (90, [90])
    assert api("GET", f"/tasks/{task}/hours").json()["rows"] == [line]
    assert api("DELETE", f"/hours/{line['id']}").json()["rows"] == []
    assert api("DELETE", f"/hours/{line['id']}").status_code == 409
    assert api("GET", f"/accounts/{account_id}/hours").json()["spent"] == 0
    rows = api("GET", "/workload?weeks=6").json()["rows"]
    assert [(row["name"], len(row["weeks"])) for row in rows] == [("Mara", 6)]
