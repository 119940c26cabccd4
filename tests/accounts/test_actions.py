"""Accounts, contacts and deals, in a real database: what follows from what, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from onward.accounts import actions, queries
from onward.accounts.actions.imports import begin_import, carry_out, confirm_import, map_import
from onward.accounts.decisions import checked_rules, segment_for
from onward.accounts.jobs import run_imports
from onward.accounts.models import Account, Deal, ImportRun
from onward.accounts.queries.imports import import_problems, import_run, problems_csv
from onward.foundation.ledger import facts_of, stream_of
from onward.identity.actions import change_organization
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.refusals import Refusal

pytestmark = pytest.mark.django_db
SIGNED = datetime(2026, 2, 17, tzinfo=UTC)


def refused(code: str) -> pytest.RaisesExc[Refusal]:
    return pytest.raises(Refusal, check=lambda refusal: refusal.code == code)


def names(account_id: UUID) -> list[str]:
    """Our facts of an account, in order; reactions add their own."""
    ours = ("account.", "contact.", "deal.")
    return [fact.name for fact in facts_of(stream=stream_of(account_id)) if fact.name.startswith(ours)]


@pytest.fixture
def acme() -> UUID:
    return actions.open_account(actor=SYSTEM, name="Acme Freight")


@pytest.mark.parametrize(
    ("arr", "segment"),
    [
        (None, "self_serve"),
        ("5000", "self_serve"),
        ("5000.01", "mid_market"),
        ("50000", "mid_market"),
        ("50001", "enterprise"),
        ("100000", "enterprise"),
        ("100000.01", "strategic"),
    ],
)
def test_the_default_thresholds(arr: str | None, segment: str) -> None:  # covers 36
    assert segment_for(Decimal(arr) if arr else None, queries.segment_rules()) == segment


@pytest.mark.parametrize(
    "above",
    [
        {},
        {"self_serve": None, "mid_market": None},
        {"self_serve": Decimal(1)},
        {"self_serve": None, "gold": Decimal(1)},
        {"self_serve": None, "mid_market": Decimal(5), "enterprise": Decimal(5)},
        {"self_serve": None, "mid_market": Decimal(-5)},
    ],
)
def test_rules_that_cannot_all_apply(above: dict[str, Decimal | None]) -> None:
    with refused("invalid"):
        checked_rules(above)


def test_arr_is_the_sum_of_won_deals_unless_given(acme: UUID) -> None:
    for amount in ("60000", "50000.50"):
        deal = actions.open_deal(actor=SYSTEM, account_id=acme, name=f"Deal {amount}", amount=amount)
        assert queries.account(SYSTEM, acme).segment != "strategic"
        actions.win_deal(actor=SYSTEM, deal_id=deal, signed_at=SIGNED)
    row = queries.account(SYSTEM, acme)
    assert (row.arr, row.segment, row.state) == (Decimal("110000.50"), "strategic", "onboarding")
    actions.open_deal(actor=SYSTEM, account_id=acme, name="In euros", amount="9", currency="EUR", signed_at=SIGNED)
    assert queries.account(SYSTEM, acme).arr == Decimal("110000.50")
    actions.change_account(actor=SYSTEM, account_id=acme, arr="20000")
    row = queries.account(SYSTEM, acme)
    assert (row.arr, row.segment) == (Decimal(20000), "mid_market")
    actions.change_account(actor=SYSTEM, account_id=acme, arr=None, segment="enterprise")
    row = queries.account(SYSTEM, acme)
    assert (row.arr, row.segment, row.segment_from) == (Decimal("110000.50"), "enterprise", "given")
    actions.change_account(actor=SYSTEM, account_id=acme, segment=None)
    assert queries.account(SYSTEM, acme).segment == "strategic"


def test_a_deal_is_announced_once_after_its_account_was_judged(acme: UUID) -> None:
    change_organization(actor=SYSTEM, settings={"journeys": "account"})
    deal = actions.open_deal(actor=SYSTEM, account_id=acme, name="Year one", amount="84000", product="Unknown One")
    actions.win_deal(actor=SYSTEM, deal_id=deal, signed_at=SIGNED)
    actions.win_deal(actor=SYSTEM, deal_id=deal, signed_at=SIGNED)
    actions.win_deal(actor=SYSTEM, deal_id=deal, signed_at=SIGNED.replace(day=18))
    assert names(acme) == ["account.opened", "deal.opened", "account.segment_judged", "deal.won", "deal.changed"]
    (won,) = facts_of(stream=stream_of(acme), names=["deal.won"])
    assert (won.data["journeys"], won.data["is_silent"], won.data["product"]) == ("account", False, "Unknown One")
    assert won.occurred_at == SIGNED
    with refused("conflict"):
        actions.lose_deal(actor=SYSTEM, deal_id=deal)
    lost = actions.open_deal(actor=SYSTEM, account_id=acme, name="Year two")
    actions.lose_deal(actor=SYSTEM, deal_id=lost)
    assert queries.deal(SYSTEM, lost).state == "lost"


def test_complexity_sets_the_factor_unless_given(acme: UUID) -> None:
    actions.change_account(actor=SYSTEM, account_id=acme, complexity="complex")
    assert queries.account(SYSTEM, acme).complexity_factor == Decimal("1.5")
    actions.change_account(actor=SYSTEM, account_id=acme, complexity_factor="3")
    actions.change_account(actor=SYSTEM, account_id=acme, complexity="simple")
    assert queries.account(SYSTEM, acme).complexity_factor == Decimal(3)
    actions.change_account(actor=SYSTEM, account_id=acme, complexity_factor=None)
    assert queries.account(SYSTEM, acme).complexity_factor == Decimal("0.75")


@pytest.mark.parametrize(
    "changed",
    [
        {"practice_url": "javascript:alert(1)"},
        {"name": " "}, {"segment": "gold"}, {"arr": "much"}, {"arr": "NaN"}, {"complexity": "odd"}, {"seats": -1},
        {"zone": "Mars/Olympus"}, {"currency": "dollars"}, {"complexity_factor": "0"}, {"name": "x" * 201},
    ],
)  # fmt: skip
def test_what_an_account_cannot_be(acme: UUID, changed: dict[str, Any]) -> None:
    with refused("invalid"):
        actions.change_account(actor=SYSTEM, account_id=acme, **changed)


def test_a_change_over_somebody_elses_is_stale_and_nothing_new_is_no_fact(acme: UUID) -> None:
    assert not actions.change_account(actor=SYSTEM, account_id=acme, name="Acme Freight", fields={})
    assert actions.change_account(actor=SYSTEM, account_id=acme, version=1, fields={"note": "x"})
    with refused("stale"):
        actions.change_account(actor=SYSTEM, account_id=acme, version=1, fields={"note": "y"})
    assert names(acme) == ["account.opened", "account.changed"]
    assert actions.change_account(actor=SYSTEM, account_id=acme, fields={"note": None})
    assert queries.account(SYSTEM, acme).fields == {}


def test_ids_in_the_product_belong_to_one_account(acme: UUID) -> None:
    actions.link_group(actor=SYSTEM, account_id=acme, group_id="acme-1")
    with refused("conflict"):
        actions.open_account(actor=SYSTEM, name="Other", group_id="acme-1")
    assert queries.account_by_group(["acme-1", "nobody", ""]) == {"acme-1": acme}


def test_contacts_by_role_and_what_they_see(acme: UUID) -> None:
    other = actions.open_account(actor=SYSTEM, name="Globex")
    dana = actions.add_contact(
        actor=SYSTEM, account_id=acme, name="Dana", mail="Dana@Acme.example", roles=["Champion", "champion", "IT lead"]
    )
    with refused("conflict"):
        actions.add_contact(actor=SYSTEM, account_id=acme, name="D.", mail="dana@acme.example")
    elsewhere = actions.add_contact(actor=SYSTEM, account_id=other, name="Dana", mail="dana@acme.example")
    assert {row.id for row in queries.contacts_by_mail(" DANA@acme.example")} == {dana, elsewhere}
    assert list(queries.contacts_by_role(acme)) == ["champion", "it_lead"]
    actor = queries.contact_actor(dana)
    assert actor
    assert [row.id for row in queries.accounts(actor).rows] == [acme]
    assert [row.id for row in queries.contacts(actor)] == [dana]
    for call in (lambda: queries.account(actor, other), lambda: queries.contact(actor, elsewhere)):
        with refused("not_found"):
            call()
    with refused("not_found"):
        queries.deals(actor)
    with refused("not_found"):
        actions.change_contact(actor=actor, contact_id=elsewhere, language="de")
    assert actions.change_contact(actor=actor, contact_id=dana, language="de", preferences={"digest": "daily"})
    with refused("not_found"):
        actions.change_contact(actor=actor, contact_id=dana, roles=["sponsor"])
    actions.revoke_contact(actor=SYSTEM, contact_id=dana)
    assert queries.contact_actor(dana) is None
    assert queries.contacts_by_role(acme) == {}
    assert "contact.revoked" in names(acme)


def test_accounts_are_found_by_the_beginnings_of_words_and_paged(acme: UUID) -> None:
    for number in range(5):
        actions.open_account(actor=SYSTEM, name=f"Lumen Dental {number}")
    found = queries.accounts(SYSTEM, words="den lum", limit=3)
    assert [row.name[-1] for row in found.rows] == ["0", "1", "2"]
    rest = queries.accounts(SYSTEM, words="den lum", limit=3, after=found.next)
    assert ([row.name[-1] for row in rest.rows], rest.next) == (["3", "4"], "")
    assert queries.accounts(SYSTEM, words="'; drop & | !").rows == []
    with refused("invalid"):
        queries.accounts(SYSTEM, after="nonsense")
    with refused("not_found"):
        queries.accounts(Actor("key", "key_x", "x", scopes=frozenset({"metrics"})))


PIPELINE = "id,account,stage,amount,close date\n" + "".join(
    f"{number},Acme Freight,Won,10,1/{number + 12}/2026\n" for number in range(1, 19)
)


def begun(text: str, kind: str = "deals", **mapping: Any) -> UUID:
    import_id = begin_import(actor=SYSTEM, kind=kind, file_name="file.csv", content=text.encode())
    map_import(actor=SYSTEM, import_id=import_id, mapping=mapping)
    return import_id


def test_an_import_that_is_cut_off_goes_on_where_it_was(acme: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onward.accounts.actions.imports.running.CHUNK", 4)
    import_id = begun(PIPELINE)

    def pull_the_plug(done: int, total: int) -> None:
        if done >= 8:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        carry_out(import_id=import_id, progress=pull_the_plug)
    assert (Deal.objects.count(), Deal.objects.exclude(announced_at=None).count()) == (8, 0)
    ImportRun.objects.filter(id=import_id).update(due_at=SIGNED)
    assert run_imports()
    counts = import_run(SYSTEM, import_id).counts
    assert counts == {"read": 18, "opened": 18, "changed": 0, "unchanged": 0, "warnings": 0, "errors": 0}
    assert len(facts_of(names=["deal.won"])) == 18
    assert not run_imports()


def test_a_row_changes_what_it_says_and_leaves_the_rest(acme: UUID) -> None:
    carry_out(import_id=begun("id,account,stage,amount,owner,note\n7,Acme Freight,Open,10,Nobody,first\n"))
    carry_out(import_id=begun("id,account,stage,close date\n7,acme freight,Signed,2026-02-17\n"))
    (deal,) = queries.deals(SYSTEM, account_id=acme)
    assert (deal.state, deal.amount, deal.owner_as_sent, deal.fields) == (
        "won",
        Decimal(10),
        "Nobody",
        {"note": "first"},
    )
    assert deal.closed_on == date(2026, 2, 17)


def test_a_signature_counts_from_the_days_start_in_our_zone(acme: UUID) -> None:
    change_organization(actor=SYSTEM, zone="America/New_York")
    carry_out(import_id=begun("id,account,stage,close date\n7,Acme Freight,Won,2026-02-17\n"))
    assert Deal.objects.get().signed_at == datetime(2026, 2, 17, 5, tzinfo=UTC)


def test_accounts_and_people_are_found_again_by_id_else_by_name() -> None:
    first = begun("name,sector,seats,owner\nAcme,technolgy,10,\nGlobex,,x,\n", "accounts")
    carry_out(import_id=first)
    assert import_run(SYSTEM, first).counts["errors"] == 1
    carry_out(import_id=begun("id,name,sector\nA-1,ACME,technolgy\n", "accounts"))
    row = Account.objects.get()
    assert (row.external_id, row.name, row.industry, row.seats) == ("A-1", "ACME", "technolgy", 10)
    carry_out(import_id=begun("id,name\nA-2,Acme\n", "accounts"))
    assert Account.objects.count() == 2


def test_problems_open_in_a_spreadsheet_without_running(acme: UUID) -> None:
    import_id = begun("id,account,stage\n1,=cmd|' /C calc'!A0,Open\n")
    carry_out(import_id=import_id)
    text = problems_csv(import_problems(SYSTEM, import_id))
    assert ",'=cmd" in text
    assert ",=cmd" not in text


def test_who_may_import(acme: UUID) -> None:
    member = Actor("staff", "usr_01h00000000000000000000000", "Mara", role="member")
    with refused("forbidden"):
        begin_import(actor=member, kind="accounts", file_name="x", content=b"name\nx\n")
    import_id = begun(PIPELINE)
    confirm_import(actor=SYSTEM, import_id=import_id)
    with refused("conflict"):
        map_import(actor=SYSTEM, import_id=import_id, mapping={})
