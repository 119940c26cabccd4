"""What cannot go on is said with a reason, and told to whom the playbook names once it has lasted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from onward.automation.queries import auditing
from onward.conversation import actions as conversation
from onward.engagement.models import Message
from onward.foundation import clock
from onward.foundation.ledger import facts_of
from onward.journeys import actions as journeys
from onward.kernel.refusals import Refusal
from tests.journeys.playing import played
from tests.stories.doors import words_of
from tests.world import signed_in

pytestmark = pytest.mark.django_db

TEXT = """
stages:
  - stage: setup
    tasks:
      - {task: sso, title: Single sign-on, by: champion,
         escalate: [{after: 48h blocked, to: champion}, {after: 3d blocked, to: manager}]}
      - {task: report, by: csm, due: 1d after started, escalate: [{after: 24h late, to: csm}]}
    exit: [{check: free, title: Nothing is blocked, when: tasks.blocked == 0 and task.sso.done}]
"""


def told(state: str) -> list[str]:
    return list(Message.objects.filter(subject__contains=f": {state} for").values_list("to_name", flat=True))


def test_a_block_that_lasts_is_told_once_to_each_that_the_plan_names() -> None:
    with played(TEXT) as play:
        client, path = signed_in(play.world.mara), f"/tasks/{play.task('sso').ref}"
        with pytest.raises(Refusal, match="What blocks it is missing"):
            journeys.block_task(actor=play.world.mara, task_id=play.task("sso").id)
        client.post(f"{path}/block", {"reason": "Their identity provider moves house"})
        assert "Their identity provider moves house" in words_of(client.get(path).content)
        play.day(1.9)
        assert "journey.task.escalated" not in play.names()
        play.day(2.1)
        assert play.names().count("journey.task.escalated") == 1
        play.day(2.5)
        assert play.names().count("journey.task.escalated") == 1
        play.day(4)
        assert play.names().count("journey.task.escalated") == 3
        assert sorted(told("blocked")) == ["Dana", "Mara"]
        assert told("late") == ["Mara"]
        assert list(auditing.differences(clock.now())) == []


def test_a_new_block_is_told_anew_and_what_goes_on_again_is_not() -> None:
    with played(TEXT) as play:
        task = play.task("sso").id
        journeys.block_task(actor=play.world.mara, task_id=task, reason="Nobody there")
        play.day(1)
        journeys.block_task(actor=play.world.mara, task_id=task, blocked=False)
        with pytest.raises(Refusal, match="is not blocked"):
            journeys.block_task(actor=play.world.mara, task_id=task, blocked=False)
        play.done("report")
        play.day(10)
        assert "journey.task.escalated" not in play.names()
        journeys.block_task(actor=play.world.mara, task_id=task, reason="Nobody there")
        play.day(12.1)
        assert play.names().count("journey.task.escalated") == 1


def test_what_is_late_too_long_is_told() -> None:
    with played(TEXT) as play:
        play.day(1.9)
        assert "journey.task.escalated" not in play.names()
        play.day(2.99)
        assert play.names().count("journey.task.escalated") == 1


def test_what_time_alone_brought_names_no_other_fact_as_its_cause() -> None:
    # red when whatever the journey was looked at for stands as the cause of what is late
    promised = TEXT.replace("due: 1d after started, escalate", "due: within 1d of started, escalate")
    with played(promised) as play:
        play.clock.shift(timedelta(days=3))
        conversation.write_comment(
            actor=play.world.tomas, journey_id=play.journey, channel="shared", text="Before the block."
        )
        journeys.block_task(actor=play.world.mara, task_id=play.task("sso").id, reason="Nobody there")
        facts = facts_of(journey=play.journey)
        cause = {fact.name: fact.cause_seq for fact in facts}
        names = {"journey.promise.broken", "journey.pace.changed", "journey.task.escalated"}
        assert {name: cause[name] for name in names} == dict.fromkeys(names)
        written = {fact.data["subject"]: fact.cause_seq for fact in facts if fact.name == "engagement.message.written"}
        said = next(fact.seq for fact in facts if fact.name == "comment.written")
        assert written.pop("Tomas on your onboarding") == said
        assert len(written) == 2
        assert set(written.values()) == {None}
        page = signed_in(play.world.mara).get(f"/journeys/{play.view().ref}/facts").content.decode()
        assert page.count('class="because"') == sum(fact.cause_seq is not None for fact in facts)
