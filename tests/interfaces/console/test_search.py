"""Find or do: what people type, what they get, in which order, and what it costs."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from onward.interfaces.console.search import Answer, found
from onward.interfaces.console.shortcuts import PLACES, sheet
from onward.journeys.models import TaskRun
from onward.kernel.ids import format_id
from tests.interfaces.console.test_my_work import clock, row, set_up, signed_in, text, won, world  # noqa: F401
from tests.world import Cast

pytestmark = pytest.mark.django_db


def names(answer: Answer, kind: str = "") -> list[str]:
    return [hit.name for hit in answer.hits if not kind or hit.kind == kind]


def test_one_field_finds_every_kind(world: Cast) -> None:  # noqa: F811
    won(world)
    assert names(found(world.mara, "acme"))[0] == "Acme Freight"
    assert "journey" in {hit.kind for hit in found(world.mara, "acme").hits}
    assert names(found(world.mara, "dana"), "person") == ["Dana"]
    assert names(found(world.mara, "tomas"), "colleague") == ["Tomas"]
    assert names(found(world.mara, "small"), "playbook") == ["Small playbook"]
    assert names(found(world.mara, "outbox"), "page") == ["Outbox"]
    assert "Open a journey" in names(found(world.mara, "new journey"), "action")
    assert names(found(world.mara, "kickoff call"), "task") == ["Kickoff call"]


def test_an_account_and_a_part_of_it_are_named_together_in_any_order(world: Cast) -> None:  # noqa: F811
    won(world)
    for typed in ("acme kickoff", "kickoff acme", "acme freight kickof", "ACME  Kickoff", "kickoff call acme"):
        assert "Kickoff call" in names(found(world.mara, typed), "task"), typed
    assert names(found(world.mara, "connect your systems acme"), "task") == ["Connect your systems"], "before it begins"
    details = [hit.detail for typed in ("data acme", "bring data") for hit in found(world.mara, typed).hits]
    assert {"Acme Freight, may not be needed", "may not be needed"} <= set(details), "it may not be needed at all"


def test_steps_are_found_by_their_title_whoever_has_them(world: Cast) -> None:  # noqa: F811
    # red when a step is found with its account alone, or one that is over is
    one, two = won(world), won(world, world.globex)
    for typed in ("connect", "your systems", "SYST conn", "conect"):
        assert sorted(names(found(world.tomas, typed), "step")) == [
            "Connect your systems: Acme Freight", "Connect your systems: Globex",
        ], typed  # fmt: skip
    assert names(found(world.tomas, "c"), "step") == []
    assert names(found(world.tomas, "con%t"), "step") == []
    TaskRun.objects.filter(journey_id=two, key="connect").update(state="skipped")
    assert [hit.href for hit in found(world.tomas, "connect").hits if hit.kind == "step"] == [
        f"/tasks/{row(world, one, 'connect').ref}"
    ]


def test_slips_and_accents_are_forgiven(world: Cast) -> None:  # noqa: F811
    for typed in ("amce", "acmé", "freigth", "acme freigt", "Freight Acme"):
        assert names(found(world.mara, typed), "account") == ["Acme Freight"], typed
    assert names(found(world.mara, "qqqqqq")) == []


def test_what_was_seen_lately_comes_first_among_equals(world: Cast) -> None:  # noqa: F811
    from onward.accounts import actions as accounts

    one = accounts.open_account(actor=world.mara, name="Lumen Dental")
    two = accounts.open_account(actor=world.mara, name="Lumen Light")
    for seen in (one, two):
        ref = format_id("acc", seen)
        assert found(world.mara, "lumen", [ref]).hits[0].href == f"/accounts/{ref}"
        assert [hit.href for hit in found(world.mara, "", [ref]).seen] == [f"/accounts/{ref}"]


def test_rights_hold_here_too(world: Cast) -> None:  # noqa: F811
    assert "Open a journey" not in names(found(world.viewer, "journey"))
    assert "Import" not in names(found(world.viewer, "import"))
    assert Client().get("/search?q=acme").status_code == 302
    client = Client()
    assert client.get("/search?q=acme", headers={"X-Fragment": "1"}).status_code == 302


def test_an_id_leads_straight_to_its_thing(world: Cast) -> None:  # noqa: F811
    journey = won(world)
    assert names(found(world.mara, format_id("acc", world.acme))) == ["Acme Freight"]
    assert [hit.href for hit in found(world.mara, format_id("jny", journey)).hits] == [
        f"/journeys/{format_id('jny', journey)}"
    ]
    assert names(found(world.mara, "acc_" + "z" * 26)) == []


def test_the_page_works_without_javascript_and_the_fragment_is_a_listbox(world: Cast) -> None:  # noqa: F811
    client = signed_in(world.mara)
    page = text(client, "/search?q=acme")
    assert f'href="/accounts/{format_id("acc", world.acme)}"' in page
    assert "Nothing is called" in text(client, "/search?q=qqqq")
    fragment = client.get("/search?q=acme", headers={"X-Fragment": "1"}).content.decode()
    assert 'role="option" id="palette-1"' in fragment
    assert "<html" not in fragment
    for odd in ("%", "'", "\\", "<b>", "a" * 500, "&q=", "=~", "é" * 90):
        assert client.get("/search", {"q": odd}).status_code == 200, odd


def test_it_costs_few_statements(world: Cast) -> None:  # noqa: F811
    won(world)
    client = signed_in(world.mara)
    for typed in ("acme", "acme kickoff", "xxxxyyyy"):
        client.get("/search", {"q": typed})
        with CaptureQueriesContext(connection) as caught:
            client.get("/search", {"q": typed})
        assert len(caught.captured_queries) <= 16, (typed, len(caught.captured_queries))


def test_the_sheet_is_the_table_that_the_handler_reads(world: Cast) -> None:  # noqa: F811
    client = signed_in(world.mara)
    page = text(client, "/keys")
    keys = [key for _, group in sheet() for key in group]
    assert len({key.keys for key in keys}) == len(keys)
    for key in keys:
        assert page.count(f'data-keys="{key.keys}"') == 2, key
    for place in PLACES:
        assert client.get(place.path).status_code in {200, 403, 404}, place


def test_single_keys_are_switched_off_for_oneself(world: Cast) -> None:  # noqa: F811
    client = signed_in(world.mara)
    assert 'data-on="1"' in text(client, "/accounts")
    client.post("/me/preferences", {"name": "keys", "on": "0"})
    assert 'data-on="0"' in text(client, "/accounts")
    assert 'data-on="1"' in text(signed_in(world.tomas), "/accounts")
    client.post("/me/preferences", {"name": "keys", "on": "1"})
    assert 'data-on="1"' in text(client, "/accounts")
