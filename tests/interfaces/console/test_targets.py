"""The page of the targets: what stands in force and why, who changed it, and what is refused in words."""

from __future__ import annotations

import pytest

from onward.accounts import queries
from onward.accounts.decisions import Days
from tests.world import cast, signed_in

pytestmark = pytest.mark.django_db


def test_targets_are_edited_and_every_change_names_who_made_it() -> None:  # covers 31, 32, 33, 34, 35
    world = cast()
    mara = signed_in(world.mara)
    page = mara.get("/settings/targets").content.decode()
    for words in (
        "up to 30 days",
        "30 to 90 days",
        "90 to 180 days",
        "60 to 90 days",
        "90 to 120 days",
        "42 to 56 days",
    ):
        assert f">{words}</text>" in page, words
    assert "A complex mid-market account should take 45 to 135 days" in page
    assert "Nobody has changed them yet" in page
    given = {"goes_by": "complexity", "seen": "0", "segments.mid_market.most": "75", "setup.simple.least": " "}
    assert mara.post("/settings/targets", given).status_code == 302
    now = queries.duration_targets()
    assert (now.number, now.targets.goes_by, now.targets.segments["mid_market"]) == (1, "complexity", Days(30, 75))
    page = mara.get("/settings/targets").content.decode()
    assert "The target goes by complexity, not by segment; Mid-market: 30 to 75 days, was 30 to 90 days" in page
    assert "<strong>Mara</strong>" in page
    assert "should take as long as the account’s complexity says" in page
    # what is refused is said where it was typed, and stays typed
    wrong = mara.post("/settings/targets", {"goes_by": "segment", "seen": "1", "setup.simple.most": "two weeks"})
    page = wrong.content.decode()
    assert wrong.status_code == 422
    assert "Simple, setup: “two weeks” is no number of days." in page
    assert 'name="setup.simple.most" value="two weeks" inputmode="numeric" maxlength="5"' in page
    assert page.count('aria-invalid="true"') == 1
    # somebody who looked before Mara's change does not undo it unseen
    late = signed_in(world.admin).post("/settings/targets", {"goes_by": "segment", "seen": "0"})
    assert late.status_code == 412
    assert "Somebody put other targets in force meanwhile." in late.content.decode()
    assert signed_in(world.tomas).post("/settings/targets", given | {"seen": "1"}).status_code == 403
    assert queries.duration_targets().number == 1
