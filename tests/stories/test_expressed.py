"""Three public onboarding plans and a health model said in the language, and each plan run on a frozen clock."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from onward.accounts import actions as accounts
from onward.engagement.models import Message
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.kernel.actor import Actor
from onward.kernel.refusals import Refusal
from onward.playbooks import queries as playbooks
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.publishing import Draft, lint
from tests.journeys.playing import Play, expressed, played
from tests.world import SIGNED, contact

pytestmark = pytest.mark.django_db
PLANS = ("before_the_signature", "proof_by_stage", "thirty_days")


def start(name: str, check: Callable[[Play, Playbook], None]) -> None:
    """Play one of the plans."""
    text, texts = expressed(name)
    with played(text, opened=False, head="", texts=texts) as play:
        check(play, playbooks.version(play.version))


def mails(book: Playbook, sequence: str) -> dict[str, Any]:
    """A sequence's wish, as it is kept."""
    (found,) = (one for one in book.intents if (one.kind, one.id) == ("sequence", sequence))
    return dict(json.loads(found.body))


def on(day: int) -> date:
    return (SIGNED + timedelta(days=day)).date()


@pytest.mark.parametrize("name", [*PLANS, "account_health"])
def test_each_is_said_without_an_error(name: str) -> None:
    text, texts = expressed(name)
    assert lint(Draft(text, f"{name}.yaml", {}, texts)).errors == ()


def test_what_begins_before_the_signature_reaches_its_second_call() -> None:
    start("before_the_signature", _before_the_signature)


def _before_the_signature(play: Play, book: Playbook) -> None:
    world, now = play.world, play.clock_now
    accounts.change_account(
        actor=world.admin, account_id=world.acme, segment="enterprise", seats=100, owner_id=None,
        fields={"deployment": "self_managed"},
    )  # fmt: skip
    play.day(-12)
    deal = play.sell(stage="3-Technical Evaluation", fields={"newly_entitled": True})
    assert queries.journeys_of(world.mara, world.acme) == []
    # The stage of the deal opens it, before the signature.
    accounts.change_deal(actor=world.mara, deal_id=deal, stage="5-Negotiating")
    (line,) = queries.journeys_of(world.mara, world.acme)
    play.journey, opened = line.id, now()
    # The manager names the one who does it; from then on the work is theirs.
    asked = play.task("fill_csm")
    assert (asked.person and asked.person.name, asked.state, asked.due_on) == ("Mara", "open", on(-10))
    assert play.task("name_admin").person is None
    journeys.fill_role(actor=world.mara, journey_id=play.journey, role="csm", person=f"user:{world.tomas.id}")
    named = play.task("name_admin").person
    assert (named and named.name, play.task("fill_csm").state) == ("Tomas", "done")
    # Three anchors: the opening, the contract's begin, and none of them is the signature.
    dates = {row.key: row.due_on for row in play.view().milestones}
    assert dates["first_value"] is None
    accounts.change_deal(actor=world.mara, deal_id=deal, contract_start=date(2026, 4, 1))
    dates = {row.key: row.due_on for row in play.view().milestones}
    assert (play.task("kickoff").due_on, dates["first_value"]) == (on(2), date(2026, 5, 1))
    # No call before sales has handed over.
    assert play.states("kickoff") == ["waiting"]
    tomas = world.tomas
    handoff = dict.fromkeys(("plan", "goals", "order", "people"), "Written down")
    journeys.answer_form(actor=tomas, task_id=play.task("handoff").id, values=handoff)
    play.done("handoff") if play.task("handoff").state == "open" else None
    contact(world.acme, "Ann", "admins")
    assert play.states("name_admin") == ["done"]
    assert play.stages() == ["closed", "entered", "waiting", "waiting"]
    play.day(-3)
    _tick_all(play, "kickoff")
    play.held("kickoff", [f"user:{tomas.id}"])
    play.done("plan")
    assert play.stages()[:3] == ["closed", "closed", "closed"]
    # A sub-task that stands only where they run it themselves.
    steps = [title for _, title, _ in queries.task_view(tomas, play.task("second_call").id).steps]
    assert "What the installation reports" in steps
    accounts.win_deal(actor=world.mara, deal_id=deal, signed_at=SIGNED)
    play.day(10)
    _tick_all(play, "second_call")
    play.held("second_call", [f"user:{tomas.id}"])
    assert play.view().state == "completed"
    # Clamped for one figure, below zero allowed for another; a ratio, or a person's word.
    kpis = {kpi.id: kpi.below_zero for kpi in book.kpis}
    assert (kpis["time_to_engage"], kpis["time_to_half"]) == ("as_zero", "keep")
    value = book.milestone("first_value")
    assert (value.when and value.when.text, value.by_hand) == ("figure.licences >= 10%", "csm")
    assert opened < SIGNED
    sequence = mails(book, "admins")
    assert (sequence["to"], sequence["cc"], sequence["reply_to"]) == (["admins"], ["csm"], "csm")
    assert sequence["only_when"] == 'account.industry != "public_sector"'
    assert len(sequence["steps"]) == 5


