"""A step of the customer's: what its page says, and what is done there."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from onward.engagement.models import Message
from onward.foundation.ledger import facts_of
from onward.interfaces.portal.dates import due_words
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.kernel.clock import Span
from onward.kernel.ids import format_id
from onward.playbooks.decisions.parts import Link, Timing
from tests.interfaces.portal.visits import enter, kicked_off, line, opened, text
from tests.threads import together
from tests.world import SMALL, Cast, cast, contact, publish, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> Cast:
    return cast()


def test_signing_closes_the_stage_and_can_be_taken_back(world: Cast) -> None:
    journey = kicked_off(world)
    client = enter(world.dana_id)
    task = format_id("tsk", line(world, journey, "sign_plan").id)
    assert "You sign: “I have read it and agree”." in text(client, f"/portal/tasks/{task}")
    unsigned = client.post(f"/portal/tasks/{task}/completion")
    assert unsigned.status_code == 422
    refused = unsigned.content.decode()
    assert re.search(r'name="agreed" value="1" required autofocus aria-invalid="true"', refused)
    wrong = refused.index("Tick “I have read it and agree”, then sign.")
    assert refused.index('name="agreed"') < wrong < refused.index(">Sign</button>")
    assert refused.count("Nothing is signed yet.") == 1, "beside the box, and nowhere else"
    assert f'/{task}/completion" id="finish" novalidate>' in refused, "a browser's own bubble would cover the box"
    done = client.post(f"/portal/tasks/{task}/completion", {"agreed": "1"})
    assert done.headers["Location"] == f"/portal/journeys/{format_id('jny', journey)}"
    page = text(client, done.headers["Location"])
    assert "Sign the plan is signed with your name." in page
    assert f"/portal/tasks/{task}/reopening" in page
    assert 'class="toast"' not in text(client, done.headers["Location"])
    assert line(world, journey, "sign_plan").done_by is not None
    back = client.post(f"/portal/tasks/{task}/reopening").headers["Location"]
    assert "It is taken back: Sign the plan is open again." in text(client, back)
    assert line(world, journey, "sign_plan").state == "open"
    assert client.post(f"/portal/tasks/{task}/completion", {"agreed": "1"}).status_code == 302
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
        assert "Take this back" in text(enter(world.dana_id), f"/portal/tasks/{task}")
        goal = journeys.write_objective(
            actor=world.mara, journey_id=journey, outcome="Reports in a day", due_on=date(2027, 4, 1),
            owner_contact_id=world.dana_id,
        )  # fmt: skip
        journeys.agree_objective(actor=world.dana, objective_id=goal)
        page = text(enter(world.dana_id), f"/portal/tasks/{task}")
        assert "Signed" in page
        assert "Take this back" not in page, "its stage has closed, and others have built on it"


def test_what_cannot_be_done_says_why(world: Cast) -> None:
    journey = opened(world)
    client = enter(world.dana_id)
    task = format_id("tsk", line(world, journey, "connect").id)
    assert "It begins with Setup." in text(client, f"/portal/tasks/{task}")
    refused = client.post(f"/portal/tasks/{task}/completion")
    assert refused.status_code == 409
    assert "cannot be done yet" in refused.content.decode()
    assert line(world, journey, "connect").state == "waiting"


def test_what_waits_for_internal_work_does_not_name_it(world: Cast) -> None:
    setup = SMALL.stages[1]
    tasks = tuple(replace(task, after=(Link("polish"),)) if task.id == "connect" else task for task in setup.tasks)
    book = replace(SMALL, id="hiding", stages=(SMALL.stages[0], replace(setup, after=(), tasks=tasks), SMALL.stages[2]))
    journey = journeys.open_journey(
        actor=world.mara, account_id=world.acme, version_id=publish(book), signed_at=datetime.now(UTC)
    )
    assert "Polish the settings" in line(world, journey, "connect").waits_for
    client = enter(world.dana_id)
    ref, task = format_id("jny", journey), format_id("tsk", line(world, journey, "connect").id)
    pages = [text(client, f"/portal/journeys/{ref}{rest}") for rest in ("", "/plan")] + [
        text(client, f"/portal/tasks/{task}")
    ]
    pages.append(client.post(f"/portal/tasks/{task}/completion").content.decode())
    for page in pages:
        assert "Polish" not in page
        assert "own preparation" in page


def test_what_may_not_be_needed_says_only_that(world: Cast) -> None:
    # red when it reads as planned, waits for a work of ours that there is not, or tells the question that decides it
    setup = SMALL.stages[1]
    tasks = tuple(replace(task, shared=True) if task.id == "migrate" else task for task in setup.tasks)
    book = replace(SMALL, id="undecided", stages=(SMALL.stages[0], replace(setup, tasks=tasks), SMALL.stages[2]))
    journey = journeys.open_journey(
        actor=world.mara, account_id=world.acme, version_id=publish(book), signed_at=datetime.now(UTC)
    )
    client, ref = enter(world.dana_id), format_id("jny", journey)
    page = text(client, f"/portal/tasks/{format_id('tsk', line(world, journey, 'migrate').id)}")
    assert "It is not decided yet whether this is needed." in page
    plan = text(client, f"/portal/journeys/{ref}/plan")
    assert ", if it is needed, with Setup" in plan
    for told in (page, plan):
        assert "own preparation" not in told
        assert "needs “Old data" not in told


def test_what_the_playbook_says_of_a_task_stands_with_it(world: Cast) -> None:
    # red when only help that names a text is shown, or a name without a text is
    setup = SMALL.stages[1]
    help = {"connect": "Open **Settings** first.", "polish": "texts/polish", "migrate": "texts/nowhere"}
    tasks = tuple(replace(task, help=help[task.id], shared=True) for task in setup.tasks)
    stages = (SMALL.stages[0], replace(setup, after=(), tasks=tasks), SMALL.stages[2])
    book = replace(SMALL, id="helping", stages=stages, texts=(("texts/polish.md", "The *manual* says it all."),))
    journey = journeys.open_journey(
        actor=world.mara, account_id=world.acme, version_id=publish(book), signed_at=datetime.now(UTC)
    )
    client, staff = enter(world.dana_id), signed_in(world.mara)
    for key, said in (("connect", "Open <strong>Settings</strong> first."), ("polish", "The <em>manual</em> says")):
        ref = format_id("tsk", line(world, journey, key).id)
        assert said in text(client, f"/portal/tasks/{ref}")
        assert said in text(staff, f"/tasks/{ref}")
    journeys.answer_form(
        actor=world.mara, task_id=line(world, journey, "call").id, values={"go_live": "2027-04-01", "migrate": True}
    )
    assert "nowhere" not in text(client, f"/portal/tasks/{format_id('tsk', line(world, journey, 'migrate').id)}")


def test_what_follows_a_step_names_what_else_it_waits_for(world: Cast) -> None:
    kickoff, setup, *rest = SMALL.stages
    call, sign = kickoff.tasks
    book = replace(
        SMALL,
        stages=(replace(kickoff, tasks=(call, replace(sign, after=(Link("call"), Link("connect"))))), setup, *rest),
    )
    for id, made, says in (
        ("alone", SMALL, "Then “Sign the plan” can begin."),
        ("both", book, "“Sign the plan” waits for this and for “Connect your systems”."),
    ):
        journey = journeys.open_journey(
            actor=world.mara,
            account_id=world.acme,
            version_id=publish(replace(made, id=id)),
            signed_at=datetime.now(UTC),
        )
        assert says in text(enter(world.dana_id), f"/portal/tasks/{format_id('tsk', line(world, journey, 'call').id)}")


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (1, "It comes 2 working days after “Kickoff call”, which is open (earliest "),
        (60, "It does not begin before "),
    ],
)
def test_the_days_between_two_steps_are_told_and_a_day_before_them_too(world: Cast, days: int, said: str) -> None:
    span = "1 day" if days == 1 else f"{days} days"
    kickoff, *rest = SMALL.stages
    call, sign = kickoff.tasks
    begins = Timing("after", f"{days}d after signed", Span(days, "d"), "signed")
    lagged = replace(
        sign, starts=begins, kind="meeting", of="", must=("csm",), after=(Link("call", lag=Span(2, "wd")),)
    )
    book = replace(SMALL, id="lagged", stages=(replace(kickoff, tasks=(call, lagged)), *rest))
    journey = journeys.open_journey(
        actor=world.mara, account_id=world.acme, version_id=publish(book), signed_at=datetime.now(UTC)
    )
    theirs, ours = enter(world.dana_id), signed_in(world.mara)
    first, second = (f"/tasks/{line(world, journey, key).ref}" for key in ("call", "sign_plan"))
    assert "“Sign the plan” can begin 2 working days after this." in text(theirs, f"/portal{first}")
    assert f"It begins 2 working days after “Kickoff call”, {span} after signing." in text(theirs, f"/portal{second}")
    assert f"2 working days after Kickoff call; starts {span} after the signature" in text(ours, second)
    assert "2 working days after Kickoff call" in text(ours, "/playbooks/lagged")
    early, late = (datetime.now(UTC) + timedelta(days=days) for days in (0, 90))
    ours.post(f"{second}/time", {"starts_at": f"{early:%Y-%m-%dT%H:%M}"})
    assert f"The meeting has its time. Acme Freight sees it on their portal. {said}" in text(ours, second)
    ours.post(f"{second}/time", {"starts_at": f"{late:%Y-%m-%dT%H:%M}"})
    assert said not in text(ours, second)
    ours.post(f"{second}/date", {"due_at": f"{early:%Y-%m-%d}", "reason": "They ask", "scope": "only"})
    assert said in text(ours, second)
    assert line(world, journey, "sign_plan").starts_at is not None


def test_two_contacts_complete_the_same_task_at_once(world: Cast) -> None:
    journey = kicked_off(world)
    joel_id, _ = contact(world.acme, "Joel")
    clients = [enter(world.dana_id), enter(joel_id)]
    path = f"/portal/tasks/{format_id('tsk', line(world, journey, 'sign_plan').id)}/completion"
    answers = together(*[lambda client=client: client.post(path, {"agreed": "1"}) for client in clients])  # type: ignore[misc]
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert (
        len(
            [
                fact
                for fact in facts_of(journey=journey, names=["journey.task.completed"])
                if fact.data["task"] == "sign_plan"
            ]
        )
        == 1
    )
    late = next(answer for answer in answers if answer.status_code == 409)
    assert "already done" in late.content.decode()


def test_a_question_waits_and_reaches_the_one_who_drives(world: Cast) -> None:
    journey = kicked_off(world)
    client = enter(world.dana_id)
    task = format_id("tsk", line(world, journey, "sign_plan").id)
    empty = client.post(f"/portal/tasks/{task}/comments", {"text": "  ", "channel": "shared", "question": "1"})
    assert empty.status_code == 422
    page = empty.content.decode()
    assert re.search(r'<textarea[^>]* aria-describedby="text-wrong" autofocus>', page), "the page comes up at the field"
    assert "Nothing is written yet." in page.partition('id="text-wrong"')[2][:400]
    words = "Which <b>plan</b>?\n{link.task} *x*"
    asked = client.post(f"/portal/tasks/{task}/comments", {"text": words, "channel": "shared", "question": "1"})
    assert asked.status_code == 302
    (fact,) = facts_of(journey=journey, names=["comment.written"])
    assert fact.actor == f"contact:{world.dana.id}"
    mail = Message.objects.get(to_mail="mara@northwind.example")
    assert mail.reply_to == "dana@customer.example"
    assert "> Which <b>plan</b>?\n> {link.task} *x*" in mail.text
    assert "<b>plan" not in mail.html
    page = text(client, f"/portal/tasks/{task}")
    assert "Which &lt;b&gt;plan&lt;/b&gt;?" in page
    assert "Waits for an answer" in page
    assert "Mara has it" in page


def test_someone_elses_meeting_notes_are_read_only(world: Cast) -> None:
    journey = kicked_off(world)
    page = text(enter(world.dana_id), f"/portal/tasks/{format_id('tsk', line(world, journey, 'call').id)}")
    assert "Go-live date" in page
    assert "/answers" not in page


def test_dates_are_explained_in_words(world: Cast) -> None:
    journey = kicked_off(world)
    view = queries.journey_view(world.dana, journey)
    words = {
        "5wd before answer.kickoff.go_live": "5 working days before go live",
        "within 7d of signed": "within 7 days of signing",
        "3wd after task.call.held": "3 working days after Kickoff call",
        "2w after entered": "2 weeks after the start of this stage",
        "day 75": "75 days after signing",
        "within 45d of signed, as account.segment is enterprise": "within 45 days of signing",
        "1d after task.polish.done": "",
        "account.segment == x": "",
        "set by Mara: your IT freeze": "set by Mara: your IT freeze",
    }
    assert {why: due_words(view, why) for why in words} == words


def test_a_form_keeps_what_was_typed_and_marks_what_is_wrong(world: Cast) -> None:
    setup = SMALL.stages[1]
    tasks = tuple(replace(task, kind="form", form="kickoff") if task.id == "connect" else task for task in setup.tasks)
    first = replace(SMALL.stages[0], tasks=())
    book = replace(SMALL, id="asking", stages=(first, replace(setup, after=(), tasks=tasks), SMALL.stages[2]))
    journey = journeys.open_journey(
        actor=world.mara, account_id=world.acme, version_id=publish(book), signed_at=datetime.now(UTC)
    )
    client = enter(world.dana_id)
    path = f"/portal/tasks/{format_id('tsk', line(world, journey, 'connect').id)}"
    assert "Margin" not in text(client, path)
    wrong = client.post(f"{path}/answers", {"go_live": "soon", "migrate": "yes", "margin": "9", "finish": "1"})
    page = wrong.content.decode()
    assert wrong.status_code == 422
    assert "1 answer needs another look." in page
    assert "Write a date like" in page
    assert 'value="yes" checked' in page
    missing = client.post(f"{path}/answers", {"migrate": "yes", "finish": "1"})
    assert "Still to answer." in missing.content.decode()
    later = client.post(f"{path}/answers", {"migrate": "yes", "finish": "0"})
    assert later.status_code == 302
    assert 'value="yes" checked' in text(client, path)
    assert client.post(f"{path}/answers", {"go_live": "2026-12-01", "migrate": "no", "finish": "1"}).status_code == 302
    assert line(world, journey, "connect").state == "done"
    assert "margin" not in queries.journey_view(world.mara, journey).answers["kickoff"]["values"]


def test_a_step_says_under_its_title_when_it_is_due_and_whose_it_is(world: Cast) -> None:
    # red when a phone's first screen leaves that out, or the button hides for whom one does it
    journey = kicked_off(world)
    joel_id, joel = contact(world.acme, "Joel")
    sign = line(world, journey, "sign_plan")
    page = text(enter(world.dana_id), f"/portal/tasks/{sign.ref}")
    assert "yours to do" in glance(page)
    assert ">Sign</button>" in page
    late = datetime.now(UTC) + timedelta(days=30)
    with time_machine.travel(late):
        page = text(enter(joel_id), f"/portal/tasks/{sign.ref}")
        assert re.search(r"Due .* days late · Dana’s step; you do it for Dana$", glance(page))
        assert ">Sign with your name</button>" in page
        assert "your name and today’s date under it, not Dana’s" in page
    journeys.complete_task(actor=world.dana, task_id=sign.id)
    connect = line(world, journey, "connect")
    journeys.assign_task(actor=world.mara, task_id=connect.id, person=joel.ref)
    page = text(enter(world.dana_id), f"/portal/tasks/{connect.ref}")
    assert "Joel’s step" in glance(page)
    assert "you do it" not in glance(page), "it cannot begin yet"
    goal = journeys.write_objective(
        actor=world.mara, journey_id=journey, outcome="Reports", due_on=date(2027, 4, 1),
        owner_contact_id=world.dana_id,
    )  # fmt: skip
    journeys.agree_objective(actor=world.dana, objective_id=goal)
    page = text(enter(world.dana_id), f"/portal/tasks/{connect.ref}")
    assert "Joel’s step; you do it for Joel" in glance(page)
    assert ">Say it is done for Joel</button>" in page


def glance(page: str) -> str:
    found = page.partition('class="glance">')[2].partition("</p>")[0]
    return " ".join(re.sub(r"<[^>]+>", "", found).split())
