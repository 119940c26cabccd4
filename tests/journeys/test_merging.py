"""A new version of the playbook comes to a plan that is under way: what it takes, what it keeps, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine

from onward.automation.queries.auditing import differences as journey_differences
from onward.foundation import clock, ledger
from onward.insights.actions.auditing import differences as insight_differences
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.journeys.queries.loading import held, load_run
from onward.kernel.refusals import Refusal
from onward.playbooks.decisions.comparing import called
from onward.playbooks.decisions.definition import Milestone, Playbook, Stage, Task
from onward.playbooks.decisions.parts import Check, Link, Role
from onward.playbooks.queries import history, published, version
from tests.journeys.test_journey import agree_goal, hold_kickoff, names, task, won
from tests.playbooks.test_comparing import added, with_stage, with_task, without
from tests.threads import meeting
from tests.world import SIGNED, SMALL, Cast, cast, publish, within, yes

pytestmark = pytest.mark.django_db
TRAIN = Task("train", "Train the team", "to_do", "setup", "csm", shared=True)


@pytest.fixture
def world() -> Cast:
    return cast()


@pytest.fixture(autouse=True)
def morning() -> object:
    with time_machine.travel(SIGNED + timedelta(hours=3), tick=False) as clock:
        yield clock


def rows(journey: UUID) -> dict[UUID, tuple[object, ...]]:
    run = load_run(journey)
    assert run is not None
    parts = [run.journey, *run.stages, *run.tasks, *run.milestones, *run.check_ins]
    return {row.id: held(row) for row in parts}


def states(world: Cast, journey: UUID) -> dict[str, tuple[str, str]]:
    return {line.name: (line.state, line.why) for line in queries.merge_view(world.mara, journey).lines}


def book_of(journey: UUID) -> Playbook:
    run = load_run(journey)
    assert run is not None
    return version(run.journey.version_id)


def past_kickoff(world: Cast, journey: UUID) -> None:
    agree_goal(world, journey)
    hold_kickoff(world, journey, migrate=True)
    journeys.complete_task(actor=world.dana, task_id=task(queries.journey_view(world.mara, journey), "sign_plan").id)


def test_a_plan_takes_what_is_new_and_follows_the_new_version(world: Cast) -> None:
    # covers 14, 27
    journey = won(world)
    new = publish(with_task(added(SMALL, "setup", TRAIN), "connect", title="Connect the CRM", due=within(9, "d")))
    preview = queries.merge_view(world.mara, journey)
    assert (preview.follows.number, preview.to.number) == (1, 2)
    assert [(line.state, line.words) for line in preview.lines] == [
        ("takes", "Connect the CRM is the new name of “Connect your systems”"),
        ("takes", "Connect the CRM is due within 9 days of the signature, was none"),
        ("takes", "New task: Train the team"),
    ]
    assert journeys.merge_version(actor=world.mara, journey_id=journey, version_id=new, seen=preview.runs_on) == 3
    view = queries.journey_view(world.mara, journey)
    assert view.version_id == new
    assert task(view, "train").shared
    assert task(view, "connect").title == "Connect the CRM"
    assert task(view, "connect").due_on == (SIGNED + timedelta(days=9)).date()
    assert names(journey).count("journey.playbook.merged") == 1


def test_merging_the_same_version_again_is_refused_and_changes_nothing(world: Cast) -> None:
    journey = won(world)
    new = publish(added(SMALL, "setup", TRAIN))
    journeys.merge_version(actor=world.mara, journey_id=journey, version_id=new)
    before = rows(journey)
    assert queries.merge_view(world.mara, journey).lines == ()
    with pytest.raises(Refusal, match="follows version 2 already"):
        journeys.merge_version(actor=world.mara, journey_id=journey, version_id=new)
    assert rows(journey) == before


def test_what_is_over_stays_as_it_was_carried_out(world: Cast) -> None:
    journey = won(world)
    past_kickoff(world, journey)
    changed = with_task(SMALL, "sign_plan", title="Sign all of it", due=within(1, "d"))
    changed = with_stage(changed, "kickoff", title="Start", exit=())
    changed = added(changed, "kickoff", Task("late", "Too late", "to_do", "kickoff", "csm"))
    changed = replace(
        changed, milestones=(replace(changed.milestones[0], title="Started"), replace(changed.milestones[1], due=None))
    )
    new = publish(without(changed, "call"))
    over = {row.id: held(row) for row in _over(journey)}
    assert states(world, journey) == {
        "stage.kickoff.title": ("stays", "closed on 2 March"),
        "stage.kickoff.exit": ("stays", "closed on 2 March"),
        "task.sign_plan.title": ("stays", "done on 2 March"),
        "task.sign_plan.due": ("stays", "done on 2 March"),
        "task.late": ("listed", "Start is closed already"),
        "milestone.kickoff_done.title": ("stays", "reached on 2 March"),
        "milestone.first_value.due": ("takes", ""),
        "task.call": ("stays", "done on 2 March"),
    }
    journeys.merge_version(actor=world.mara, journey_id=journey, version_id=new)
    assert {row.id: held(row) for row in _over(journey)} == over
    view = queries.journey_view(world.mara, journey)
    assert view.version_id != new
    assert queries.merge_view(world.mara, journey).is_current
    assert queries.merge_view(world.mara, journey).lines == ()
    assert [row.number for row in history(world.mara, "small")] == [2, 1]
    with pytest.raises(Refusal, match="no playbook version"):
        published(view.version_id)


def _over(journey: UUID) -> list[object]:
    run = load_run(journey)
    assert run is not None
    return [
        *(row for row in run.stages if row.closed_at),
        *(row for row in run.tasks if row.state == "done"),
        *(row for row in run.milestones if row.met_at),
    ]


def test_what_is_removed_goes_when_nobody_worked_on_it(world: Cast) -> None:
    journey = won(world)
    publish(replace(without(SMALL, "polish", "migrate"), roles=(SMALL.roles[0], SMALL.roles[1])))
    journeys.skip_task(
        actor=world.mara, task_id=task(queries.journey_view(world.mara, journey), "migrate").id, reason="No data"
    )
    assert states(world, journey) == {
        "task.migrate": ("stays", "it was left out here"),
        "task.polish": ("takes", ""),
    }
    _merge(world, journey)
    keys = {row.key for row in queries.journey_view(world.mara, journey).tasks}
    assert "polish" not in keys
    assert "migrate" in keys
    journeys.undo_merge(actor=world.mara, journey_id=journey)
    assert "polish" in {row.key for row in queries.journey_view(world.mara, journey).tasks}


def _merge(world: Cast, journey: UUID, wanted: list[str] | None = None) -> int:
    to = queries.merge_view(world.mara, journey).to.id
    return journeys.merge_version(actor=world.mara, journey_id=journey, version_id=to, wanted=wanted)


def test_what_somebody_touched_is_kept_although_it_was_removed(world: Cast) -> None:
    journey = won(world)
    polish = task(queries.journey_view(world.mara, journey), "polish").id
    journeys.move_task(actor=world.mara, task_id=polish, due_at=SIGNED + timedelta(days=20))
    publish(without(SMALL, "polish", "value"))
    assert states(world, journey)["task.polish"] == ("stays", "somebody has worked on it")
    assert states(world, journey)["stage.value"] == ("takes", "")
    _merge(world, journey)
    view = queries.journey_view(world.mara, journey)
    assert [stage.key for stage in view.stages] == ["kickoff", "setup"]
    assert task(view, "polish").due_by_hand


def test_a_date_that_somebody_set_is_a_conflict_and_stays_unless_chosen(world: Cast) -> None:
    journey = won(world)
    connect = task(queries.journey_view(world.mara, journey), "connect").id
    journeys.move_task(actor=world.mara, task_id=connect, due_at=SIGNED + timedelta(days=20))
    journeys.assign_task(actor=world.mara, task_id=connect, person=f"contact:{world.dana.id}")
    publish(with_task(SMALL, "connect", due=within(9, "d"), by="csm"))
    (by, due) = queries.merge_view(world.mara, journey).lines
    assert (by.name, by.state, by.before) == ("task.connect.by", "conflict", "given to one person")
    assert (due.name, due.state, due.before) == ("task.connect.due", "conflict", "22 March, set by hand")
    assert due.after == "within 9 days of the signature"
    assert _merge(world, journey, wanted=["task.connect.due"]) == 1
    row = task(queries.journey_view(world.mara, journey), "connect")
    assert row.due_on == (SIGNED + timedelta(days=9)).date()
    assert row.person is not None
    assert row.role_title == "Champion"
    # What was declined stays declined, and is said once more when a later version changes it again.
    publish(with_task(SMALL, "connect", due=within(9, "d"), by="csm", title="Connect the CRM"))
    assert states(world, journey) == {"task.connect.title": ("takes", "")}


def test_people_who_came_are_named_or_asked_for(world: Cast) -> None:
    journey = won(world)
    trainer = Role("trainer", "Trainer", "ours", "account_owner")
    sponsor = Role("sponsor", "Sponsor", "theirs", "asked", "csm")
    publish(replace(added(SMALL, "setup", replace(TRAIN, by="trainer")), roles=(*SMALL.roles, trainer, sponsor)))
    _merge(world, journey)
    run = load_run(journey)
    assert run is not None
    assert run.journey.roles["trainer"]["person"] == run.journey.roles["csm"]["person"]
    assert [row.title for row in run.tasks if row.kind == "fill_role"] == ["Name the sponsor"]
    publish(replace(added(SMALL, "setup", replace(TRAIN, by="trainer")), roles=(*SMALL.roles, trainer)))
    _merge(world, journey)
    assert "fill_sponsor" not in {row.key for row in queries.journey_view(world.mara, journey).tasks}


def test_what_is_left_out_and_needed_is_refused_with_both_named(world: Cast) -> None:
    journey = won(world)
    publish(with_task(added(SMALL, "setup", TRAIN), "connect", after=(Link("train"),)))
    with pytest.raises(Refusal, match="“Connect your systems” needs “Train the team”, which was left out"):
        _merge(world, journey, wanted=["task.connect.after"])
    with pytest.raises(Refusal, match="not among the changes"):
        _merge(world, journey, wanted=["task.nobody"])


def test_a_look_at_an_older_plan_is_stale(world: Cast) -> None:
    journey = won(world)
    first = queries.merge_view(world.mara, journey)
    new = publish(added(SMALL, "setup", TRAIN))
    journeys.merge_version(actor=world.mara, journey_id=journey, version_id=new, seen=first.runs_on)
    newest = publish(SMALL.__class__(**{**_fields(SMALL), "title": "Newest"}))
    with pytest.raises(Refusal) as refused:
        journeys.merge_version(actor=world.mara, journey_id=journey, version_id=newest, seen=first.runs_on)
    assert refused.value.code == "stale"


def _fields(book: Playbook) -> dict[str, object]:
    return {name: getattr(book, name) for name in book.__dataclass_fields__}


@pytest.mark.parametrize("state", ["paused", "cancelled"])
def test_a_journey_that_is_not_under_way_is_refused(world: Cast, state: str) -> None:
    journey = won(world)
    {"paused": journeys.pause_journey, "cancelled": journeys.cancel_journey}[state](
        actor=world.mara, journey_id=journey, reason="They move"
    )
    publish(added(SMALL, "setup", TRAIN))
    before = rows(journey)
    with pytest.raises(Refusal, match=state) as refused:
        _merge(world, journey)
    assert refused.value.mend
    assert rows(journey) == before


def test_who_may_only_look_changes_nothing(world: Cast) -> None:
    journey = won(world)
    publish(added(SMALL, "setup", TRAIN))
    assert queries.merge_view(world.viewer, journey).lines
    for actor in (world.viewer, world.dana):
        with pytest.raises(Refusal):
            journeys.merge_version(actor=actor, journey_id=journey, version_id=world.version)
    with pytest.raises(Refusal):
        queries.merge_view(world.dana, journey)


def test_a_version_of_another_playbook_is_refused(world: Cast) -> None:
    journey = won(world)
    other = publish(replace(SMALL, id="other"))
    with pytest.raises(Refusal, match="another playbook"):
        journeys.merge_version(actor=world.mara, journey_id=journey, version_id=other)


BIG = replace(
    with_task(
        with_stage(
            added(without(SMALL, "polish", "migrate"), "setup", TRAIN),
            "kickoff",
            exit=(Check("called", "Called", when=yes("task.call.done", "task.call.done")),),
        ),
        "call",
        due=within(2, "h"),
        title="First call",
    ),
    milestones=(
        *SMALL.milestones,
        Milestone("trained", "Trained", "csm", when=yes("task.train.done", "task.train.done"), due=within(20, "d")),
    ),
    roles=(*SMALL.roles, Role("trainer", "Trainer", "ours", "account_owner")),
)


@pytest.mark.parametrize(
    "prepare", [lambda *_: None, hold_kickoff, past_kickoff], ids=["fresh", "held", "kickoff over"]
)
def test_taking_it_back_restores_every_row(world: Cast, prepare: Callable[[Cast, UUID], None]) -> None:
    journey = won(world)
    prepare(world, journey)
    book = replace(BIG, stages=(BIG.stages[0], Stage("check", "Check", "csm", after=("kickoff",)), *BIG.stages[1:]))
    before = rows(journey)
    publish(book)
    _merge(world, journey)
    assert rows(journey) != before
    assert [*journey_differences(clock.now())] == []
    journeys.undo_merge(actor=world.mara, journey_id=journey)
    assert rows(journey) == before
    assert [*journey_differences(clock.now()), *insight_differences(clock.now())] == []
    with pytest.raises(Refusal, match="no merge to take back"):
        journeys.undo_merge(actor=world.mara, journey_id=journey)
    assert names(journey).count("journey.playbook.unmerged") == 1


def test_what_people_did_meanwhile_stays_when_it_is_taken_back(world: Cast) -> None:
    journey = won(world)
    publish(with_task(added(SMALL, "setup", TRAIN), "call", title="First call"))
    _merge(world, journey)
    hold_kickoff(world, journey, migrate=True)
    journeys.undo_merge(actor=world.mara, journey_id=journey)
    view = queries.journey_view(world.mara, journey)
    assert task(view, "call").state == "done"
    assert "train" not in {row.key for row in view.tasks}
    assert task(view, "sign_plan").state == "open"


def test_it_is_not_taken_back_when_what_came_was_worked_on(world: Cast) -> None:
    journey = won(world)
    publish(added(SMALL, "setup", TRAIN))
    _merge(world, journey)
    train = task(queries.journey_view(world.mara, journey), "train").id
    journeys.assign_task(actor=world.mara, task_id=train, person=f"user:{world.tomas.id}")
    before = rows(journey)
    with pytest.raises(Refusal, match="“Train the team” came with it, and somebody has worked on it since"):
        journeys.undo_merge(actor=world.mara, journey_id=journey)
    assert rows(journey) == before


def test_of_two_merges_the_last_is_taken_back_first(world: Cast) -> None:
    journey = won(world)
    start = rows(journey)
    first = publish(added(SMALL, "setup", TRAIN))
    _merge(world, journey)
    publish(without(SMALL, "polish"))
    _merge(world, journey)
    with pytest.raises(Refusal, match="Another version was taken over since"):
        journeys.undo_merge(actor=world.mara, journey_id=journey, follows=first)
    journeys.undo_merge(actor=world.mara, journey_id=journey)
    assert "train" in {row.key for row in queries.journey_view(world.mara, journey).tasks}
    assert rows(journey) != start


@pytest.mark.django_db(transaction=True)
def test_of_two_who_merge_at_once_one_does() -> None:
    world = cast()
    journey = won(world)
    new = publish(added(SMALL, "setup", TRAIN))
    seen = queries.merge_view(world.mara, journey).runs_on

    def merge() -> int:
        return journeys.merge_version(actor=world.mara, journey_id=journey, version_id=new, seen=seen)

    results = meeting("journeys_journey", journey, merge, merge)
    assert sorted(type(result).__name__ for result in results) == ["Refusal", "int"]
    ledger.drain(ledger.stream_of(world.acme))
    assert names(journey).count("journey.playbook.merged") == 1
    assert [row.key for row in queries.journey_view(world.mara, journey).tasks].count("train") == 1


def test_what_was_renamed_goes_on_under_its_new_id_and_comes_back(world: Cast) -> None:
    journey = won(world)
    past_kickoff(world, journey)
    before = rows(journey)
    new = {
        "task.call": "task.first_call",
        "stage.kickoff": "stage.start",
        "milestone.kickoff_done": "milestone.started",
    }
    publish(Playbook(**{**_fields(called(SMALL, new)), "was": tuple(new.items())}))
    assert states(world, journey) == {}
    _merge(world, journey)
    view = queries.journey_view(world.mara, journey)
    assert (task(view, "first_call").state, task(view, "first_call").id) == ("done", _id_of(before, "call"))
    assert [*journey_differences(clock.now())] == []
    journeys.undo_merge(actor=world.mara, journey_id=journey)
    assert rows(journey) == before
    assert [*journey_differences(clock.now()), *insight_differences(clock.now())] == []


def _id_of(found: dict[UUID, tuple[object, ...]], key: str) -> UUID:
    return next(one for one, values in found.items() if len(values) > 3 and values[3] == key)
