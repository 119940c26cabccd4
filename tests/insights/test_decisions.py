"""Curves against lifelines and known answers; stays; urgency."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onward.insights.decisions import (
    Held,
    Observation,
    Situation,
    Stand,
    Stay,
    held_up,
    money,
    observe,
    stage_figures,
    survival,
    urgency,
)
from onward.insights.decisions.urgency import BEHIND, ENDED, LATE, MONEY_DAYS, ON_TRACK, PAUSED, PRESSING

DAY = timedelta(days=1)
START = datetime(2026, 1, 1, tzinfo=UTC)


def lung(folder: Path, sex: str = "") -> list[Observation]:
    with open(folder / "survival" / "lung.csv") as lines:
        return [
            Observation(float(row["time"]), row["status"] == "1")
            for row in csv.DictReader(lines)
            if not sex or row["sex"] == sex
        ]


@pytest.mark.parametrize(
    ("sex", "n", "reached", "median", "by_log", "by_log_log"),
    [
        ("", 228, 165, 310, (285, 363), (284, 361)),
        ("1", 138, 112, 270, (212, 310), (210, 306)),
        ("2", 90, 53, 426, (348, 550), (345, 524)),
    ],
)
def test_lung_gives_the_published_median_and_bounds(
    real_data: Path,
    sex: str,
    n: int,
    reached: int,
    median: float,
    by_log: tuple[float, float],
    by_log_log: tuple[float, float],
) -> None:
    seen = lung(real_data, sex)
    found = survival(seen)
    assert (found.n, found.reached, found.median_days) == (n, reached, median)
    assert found.ci == by_log_log
    assert survival(seen, ci_method="log").ci == by_log


def test_lung_gives_the_published_shares(real_data: Path) -> None:
    found = survival(lung(real_data))
    shares = [found.waiting(day) for day in (30, 90, 180, 365)]
    assert shares == pytest.approx([0.95614, 0.881579, 0.721671, 0.409242], abs=1e-6)


@settings(max_examples=settings.default.max_examples // 3, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=2, max_size=60))
def test_a_curve_equals_that_of_lifelines(rows: list[tuple[int, bool]]) -> None:
    lifelines = pytest.importorskip("lifelines")
    if not any(reached for _, reached in rows):
        return
    found = survival(Observation(days, reached) for days, reached in rows)
    fitter = lifelines.KaplanMeierFitter().fit([days for days, _ in rows], [reached for _, reached in rows])
    bounds = fitter.confidence_interval_
    for point in found.curve:
        assert point.waiting == pytest.approx(float(fitter.predict(point.days)), abs=1e-9)
        if point.lower is not None:
            lower, upper = bounds.loc[point.days]
            assert (point.lower, point.upper) == pytest.approx((lower, upper), abs=1e-9)
    # lifelines compares with 0.5 exactly and slips a step where rounding leaves 0.5000000000000001.
    if not any(abs(point.waiting - 0.5) < 1e-9 for point in found.curve):
        median = fitter.median_survival_time_
        assert found.median_days == (None if median == float("inf") else median)


def test_the_median_is_the_first_moment_at_which_half_had_got_there() -> None:
    found = survival([Observation(1, True), Observation(2, True), Observation(3, True), Observation(4, True)])
    assert found.median_days == 2
    assert found.quantile(0.9) == 4


def test_not_reached_is_an_answer() -> None:
    found = survival([Observation(5, True), *[Observation(9, False)] * 3])
    assert found.median_days is None
    assert found.ci[1] is None
    assert survival([]).median_days is None


def test_censored_at_cancellation_and_at_as_of() -> None:
    as_of = START + 100 * DAY
    assert observe(START, START + 40 * DAY, None, as_of) == Observation(40, True)
    assert observe(START, START + 101 * DAY, None, as_of) == Observation(100, False)
    assert observe(START, None, START + 30 * DAY, as_of) == Observation(30, False)
    assert observe(START, START + 40 * DAY, START + 30 * DAY, as_of) == Observation(30, False)
    assert observe(START, START - DAY, None, as_of) == Observation(0, True)


def stay(days: float | None, *, left: float | None = None, entered: datetime = START) -> Stay:
    return Stay(
        "sixty_day",
        "kickoff",
        "Kickoff",
        1,
        entered,
        entered + days * DAY if days is not None else None,
        entered + left * DAY if left is not None else None,
    )


def test_a_stage_counts_who_closed_it_who_is_in_it_and_who_left() -> None:
    stays = [*(stay(day) for day in range(1, 11)), stay(None), stay(None, left=3)]
    (found,) = stage_figures(stays, START + 20 * DAY)
    assert (found.entered, found.closed, found.in_it, found.left) == (12, 10, 1, 1)
    assert (found.closed_median_days, found.closed_p90_days) == (5, 9)
    assert found.median_days == 6, "those still in it push the median up"


def test_a_stage_at_an_earlier_moment_is_told_as_it_was_then() -> None:
    (found,) = stage_figures([stay(5), stay(2), stay(3, entered=START + 30 * DAY)], START + 4 * DAY)
    assert (found.entered, found.closed, found.in_it) == (2, 1, 1)


def case(**changes: object) -> Situation:
    usual: dict[str, object] = {
        "state": "open",
        "pace": "on_track",
        "pace_since": None,
        "first_value_due_at": START + 30 * DAY,
        "first_value_met_at": None,
        "next_due_at": START + 3 * DAY,
        "started_at": START,
        "ended_at": None,
    }
    return Situation(**{**usual, **changes})  # type: ignore[arg-type]


# covers 93, 94
def test_late_and_stalled_come_first() -> None:
    now = START + 31 * DAY
    met = START + 9 * DAY
    due = START + 60 * DAY
    cases = [
        (PRESSING, case()),
        (PRESSING, case(pace="stalled", first_value_due_at=due)),
        (PRESSING, case(pace="stalled", first_value_met_at=met)),
        (BEHIND, case(pace="behind", first_value_met_at=met)),
        (ON_TRACK, case(first_value_due_at=due)),
        (PAUSED, case(state="paused")),
        (ENDED, case(state="completed", ended_at=met)),
    ]
    assert [urgency(now, one).rank for _, one in cases] == [rank for rank, _ in cases]


def test_a_small_account_that_is_late_does_not_stand_above_a_large_one_that_stalled() -> None:
    # red when the kind of trouble comes before the money and how long it lasts
    now = START + 40 * DAY
    small = case(first_value_due_at=now - 11 * DAY, arr=Decimal("1200"))
    due, since = now + 14 * DAY, now - 15 * DAY
    large = case(pace="stalled", pace_since=since, first_value_due_at=due, arr=Decimal("125000"))
    assert urgency(now, large).at == since - 3 * MONEY_DAYS * DAY
    assert urgency(now, large) < urgency(now, small)
    both = replace(large, first_value_due_at=now - DAY)
    assert urgency(now, both).at == urgency(now, large).at - LATE * DAY, "late and stalled: the earlier of the two"
    old = replace(small, first_value_due_at=now - 60 * DAY)
    assert urgency(now, old) < urgency(now, both), "a small one is never hidden for good"


def test_the_longest_late_comes_first_and_the_latest_ended_last() -> None:
    now = START + 10 * DAY
    late, later = case(first_value_due_at=START), case(first_value_due_at=START + DAY)
    assert urgency(now, late).at < urgency(now, later).at
    old, new = case(ended_at=START), case(ended_at=now)
    assert urgency(now, new).at < urgency(now, old).at


def test_late_steps_a_question_and_money_put_a_journey_forward_among_its_like_alone() -> None:
    now = START + 40 * DAY
    small = case(first_value_due_at=START, arr=Decimal("1200"))
    large = case(first_value_due_at=START + 9 * DAY, arr=Decimal("76000"), overdue_theirs=1)
    assert urgency(now, large).at < urgency(now, small).at
    asked = case(first_value_due_at=START + 4 * DAY, overdue_ours=1, asked=True)
    assert urgency(now, asked).at == START - 5 * DAY - LATE * DAY
    assert urgency(now, case(pace="behind", arr=Decimal(10**7))).rank == PRESSING
    assert urgency(now, case(pace="behind", first_value_due_at=now, arr=Decimal(10**7))).rank > PRESSING
    calm = case(first_value_due_at=now, arr=Decimal(10**7))
    assert urgency(now, calm).at == calm.next_due_at, "money hurries nothing that is on track"
    assert [money(one) for one in (None, Decimal(9999), Decimal(10_000), Decimal(10**9))] == [0, 0, 1, 5]


def test_a_stage_that_was_closed_before_the_journey_was_cancelled_was_not_left() -> None:
    day = datetime(2026, 3, 2, tzinfo=UTC)
    stays = [
        Stay("p", "kickoff", "Kickoff", 0, day, day + timedelta(days=2), day + timedelta(days=9)),
        Stay("p", "kickoff", "Kickoff", 0, day, None, day + timedelta(days=3)),
        Stay("p", "kickoff", "Kickoff", 0, day, None, None),
    ]
    (figures,) = stage_figures(stays, day + timedelta(days=20))
    assert (figures.entered, figures.closed, figures.in_it, figures.left) == (3, 1, 1, 1)


def test_a_share_is_known_no_longer_than_somebody_was_followed() -> None:
    some = survival([Observation(10, True), Observation(40, False)])
    assert some.followed_days == 40
    assert survival([Observation(10, True), Observation(20, True)]).followed_days == float("inf")
    assert survival([]).followed_days == 0


def stand(stage: str, timed: int, stayed: int | None, promised: int | None) -> Stand:
    beyond = stayed - promised if stayed is not None and promised is not None else None
    return Stand(stage, stage.title(), ["Plan"], timed, 0, timed, stayed, promised, beyond)


def test_what_holds_us_up_is_furthest_beyond_its_promise() -> None:
    # red when the longest stay wins over what was promised, or two journeys are enough to tell
    long, slow, few = stand("long", 9, 40, 38), stand("slow", 3, 20, 10), stand("few", 2, 90, 5)
    assert held_up([long, slow, few]) == Held(slow)
    assert held_up([few]) == Held(None, too_few=True)
    assert held_up([stand("a", 5, 9, 10), stand("b", 5, 10, 10)]) == Held(None)
    unpromised = [stand("a", 5, 9, None), stand("b", 5, 12, None)]
    assert held_up(unpromised) == Held(unpromised[1])
    assert held_up([*unpromised, slow]) == Held(slow)
    assert held_up([stand("new", 9, 0, None)]) == Held(None)
    assert held_up([]) == Held(None, too_few=True)
