"""Roles of the organization's own: what they see and change, and what no role can be given."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from onward.accounts import actions as accounts
from onward.foundation.clock import now
from onward.foundation.ledger import facts_of
from onward.identity import actions, queries
from onward.journeys import queries as journeys
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id
from tests.world import Cast, cast

pytestmark = pytest.mark.django_db
PRIYA = "priya@example.com"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def priya() -> UUID:
    return actions.add_user(actor=SYSTEM, name="Priya Raman", role="admin", mail=PRIYA)


def by_code(mail: str = PRIYA, client: Client | None = None, **headers: str) -> tuple[Client, Any]:
    """Sign in with the digits of the mail, as a person does."""
    client = client or Client(headers=headers)
    issued = actions.request_code(mail=mail, address="127.0.0.9")
    assert issued
    return client, client.post("/sign-in", {"step": "code", "mail": mail, "code": issued.code})


def test_a_role_of_ones_own_sees_and_changes_what_it_says(priya: UUID) -> None:
    world: Cast = cast()
    admin, _ = by_code()
    made = admin.post("/settings/roles", {"title": "Sales", "start": "sales"})
    assert made["Location"] == "/settings/roles/sales"
    assert "Sales" in admin.get("/settings/roles").content.decode()
    user_id = actions.add_user(actor=SYSTEM, name="Sam Okafor", mail="sam@example.com")
    ref = format_id("usr", user_id)
    assert admin.post(f"/team/{ref}/role", {"role": "sales"}).status_code == 302
    sam, _ = by_code("sam@example.com")
    account = format_id("acc", world.acme)
    assert sam.get(f"/accounts/{account}").status_code == 200
    assert sam.post(f"/accounts/{account}/contacts", {"name": "New Person"}).status_code == 302
    assert sam.get("/playbooks").status_code == 200
    assert sam.post("/playbooks/new", {"text": "x"}).status_code == 403
    assert sam.post("/team/invites", {"mail": "x@example.com"}).status_code == 403
    assert sam.post("/settings/roles", {"title": "More", "start": "copy:manager"}).status_code == 403
    rights = {f"right-{noun}": "read" for noun in ("account", "journey", "task", "contact")}
    assert admin.post("/settings/roles/sales", {"title": "Sales", **rights}).status_code == 302
    assert sam.post(f"/accounts/{account}/contacts", {"name": "Another"}).status_code == 403
    assert admin.post("/settings/roles/sales/removal").status_code == 409
    names = [fact.name for fact in facts_of(stream="org") if fact.name.startswith("role.")]
    assert names == ["role.made", "role.edited"]
    edited = facts_of(stream="org", names=["role.edited"])[0].data
    assert "account:write" in edited["was"]
    assert "account:write" not in edited["rights"]


@pytest.mark.parametrize("right", ["key:read", "user:write", "organization:write", "installation:write", "task:own"])
def test_no_role_can_be_given_the_right_to_give_rights(priya: UUID, right: str) -> None:
    admin = queries.actor_of(priya)
    assert admin
    with pytest.raises(Exception, match="not a right"):
        actions.make_role(actor=admin, title="Sly", rights=[right])


def test_a_role_that_sees_as_little_as_can_be_still_opens_the_pages_of_the_work(priya: UUID) -> None:
    world: Cast = cast()
    actions.make_role(actor=SYSTEM, title="Little", rights=[])
    actions.add_user(actor=SYSTEM, name="Lee", role="little", mail="lee@example.com")
    lee, _ = by_code("lee@example.com")
    deal = accounts.open_deal(actor=world.mara, account_id=world.acme, name="First year", amount="12000")
    accounts.win_deal(actor=world.mara, deal_id=deal, signed_at=now())
    (line,) = journeys.journeys_of(world.mara, world.acme)
    account, contact = format_id("acc", world.acme), format_id("con", world.dana_id)
    task = journeys.journey_view(world.mara, line.id).tasks[0].ref
    shown = ["/", "/journeys", "/accounts", f"/accounts/{account}", f"/contacts/{contact}", f"/tasks/{task}", "/team"]
    shown += ["/playbooks", "/insights", "/outbox"]
    shown += [f"/journeys/{line.ref}{tab}" for tab in ("", "/plan", "/success", "/people", "/timeline")]
    assert [(path, lee.get(path).status_code) for path in shown] == [(path, 200) for path in shown]
    assert lee.get("/sources").status_code == lee.get("/imports").status_code == 403
