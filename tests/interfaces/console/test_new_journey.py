"""A journey is begun: by hand, where no playbook fits, and not twice unasked."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from django.db import connection

from onward.accounts import actions as accounts
from onward.journeys import actions, queries
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id, parse_id
from onward.playbooks.decisions.definition import Milestone, Targets
from onward.playbooks.decisions.parts import Role
from onward.usage import actions as usage
from onward.usage.actions import intake, rooms
from onward.usage.decisions.events import Delivery, judge
from tests.interfaces.console.test_journey_pages import (
    _three_hours_after_signature,
    address,
    text,
    won,
    world,
)
from tests.world import SIGNED, SMALL, Cast, after, number, publish, signed_in

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
    assert re.search(r'<option value="deal_[^"]+" selected>Group contract', form)
    assert re.search(r"<dt>Day zero</dt><dd>Mon 2 March( 2026)?<", form)
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


def use(*rows: tuple[str, datetime]) -> None:
    """Events that people of Acme sent, counted."""
    rooms.forget()
    source = usage.create_source(actor=SYSTEM, name="Server").source_id
    said = {"type": "track", "event": "Seen", "context": {"groupId": "acme"}}
    raw = [json.dumps({**said, "userId": user, "timestamp": at.isoformat()}).encode() for user, at in rows]
    delivery = judge(raw, source=source, received_at=SIGNED)
    connection.ensure_connection()
    intake.store(connection.connection, Delivery(delivery.rows, []), source_id=source, server=True, received_at=SIGNED)
    usage.derive_all()


def ahead(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split('id="beginning"')[-1].split("</form>")[0]))


def test_the_page_says_the_dates_that_the_journey_will_have(world: Cast) -> None:
    # red when it tells another playbook's days, or reckons them otherwise than the journey does
    client, globex = signed_in(world.mara), format_id("acc", world.globex)
    quick = publish(replace(SMALL, id="quick", title="Quick one", targets=Targets(complete=after(20, "d", "signed"))))
    said = {"account": globex, "version": format_id("pbv", quick), "signed_at": "2026-03-01"}
    fragment = client.get("/journeys/new", said, headers={"X-Fragment": "1"}).content.decode()
    assert "<html" not in fragment
    told = ahead(fragment)
    assert re.search(r"Complete by Sat 21 March( 2026)? 20 days after the signature", told), told
    opened = client.post("/journeys/new", said)["Location"]
    view = queries.journey_view(world.mara, parse_id("jny", opened.rpartition("/")[2]))
    assert view.first_value
    assert view.first_value.due_on == date(2026, 3, 31)
    assert re.search(r"First value by Tue 31 March( 2026)? 30 days after day zero", told), told
    assert "Day zero Sun 1 March" in told


def test_the_newest_deal_without_a_journey_is_chosen_and_an_old_signature_says_what_is_late_at_once(
    world: Cast,
) -> None:
    # red when the deal of an earlier journey is offered, or a plan begins late without a word
    accounts.change_account(actor=world.mara, account_id=world.acme, segment="strategic")
    deals = []
    for name, days in (("New", 90), ("Old", 200), ("Begun", 10)):
        deal = accounts.open_deal(actor=world.mara, account_id=world.acme, name=name)
        accounts.win_deal(actor=world.mara, deal_id=deal, signed_at=SIGNED - timedelta(days=days))
        deals.append(deal)
    client, acme = signed_in(world.mara), format_id("acc", world.acme)
    journey = actions.open_journey(actor=world.mara, account_id=world.acme, version_id=world.version, deal_id=deals[2])
    actions.cancel_journey(actor=world.mara, journey_id=journey, reason="Another plan.")
    page = text(client, f"/journeys/new?account={acme}")
    assert re.search(r'<option value="deal_[^"]+" selected>New, signed', page)
    late = re.search(r"Day zero is 90 days ago: (\d+) steps? would be late at once", ahead(page))
    assert late, ahead(page)
    said = {"account": acme, "version": format_id("pbv", world.version), "deal": format_id("deal", deals[0])}
    path = client.post("/journeys/new", said)["Location"]
    tasks = queries.journey_view(world.mara, parse_id("jny", path.rpartition("/")[2])).tasks
    assert int(late[1]) == sum(1 for row in tasks if row.due_at and row.due_at < SIGNED)
    today = client.get("/journeys/new", {**said, "signed_at": "2026-03-02"}, headers={"X-Fragment": "1"})
    assert "late at once" not in today.content.decode()


def test_what_they_do_already_is_said_before_it_counts_as_first_value(world: Cast) -> None:
    # red when an account that has been using the product for long has first value at once without a word
    weekly = number("usage.last_7d.users >= 2", "usage.last_7d.users")
    first = Milestone("value", "Two people each week", "csm", when=weekly, first_value=True)
    version = publish(
        replace(SMALL, id="weekly", measures=(), milestones=(first,), stages=(replace(SMALL.stages[1], after=()),))
    )
    use(("ann", SIGNED - timedelta(days=2)), ("bob", SIGNED - timedelta(days=3)))
    client = signed_in(world.mara)
    said = {"account": format_id("acc", world.acme), "version": format_id("pbv", version)}
    told = ahead(client.get("/journeys/new", {**said, "signed_at": "2026-02-20"}).content.decode())
    assert re.search(
        r"Two people each week, the first value, would count as reached on Mon 2 March( 2026)? , since this is so "
        r"already: at least 2 different people seen in the product in the last 7 days",
        told,
    ), told
    assert "First value by its playbook names no day" in told
    for signed in ("2026-03-02", ""):
        told = ahead(client.get("/journeys/new", {**said, "signed_at": signed}).content.decode())
        assert "would count as reached" not in told
        path = client.post("/journeys/new", {**said, "signed_at": signed, "another": "1"})["Location"]
        (row,) = queries.journey_view(world.mara, parse_id("jny", path.rpartition("/")[2])).milestones
        assert row.met_at is None, signed
