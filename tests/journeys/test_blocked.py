"""What cannot go on is said with a reason, and told to whom the playbook names once it has lasted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from onward.automation.actions.moving import reschedule
from onward.automation.queries import auditing
from onward.conversation import actions as conversation
from onward.engagement.models import Message
from onward.engagement.queries import REMINDS
from onward.foundation import clock
from onward.foundation.ledger import facts_of
from onward.journeys import actions as journeys
from onward.kernel.refusals import Refusal
from onward.playbooks import actions as playbooks
from tests.journeys.playing import HEAD, Play, played
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


LATE = """
escalate:
  theirs: [{after: 3d late, to: doer}, {after: 1w late, to: csm}]
  ours: [{after: 1d late, to: doer}]
stages:
  - stage: setup
    tasks:
      - {task: data, title: Send your data, by: champion, due: 2d after started}
      - {task: logo, title: Send your logo, by: champion, due: 2d after started, optional: true}
      - {task: own, title: Say when, by: champion, due: 2d after started, escalate: [{after: 1d late, to: csm}]}
      - {task: quiet, title: Look round, by: champion, due: 2d after started, escalate: []}
      - {task: secret, title: Known to us, by: champion, due: 2d after started, internal: true}
      - {task: both, title: Try it, by: champion, and: [csm], due: 2d after started}
      - {task: report, title: Write it down, by: csm, due: 2d after started}
"""


def task_page(play: Play, key: str) -> str:
    return words_of(signed_in(play.world.mara).get(f"/tasks/{play.task(key).ref}").content)


def told_since(play: Play, moment: float) -> list[tuple[str, str, bool]]:
    """Whom the mails since the one day told of what, as a reminder or not, until the other."""
    Message.objects.all().delete()
    play.day(moment)
    rows = Message.objects.filter(kind="mail").order_by("to_name", "subject")
    return [(row.to_name, row.subject, (row.once or "").startswith(REMINDS)) for row in rows]


def test_a_playbook_says_for_all_steps_who_is_reminded_and_who_hears_of_it() -> None:
    with played(LATE) as play:
        play.done("both", actor=play.world.dana)
        assert [told_since(play, day) for day in (1, 2)] == [[], []]
        assert "If it stays so Dana is reminded by mail on 7 Mar, Mara hears of it on 11 Mar" in task_page(play, "data")
        assert "Mara hears of it on 7 Mar, Mara hears of it on 11 Mar" in task_page(play, "secret")
        assert "If it stays so" not in task_page(play, "quiet")
        assert told_since(play, 3.9) == [
            ("Mara", "Say when: late for 1 day", False),
            ("Mara", "Try it: late for 1 day", False),
            ("Mara", "Write it down: late for 1 day", False),
        ]
        assert told_since(play, 5.9) == [
            ("Dana", "Send your data", True),
            # What a customer does not see is not sent to them.
            ("Mara", "Known to us: late for 3 days", False),
        ]
        mail = Message.objects.get(to_name="Dana")
        assert "Send your data was due on 4 March and waits for you" in mail.text
        assert mail.task == play.task("data").id
        page = task_page(play, "data")
        assert "reminded" in page
        assert "by the plan" in page
        assert "If it stays so Mara hears of it on 11 Mar" in page
        assert told_since(play, 9.9) == [
            ("Mara", "Known to us: late for 1 week", False),
            ("Mara", "Send your data: late for 1 week", False),
        ]
        assert "late for" not in str(told_since(play, 30))
        assert list(auditing.differences(clock.now())) == []


def test_a_day_that_was_moved_and_missed_again_is_told_anew() -> None:
    with played(LATE) as play:
        told_since(play, 5.9)
        later = {"task.data": clock.now().date() + timedelta(days=7)}
        reschedule(actor=play.world.mara, journey_id=play.journey, days=later, reason="They moved house")
        assert "Send your data" not in str(told_since(play, 12))
        assert ("Dana", "Send your data", True) in told_since(play, 17)


def test_a_plan_that_begins_to_remind_says_nothing_of_what_is_long_late() -> None:
    with played(LATE.replace("theirs: [{after: 3d late, to: doer}, {after: 1w late, to: csm}]", "theirs: []")) as play:
        play.day(20)
        Message.objects.all().delete()
        published = playbooks.publish(actor=play.world.admin, text=HEAD + LATE, texts={})
        journeys.merge_version(actor=play.world.mara, journey_id=play.journey, version_id=published.version_id)
        play.work()
        found = list(Message.objects.values_list("to_name", "subject"))
        assert ("Mara", "Send your data: late for 1 week") in found
        assert "Dana" not in dict(found)
