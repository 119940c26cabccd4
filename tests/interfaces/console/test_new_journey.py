"""A journey is begun: by hand, where no playbook fits, and not twice unasked."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from onward.accounts import actions as accounts
from onward.journeys import queries
from onward.kernel.ids import format_id
from onward.playbooks.decisions.parts import Role
from tests.interfaces.console.test_journey_pages import (
    _three_hours_after_signature,
    address,
    text,
    won,
    world,
)
from tests.world import SIGNED, SMALL, Cast, publish, signed_in

__all__ = ["_three_hours_after_signature", "world"]
pytestmark = pytest.mark.django_db


def test_a_journey_is_opened_by_hand(world: Cast) -> None:
    client = signed_in(world.mara)
    assert "Globex" in text(client, "/journeys/new?q=glo")
    account = format_id("acc", world.globex)
    assert "Small playbook" in text(client, f"/journeys/new?account={account}")
    refused = client.post("/journeys/new", {"account": account})
    assert refused.status_code == 422
    answer = client.post(
        "/journeys/new",
        {"account": account, "version": format_id("pbv", world.version), "signed_at": "2026-03-01"},
    )
    assert answer.status_code == 302
    assert "Globex is in" in text(client, answer["Location"])


def test_a_journey_that_is_begun_from_a_playbook_is_on_it_and_asks_for_its_people_alone(world: Cast) -> None:
    other = replace(
        SMALL,
        id="other",
        title="Another one",
        choose_rank=99,
        roles=(*SMALL.roles, Role("coach", "Coach", "ours", "least_loaded", "trainers")),
    )
    publish(other)
    client, account = signed_in(world.mara), format_id("acc", world.globex)
    assert 'href="/journeys/new?playbook=small"' in text(client, "/playbooks/small")
    assert f"?account={account}&amp;playbook=small" in client.get("/journeys/new?q=glo&playbook=small").content.decode()
    page = client.get(f"/journeys/new?account={account}&playbook=small").content.decode()
    assert f'value="{format_id("pbv", world.version)}" selected' in page
    assert "trainers" not in page
    assert "trainers" in client.get(f"/journeys/new?account={account}").content.decode()


def test_a_deal_that_no_playbook_fits_waits_where_people_choose(world: Cast) -> None:
    accounts.change_account(actor=world.mara, account_id=world.acme, segment="strategic")
    deal = accounts.open_deal(actor=world.mara, account_id=world.acme, name="Group contract", amount="900000")
    accounts.win_deal(actor=world.mara, deal_id=deal, signed_at=SIGNED)
    client = signed_in(world.mara)
    assert "1 deal needs a playbook" in text(client, "/journeys")
    assert "Group contract" in text(client, "/journeys/waiting")
    form = text(client, f"/journeys/new?account={format_id('acc', world.acme)}")
    assert re.search(r"to take the deal’s: Mon 2 March( 2026)? for Group contract\.", form), re.findall(
        "Leave it[^<]*", form
    )
    path = f"/deals/{format_id('deal', deal)}/journey"
    assert client.post(path, {}).status_code == 422
    answer = client.post(path, {"version": format_id("pbv", world.version)})
    assert answer.status_code == 302
    assert client.post(path, {"version": format_id("pbv", world.version)}).status_code == 409


def test_an_account_under_way_is_not_begun_again_unasked(world: Cast) -> None:
    # red when the list hides that an account has a journey, or a second one opens in silence
    journey = won(world)
    client, acme = signed_in(world.mara), format_id("acc", world.acme)
    page = text(client, "/journeys/new")
    assert page.count("under way:") == 1
    assert f'<a href="{address(journey)}">' in page
    said = {"account": acme, "version": format_id("pbv", world.version), "title": "Second site"}
    page = text(client, f"/journeys/new?account={acme}")
    assert "is under way already" in page
    # The deal that opened what runs is not chosen anew, and what has to be said is marked so.
    assert re.search(r'<input type="checkbox" name="another" value="1" required', page)
    assert not re.search(r'<option value="deal_[^"]+" selected', page)
    refused = client.post("/journeys/new", said)
    assert refused.status_code == 409
    assert "Second site" in refused.content.decode()
    assert len(queries.journeys_of(world.mara, world.acme)) == 1
    assert client.post("/journeys/new", {**said, "another": "1"}).status_code == 302
    assert len(queries.journeys_of(world.mara, world.acme)) == 2