def _tick_all(play: Play, key: str) -> None:
    for step, _, _ in queries.task_view(play.world.mara, play.task(key).id).steps:
        journeys.tick_step(actor=play.world.mara, task_id=play.task(key).id, step=step)


def test_a_stage_closes_on_proof_and_going_live_is_the_customers_word() -> None:
    start("proof_by_stage", _proof_by_stage)


def _proof_by_stage(play: Play, book: Playbook) -> None:
    world = play.world
    people = {
        role: contact(world.acme, name)[1] for role, name in (("lead", "Lea"), ("it", "Ivo"), ("sponsor", "Olga"))
    }
    contact(world.acme, "Paul", "power_users")
    play.open()
    for role, person in people.items():
        journeys.fill_role(actor=world.mara, journey_id=play.journey, role=role, person=f"contact:{person.id}")
    # Working days for a stage, hours for a promise; internal work is not theirs to see.
    assert play.view().stages[0].due_on == on(3)
    welcome = play.task("welcome")
    assert (welcome.promise, welcome.due_at) == (True, SIGNED + timedelta(hours=24))
    assert welcome.state == "done"
    assert {task.key for task in play.view(people["lead"]).tasks}.isdisjoint({"read_notes", "map", "provision"})
    # The stage waits for what the customer has to tell.
    play.done("provision")
    journeys.schedule_meeting(actor=world.mara, task_id=play.task("kickoff").id, starts_at=SIGNED + timedelta(days=4))
    assert (play.states("map", "invite"), play.stages()[0]) == (["done", "done"], "entered")
    journeys.answer_form(actor=people["lead"], task_id=play.task("intake").id, values={"systems": "Two"})
    assert play.stages()[:2] == ["closed", "entered"]
    play.day(4)
    play.held("kickoff", [f"user:{world.mara.id}", f"contact:{people['lead'].id}", f"contact:{people['sponsor'].id}"])
    play.answer("kickoff", outcomes="Late trucks by nine", go_live="2026-03-30")
    assert play.stages()[1] == "entered"
    journeys.complete_task(actor=people["lead"], task_id=play.task("kickoff").id)
    play.done("kickoff") if play.task("kickoff").state == "open" else None
    assert play.task("recap").due_at == play.clock_now() + timedelta(hours=1)
    # One day, five days of buffer before it, their IT beside everything else.
    assert play.stages() == ["closed", "closed", "entered", "entered", "waiting", "waiting"]
    assert [stage.due_on for stage in play.view().stages[2:4]] == [date(2026, 3, 25)] * 2
    play.day(8)
    journeys.block_task(actor=world.mara, task_id=play.task("sso").id, reason="Their provider moves")
    play.day(9.9)
    assert "journey.task.escalated" not in play.names()
    play.day(10.1)
    assert Message.objects.filter(subject__contains="blocked for").values_list("to_name", flat=True)[0] == "Olga"
    for key in ("integrate", "data", "seats", "sso"):
        journeys.complete_task(actor=people["it" if key == "sso" else "lead"], task_id=play.task(key).id)
    play.done("teach_admins")
    play.done("teach_all")
    assert play.stages()[-1] == "entered"
    play.day(28)
    # Reported by us is not done; it is their word that closes it.
    assert play.done("go_live") == "reported"
    assert (play.task("go_live").state, play.view().state) == ("open", "open")
    with pytest.raises(Refusal, match="confirmed by Lea"):
        journeys.complete_task(actor=people["sponsor"], task_id=play.task("go_live").id)
    journeys.complete_task(actor=people["lead"], task_id=play.task("go_live").id)
    assert (play.view().state, play.view().first_value.met_at) == ("completed", play.clock_now())  # type: ignore[union-attr]
    days = {step["step"]: step for step in mails(book, "days")["steps"]}
    sends = ["within 1h of signed", *(f"day {number}" for number in (1, 3, 5, 7, 10, 14, 16, 25))]
    assert [step["send"] for step in days.values()] == sends
    # Only who is silent is written to on day 16; what follows an event has no day.
    assert "skip_when" in days["silent"]
    assert mails(book, "live")["start"] == "milestone.live.met"


