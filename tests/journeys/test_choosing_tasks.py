"""Which tasks a journey needs: either this or that, each for themselves, steps with a condition, a word to confirm."""

from __future__ import annotations

import pytest

from onward.accounts import actions as accounts
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.kernel.refusals import Refusal
from tests.journeys.playing import played
from tests.world import contact

pytestmark = pytest.mark.django_db

EITHER = """
stages:
  - stage: sign_in
    tasks:
      - {group: way_in, need: 1, tasks: [{task: single_sign_on, by: champion}, {task: invite_all, by: csm}]}
      - {task: tell_us, by: csm}
    exit: [{check: way, title: They can sign in, when: group.way_in.done}]
"""


def test_once_enough_of_a_group_is_done_the_others_are_not_needed_and_that_is_told() -> None:
    with played(EITHER) as play:
        assert play.states("single_sign_on", "invite_all") == ["open", "open"]
        play.done("invite_all")
        assert play.states("single_sign_on", "invite_all", "tell_us") == ["withdrawn", "done", "open"]
        assert "journey.task.withdrawn" in play.names()
        assert play.stages() == ["closed"]
        with pytest.raises(Refusal, match="not needed any more"):
            play.done("single_sign_on", play.world.dana)


def test_what_was_not_chosen_is_needed_again_when_the_choice_is_taken_back() -> None:
    with played(EITHER) as play:
        play.done("invite_all")
        journeys.reopen_task(actor=play.world.mara, task_id=play.task("invite_all").id, reason="They cannot sign in")
        assert play.states("single_sign_on", "invite_all") == ["open", "open"]
        assert play.stages() == ["entered"]


STEPS = """
forms: [{form: start, fields: [{field: own_server, type: yes_no, required: true}]}]
stages:
  - stage: setup
    tasks:
      - {task: ask, kind: form, form: start, by: csm}
      - task: install
        by: csm
        steps: [Read the guide, {step: ping, title: Send the ping, when: answer.start.own_server}]
    exit: [{check: steps, title: No step is left, when: task.install.steps_left == 0}]
"""


@pytest.mark.parametrize("own_server", [True, False])
def test_a_step_with_a_condition_is_asked_only_where_it_holds(own_server: bool) -> None:
    with played(STEPS) as play:
        view = queries.task_view(play.world.mara, play.task("install").id)
        assert [title for _, title, _ in view.steps] == ["Read the guide", "Send the ping"]
        play.answer("ask", own_server=own_server)
        view = queries.task_view(play.world.mara, play.task("install").id)
        assert len(view.steps) == 1 + own_server
        journeys.tick_step(actor=play.world.mara, task_id=play.task("install").id, step="step_1")
        if own_server:
            with pytest.raises(Refusal, match="tick Send the ping"):
                play.done("install")
            journeys.tick_step(actor=play.world.mara, task_id=play.task("install").id, step="ping")
        play.work()
        assert play.stages() == ["closed"]


def test_a_task_that_somebody_has_begun_is_kept_whatever_its_condition_turns_to() -> None:
    text = STEPS.replace("by: csm\n        steps", "by: csm\n        when: answer.start.own_server\n        steps")
    with played(text) as play:
        play.answer("ask", own_server=True)
        journeys.tick_step(actor=play.world.mara, task_id=play.task("install").id, step="step_1")
        journeys.reopen_task(actor=play.world.mara, task_id=play.task("ask").id)
        play.answer("ask", own_server=False)
        assert play.task("install").state == "open"


CONFIRM = """
stages:
  - stage: live
    tasks: [{task: go_live, by: csm, confirm: champion}]
    exit: [{check: live, title: They say that it is live, when: task.go_live.done}]
    expect: [{check: told, title: We said so, when: task.go_live.reported}]
"""


def test_reported_by_us_is_not_done_until_they_confirm() -> None:
    with played(CONFIRM) as play:
        _, otto = contact(play.world.acme, "Otto")
        assert play.done("go_live") == "reported"
        line = play.task("go_live")
        assert (line.state, line.turn, play.stages()) == ("open", "theirs", ["entered"])
        assert play.view().stages[0].expects[0].state == "met"
        # Neither we nor a colleague of hers speak for Dana, who was named to confirm it.
        assert play.done("go_live") == "reported"
        assert play.task("go_live").state == "open"
        with pytest.raises(Refusal, match="Dana"):
            play.done("go_live", otto)
        assert play.done("go_live", play.world.dana) == "done"
        assert play.stages() == ["closed"]


def test_what_the_data_shows_still_waits_for_the_word_that_confirms_it() -> None:
    text = CONFIRM.replace("confirm: champion", "confirm: champion, done_when: objectives.total >= 1")
    with played(text) as play:
        journeys.write_objective(actor=play.world.mara, journey_id=play.journey, outcome="Late trucks known by nine")
        assert play.task("go_live").state == "open"
        assert play.names().count("journey.task.reported") == 1
        assert play.done("go_live", play.world.dana) == "done"


EACH = """
stages:
  - stage: training
    tasks: [{task: try_it, by: admins, each: true, need: 80%}]
"""


def test_each_of_a_group_says_done_for_themselves_until_enough_have() -> None:
    with played(EACH) as play:
        people = [contact(play.world.acme, name, "admins") for name in ("Ann", "Ben", "Cleo", "Dirk", "Emil")]
        with pytest.raises(Refusal, match="Each does this for themselves"):
            play.done("try_it")
        with pytest.raises(Refusal, match="for each of Admins"):
            play.done("try_it", play.world.dana)
        for _, person in people[:3]:
            play.done("try_it", person)
        with pytest.raises(Refusal, match="said done already"):
            play.done("try_it", people[0][1])
        view = queries.task_view(play.world.mara, play.task("try_it").id)
        assert ([person.name for person in view.each_done], view.each_needed) == (["Ann", "Ben", "Cleo"], 4)
        assert play.stages() == ["entered"]
        play.done("try_it", asked_by=f"contact:{people[3][1].id}")
        assert play.states("try_it") == ["done"]
        assert play.stages() == ["closed"]


def test_fewer_people_in_the_group_may_be_enough_without_another_word() -> None:
    with played(EACH) as play:
        people = [contact(play.world.acme, name, "admins") for name in ("Ann", "Ben")]
        play.done("try_it", people[0][1])
        assert play.states("try_it") == ["open"]
        accounts.revoke_contact(actor=play.world.mara, contact_id=people[1][0])
        assert play.states("try_it") == ["done"]
