"""The shipped playbooks hold what their sources ask of a template, each in its own words and stages."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from onward.automation.decisions.simulating import Account
from onward.kernel.clock import WorkingCalendar
from onward.playbooks.decisions.definition import Playbook, Task
from onward.playbooks.decisions.overview import chosen_for
from onward.playbooks.decisions.publishing import Draft, lint
from onward.playbooks.decisions.timing import Moment, due, resolved
from onward.playbooks.queries import read_shelf

ROOT = Path(__file__).parents[2]
SHELF = read_shelf(ROOT / "playbooks")
SIGNED = datetime(2026, 3, 2, 9, tzinfo=UTC)
STAGES = {
    "five_stages": "kickoff setup training first_value transition",
    "six_steps": "handoff kickoff implementation training first_win support",
    "five_phases": "planning technical enablement value handover",
    "seven_stage_loop": "alignment welcome setup training first_value adoption review",
    "b2b_seven_stages": "pre_onboarding kickoff setup training first_value adoption completion",
    "saas_model": "welcome setup tours activation habit",
    "enterprise_workflow": "handoff kickoff plan implementation training review",
    "self_serve_funnel": "sign_up tour first_steps guidance habit upgrade",
    "mid_market_60_days": "planning technical enablement value handover",
    "enterprise_90_days": "kickoff setup training migration go_live review",
    "strategic_high_touch": "pre_onboarding kickoff setup training first_value adoption completion",
}
WITH_PEOPLE = sorted(set(STAGES) - {"self_serve_funnel", "saas_model"})


@cache
def book(name: str) -> Playbook:
    found = lint(Draft(SHELF.playbooks[f"{name}.yaml"], name, SHELF.beside, SHELF.texts)).playbook
    assert found is not None
    return found


def everyone() -> list[Playbook]:
    return [book(name.removesuffix(".yaml")) for name in SHELF.playbooks]


@pytest.mark.parametrize("name", STAGES)
def test_each_source_has_its_stages(name: str) -> None:  # covers 2-10, 161
    assert [stage.id for stage in book(name).stages] == STAGES[name].split()
    assert len(book(name).source) > 80, "says what is quoted and what is ours"
    assert "ours" in book(name).source


@pytest.mark.parametrize("name", STAGES)
def test_each_states_the_five_components(name: str) -> None:  # covers 11, 12, 13, 19, 20, 21, 164
    found = book(name)
    assert found.goals
    assert {kpi.id for kpi in found.kpis} >= {"time_to_first_value"}
    assert len(found.kpis) >= 3
    for milestone in found.milestones:
        assert milestone.when or milestone.pick, f"{milestone.id} has criteria"
        assert milestone.due or (milestone.first_value and found.targets.first_value), f"{milestone.id} has a date"
        assert milestone.owner, f"{milestone.id} has somebody"
    for stage in found.stages:
        assert stage.owner, stage.id
        assert stage.exit, stage.id
        assert stage.due, stage.id
    assert found.targets.first_value
    assert found.targets.complete
    assert found.completion
    assert found.on_complete.account == "active"


@pytest.mark.parametrize("name", STAGES)
def test_goals_hold_activation_adoption_and_time_to_value(name: str) -> None:  # covers 12
    said = " ".join(f"{goal.id} {goal.title}" for goal in book(name).goals).lower()
    assert "value" in said or "campaign" in said or "activat" in said, said
    if name in WITH_PEOPLE:
        assert "seats" in said, "how many use it"


@pytest.mark.parametrize("name", STAGES)
def test_every_task_of_the_customer_says_how_it_is_done(name: str) -> None:  # covers 69
    found = book(name)
    theirs = {role.id for role in found.roles if role.side == "theirs"} | {group.id for group in found.groups}

    def is_theirs(task: Task) -> bool:
        sent = task.kind in ("mail", "file", "survey")
        return not sent and bool(theirs.intersection(task.people))

    assert [task.id for task in found.tasks if is_theirs(task) and len(task.help) < 20] == []


@pytest.mark.parametrize("name", WITH_PEOPLE)
def test_an_onboarding_with_people_has_handoff_kickoff_training_and_check_ins(name: str) -> None:
    # covers 40, 42, 54, 55, 80, 88, 105, 110
    found = book(name)
    assert {form.id for form in found.forms} >= {"handoff", "kickoff"}
    (kickoff,) = [task for task in found.tasks if task.picks]
    assert kickoff.form == "kickoff"
    assert kickoff.picks == "first_value"
    assert any("objectives.agreed" in check.names for stage in found.stages for check in stage.exit)
    hours = {
        json.loads(one.body)["for"]: json.loads(one.body)["hours"] for one in found.intents if one.kind == "course"
    }
    assert hours["admins"] == 4
    assert len(hours) >= 2
    assert len(found.check_ins) >= 2
    assert {role.id for role in found.roles} >= {"csm", "sales", "specialist", "champion", "project_owner", "sponsor"}


def test_ninety_days_train_each_role_its_hours_and_end_thirty_days_after_go_live() -> (
    None
):  # covers 80, 97, 98, 99, 161
    found = book("enterprise_90_days")
    hours = {one.id: json.loads(one.body)["hours"] for one in found.intents if one.kind == "course"}
    assert hours == {"admin": 4, "marketer": 2, "executive": 0.5}
    targets = {check.id: check.target.value for check in found.completion if check.target}
    assert (targets["campaigns"], targets["lists"], targets["users"]) == (3, 1, 15)
    review = found.task("review")
    assert review.due is not None
    assert review.due.text == "30d after milestone.go_live.met"


def test_the_strategic_variant_adds_what_leaders_ask_for() -> None:  # covers 36, 61, 64, 68, 70, 82, 104, 146, 155
    base, found = book("b2b_seven_stages"), book("strategic_high_touch")
    new = {task.id for task in found.tasks} - {task.id for task in base.tasks}
    assert new == {"executive_kickoff", "custom_integration", "kpi_dashboards", "change_plan", "trainer_course"}
    assert {task.id for task in base.tasks} <= {task.id for task in found.tasks}
    kickoff = found.task("executive_kickoff")
    assert (kickoff.must, kickoff.form) == (("csm", "sponsor"), "strategy")
    assert "their_engineer" in found.task("custom_integration").helpers
    assert sum(task.effort_hours for task in found.tasks) >= 40, "hours of ours"
    leaders = next(one for one in found.check_ins if one.id == "leaders")
    assert (str(leaders.every), leaders.participants) == ("1w", ("sponsor",))
    targets = {kpi.id: kpi.target.value for kpi in found.kpis if kpi.target}
    assert targets["completion_rate"] == 0.95


def test_the_loop_enters_its_later_stages_anew_when_the_review_says_so() -> None:  # covers 5, 22, 28
    found = book("seven_stage_loop")
    anew = {stage.id: stage.again.when.text for stage in found.stages if stage.again}
    assert anew == dict.fromkeys(("training", "adoption", "review"), "answer.cycle.ready")
    assert found.on_complete.account == "active"


def days_of(name: str, **readings: object) -> float:
    """Days from the signature to the target for first value, for an account that reads so."""
    known = Account(**readings).readings()  # type: ignore[arg-type]
    moments = {"signed": Moment(SIGNED), "day_zero": Moment(SIGNED)}
    found = due(
        book(name).targets.complete,
        moments=moments,
        readings=known,  # type: ignore[arg-type]
        calendar=WorkingCalendar(weekdays=frozenset(range(7))),
    )
    assert found.at is not None
    return (found.at - SIGNED) // timedelta(days=1)


def test_targets_go_by_segment_by_complexity_and_by_its_factor() -> None:  # covers 31, 32, 33, 34
    assert days_of("self_serve_funnel") <= 30
    # red when the target is 30 days while the phases of the plan end on day 60
    assert days_of("mid_market_60_days", complexity="simple", segment="mid_market") == 60
    assert days_of("b2b_seven_stages", segment="mid_market") == 90
    assert days_of("b2b_seven_stages", segment="enterprise") == 180
    by_complexity = [
        days_of("five_stages", complexity=one) for one in ("simple", "standard", "complex", "very_complex")
    ]
    assert by_complexity == [30, 60, 90, 120]
    assert days_of("b2b_seven_stages", segment="enterprise", complexity_factor=1.5) == 270
    assert days_of("enterprise_90_days", complexity="complex", complexity_factor=1.5) == 90


@pytest.mark.parametrize("name", STAGES)
def test_complexity_lengthens_a_date_once(name: str) -> None:  # covers 33, 34
    # red when a table by complexity is multiplied by the factor too: the factor follows the complexity by itself
    found = book(name)
    things = [*found.stages, *found.tasks, *found.milestones]
    timings = [found.targets.first_value, found.targets.complete, *(thing.due for thing in things)]
    twice = [one.words for one in timings if one and one.by == "account.complexity" and one.cases and one.times]
    assert twice == []


def test_first_value_is_never_due_before_the_setup_that_it_needs() -> None:  # covers 35
    found = book("b2b_seven_stages")
    setup, value = found.stage("setup").due, found.targets.first_value
    assert setup is not None
    assert value is not None
    spans = {case.value: case.timing.span.exact.days for case in value.cases if case.timing.span}
    takes = {}
    for complexity in spans:
        line = resolved(setup, Account(complexity=complexity).readings())
        assert line is not None
        assert line.span is not None
        takes[complexity] = line.span.exact.days
        assert spans[complexity] >= 7 + 3 + takes[complexity], complexity
    assert set(takes.values()) == {14, 28, 42, 56}, "2 to 8 weeks"


def test_every_segment_finds_exactly_one_playbook() -> None:  # covers 15
    chosen = chosen_for(everyone())
    assert chosen == {
        "self_serve": "self_serve_funnel",
        "mid_market": "mid_market_60_days",
        "enterprise": "b2b_seven_stages",
        "strategic": "strategic_high_touch",
    }
    ranks = Counter(one.choose_rank for one in everyone() if one.choose_when)
    assert set(ranks.values()) == {1}