@pytest.mark.parametrize("state", ["repair", "optimize"])
def test_thirty_days_with_a_second_case_that_goes_back_to_the_first_week(state: str) -> None:
    start("thirty_days", lambda play, book: _thirty_days(play, book, state))


def _thirty_days(play: Play, book: Playbook, state: str) -> None:
    world = play.world
    _, tess = contact(world.acme, "Tess", "users")
    play.open(signed_at=None)
    for role in ("tech", "sponsor"):
        journeys.fill_role(actor=world.mara, journey_id=play.journey, role=role, person=f"contact:{tess.id}")
    # Days from the start, whoever does it: theirs, ours, both. The fifth is a Saturday, so ours is due on Monday.
    days = {"tracking": 2, "events": 3, "flags": 7, "teach": 7, "insights": 10}
    assert {key: play.task(key).due_on for key in days} == {key: on(day) for key, day in days.items()}
    assert (play.task("tracking").side, play.task("flags").side, play.task("replay").side) == ("theirs", "ours", "both")
    milestones = {row.key: row.due_on for row in play.view().milestones}
    assert (milestones["data"], milestones["trained"], milestones["impact"]) == (on(2), on(7), on(28))
    # Two ways through one plan.
    play.answer("start", state=state, surveys=False)
    other = {"repair": "breadth", "optimize": "repair"}[state]
    assert (play.states(state if state == "repair" else "breadth"), play.states(other)) == (["open"], ["skipped"])
    play.day(1)
    goal = journeys.write_objective(
        actor=world.mara, journey_id=play.journey, outcome="Know what people use", due_on=on(30),
        owner_contact_id=world.dana_id,
    )  # fmt: skip
    assert [row.due_on for row in play.view().check_ins if row.key == "weekly"] == [on(7)]
    journeys.agree_objective(actor=world.dana, objective_id=goal)
    assert play.stages()[:2] == ["closed", "entered"]
    # A talk every two weeks while the second stage lasts; the weekly one ended with the first.
    assert [row.key for row in play.view().check_ins] == ["biweekly"]
    assert play.states("survey") == ["skipped"]
    for key in ("replay", "experiment", "more_people", "funnels"):
        _both(play, key, tess)
    assert play.stages()[2] == "entered"
    play.day(27)
    play.held("review", [f"user:{world.mara.id}", f"contact:{tess.id}"])
    play.answer("review", improved=12, second_case=True)
    # Back to the first week instead of stacking it: fresh tasks, days as far from the new start.
    first = play.view().stages[0]
    assert (first.state, first.cycle, play.turns("kickoff"), play.turns("start")[-1]) == (
        "entered", 2, ["withdrawn", "open"], "open",
    )  # fmt: skip
    assert play.task("events").due_on == on(27 + 3)
    second = journeys.write_objective(
        actor=world.mara, journey_id=play.journey, outcome="Know what they pay for", due_on=on(60),
        owner_contact_id=world.dana_id,
    )  # fmt: skip
    journeys.agree_objective(actor=world.dana, objective_id=second)
    assert play.stages()[0] == "closed"
    impact = next(row for row in play.view().milestones if row.key == "impact")
    assert impact.met_at is not None
    assert book.milestone("trained").when is not None
    # Six weeks after the start, not before.
    play.day(41)
    assert play.stages()[3] == "waiting"
    play.day(42)
    assert play.stages()[3] == "entered"
    assert play.view().stages[3].due_on == on(56)


def _both(play: Play, key: str, theirs: Actor) -> None:
    play.done(key)
    journeys.complete_task(actor=theirs, task_id=play.task(key).id)
    assert play.states(key) == ["done"]


def test_the_health_model_keeps_its_weights_edges_and_what_is_set_by_hand() -> None:
    # covers 124-128
    text, _ = expressed("account_health")
    linted = lint(Draft(text, "account_health.yaml"))
    assert linted.problems == ()
    groups = {"seen": 15, "tickets": 5, "talk": 5, "analytics": 33, "replay": 20, "flags": 17, "surveys": 5}
    weights = dict.fromkeys(groups, 0.0)
    group = ""
    for line in text.splitlines():
        if line.startswith("    - {part: "):
            part = line.partition("part: ")[2].partition(",")[0]
            group = part if part in groups else group
            weights[group] += float(line.partition("weight: ")[2].partition(",")[0])
    assert weights == groups
    assert sum(weights.values()) == 100
