"""What waits for a person stands together on their first page: their next step, and all else beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
import time_machine

from onward.conversation import actions
from onward.journeys import actions as journeys
from onward.journeys.decisions.success import Wanted
from onward.kernel.ids import format_id
from onward.playbooks.decisions.definition import Task
from tests.interfaces.portal.test_aims import words_of
from tests.interfaces.portal.visits import enter, line, text
from tests.world import SMALL, Cast, cast, contact, publish

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> Cast:
    return cast()


def asking(world: Cast, *keys: str, more: tuple[Task, ...] = ()) -> UUID:
    """A journey whose setup has begun with these steps; "polish" is ours and asks something of them."""
    setup = SMALL.stages[1]
    asks = "Tell us who takes part."
    tasks = tuple(
        replace(task, help=asks, shared=True) if task.id == "polish" else task
        for task in setup.tasks
        if task.id in keys
    )
    stages = (replace(SMALL.stages[0], tasks=()), replace(setup, after=(), tasks=(*tasks, *more)), SMALL.stages[2])
    return journeys.open_journey(
        actor=world.mara,
        account_id=world.acme,
        version_id=publish(replace(SMALL, id="asking", stages=stages)),
        signed_at=datetime.now(UTC),
    )


def test_what_a_step_of_ours_asks_stands_on_the_first_page_until_they_write(world: Cast) -> None:
    # red when one reads that something is asked and not what, or is asked again once it was answered
    journey = asking(world, "polish")
    dana, task = enter(world.dana_id), line(world, journey, "polish").ref
    home = f"/portal/journeys/{format_id('jny', journey)}"
    page = text(dana, home)
    assert page.count("Tell us who takes part.") == 2, "as the next thing, and in the list"
    assert "Read and answer" in page
    page = text(dana, f"/portal/tasks/{task}")
    assert "Your answer to Mara" in page
    assert 'name="question" value="1" checked' not in page, "an answer waits for none"
    words = "There is nothing more to do here."
    assert words not in page
    answer = {"text": "Joel and Nina", "channel": "shared", "at": "task"}
    page = dana.post(f"/portal/tasks/{task}/comments", answer, follow=True).content.decode()
    assert "Mara has your answer. There is nothing more for you to do here." in page, (
        "red when an answer is promised one"
    )
    assert words in page
    assert "Your answer to Mara" not in page, "red when what was answered seems to be owed still"
    page = text(dana, home)
    assert "Tell us who takes part." not in page
    assert "Read and answer" not in page


def test_whoever_asked_is_who_has_the_answer(world: Cast) -> None:
    # red when the answer to one of us is said to have reached another, who drives the onboarding
    journey = asking(world, "polish")
    step = line(world, journey, "polish")
    dana = enter(world.dana_id)
    for name, ref in (("Tomas", world.tomas.id), ("Mara", world.mara.id)):
        journeys.assign_task(actor=world.mara, task_id=step.id, person=f"user:{ref}")
        assert '<a href="#composer">write your answer</a>' in text(dana, f"/portal/tasks/{step.ref}") or name == "Mara"
        answer = {"text": f"Joel, {name}", "channel": "shared", "at": "task"}
        page = dana.post(f"/portal/tasks/{step.ref}/comments", answer, follow=True).content.decode()
        assert f"{name} has your answer." in page


def test_what_else_waits_for_a_person_stands_under_their_next_step(world: Cast) -> None:
    # red when what else waits stands a screen further down, or is not said at the top
    journey = asking(world, "connect", "polish")
    home, dana = f"/portal/journeys/{format_id('jny', journey)}", enter(world.dana_id)
    page = words_of(text(dana, home))
    assert "Hello Dana. One step waits for you. One other thing waits for you." in page
    assert "Also waits for you Answer Mara for “Polish the settings”" in page
    joel, _ = contact(world.acme, "Joel")
    page = words_of(text(enter(joel), home))
    whose = "You have no step of your own; one step waits for others at Acme Freight."
    assert f"Hello Joel. {whose} Onward asks you one thing." in page
    theirs, ours = f"contact:{format_id('con', world.dana_id)}", f"user:{world.mara.id}"
    goal = Wanted("", "Reports by nine", date(2027, 5, 1), theirs, ours, "The morning mail")
    journeys.propose_plan(actor=world.mara, journey_id=journey, objectives=[goal])
    page = words_of(text(dana, home))
    assert (
        "Hello Dana. The success plan waits for your answer, and 1 step waits for you. One other thing waits for you."
        in page
    )
    assert "Also waits for you Answer version 1 of the success plan Answer Mara for “Polish" in page


def test_what_is_the_readers_own_comes_before_what_a_colleague_has_to_do(world: Cast) -> None:
    # red when a colleague's step stands large and what the reader is asked, or has to do, below it
    journey, (joel_id, _) = asking(world, "connect", "polish"), contact(world.acme, "Joel")
    joel, home = enter(joel_id), f"/portal/journeys/{format_id('jny', journey)}"

    def large(page: str) -> str:
        return page.split('class="next"')[1].split("</h2>")[0]

    assert "Polish the settings" in large(page := text(joel, home)), "it is asked of everybody"
    assert (
        "Connect your systems" in page.split("Waits for others at Acme Freight</h3>")[1].split("</div>\n</section>")[0]
    )
    assert "Waits for others at" not in text(enter(world.dana_id), home), "it is her own"
    assert "Connect your systems" in large(text(enter(world.dana_id), home))
    polish = line(world, journey, "polish")
    actions.write_comment(
        actor=world.dana, journey_id=journey, task_id=polish.id, channel="shared", text="Joel and Nina"
    )
    assert "Connect your systems" in large(text(joel, home)), "nothing else waits: one can do it for Dana"
    later = asking(world, "connect", more=(replace(SMALL.task("connect"), id="users", title="Name your users"),))
    users = line(world, later, "users")
    journeys.assign_task(actor=world.mara, task_id=users.id, person=f"contact:{format_id('con', joel_id)}")
    page = text(joel, f"/portal/journeys/{format_id('jny', later)}")
    assert "Name your users" in large(page)
    owed = page.split("Acme Freight owes</h2>")[1]
    assert owed.index("Name your users") < owed.index("Connect your systems")


def test_whoever_waits_for_a_colleague_reads_what_waits_for_them_too(world: Cast) -> None:
    # red when the sentence says that nothing is theirs while things wait for them
    journey = asking(world, "connect", "polish")
    home, (joel, _) = f"/portal/journeys/{format_id('jny', journey)}", contact(world.acme, "Joel")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=60)):
        page = words_of(text(enter(joel), home))
    assert "Hello Joel. One thing waits for you; one late step of a colleague’s holds things up" in page
