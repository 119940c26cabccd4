"""The tab Handoff: what sales knew, what waits for it, and the first day."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from onward.journeys import queries
from onward.kernel.ids import format_id
from onward.playbooks.decisions.definition import Task
from tests.journeys.handed_over import HANDED, hand_over, opened
from tests.world import Cast, cast, signed_in, within

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> Cast:
    return cast()


def plain(page: bytes) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.decode()))


def test_what_is_missing_and_who_gives_it_until_it_is_there(world: Cast) -> None:
    first = HANDED.stages[0]
    mail = Task("welcome", "Welcome", "mail", "before", "csm", to=("sponsor",), due=within(24, "h"))
    invite = Task("invite", "Invite", "invite", "before", "csm", meeting="call", due=within(24, "h"))
    book = replace(
        HANDED, id="greeted", stages=(replace(first, tasks=(mail, invite, *first.tasks)), *HANDED.stages[1:])
    )
    journey = opened(world, book=book)
    path, mara = f"/journeys/{format_id('jny', journey)}/handoff", signed_in(world.mara)
    before = plain(mara.get(path).content)
    assert "0 of 2 required answers" in before
    assert "Missing. Mara gives it" in before
    assert "Kickoff waits until sales has handed over." in before
    assert "Nobody is named whom it goes to." in before
    assert "Choose the time of “Kickoff call”: the invite then leaves by itself." in before
    hand_over(world, journey)
    after = plain(mara.get(path).content)
    assert "2 of 2 required answers" in after
    assert "Nothing: sales has handed over." in after
    stamp = {row.key: row.stamp for row in queries.known_views(world.mara, journey)}["handoff.why"]
    stale = mara.post(f"{path}/answers", {"answer": "handoff.why", "value": "x", "seen": "0" * 16})
    assert stale.status_code == 412
    assert "has changed since you opened the page" in stale.content.decode()
    assert mara.post(f"{path}/answers", {"answer": "handoff.why", "value": "Fridays", "seen": stamp}).status_code == 302
    assert "Before, Mara said: “One report on Mondays" in plain(mara.get(path).content)


def test_the_kickoff_is_let_go_by_name_and_held_again(world: Cast) -> None:
    journey = opened(world)
    base, mara = f"/journeys/{format_id('jny', journey)}", signed_in(world.mara)
    gate = {"stage": "before", "check": "handed", "tab": "handoff"}
    waived = mara.post(f"{base}/waivers", {**gate, "reason": "Sales is away"})
    assert waived["Location"] == f"{base}/handoff"
    page = mara.get(f"{base}/handoff").content
    assert "Kickoff may begin without it: Mara waived it" in plain(page)
    assert f'action="{base}/waivers/withdrawal"' in page.decode()
    assert mara.post(f"{base}/waivers/withdrawal", gate)["Location"] == f"{base}/handoff"
    assert "Kickoff waits until sales has handed over." in plain(mara.get(f"{base}/handoff").content)
    again = mara.post(f"{base}/waivers/withdrawal", gate)
    assert again.status_code == 409
    assert "is not waived" in again.content.decode()
