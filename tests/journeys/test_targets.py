"""A promise that refers to the organization's targets: a journey keeps those that were in force when it opened."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
import time_machine

from onward.accounts import actions as accounts
from onward.accounts.decisions import DEFAULT_TARGETS, Days, aim_of, factor_for
from onward.insights.queries import keeping
from onward.interfaces.console.journey.aiming import aiming
from onward.interfaces.console.journey.seen import Seen
from onward.journeys import actions, queries
from onward.journeys.decisions.aiming import aim_on
from onward.kernel.actor import Actor
from onward.kernel.clock import Span
from onward.kernel.ids import format_id
from onward.playbooks import queries as playbooks
from onward.playbooks.decisions.definition import Targets
from onward.playbooks.decisions.parts import Case, Timing
from tests.journeys.test_journey import won
from tests.world import SIGNED, SMALL, cast, publish, signed_in

pytestmark = pytest.mark.django_db

SETUP = Timing("after", "account.setup_days after signed", Span(1, "d"), "signed", times="account.setup_days")
WHOLE = Timing("within", "within account.target_days of signed", Span(1, "d"), "signed", times="account.target_days")

BY_SEGMENT = Timing(
    "table",
    "by account.segment",
    by="account.segment",
    cases=(Case("enterprise", Timing("after", "45d after day_zero", Span(45, "d"), "day_zero")),),
)


def promised(viewer: Actor, journey: UUID) -> dict[str, date | None]:
    view = queries.journey_view(viewer, journey)
    return {stage.key: stage.due_on for stage in view.stages if stage.key != "kickoff"}


def by_targets() -> None:
    kickoff, setup, value = SMALL.stages
    publish(replace(SMALL, stages=(kickoff, replace(setup, due=SETUP), replace(value, due=WHOLE))))


def test_what_was_promised_never_moves_when_the_table_is_edited() -> None:  # covers 31, 34, 35
    with time_machine.travel(SIGNED + timedelta(hours=3), tick=False) as clock:
        world = cast()
        by_targets()
        accounts.change_account(actor=world.mara, account_id=world.acme, segment="mid_market", complexity="complex")
        first = won(world)
        before = {"setup": date(2026, 4, 13), "value": date(2026, 7, 15)}  # 42 days; 90 x 1.5
        assert promised(world.mara, first) == before
        clock.shift(timedelta(hours=1))
        tighter = replace(
            DEFAULT_TARGETS,
            segments={**DEFAULT_TARGETS.segments, "mid_market": Days(20, 40)},
            setup={**DEFAULT_TARGETS.setup, "complex": Days(0, 21)},
        )
        accounts.set_duration_targets(actor=world.mara, targets=tighter)
        accounts.change_account(actor=world.mara, account_id=world.acme, seats=11)
        assert promised(world.mara, first) == before, "red when a running journey takes the new table"
        clock.shift(timedelta(hours=1))
        second = actions.open_journey(
            actor=world.mara, account_id=world.acme, version_id=playbooks.current_id("small"), signed_at=SIGNED
        )
        assert promised(world.mara, second) == {"setup": date(2026, 3, 23), "value": date(2026, 5, 1)}
        pages = signed_in(world.viewer)
        kept, new = (pages.get(f"/journeys/{format_id('jny', one)}").content.decode() for one in (first, second))
        assert "day 0 of 135" in kept
        assert "Mid-market: 30 to 90 days, times its complexity factor 1.5" in kept
        assert "day 0 of 60" in new
        form = signed_in(world.mara).get(f"/journeys/new?account={format_id('acc', world.acme)}").content.decode()
        assert "60 days after the signature" in form
        assert "Its setup should take 21 days: " in form
        assert "Mid-market: 20 to 40 days, times its complexity factor 1.5" in form


@pytest.mark.parametrize(
    ("complete", "segment", "most", "why"),
    [
        (None, "mid_market", 90, "Mid-market: 30 to 90 days"),
        (WHOLE, "mid_market", 90, "Mid-market: 30 to 90 days"),
        (
            Timing("after", "60d after day_zero", Span(60, "d"), "day_zero"),
            "mid_market",
            60,
            "As the playbook itself says",
        ),
        (
            Timing("after", "6w after day_zero", Span(6, "w"), "day_zero"),
            "mid_market",
            42,
            "As the playbook itself says",
        ),
        (
            Timing("after", "30wd after day_zero", Span(30, "wd"), "day_zero"),
            "enterprise",
            42,
            "As the playbook itself says",
        ),
        (BY_SEGMENT, "enterprise", 45, "As the playbook itself says, by segment"),
        (BY_SEGMENT, "mid_market", 90, "Mid-market: 30 to 90 days"),
    ],
)
def test_a_number_of_the_playbooks_own_wins_over_the_table(
    complete: Timing | None, segment: str, most: int, why: str
) -> None:
    by_table = aim_of(DEFAULT_TARGETS, segment, None, factor_for(None))
    book = replace(SMALL, targets=Targets(complete=complete))
    found = aim_on(book, by_table, {"account.segment": segment})
    assert (found.whole.most, found.why) == (most, why)
    assert found.setup == by_table.setup


def test_the_journey_and_the_page_before_it_say_the_playbooks_own_target() -> None:
    with time_machine.travel(SIGNED + timedelta(hours=3), tick=False):
        world = cast()
        publish(replace(SMALL, targets=Targets(complete=BY_SEGMENT.cases[0].timing)))
        journey, pages = won(world), signed_in(world.viewer)
        page = pages.get(f"/journeys/{format_id('jny', journey)}").content.decode()
        form = signed_in(world.mara).get(f"/journeys/new?account={format_id('acc', world.acme)}").content.decode()
        kept = keeping(world.mara, as_of=SIGNED + timedelta(days=1))
    assert "day 0 of 45" in page
    assert "As the playbook itself says" in page
    assert "45 days after the signature" in form
    assert [one.most for one in kept] == [45], "red when the share is counted by another target than the page shows"


def test_how_a_journey_stands_to_its_target() -> None:
    with time_machine.travel(SIGNED, tick=False):
        world = cast()
        view = queries.journey_view(world.mara, won(world))
    for state, after, words, is_missed in (
        ("open", 12, "day 12 of 30", False),
        ("open", 30, "day 30 of 30", False),
        ("open", 31, "1 day past it", True),
        ("completed", 30, "completed on day 30 of 30", False),
        ("completed", 33, "completed 3 days after it", True),
        ("cancelled", 33, "", False),
    ):
        then = SIGNED + timedelta(days=after)
        seen = Seen(replace(view, state=state, ended_at=then if state != "open" else None), SMALL, then)
        found = aiming(seen, aim_of(DEFAULT_TARGETS, "self_serve", None, factor_for(None)))
        assert (found.words, found.is_missed, found.day) == (words, is_missed, date(2026, 4, 1)), (state, after)
