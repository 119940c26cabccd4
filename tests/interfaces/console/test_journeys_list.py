"""The list of journeys: its sentence, its words, its file and what it costs."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.interfaces.console.test_journey_pages import _three_hours_after_signature, text, won, world
from tests.world import Cast, signed_in

__all__ = ["_three_hours_after_signature", "world"]
pytestmark = pytest.mark.django_db


def test_the_portfolio_opens_with_a_sentence_whose_figures_are_links(world: Cast) -> None:
    # covers 93, 94
    won(world)
    page = text(signed_in(world.mara), "/journeys")
    assert '<a href="/journeys">1 journey</a> is under way' in page
    assert "Acme Freight" in page
    assert 'aria-label="Stage 1 of 3"' in page


def test_an_empty_portfolio_offers_the_first_action(world: Cast) -> None:
    page = text(signed_in(world.mara), "/journeys")
    assert "No customer is being onboarded here yet." in page
    assert 'href="/imports"' in page


def test_the_portfolio_costs_ten_statements_at_any_number_of_journeys(world: Cast) -> None:
    client = signed_in(world.mara)
    counts = []
    for account in (world.acme, world.globex):
        won(world, account)
        client.get("/journeys")
        with CaptureQueriesContext(connection) as caught:
            client.get("/journeys")
        counts.append(len(caught.captured_queries))
    assert counts[0] == counts[1]
    assert max(counts) <= 10, counts


def test_words_of_the_address_narrow_the_list_and_wrong_ones_are_refused(world: Cast) -> None:
    won(world)
    client = signed_in(world.mara)
    assert "Acme Freight" in text(client, "/journeys?by=me&sort=account&q=acm")
    assert "No journey is like that." in text(client, "/journeys?q=nobody")
    assert "Acme Freight" not in text(client, "/journeys?pace=stalled")
    for wrong in ("sort=drop", "pace=fast", "in=vip", "by=usr_x", "after=zzz", "value=soon", "state=odd"):
        answer = client.get(f"/journeys?{wrong}")
        assert answer.status_code in {404, 422}, wrong
        assert "Go to the first page" in answer.content.decode()


def test_the_list_can_be_taken_away_as_csv(world: Cast) -> None:
    won(world)
    answer = signed_in(world.viewer).get("/journeys.csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert lines[0].startswith("journey,account,account_name")
    assert "Acme Freight" in lines[1]
