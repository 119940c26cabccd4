"""The simulation of a playbook: its first sentence answers, the bars and the list tell the same days."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from onward.kernel.actor import SYSTEM
from onward.playbooks import actions
from tests.world import cast, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def mara() -> Client:
    world = cast()
    actions.publish_shipped(actor=SYSTEM)
    return signed_in(world.mara)


def words(client: Client, path: str) -> tuple[str, str]:
    answer = client.get(path)
    assert answer.status_code == 200
    page = answer.content.decode()
    return page, re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page))).replace(" .", ".").replace(" ,", ",")


def test_the_playbook_leads_to_what_would_come_of_it(mara: Client) -> None:
    page, _ = words(mara, "/playbooks/mid_market_60_days")
    assert 'href="/playbooks/mid_market_60_days/simulation"' in page
    page, said = words(mara, "/playbooks/mid_market_60_days/simulation")
    found = re.search(r"A good customer reaches first value on day (\d+), \d+ days before its target", said)
    assert found, said[:600]
    assert f'id="day-{found[1]}"' in page
    assert "Kickoff and planning" in said
    assert "nothing is sent or written" in said


def test_a_silent_customer_is_waited_for(mara: Client) -> None:
    page, said = words(mara, "/playbooks/mid_market_60_days/simulation?as=stalling&days=60")
    assert "A customer who falls silent does not reach first value within 60 days; its target is day 30" in said
    assert "waiting for them" in said
    assert "At the end it is stalled. No step was taken on either side since" in said
    assert '<option value="stalling" selected>' in page


@pytest.mark.parametrize(
    "path", ["small/simulation", "self_serve_funnel/simulation?as=nobody&days=x&segment=y&complexity=z"]
)
def test_any_playbook_and_any_question_has_an_answer(mara: Client, path: str) -> None:
    assert "customer" in words(mara, f"/playbooks/{path}")[1]


def test_a_draft_is_simulated_before_it_is_published(mara: Client) -> None:
    mara.post("/playbooks/drafts", {"title": "Ours", "way": "blank"})
    assert 'href="/playbooks/ours/simulation?draft=1"' in words(mara, "/playbooks/ours/studio")[0]
    page, said = words(mara, "/playbooks/ours/simulation?draft=1&as=slow")
    assert "Simulation of the draft" in said
    assert '<input type="hidden" name="draft" value="1">' in page
    draft = mara.get("/playbooks/ours/studio").content.decode()
    edition = re.search(r'name="edition" value="(\d+)"', draft)
    assert edition
    mara.post("/playbooks/ours/studio", {"playbook-text": "playbook: ours\n", "edition": edition[1], "do": "save"})
    answer = mara.get("/playbooks/ours/simulation?draft=1")
    assert answer["Location"] == "/playbooks/ours/studio#problems"
    assert "mend the problems first" in words(mara, answer["Location"].partition("#")[0])[1]


def test_there_is_none_of_what_is_not_published(mara: Client) -> None:
    assert mara.get("/playbooks/nobody/simulation").status_code == 404
