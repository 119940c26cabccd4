"""A journey from a won deal to completion, through actions alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
import time_machine

from onward.accounts import actions as accounts
from onward.automation import actions as automation
from onward.engagement.models import Message
from onward.foundation import clock as clocks
from onward.foundation import ledger
from onward.identity import actions as identity
from onward.insights import queries as insights
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.journeys.queries import JourneyView, TaskLine
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.refusals import Refusal
from onward.playbooks.decisions.definition import Task
from onward.playbooks.decisions.parts import Expr
from tests.world import SIGNED, SMALL, Cast, all_of, cast, publish

pytestmark = pytest.mark.django_db


def won(world: Cast, account_id: UUID | None = None) -> UUID:
    """A won deal; the id of the journey that it opened."""
    account = account_id or world.acme
    deal = accounts.open_deal(actor=world.mara, account_id=account, name="First year", amount="12000")
    accounts.win_deal(actor=world.mara, deal_id=deal, signed_at=SIGNED)
    (line,) = queries.journeys_of(world.mara, account)
    return line.id


def task(view: JourneyView, key: str) -> TaskLine:
    return next(row for row in view.tasks if row.key == key)


def names(journey_id: UUID) -> list[str]:
    return [fact.name for fact in ledger.facts_of(journey=journey_id)]


def hold_kickoff(world: Cast, journey_id: UUID, *, migrate: bool = False) -> None:
    view = queries.journey_view(world.mara, journey_id)
    call = task(view, "call").id
    journeys.hold_meeting(actor=world.mara, task_id=call, held_at=SIGNED + timedelta(hours=2), attended=all_of(world))
    journeys.answer_form(actor=world.mara, task_id=call, values={"go_live": "2026-04-01", "migrate": migrate})
    journeys.pick_measure(actor=world.mara, journey_id=journey_id, milestone="first_value", measure="reports")


def agree_goal(world: Cast, journey_id: UUID) -> None:
    goal = journeys.write_objective(
        actor=world.mara,
        journey_id=journey_id,
        outcome="Know by nine which trucks will be late",
        due_on=date(2026, 4, 1),
        owner_contact_id=world.dana_id,
    )
    journeys.agree_objective(actor=world.dana, objective_id=goal)


def test_the_journeys_of_an_account_are_called_by_what_was_sold_the_newest_first() -> None:
    with time_machine.travel(SIGNED + timedelta(hours=3), tick=False) as clock:
        world = cast()
        for product in ("GTX Basic", "MG Special", ""):
            deal = accounts.open_deal(actor=world.mara, account_id=world.acme, name="One", product=product)
            accounts.win_deal(actor=world.mara, deal_id=deal, signed_at=SIGNED)
            clock.shift(timedelta(hours=1))
        titles = [line.title for line in queries.journeys_of(world.mara, world.acme)]
        assert titles == ["Small playbook", "MG Special", "GTX Basic"]


@time_machine.travel(SIGNED + timedelta(hours=3), tick=False)
def test_a_won_deal_opens_its_journey_on_the_fitting_playbook() -> None:
    # covers 1, 51
    world = cast()
    view = queries.journey_view(world.mara, won(world))
    assert view.playbook == "small"
    assert [stage.state for stage in view.stages] == ["entered", "waiting", "waiting"]
    assert view.owner is not None
    assert view.owner.name == "Mara"
    champion = next(role for role in view.roles if role.role == "champion")
    assert champion.person is not None
    assert champion.person.name == "Dana"
    assert view.stages[0].due_at is not None
    assert view.stages[0].due_at.date() == date(2026, 3, 9)
    assert view.stages[0].promise
    checks = {check.id: check.state for check in view.stages[0].checks}
    assert checks == {"goal": "not_met", "signed": "not_met"}


@time_machine.travel(SIGNED + timedelta(hours=3), tick=False)
def test_a_meeting_needs_its_form_and_measure_and_then_closes_by_itself() -> None:
    # covers 88
    world = cast()
    journey_id = won(world)
    call = task(queries.journey_view(world.mara, journey_id), "call")
    with pytest.raises(Refusal, match="say when it was held; fill in Kickoff notes; choose how First value"):
        journeys.complete_task(actor=world.mara, task_id=call.id)
    hold_kickoff(world, journey_id)
    assert task(queries.journey_view(world.mara, journey_id), "call").state == "done"


@time_machine.travel(SIGNED + timedelta(hours=3), tick=False)
def test_a_stage_closes_because_it_is_proven_and_keeps_the_proof() -> None:
    # covers 55, 56, 17
    world = cast()
    journey_id = won(world)
    hold_kickoff(world, journey_id)
    agree_goal(world, journey_id)
    view = queries.journey_view(world.mara, journey_id)
    assert view.stages[0].state == "entered"
    journeys.complete_task(actor=world.dana, task_id=task(view, "sign_plan").id)
    view = queries.journey_view(world.mara, journey_id)
    assert [stage.state for stage in view.stages] == ["closed", "entered", "waiting"]
    assert {check.id: check.state for check in view.stages[0].checks} == {"goal": "met", "signed": "met"}
    assert view.stages[0].checks[0].readings == {"objectives.agreed": 1.0}
    assert next(row for row in view.milestones if row.key == "kickoff_done").met_at is not None
    assert task(view, "migrate").state == "skipped"
    assert names(journey_id).count("journey.stage.closed") == 1


@time_machine.travel(SIGNED + timedelta(hours=3), tick=False)
def test_reopening_a_task_reopens_what_rested_on_it() -> None:
    world = cast()
    journey_id = won(world)
    hold_kickoff(world, journey_id)
    agree_goal(world, journey_id)
    sign = task(queries.journey_view(world.mara, journey_id), "sign_plan").id
    journeys.complete_task(actor=world.dana, task_id=sign)
    journeys.reopen_task(actor=world.mara, task_id=sign, reason="Wrong version")
    view = queries.journey_view(world.mara, journey_id)
    assert view.stages[0].state == "entered"
    assert next(row for row in view.milestones if row.key == "kickoff_done").met_at is None
    assert "journey.stage.reopened" in names(journey_id)


@time_machine.travel(SIGNED + timedelta(hours=3), tick=False)
def test_a_waiver_needs_a_name_and_a_reason() -> None:
    world = cast()
    journey_id = won(world)
    with pytest.raises(Refusal, match="The reason is missing"):
        journeys.waive_check(actor=world.mara, journey_id=journey_id, stage="kickoff", check="goal", reason=" ")
    with pytest.raises(Refusal):
        journeys.waive_check(actor=world.viewer, journey_id=journey_id, stage="kickoff", check="goal", reason="x")
    for check in ("goal", "signed"):
        journeys.waive_check(actor=world.mara, journey_id=journey_id, stage="kickoff", check=check, reason="By mail")
    stage = queries.journey_view(world.mara, journey_id).stages[0]
    assert (stage.state, stage.how) == ("closed", "waived")
    assert stage.checks[0].sentence == "Waived by Mara: By mail"


@time_machine.travel(SIGNED + timedelta(days=40), tick=False)
def test_late_first_value_makes_a_journey_behind_and_breaks_its_promise_once() -> None:
    # covers 93, 94
    world = cast()
    journey_id = won(world)
    view = queries.journey_view(world.mara, journey_id)
    assert (view.pace, view.pace_reason) == ("behind", "First value was due 1 Apr 2026.")
    ledger.touch([ledger.stream_of(world.acme)])
    ledger.drain_due()
    broken = [fact.data["thing"] for fact in ledger.facts_of(journey=journey_id) if fact.name.endswith("broken")]
    assert sorted(broken) == ["milestone.first_value", "milestone.kickoff_done", "stage.kickoff", "task.call"]


def test_judged_as_of_an_earlier_day_a_late_first_value_counts_by_today_all_the_same() -> None:
    # red when a journey is "on track" and late for first value, on one page, because an import was as of a day before
    with time_machine.travel(SIGNED + timedelta(days=10), tick=False) as clock:
        world = cast()
        given = {"actor": world.mara, "account_id": world.acme, "version_id": world.version, "signed_at": SIGNED}
        journey_id = journeys.open_journey(**given, judged_on=SIGNED + timedelta(days=5))
        ledger.drain_due()
        view = queries.journey_view(world.mara, journey_id)
        assert (view.pace, view.pace_reason) == ("on_track", ""), "what was due since that day is not held against it"
        clock.shift(timedelta(days=30))
        automation.tick()
        ledger.drain_due()
        view = queries.journey_view(world.mara, journey_id)
        assert (view.pace, view.pace_reason) == ("behind", "First value was due 1 Apr 2026.")
        figures = insights.tiles(world.mara)
        assert (figures.needy, insights.lede(world.mara, clocks.now(), of=figures).first_value_late) == (1, 1)
        late = insights.portfolio(world.mara, insights.Filters(first_value="late"), now=clocks.now())
        assert [row.journey_id for row in late.rows] == [journey_id], "the figure opens as many as it says"


def test_what_was_due_before_a_journey_was_opened_is_not_held_against_it_at_once() -> None:
    # red when a journey is behind within minutes of its opening because its signature is old
    with time_machine.travel(SIGNED + timedelta(days=20), tick=False):
        world = cast()
        journey_id = won(world)
        view = queries.journey_view(world.mara, journey_id)
        assert task(view, "call").is_late
        assert (view.pace, view.pace_reason) == ("on_track", "")
    with time_machine.travel(SIGNED + timedelta(days=21, minutes=1), tick=False):
        automation.tick()
        ledger.drain_due()
        view = queries.journey_view(world.mara, journey_id)
        assert (view.pace, view.pace_reason) == ("behind", "Kickoff complete was due 9 Mar 2026.")


def test_another_date_does_not_wake_a_stalled_journey_and_something_done_does() -> None:
    with time_machine.travel(SIGNED + timedelta(hours=3), tick=False) as clock:
        world = cast()
        journey_id = won(world)
        clock.shift(timedelta(days=20))
        automation.tick()
        ledger.drain_due()
        stalled = ("stalled", "No step was taken on either side since 2 Mar 2026.")
        view = queries.journey_view(world.mara, journey_id)
        assert (view.pace, view.pace_reason) == stalled
        later = SIGNED + timedelta(days=30)
        journeys.move_task(actor=world.mara, task_id=task(view, "polish").id, due_at=later, reason="Holidays")
        assert journeys.defer_tasks(actor=world.mara, journey_id=journey_id) == [task(view, "polish").id]
        view = queries.journey_view(world.mara, journey_id)
        assert (view.pace, view.pace_reason) == stalled
        mails = [mail.subject for mail in Message.objects.filter(subject__startswith="Stalled")]
        assert mails == ["Stalled for Acme Freight: no step was taken on either side since 2 Mar 2026"], (
            "the owner hears once"
        )
        hold_kickoff(world, journey_id)
        assert queries.journey_view(world.mara, journey_id).pace == "behind"


def test_what_data_closes_wakes_a_stalled_journey() -> None:
    # red when only what people do here counts as a step
    sized = Expr("account.complexity_factor > 1", (("account.complexity_factor", "number"),))
    kickoff, *others = SMALL.stages
    tasks = (*kickoff.tasks, Task("size", "Size the case", "to_do", "kickoff", "csm", done_when=sized))
    with time_machine.travel(SIGNED + timedelta(hours=3), tick=False) as clock:
        world = cast()
        publish(replace(SMALL, stages=(replace(kickoff, tasks=tasks), *others)))
        journey_id = won(world)
        clock.shift(timedelta(days=20))
        automation.tick()
        ledger.drain_due()
        assert queries.journey_view(world.mara, journey_id).pace == "stalled"
        accounts.change_account(actor=SYSTEM, account_id=world.acme, complexity_factor="2")
        view = queries.journey_view(world.mara, journey_id)
        assert (task(view, "size").state, task(view, "size").how) == ("done", "data")
        assert view.pace == "behind"
        clock.shift(timedelta(days=15))
        automation.tick()
        ledger.drain_due()
        view = queries.journey_view(world.mara, journey_id)
        assert (view.pace, view.pace_reason) == ("stalled", "No step was taken on either side since 22 Mar 2026.")


def test_since_when_a_journey_stalls_is_told_by_the_day_of_the_organization() -> None:
    with time_machine.travel(SIGNED + timedelta(hours=3), tick=False) as clock:
        world = cast()
        identity.change_organization(actor=world.admin, zone="Pacific/Auckland")
        journey_id = won(world)
        clock.shift(timedelta(days=20))
        automation.tick()
        ledger.drain_due()
        reason = queries.journey_view(world.mara, journey_id).pace_reason
        assert reason == "No step was taken on either side since 3 Mar 2026.", "it was past midnight there"


@time_machine.travel(SIGNED + timedelta(hours=3), tick=False)
def test_each_side_sees_its_own() -> None:
    world = cast()
    journey_id = won(world)
    seen = queries.journey_view(world.dana, journey_id)
    assert {row.key for row in seen.tasks} == {"call", "sign_plan", "connect"}
    with pytest.raises(Refusal, match="There is no journey"):
        queries.journey_view(world.eve, journey_id)
    hidden = task(queries.journey_view(world.mara, journey_id), "polish").id
    for outsider in (world.dana, world.eve):
        with pytest.raises(Refusal, match="There is no task"):
            queries.task_view(outsider, hidden)
        with pytest.raises(Refusal, match="There is no task"):
            journeys.complete_task(actor=outsider, task_id=hidden)


@time_machine.travel(SIGNED + timedelta(hours=3), tick=False)
def test_a_draft_decides_nothing() -> None:
    world = cast()
    journey_id = won(world)
    call = task(queries.journey_view(world.mara, journey_id), "call").id
    journeys.answer_form(actor=world.mara, task_id=call, values={"migrate": False}, complete=False)
    assert task(queries.journey_view(world.mara, journey_id), "migrate").state == "waiting"
    journeys.answer_form(actor=world.mara, task_id=call, values={"go_live": "2026-04-01"})
    assert task(queries.journey_view(world.mara, journey_id), "migrate").state == "skipped"


@time_machine.travel(SIGNED + timedelta(hours=3), tick=False)
def test_a_contact_does_not_do_our_work_and_reads_no_note_of_ours() -> None:
    world = cast()
    journey_id = won(world)
    call = task(queries.journey_view(world.dana, journey_id), "call")
    for attempt in (
        lambda: journeys.hold_meeting(actor=world.dana, task_id=call.id, held_at=SIGNED, attended=[]),
        lambda: journeys.complete_task(actor=world.dana, task_id=call.id),
        lambda: journeys.answer_form(actor=world.dana, task_id=call.id, values={"migrate": True}, complete=False),
    ):
        with pytest.raises(Refusal) as refused:
            attempt()
        assert refused.value.code == "forbidden"
    hold_kickoff(world, journey_id)
    journeys.reopen_task(actor=world.mara, task_id=call.id, reason="")
    journeys.skip_task(actor=world.mara, task_id=call.id, reason="They were rude")
    assert task(queries.journey_view(world.mara, journey_id), "call").note == "They were rude"
    assert task(queries.journey_view(world.dana, journey_id), "call").note == ""


@time_machine.travel(SIGNED + timedelta(hours=3), tick=False)
@pytest.mark.parametrize("who", ["mara", "dana"])
def test_the_same_task_twice_counts_once(who: str) -> None:
    world = cast()
    journey_id = won(world)
    hold_kickoff(world, journey_id)
    actor: Actor = getattr(world, who)
    sign = task(queries.journey_view(world.mara, journey_id), "sign_plan")
    journeys.complete_task(actor=actor, task_id=sign.id)
    with pytest.raises(Refusal, match="already done"):
        journeys.complete_task(actor=world.dana, task_id=sign.id)
    done = task(queries.journey_view(world.mara, journey_id), "sign_plan")
    assert done.for_them == (who == "mara")
    assert sum(fact.data.get("task") == "sign_plan" for fact in ledger.facts_of(journey=journey_id)) == 1


@time_machine.travel(SIGNED + timedelta(hours=3), tick=False)
def test_pause_resume_cancel_and_a_journey_by_hand() -> None:
    world = cast()
    journey_id = journeys.open_journey(
        actor=world.mara, account_id=world.globex, version_id=world.version, signed_at=SIGNED
    )
    journeys.pause_journey(actor=world.mara, journey_id=journey_id, reason="Holidays")
    assert queries.journey_view(world.mara, journey_id).state == "paused"
    journeys.resume_journey(actor=world.mara, journey_id=journey_id)
    with pytest.raises(Refusal, match="not paused"):
        journeys.resume_journey(actor=world.mara, journey_id=journey_id)
    journeys.cancel_journey(actor=world.mara, journey_id=journey_id, reason="They left")
    view = queries.journey_view(world.mara, journey_id)
    assert (view.state, view.end_reason) == ("cancelled", "They left")
    assert names(journey_id)[-1] == "journey.cancelled"
