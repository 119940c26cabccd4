"""Two channels: who reads, who writes, who is called, and what is kept when somebody thinks again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine

from onward.automation import actions as automation
from onward.conversation import actions, queries
from onward.foundation.ledger import drain_due, facts_of
from onward.identity import actions as identity
from onward.insights.queries import lines_by_ids
from onward.journeys import actions as journeys
from onward.journeys import queries as running
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal
from tests.world import SIGNED, Cast, cast, contact

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Cast:
    return cast()


def journey_of(world: Cast, account: UUID | None = None) -> UUID:
    return journeys.open_journey(
        actor=world.mara,
        account_id=account or world.acme,
        version_id=world.version,
        signed_at=datetime.now(UTC) - timedelta(days=1),
    )


def task_of(world: Cast, journey: UUID, key: str) -> UUID:
    return next(row.id for row in running.journey_view(world.mara, journey).tasks if row.key == key)


def said(actor: Actor, journey: UUID, task: UUID | None = None) -> list[str]:
    return [view.text for view in queries.conversation(actor, journey, task)]


def write(actor: Actor, journey: UUID, text: str, channel: str = "shared", **more: object) -> UUID:
    return actions.write_comment(actor=actor, journey_id=journey, channel=channel, text=text, **more)  # type: ignore[arg-type]


def test_an_internal_note_is_never_seen_by_a_contact(world: Cast) -> None:
    journey = journey_of(world)
    note = write(world.mara, journey, "They will not renew.", "internal")
    told = write(world.mara, journey, "Welcome.")
    assert said(world.tomas, journey) == ["They will not renew.", "Welcome."]
    assert said(world.dana, journey) == ["Welcome."]
    assert queries.comment_view(world.dana, told).side == "us"
    for refused in (
        lambda: queries.comment_view(world.dana, note),
        lambda: actions.edit_comment(actor=world.dana, comment_id=note, text="x"),
        lambda: actions.remove_comment(actor=world.dana, comment_id=note),
        lambda: actions.restore_comment(actor=world.dana, comment_id=note),
        lambda: actions.settle_question(actor=world.dana, comment_id=note),
        lambda: queries.conversation(world.eve, journey),
        lambda: queries.comment_view(world.eve, told),
        lambda: write(world.eve, journey, "I am from elsewhere."),
    ):
        with pytest.raises(Refusal) as error:
            refused()
        assert error.value.code == "not_found"
    assert [view.text for view in queries.latest_notes(world.dana, world.acme)] == ["Welcome."]


def test_contacts_write_shared_and_viewers_nothing(world: Cast) -> None:
    journey = journey_of(world)
    write(world.dana, journey, "Hello.")
    for actor, channel in ((world.dana, "internal"), (world.viewer, "internal"), (world.viewer, "shared")):
        with pytest.raises(Refusal) as error:
            write(actor, journey, "x", channel)
        assert error.value.code == "forbidden"
    with pytest.raises(Refusal) as error:
        write(world.mara, journey, "x", "everybody")
    assert error.value.code == "invalid"
    assert said(world.viewer, journey) == ["Hello."]


def test_what_the_customer_does_not_see_cannot_be_talked_about_with_them(world: Cast) -> None:
    journey = journey_of(world)
    ours = task_of(world, journey, "polish")
    write(world.mara, journey, "Only we see this task.", "internal", task_id=ours)
    with pytest.raises(Refusal, match="not seen by the customer"):
        write(world.mara, journey, "x", "shared", task_id=ours)
    with pytest.raises(Refusal) as error:
        queries.conversation(world.dana, journey, ours)
    assert error.value.code == "not_found"
    assert said(world.dana, journey) == []


def test_the_facts_say_that_and_where_but_never_what(world: Cast) -> None:
    journey = journey_of(world)
    task = task_of(world, journey, "connect")
    one = write(world.mara, journey, "A very private sentence.", "internal", task_id=task)
    actions.edit_comment(actor=world.mara, comment_id=one, text="Another very private sentence.")
    actions.remove_comment(actor=world.mara, comment_id=one)
    actions.restore_comment(actor=world.mara, comment_id=one)
    facts = [fact for fact in facts_of(journey=journey) if fact.name.startswith("comment.")]
    assert [fact.name for fact in facts] == ["comment.written", "comment.edited", "comment.removed", "comment.restored"]
    assert {fact.data["title"] for fact in facts} == {"Connect your systems"}
    assert "private" not in str([fact.data for fact in facts])


def test_a_called_colleague_finds_it_until_they_have_looked(world: Cast) -> None:
    journey = journey_of(world)
    task = task_of(world, journey, "connect")
    write(world.mara, journey, "@Tomas, mind the mapping. Not you, tomas@x.example.", "internal", task_id=task)
    write(world.mara, journey, f"@[T.]({f'user:{world.tomas.id}'}) and @Mara", "internal")
    (second, first) = queries.open_mentions(world.tomas)
    assert first.comment.task_title == "Connect your systems"
    assert list(first.comment.people.values()) == ["Tomas"]
    assert first.comment.is_new
    assert second.comment.task_id is None
    assert queries.open_mentions(world.mara) == []
    assert queries.open_mentions(world.dana) == []
    assert actions.see_mentions(actor=world.tomas, journey_id=journey, task_id=task) == 1
    assert [one.comment.task_id for one in queries.open_mentions(world.tomas)] == [None]
    assert actions.see_mentions(actor=world.tomas) == 1
    assert queries.open_mentions(world.tomas) == []


def test_who_could_not_read_it_is_not_called(world: Cast) -> None:
    journey = journey_of(world)
    with pytest.raises(Refusal, match="Dana cannot read this"):
        write(world.mara, journey, "Ask @Dana.", "internal")
    write(world.mara, journey, "@Dana, over to you.")
    (view,) = queries.conversation(world.dana, journey)
    assert view.people == {f"contact:{world.dana.id}": "Dana"}
    for stranger in (f"contact:{world.eve.id}", "user:usr_01h00000000000000000000000"):
        with pytest.raises(Refusal, match="not somebody who reads here"):
            write(world.mara, journey, f"@[Eve]({stranger})")
    # A contact does not learn who else works here: the name stays a word.
    write(world.dana, journey, "@Ada @Mara")
    assert queries.conversation(world.dana, journey)[-1].people == {f"user:{world.mara.id}": "Mara"}
    identity.revoke_user(actor=SYSTEM, user_id=parse_id("usr", world.tomas.id))
    write(world.mara, journey, "@Tomas", "internal")
    assert queries.conversation(world.mara, journey)[-1].people == {}


def test_an_edited_comment_keeps_what_it_said(world: Cast) -> None:
    journey = journey_of(world)
    one = write(world.tomas, journey, "Tuesday.")
    assert actions.edit_comment(actor=world.tomas, comment_id=one, text="Wednesday. @Mara", edition=1) == 2
    view = queries.comment_view(world.dana, one)
    assert (view.text, view.edition) == ("Wednesday. @Mara", 2)
    assert view.edited_at
    assert [text for text, _ in queries.histories(world.mara, [queries.comment_view(world.mara, one)])[one]] == [
        "Tuesday."
    ]
    assert queries.histories(world.dana, [view]) == {}
    assert len(queries.open_mentions(world.mara)) == 1
    for other in (world.mara, world.dana):
        with pytest.raises(Refusal, match="Only who wrote this"):
            actions.edit_comment(actor=other, comment_id=one, text="Thursday.")


def test_two_edits_of_one_text_lose_neither(world: Cast) -> None:
    journey = journey_of(world)
    one = write(world.mara, journey, "Draft.")
    actions.edit_comment(actor=world.mara, comment_id=one, text="From the phone.", edition=1)
    with pytest.raises(Refusal) as error:
        actions.edit_comment(actor=world.mara, comment_id=one, text="From the desk.", edition=1)
    assert error.value.status == 412
    assert error.value.details == {"edition": 2, "theirs": "From the phone.", "yours": "From the desk."}
    assert said(world.mara, journey) == ["From the phone."]


def test_removed_by_whom_and_back_again(world: Cast) -> None:
    journey = journey_of(world)
    one = write(world.tomas, journey, "In the wrong channel.")
    with pytest.raises(Refusal, match="Only who wrote this may remove it"):
        actions.remove_comment(actor=world.dana, comment_id=one)
    actions.remove_comment(actor=world.tomas, comment_id=one)
    view = queries.comment_view(world.dana, one)
    assert (view.text, view.people, view.removed_by) == ("", {}, "Tomas")
    actions.restore_comment(actor=world.tomas, comment_id=one)
    assert said(world.dana, journey) == ["In the wrong channel."]
    actions.remove_comment(actor=world.mara, comment_id=one)
    with pytest.raises(Refusal, match="Only who removed this"):
        actions.restore_comment(actor=world.tomas, comment_id=one)
    actions.restore_comment(actor=world.mara, comment_id=one)


def test_a_question_stays_open_until_it_is_answered(world: Cast) -> None:
    journey = journey_of(world)
    task = task_of(world, journey, "connect")
    asked = write(world.dana, journey, "Which fields?", task_id=task, question=True)
    write(world.mara, journey, "Who knows?", "internal", task_id=task)
    write(world.mara, journey, "We look into it.", task_id=task, answers=False)
    write(world.mara, journey, "Elsewhere.")
    (waiting,) = queries.open_questions(world.viewer, account_id=world.acme)
    assert (waiting.id, waiting.is_open) == (asked, True)
    answer = write(world.mara, journey, "Name and region.", task_id=task)
    assert queries.open_questions(world.viewer) == []
    assert queries.comment_view(world.dana, asked).answered_by == "Mara"
    (fact,) = facts_of(journey=journey, names=["comment.answered"])
    assert fact.data["answer_id"] == str(answer)
    actions.reopen_question(actor=world.dana, comment_id=asked)
    assert len(queries.open_questions(world.mara, journey_id=journey)) == 1
    actions.settle_question(actor=world.tomas, comment_id=asked)
    assert queries.open_questions(world.mara) == []
    _, frank = contact(world.acme, "Frank")
    with pytest.raises(Refusal, match="Only who asked"):
        actions.reopen_question(actor=frank, comment_id=asked)
    with pytest.raises(Refusal):
        queries.open_questions(world.dana)


def test_nothing_and_too_much_are_refused_in_words(world: Cast) -> None:
    journey = journey_of(world)
    for text, words in (("  \n ", "Nothing is written"), ("x" * 10_001, "longer than 10000")):
        with pytest.raises(Refusal, match=words):
            write(world.dana, journey, text)
    with pytest.raises(Refusal) as error:
        write(world.mara, parse_id("jny", "jny_01h00000000000000000000000"), "x")
    assert error.value.code == "not_found"
    assert format_id("jny", journey)


@pytest.mark.parametrize(
    ("who", "said", "wakes"),
    [("dana", "a comment", True), ("dana", "a file", True), ("dana", "a link", True), ("mara", "a comment", False)],
)
def test_what_the_customer_says_ends_a_silence(who: str, said: str, wakes: bool) -> None:
    # red when an answer or an upload of the customer leaves "no step on either side" standing
    with time_machine.travel(SIGNED + timedelta(hours=3), tick=False) as clock:
        world = cast()
        journey = journey_of(world)
        clock.shift(timedelta(days=20))
        automation.tick()
        drain_due()
        assert running.journey_view(world.mara, journey).pace == "stalled"
        here = {"actor": getattr(world, who), "journey_id": journey, "channel": "shared"}
        {
            "a comment": lambda: actions.write_comment(text="Two days more.", **here),
            "a file": lambda: actions.add_file(name="list.csv", content=b"name\nacme\n", **here),
            "a link": lambda: actions.add_link(url="https://example.com/plan", title="Our plan", **here),
        }[said]()
        view = running.journey_view(world.mara, journey)
        assert (view.pace == "stalled") is not wakes
        (line,) = lines_by_ids(world.mara, [journey]).values()
        assert (line.active_at > SIGNED + timedelta(days=20)) is wakes
