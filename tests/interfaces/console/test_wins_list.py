"""Wins over accounts: the list, its sums, its file, and an account in one page."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from onward.conversation import actions as conversation
from onward.journeys import actions, queries
from onward.kernel.ids import format_id
from tests.interfaces.console.test_journey_pages import signed_in, text, won
from tests.interfaces.console.test_wins import _id, _three_hours_after_signature, world, written
from tests.world import Cast

__all__ = ["_three_hours_after_signature", "world"]
pytestmark = pytest.mark.django_db


def test_sums_are_kept_apart_by_currency_and_by_the_customers_word(world: Cast) -> None:
    # red when currencies are added up, or what nobody confirmed counts as confirmed
    acme, globex = won(world), won(world, world.globex)
    first = written(world, acme, "Fewer late trucks", value=12000.0, unit="EUR")
    written(world, acme, "Less paper", value=3000.0, unit="EUR")
    written(world, globex, "A deal", value=5000.0, unit="USD")
    written(world, globex, "Calmer mornings", value=4.0, unit="hours a week")
    actions.confirm_log(actor=world.dana, entry_id=_id(first))
    sums = queries.totals(queries.wins(world.mara))
    assert [(row.currency, row.confirmed, row.unconfirmed) for row in sums] == [("EUR", 12000, 3000), ("USD", 0, 5000)]
    page = text(signed_in(world.mara), "/wins")
    assert ">4 wins</a> at 2 accounts; <a" in page
    assert "worth €12,000" in page
    assert "4 hours a week" in page
    confirmed = text(signed_in(world.mara), "/wins?state=confirmed")
    assert "Fewer late trucks" in confirmed
    assert "Less paper" not in confirmed
    assert signed_in(world.mara).get("/wins?state=odd").status_code == 422


def test_what_stands_in_no_sum_is_named_and_listed(world: Cast) -> None:
    journey = won(world)
    written(world, journey, "Fewer late trucks", value=1500.0, unit="EUR")
    written(world, journey, "Calmer mornings", value=4.0, unit="hours a week")
    written(world, journey, "They tell others")
    page = text(signed_in(world.mara), "/wins")
    left = '<a href="/wins?state=unsummed">1 win without a number and 1 win counted in something else than money</a>'
    assert f"Not in these sums: {left}." in page
    unsummed = text(signed_in(world.mara), "/wins?state=unsummed")
    assert "They tell others" in unsummed
    assert "Fewer late trucks" not in unsummed


def test_the_list_is_taken_away_and_no_cell_is_a_formula(world: Cast) -> None:
    written(world, won(world), "=cmd|' /c calc'!A0", value=1.0, unit="EUR")
    answer = signed_in(world.viewer).get("/wins.csv")
    lines = answer.content.decode().splitlines()
    assert lines[0].startswith("win,account,account_name,journey,register,title,value,unit,evidence")
    assert "'=cmd" in lines[1]


def test_wins_cost_the_same_statements_at_any_number(world: Cast) -> None:
    client: Client = signed_in(world.mara)
    journey, counts = won(world), []
    for number in range(2):
        for turn in range(3):
            written(world, journey, f"Win {number} {turn}", value=1.0, unit="EUR")
        client.get("/wins")
        with CaptureQueriesContext(connection) as caught:
            client.get("/wins")
        counts.append(len(caught.captured_queries))
    assert counts[0] == counts[1]
    assert max(counts) <= 9, counts


def test_without_a_win_the_page_says_what_one_is(world: Cast) -> None:
    page = text(signed_in(world.mara), "/wins")
    assert "No win is written down yet." in page
    assert "a deal that it influenced" in page


def test_an_account_in_one_page_names_what_is_missing_and_costs_the_same(world: Cast) -> None:
    journey = won(world)
    written(world, journey, "Know by nine which trucks are late", value=12000.0, unit="EUR", note="report of 2 March")
    conversation.write_comment(actor=world.mara, journey_id=journey, channel="internal", text="They hire in May.")
    client, path = signed_in(world.mara), f"/accounts/{format_id('acc', world.acme)}"
    page = text(client, path)
    for part in (
        "Acme Freight is in",
        "Kickoff",
        "on track",
        "They hire in May.",
        "report of 2 March",
        "€12,000 not yet",
    ):
        assert part in page, part
    actions.fill_role(actor=world.mara, journey_id=journey, role="champion", person=None)
    assert "<strong>Champion</strong>: nobody yet" in text(client, path)
    counts = []
    for number in range(2):
        written(world, journey, f"Another {number}", value=1.0, unit="EUR")
        conversation.write_comment(actor=world.mara, journey_id=journey, channel="internal", text=f"Note {number}")
        client.get(path)
        with CaptureQueriesContext(connection) as caught:
            client.get(path)
        counts.append(len(caught.captured_queries))
    assert counts[0] == counts[1]
    assert max(counts) <= 40, counts
