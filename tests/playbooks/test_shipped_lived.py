"""Each shipped playbook, lived from the signature on by a good, a slow and a silent customer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from onward.automation.decisions.simulating import PERSONAS, Account, Simulation, simulate
from onward.automation.decisions.simulating.wording import sentence
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.overview import chosen_for
from onward.playbooks.decisions.publishing import Draft, lint
from onward.playbooks.queries import read_shelf

SHELF = read_shelf(Path(__file__).parents[2] / "playbooks")
START = date(2026, 1, 5)
EVERY = sorted(name.removesuffix(".yaml") for name in SHELF.playbooks)
#: Chosen by hand, and so for whom it is meant.
MEANT_FOR = {"saas_model": "self_serve", "five_stages": "mid_market", "five_phases": "mid_market"}
#: What a slow customer with a simple case is late with.
LATE = {
    "enterprise_90_days": "Kickoff complete",
    "enterprise_workflow": "Kickoff complete",
    "five_phases": "First value achieved",
    "saas_model": "Activated",
    "self_serve_funnel": "Activated",
    "seven_stage_loop": "First successful use",
    "six_steps": "First value realization",
}
#: Where something that waits shows days before that first value cannot be kept; elsewhere only use is missing.
FORESEEN = (
    "b2b_seven_stages", "five_phases", "mid_market_60_days", "seven_stage_loop", "six_steps", "strategic_high_touch",
)  # fmt: skip


@cache
def book(name: str) -> Playbook:
    found = lint(Draft(SHELF.playbooks[f"{name}.yaml"], name, SHELF.beside, SHELF.texts)).playbook
    assert found is not None
    return found


@cache
def lived(name: str, persona: str, days: int, complexity: str = "standard") -> Simulation:
    by_itself = {key: segment for segment, key in chosen_for([book(one) for one in EVERY]).items()}
    segment = by_itself.get(name) or MEANT_FOR.get(name, "enterprise")
    return simulate(book(name), PERSONAS[persona], START, days, Account(segment=segment, complexity=complexity))


@pytest.mark.parametrize("name", EVERY)
def test_a_good_customer_completes_within_the_target_and_is_never_behind(name: str) -> None:
    # red when a gate waits for something that nobody is asked to do, or a date stands before what it rests on
    good = lived(name, "good", 130)
    assert good.state == "completed", [(stage.title, stage.missing) for stage in good.stages if not stage.closed_on]
    assert "before its target" in sentence(good)
    assert good.complete.days_late is not None
    assert good.complete.days_late <= 0
    assert [entry.words for entry in good.entries if entry.kind in ("pace", "promise")] == []
    assert [check.name for check in good.checks if check.held_at_opening] == []
    assert [check.name for check in good.checks if check.was_judged and not check.was_met] == []
    late = [row.key for row in good.run.milestones if row.met_at and row.due_at and row.met_at > row.due_at]
    assert late == []


@pytest.mark.parametrize("complexity", ["simple", "complex", "very_complex"])
@pytest.mark.parametrize("name", EVERY)
def test_a_good_customer_is_in_time_whatever_the_complexity(name: str, complexity: str) -> None:  # covers 33, 35
    good = lived(name, "good", 130, complexity)
    assert good.state == "completed"
    assert [entry.words for entry in good.entries if entry.kind in ("pace", "promise")] == []


@pytest.mark.parametrize("name", EVERY)
def test_a_slow_customer_is_late_and_told_so(name: str) -> None:
    slow = lived(name, "slow", 150, "simple")
    first = slow.first_value
    assert first is not None
    what = LATE.get(name, "First value")
    row = next(row for row in slow.run.milestones if row.title == what)
    assert row.met_at is not None
    assert row.due_at is not None
    assert row.met_at > row.due_at
    behind = [entry for entry in slow.entries if entry.kind == "pace" and entry.words == "Behind"]
    assert behind
    assert all(" was due " in entry.more for entry in behind)
    if row.first_value:
        assert sentence(slow).startswith(f"A slow customer reaches first value on day {first.day}, ")
        assert " late" in sentence(slow)


@pytest.mark.parametrize("name", FORESEEN)
def test_the_forecast_says_that_first_value_will_be_late_before_it_is(name: str) -> None:
    first = lived(name, "slow", 150, "simple").first_value
    assert first is not None
    assert first.target_day is not None
    assert first.target_on is not None
    before = lived(name, "slow", first.target_day - 3, "simple").run
    expected = before.journey.expected["milestone.first_value"]
    assert date.fromisoformat(expected["on"]) > first.target_on
    assert expected["by"].startswith("stage."), "and on what it waits"


@pytest.mark.parametrize("name", EVERY)
def test_a_customer_who_falls_silent_is_stalled_and_it_is_said_on_whom(name: str) -> None:
    silent = lived(name, "stalling", 70)
    assert (silent.state, silent.pace) == ("open", "stalled")
    assert silent.pace_reason.startswith("No step was taken on either side since")
    stood = silent.stands_still_on
    assert stood is not None
    assert stood.side == "theirs"
    assert stood.waits_for
    assert "on them: " in sentence(silent)


def test_a_yes_at_the_review_begins_the_next_cycle_and_its_review_comes_last() -> None:  # covers 5
    eager = replace(PERSONAS["good"], says_yes=True)
    found = simulate(book("seven_stage_loop"), eager, START, 150, Account(segment="enterprise"))
    repeated = ["stage.training", "stage.adoption", "stage.review"]
    closed = [entry.name for entry in found.entries if entry.kind == "stage_closed" and entry.name in repeated]
    assert closed == repeated * 4, "at most four times, then it is complete"
    assert found.state == "completed"


@pytest.mark.parametrize("complexity", ["simple", "standard", "complex", "very_complex"])
@pytest.mark.parametrize("name", EVERY)
def test_in_a_fresh_plan_nothing_is_due_after_the_stage_that_it_is_in(name: str, complexity: str) -> None:
    # red when a date counts from a stage's planned beginning, and the stage's own from the signature
    run = lived(name, "good", 1, complexity).run
    ends = {stage.key: stage.due_on for stage in run.stages}
    late = []
    for row in run.tasks:
        end = ends[row.stage]
        due = None if row.kind == "fill_role" else book(name).task(row.key).due
        # What is dated by a meeting follows the meeting, wherever it stands.
        by_meeting = due is not None and any(moment.startswith("task.") for moment in due.moments)
        if row.due_on and end and row.due_on > end and row.state != "done" and not by_meeting:
            late.append((row.key, row.due_on, end))
    assert late == []
