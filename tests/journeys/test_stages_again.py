"""When stages and tasks begin: a stage entered anew, what waits for a moment, what comes every so often."""

from __future__ import annotations

from datetime import timedelta

import pytest

from onward.automation.queries import auditing
from onward.foundation import clock, ledger
from onward.journeys import actions as journeys
from onward.kernel.refusals import Refusal
from tests.journeys.playing import played
from tests.world import SIGNED

pytestmark = pytest.mark.django_db

AGAIN = """
forms: [{form: review, fields: [{field: second_case, type: yes_no, required: true}]},
        {form: case, fields: [{field: name, type: text, required: true}]}]
stages:
  - stage: week_one
    due: day 7
    tasks:
      - {task: choose_case, kind: form, form: case, by: csm, due: day 2}
      - {task: build, by: champion, after: [choose_case], due: day 5}
    again: {when: answer.review.second_case, at_most: 3}
  - stage: proof
    after: [week_one]
    due: day 28
    tasks:
      - {task: show, by: csm, after: [build]}
      - {task: review, kind: form, form: review, by: csm}
      - {task: thanks, by: csm, after: [review]}
"""


def test_a_stage_is_entered_anew_with_fresh_tasks_days_and_forms() -> None:
    with played(AGAIN) as play:
        play.day(1)
        play.answer("choose_case", name="Late trucks")
        play.done("build")
        assert play.stages() == ["closed", "entered"]
        play.day(21)
        play.answer("review", second_case=True)
        assert play.stages() == ["entered", "entered"]
        assert play.turns("choose_case") == ["done", "open"]
        assert play.turns("build") == ["done", "waiting"]
        # As far from the new beginning as they were from the first one.
        assert play.task("choose_case").due_on == (SIGNED + timedelta(days=23)).date()
        assert play.view().stages[0].due_on == (SIGNED + timedelta(days=28)).date()
        # What comes after in another stage goes on: it was built once.
        assert play.states("show", "thanks") == ["open", "open"]
        with pytest.raises(Refusal, match="cannot be done yet"):
            play.done("build")
        play.answer("choose_case", name="Late drivers")
        play.done("build")
        view = play.view()
        assert [(stage.state, stage.cycle) for stage in view.stages] == [("closed", 2), ("entered", 1)]
        assert len(view.stages[0].past) == 1
        assert list(auditing.differences(clock.now())) == []


FOR_SOME = """
forms: [{form: start, fields: [{field: migrate, type: yes_no, required: true}]}]
stages:
  - stage: begin
    tasks: [{task: ask, kind: form, form: start, by: csm}, {task: greet, by: csm}]
  - stage: migration
    due: day 14
    when: answer.start.migrate
    tasks:
      - {task: export, by: champion}
      - {task: move, by: csm, after: [export]}
    exit: [{check: moved, when: task.move.done}]
  - {stage: training, tasks: [{task: train, by: csm}]}
"""


@pytest.mark.parametrize("migrate", [True, False])
def test_a_stage_for_some_accounts_is_passed_by_the_others(migrate: bool) -> None:
    # red when who has nothing to move waits in the stage, or is asked for its tasks
    with played(FOR_SOME) as play:
        assert play.states("export", "move") == ["waiting", "waiting"], "nobody has said yet"
        play.answer("ask", migrate=migrate)
        play.done("greet")
        if migrate:
            assert play.stages() == ["closed", "entered", "waiting"]
            assert play.states("export", "move", "train") == ["open", "waiting", "waiting"]
            play.done("export")
            assert play.stages()[1] == "entered"
            play.done("move")
        else:
            assert play.states("export", "move") == ["skipped", "skipped"]
        assert play.stages() == ["closed", "closed", "entered"]
        assert play.states("train") == ["open"]
        assert list(auditing.differences(clock.now())) == []


def test_one_yes_asks_for_one_further_time_and_the_playbook_says_how_many_there_are() -> None:
    with played(AGAIN) as play:
        review = play.task("review").id

        def first_week() -> int:
            play.answer("choose_case", name="Late trucks")
            play.done("build")
            assert play.stages()[0] == "closed"
            return play.view().stages[0].cycle

        def say(second_case: bool) -> None:
            journeys.reopen_task(actor=play.world.mara, task_id=review)
            play.answer("review", second_case=second_case)

        assert first_week() == 1
        play.answer("review", second_case=True)
        # The same yes still stands there when the second time is over.
        assert first_week() == 2
        say(False)
        say(True)
        assert first_week() == 3
        say(False)
        say(True)
        assert (play.stages()[0], play.view().stages[0].cycle) == ("closed", 3)
        told = [fact.data["cycle"] for fact in ledger.facts_of(journey=play.journey, names={"journey.stage.again"})]
        assert told == [2, 3]


STARTS = """
stages:
  - stage: launch
    tasks: [{task: launch, by: csm, due: 2w after signed}]
  - stage: later
    after: []
    starts: 6w after stage.launch.closed
    due: 8w after stage.launch.closed
    tasks:
      - {task: look_back, by: csm}
      - {task: story, by: champion, starts: 1w after entered}
"""


def test_what_starts_after_a_moment_begins_on_the_morning_of_that_day_and_not_when_it_was_planned() -> None:
    with played(STARTS) as play:
        play.day(70)
        # The launch is late: what follows it six weeks later has not begun, though its planned day is over.
        assert play.stages() == ["entered", "waiting"]
        play.done("launch")
        play.day(70 + 41)
        assert play.stages() == ["closed", "waiting"]
        play.clock.move_to(SIGNED.replace(hour=0, minute=5) + timedelta(days=70 + 42))
        play.work()
        assert play.stages() == ["closed", "entered"]
        assert play.states("look_back", "story") == ["open", "waiting"]
        play.day(70 + 42 + 7)
        assert play.states("story") == ["open"]


ENTER = """
stages:
  - stage: sale
    tasks: [{task: prepare, by: csm}]
  - stage: kickoff
    enter_when: role.champion.filled and days_since.signed >= 3
    tasks: [{task: call, by: csm}]
"""


def test_a_stage_waits_for_its_condition_also_when_only_time_meets_it() -> None:
    with played(ENTER) as play:
        play.done("prepare")
        assert play.stages() == ["closed", "waiting"]
        play.day(2)
        assert play.stages() == ["closed", "waiting"]
        play.day(3.1)
        assert play.stages() == ["closed", "entered"]


EVERY = """
stages:
  - stage: use
    tasks:
      - {task: gaps, by: csm, every: 2w, until: stage.use.closed}
      - {task: tell, by: champion, after: [gaps]}
      - {task: enough, by: csm}
    exit: [{check: enough, title: Enough, when: task.enough.done}]
"""


def test_a_task_that_comes_every_so_often_has_one_turn_open_at_most_and_ends_with_its_stage() -> None:
    with played(EVERY) as play:
        assert play.turns("gaps") == ["open"]
        play.day(40)
        assert play.turns("gaps") == ["open"]
        play.done("gaps")
        assert play.turns("gaps") == ["done", "open"]
        # Done once is enough for what comes after it.
        assert play.states("tell") == ["open"]
        play.day(60)
        play.done("gaps")
        play.day(200)
        assert play.turns("gaps") == ["done", "done", "open"]
        play.done("enough")
        assert play.turns("gaps") == ["done", "done", "withdrawn"]
        play.day(300)
        assert play.turns("gaps") == ["done", "done", "withdrawn"]
