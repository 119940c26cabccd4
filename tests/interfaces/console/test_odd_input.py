"""What is odd or hostile is refused at its field or escaped, and breaks no page."""

from __future__ import annotations

import pytest
from django.db import transaction

from onward.kernel.ids import format_id
from tests.interfaces.console.test_journey_pages import (
    _three_hours_after_signature,
    address,
    task_path,
    text,
    won,
    world,
)
from tests.world import Cast, all_of, signed_in

__all__ = ["_three_hours_after_signature", "world"]
pytestmark = pytest.mark.django_db


def test_an_impossible_number_is_refused_at_its_field(world: Cast) -> None:
    # red when `min` and `max` of a field are not held to
    journey = won(world)
    client, call = signed_in(world.mara), task_path(world, journey, "call")
    assert "A number from 0 to 500." in text(client, call)
    said = {"field.go_live": "2026-04-01", "field.migrate": "no"}
    for wrong in ("-3", "501", "-0,5"):
        answer = client.post(f"{call}/form", {**said, "field.people": wrong})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "People to train: write a number from 0 to 500." in page
        assert f'value="{wrong}"' in page
    assert client.post(f"{call}/form", {**said, "field.people": "500"}).status_code == 302


def test_hostile_words_in_forms_are_refused_or_escaped(world: Cast) -> None:
    journey = won(world)
    path, client = address(journey), signed_in(world.mara)
    client.post(f"{path}/objectives", {"outcome": "<script>alert(1)</script>", "due_on": "", "owner": ""})
    assert "<script>alert" not in text(client, path)
    for data in ({"due_on": "2026-99-99", "outcome": "x"}, {"owner": "con_x", "outcome": "x"}, {"outcome": "x" * 9999}):
        assert client.post(f"{path}/objectives", data).status_code in {404, 422}
    assert client.post(f"{path}/evidence", {"metric": "nothing", "value": "many", "note": "x"}).status_code == 422
    call = task_path(world, journey, "call")
    for given in ("", "yesterday", "99999999999", "0001-01-01", "9999-12-31T23:59:59+14:00"):
        assert client.post(f"{call}/meeting", {"held_at": given, "attended": all_of(world)}).status_code in {
            302,
            409,
            422,
        }, given


def test_no_input_breaks_a_page(world: Cast) -> None:
    journey = won(world)
    path, client = address(journey), signed_in(world.mara)
    client.raise_request_exception = False
    call = task_path(world, journey, "call")
    account, version = format_id("acc", world.globex), format_id("pbv", world.version)
    odd = ["\0x", "9" * 400, "0001-01-01", "9999-12-31"]
    fields = {
        f"{path}/objectives": {"outcome": "x", "measure": "", "due_on": "", "owner": "", "objective": ""},
        f"{path}/roles": {"role": "csm", "person": ""},
        f"{path}/measures": {"milestone": "first_value", "measure": "reports", "reports.n": "1"},
        f"{path}/milestones": {"milestone": "first_value", "met_at": "2026-03-02", "note": "x"},
        f"{path}/evidence": {"metric": "x", "value": "1", "note": "x"},
        f"{path}/log": {"log": "wins", "title": "x", "value": "1"},
        f"{path}/waivers": {"stage": "kickoff", "check": "goal", "reason": "x"},
        f"{path}/cancellation": {"reason": "x", "at": "2026-03-02"},
        f"{path}/rescheduling": {"what": "task.call", "day": "2026-03-20", "reason": "x", "scope": "all"},
        f"{path}/success/proposal": {"0.outcome": "x", "0.due_on": "2026-05-01", "0.ours": "", "0.target": "1"},
        f"{path}/success/answer": {"answer": "agreed", "version": "1", "note": ""},
        f"{call}/person": {"person": ""},
        f"{call}/meeting": {"held_at": "2026-03-02", "attended": "", "note": ""},
        f"{call}/time": {"starts_at": "2026-03-04T10:00"},
        f"{call}/date": {"due_at": "2026-03-04", "reason": "", "edition": ""},
        f"{call}/form": {"field.go_live": "2026-04-01", "field.migrate": "no", "field.margin": "1"},
        "/accounts/" + account + "/deals": {"name": "x", "signed": "2026-03-02"},
        "/journeys/new": {"account": account, "version": version, "deal": "", "signed_at": "", "title": ""},
    }
    broken: list[tuple[str, ...]] = []
    for address_, values in fields.items():
        for name in values:
            for value in odd:
                with transaction.atomic():
                    answer = client.post(address_, {**values, name: value})
                    if answer.status_code >= 500:
                        broken.append((address_, name, value[:12]))
                    transaction.set_rollback(True)
    for name in ("q", "by", "stage", "in", "pace", "on", "state", "value", "waiting", "sort", "after"):
        broken += [(name, value) for value in odd if client.get("/journeys", {name: value}).status_code >= 500]
    move = {"what": "task.call", "day": "2026-03-20"}
    for name in move:
        asked = (client.get(f"{path}/rescheduling", {**move, name: value}) for value in odd)
        broken += [("rescheduling", name) for answer in asked if answer.status_code >= 500]
    broken += [
        ("before", value) for value in odd if client.get(f"{path}/timeline", {"before": value}).status_code >= 500
    ]
    assert not broken
