"""Duration targets: what the table says of one account, what is refused, and that each change is a fact of somebody."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onward.accounts import actions, queries
from onward.accounts.decisions import DEFAULT_TARGETS, Days, DurationTargets, aim_of, checked_targets, factor_for
from onward.accounts.decisions.targets import PARTS, targets_from
from onward.foundation.ledger import facts_of
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.refusals import Refusal

BY_COMPLEXITY = replace(DEFAULT_TARGETS, goes_by="complexity")
MARA = Actor("staff", "usr_00000000000000000000000000", "Mara", role="manager")
TYPED = {
    part: {key: (str(one.least), str(one.most)) for key, one in getattr(DEFAULT_TARGETS, part).items()}
    for part in PARTS
}


@pytest.mark.parametrize(
    ("targets", "segment", "complexity", "factor", "whole", "setup", "why"),
    [
        (DEFAULT_TARGETS, "self_serve", "simple", "0.75", (0, 23), (0, 14), "times its complexity factor 0.75"),
        (DEFAULT_TARGETS, "mid_market", "standard", "1", (30, 90), (14, 28), "Mid-market: 30 to 90 days"),
        (DEFAULT_TARGETS, "mid_market", None, "1", (30, 90), (14, 28), "Mid-market: 30 to 90 days"),
        (DEFAULT_TARGETS, "enterprise", "complex", "1.5", (135, 270), (28, 42), "times its complexity factor 1.5"),
        (DEFAULT_TARGETS, "strategic", "very_complex", "2", (180, 360), (42, 56), "Strategic: 90 to 180 days"),
        # somebody gave the factor: of the setup only what goes beyond the complexity counts
        (DEFAULT_TARGETS, "enterprise", "complex", "3", (270, 540), (56, 84), "times its complexity factor 3"),
        (BY_COMPLEXITY, "enterprise", "simple", "0.75", (14, 30), (0, 14), "Simple: 14 to 30 days"),
        (BY_COMPLEXITY, "enterprise", "standard", "1", (30, 60), (14, 28), "Standard: 30 to 60 days"),
        # red when a complex account is stretched by the factor that its complexity gives it already
        (BY_COMPLEXITY, "mid_market", "complex", "1.5", (60, 90), (28, 42), "Complex: 60 to 90 days"),
        (BY_COMPLEXITY, "mid_market", "very_complex", "2", (90, 120), (42, 56), "Very complex: 90 to 120 days"),
        (BY_COMPLEXITY, "mid_market", "complex", "3", (120, 180), (56, 84), "times 2 as its own factor says"),
        (BY_COMPLEXITY, "mid_market", None, "1", (30, 60), (14, 28), "not known, taken as standard"),
    ],
)
def test_what_the_table_says_of_an_account(  # covers 31, 32, 33, 34, 35
    targets: DurationTargets, segment: str, complexity: str | None, factor: str, whole: Any, setup: Any, why: str
) -> None:
    found = aim_of(targets, segment, complexity, Decimal(factor))
    assert (found.whole, found.setup) == (Days(*whole), Days(*setup))
    assert why in found.why


@given(
    st.sampled_from(["segment", "complexity"]),
    st.sampled_from(sorted(PARTS["segments"])),
    st.sampled_from([None, *PARTS["setup"]]),
    st.decimals("0.01", "20", places=2),
)
@settings(max_examples=30)
def test_a_target_is_a_range_of_days_that_a_factor_never_turns(
    goes_by: str, segment: str, complexity: str | None, factor: Decimal
) -> None:
    targets = replace(DEFAULT_TARGETS, goes_by=goes_by)
    found = aim_of(targets, segment, complexity, factor)
    least = aim_of(targets, segment, complexity, Decimal("0.01"))
    for one, short in ((found.whole, least.whole), (found.setup, least.setup)):
        assert 0 <= one.least <= one.most
        assert 1 <= short.most <= one.most <= 3650
    assert aim_of(targets, segment, complexity, factor_for(complexity)).setup == targets.setup[complexity or "standard"]


@pytest.mark.parametrize(
    ("part", "key", "typed", "words"),
    [
        ("segments", "mid_market", ("90", "30"), "Mid-market: 90 to 30 days is no range."),
        ("segments", "enterprise", ("90", "soon"), "Enterprise: “soon” is no number of days."),
        ("segments", "enterprise", ("90", ""), "Enterprise: the days are missing."),
        ("complexities", "simple", ("1.5", "30"), "Simple: “1.5” is no number of days."),
        ("setup", "complex", ("0", "0"), "Complex, setup: the target is 1 to 730 days."),
        ("setup", "complex", ("", "731"), "Complex, setup: the target is 1 to 730 days."),
        ("setup", "complex", ("-1", "42"), "Complex, setup: “-1” is no number of days."),
        ("setup", "complex", ("٣", "42"), "Complex, setup: “٣” is no number of days."),
    ],
)
def test_what_is_no_range_of_days_is_refused(part: str, key: str, typed: tuple[str, str], words: str) -> None:
    with pytest.raises(Refusal) as refused:
        checked_targets("segment", TYPED | {part: TYPED[part] | {key: typed}})
    assert refused.value.code == "invalid"
    assert refused.value.message == words
    assert str(refused.value.details["field"]).startswith(f"{part}.{key}.")


def test_what_was_typed_is_what_is_stored() -> None:
    assert checked_targets("segment", TYPED) == DEFAULT_TARGETS == targets_from(DEFAULT_TARGETS.table())
    with pytest.raises(Refusal, match="do not go by"):
        checked_targets("mood", TYPED)


@pytest.mark.django_db
def test_each_change_is_a_fact_of_somebody_and_nobody_overwrites_another() -> None:  # covers 31
    assert queries.duration_targets().targets == DEFAULT_TARGETS
    wanted = replace(DEFAULT_TARGETS, setup={**DEFAULT_TARGETS.setup, "simple": Days(0, 10)})
    with pytest.raises(Refusal) as refused:
        actions.set_duration_targets(actor=replace(MARA, role="member"), targets=wanted)
    assert refused.value.code == "forbidden"
    assert actions.set_duration_targets(actor=MARA, targets=wanted, seen=0) == 1
    assert actions.set_duration_targets(actor=MARA, targets=wanted, seen=1) == 1, "nothing was changed"
    facts = [fact for fact in facts_of(stream="org") if fact.name == "segment.targets_changed"]
    assert [(fact.actor, fact.data["number"], fact.data["setup"]["simple"]) for fact in facts] == [
        (MARA.ref, 1, [0, 10])
    ]
    with pytest.raises(Refusal) as stale:
        actions.set_duration_targets(actor=SYSTEM, targets=BY_COMPLEXITY, seen=0)
    assert stale.value.code == "stale"
    assert [row.by for row in queries.target_tables()] == [MARA.ref, ""]
