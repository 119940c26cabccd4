"""What a customer sees and does: only what is shared with them, the next step first, done and taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from django.test import Client

from onward.accounts import actions as accounts
from onward.engagement.models import Message
from onward.foundation.ledger import facts_of
from onward.interfaces.portal.dates import due_words
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.kernel.ids import format_id, parse_id
from onward.playbooks.decisions.parts import Field, Link
from tests.interfaces.portal.visits import enter
from tests.threads import together
from tests.world import SMALL, Cast, cast, contact, publish, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> Cast:
    return cast()


def opened(world: Cast, account: UUID | None = None, title: str = "") -> UUID:
    return journeys.open_journey(
        actor=world.mara,
        account_id=account or world.acme,
        version_id=world.version,
        signed_at=datetime.now(UTC),
        title=title,
    )


def line(world: Cast, journey: UUID, key: str) -> queries.TaskLine:
    return next(task for task in queries.journey_view(world.mara, journey).tasks if task.key == key)


def kicked_off(world: Cast) -> UUID:
    """A journey whose kickoff call was held, so that the plan waits for Dana's signature."""
    journey = opened(world)
    call = line(world, journey, "call").id
    journeys.fill_role(actor=world.mara, journey_id=journey, role="champion", person=f"contact:{world.dana.id}")
    journeys.pick_measure(
        actor=world.mara, journey_id=journey, milestone="first_value", measure="reports", numbers={"n": 2}
    )
    journeys.answer_form(
        actor=world.mara, task_id=call, values={"go_live": "2026-04-01", "migrate": True, "margin": 3141}
    )
    journeys.hold_meeting(
        actor=world.mara,
        task_id=call,
        held_at=datetime.now(UTC) - timedelta(hours=1),
        attended=[f"contact:{world.dana.id}"],
    )
    return journey


def text(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path, follow=True)
    assert answer.status_code == status
    return answer.content.decode()


def test_home_says_whose_turn_it_is(world: Cast) -> None:
    journey = kicked_off(world)
    journeys.write_objective(
        actor=world.mara, journey_id=journey, outcome="Know by nine which trucks are late",
        due_on=datetime(2026, 3, 24).date(), owner_contact_id=world.dana_id,
    )  # fmt: skip
    page = text(enter(world.dana_id), "/portal/")
    assert "Hello Dana. One step waits for you." in page
    assert page.count('class="next"') == 1
    assert "Know by nine which trucks are late" in page
    assert "You owe" in page
    assert "Sign the plan" in page
    assert "Mara" in page


def test_internal_work_is_nowhere(world: Cast) -> None:
    journey = kicked_off(world)
    client = enter(world.dana_id)
    ref = format_id("jny", journey)
    secret = format_id("tsk", line(world, journey, "polish").id)
    pages = [text(client, f"/portal/journeys/{ref}{rest}") for rest in ("", "/plan", "/people")]
    pages.append(text(client, f"/portal/tasks/{format_id('tsk', line(world, journey, 'call').id)}"))
    for page in pages:
        assert "Polish the settings" not in page
        assert "Margin" not in page
        assert "3141" not in page
        assert secret not in page
    for verb in ("completion", "reopening", "answers", "comments", "uploads", "links", "steps/x"):
        assert client.post(f"/portal/tasks/{secret}/{verb}").status_code == 404
    text(client, f"/portal/tasks/{secret}", 404)


def test_anothers_ids_are_not_found(world: Cast) -> None:
    journey = kicked_off(world)
    eve_id = parse_id("con", world.eve.id)
    eve = enter(eve_id)
    ref, task = format_id("jny", journey), format_id("tsk", line(world, journey, "sign_plan").id)
    for path in (
        f"/portal/journeys/{ref}",
        f"/portal/journeys/{ref}/plan",
        f"/portal/journeys/{ref}/people",
        f"/portal/tasks/{task}",
    ):
        page = text(eve, path, 404)
        assert "Acme" not in page
        assert "Sign the plan" not in page
    for verb in ("completion", "reopening", "answers", "comments", "uploads", "links", "steps/one"):
        answer = eve.post(f"/portal/tasks/{task}/{verb}", {"agreed": "1", "words": "let me in", "ticked": "1"})
        assert answer.status_code == 404
    assert line(world, journey, "sign_plan").state == "open"
    assert not facts_of(journey=journey, names=["comment.written", "file.added"])
    for rubbish in ("x", "tsk_", "tsk_" + "0" * 26, "jny_" + "z" * 26, "tsk_" + "é" * 26):
        assert eve.get(f"/portal/tasks/{rubbish}").status_code == 404
        assert eve.get(f"/portal/journeys/{rubbish}").status_code == 404


def test_an_address_of_nothing_keeps_the_vendors_name(world: Cast) -> None:
    client = enter(world.dana_id)
    for path in ("/portal/nonsense", "/portal/tasks/", "/portal/journeys/x/y/z"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "There is nothing here for you." in answer.content.decode()
        assert "for Acme Freight" in answer.content.decode()
        assert Client().get(path)["Location"].startswith("/portal/sign-in"), "a stranger is asked who they are"


def test_signing_closes_the_stage_and_can_be_taken_back(world: Cast) -> None:
    journey = kicked_off(world)
    client = enter(world.dana_id)
    task = format_id("tsk", line(world, journey, "sign_plan").id)
    unsigned = client.post(f"/portal/tasks/{task}/completion")
    assert unsigned.status_code == 422
    assert "Tick that you agree" in unsigned.content.decode()
    done = client.post(f"/portal/tasks/{task}/completion", {"agreed": "1"})
    assert done.headers["Location"] == f"/portal/journeys/{format_id('jny', journey)}"
    page = text(client, done.headers["Location"])
    assert "Sign the plan is done." in page
    assert f"/portal/tasks/{task}/reopening" in page
    assert 'class="toast"' not in text(client, done.headers["Location"])
    assert line(world, journey, "sign_plan").done_by is not None
    assert client.post(f"/portal/tasks/{task}/reopening").status_code == 302
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


def test_the_plan_is_narrowed_to_my_steps_or_our_side(world: Cast) -> None:
    journey = kicked_off(world)
    client, path = enter(world.dana_id), f"/portal/journeys/{format_id('jny', journey)}/plan"
    everything, ours, mine = (text(client, path + asked) for asked in ("", "?whose=us", "?whose=me"))
    assert "Kickoff call" in everything
    assert "Sign the plan" in everything
    for narrowed in (ours, mine):
        assert "Kickoff call" not in narrowed, "the vendor's own"
        assert "Sign the plan" in narrowed
        assert "nothing is asked of you" not in narrowed
    assert text(client, f"{path}?whose=everybody").count("Kickoff call") == everything.count("Kickoff call")
    other, _ = contact(world.acme, "Joel")
    assert "No step is in your hands." in text(enter(other), f"{path}?whose=me")


def test_the_practice_environment_stands_where_things_are_tried(world: Cast) -> None:
    journey = kicked_off(world)
    mara, client = signed_in(world.mara), enter(world.dana_id)
    places = [
        f"/portal/journeys/{format_id('jny', journey)}",
        f"/portal/tasks/{format_id('tsk', line(world, journey, 'sign_plan').id)}",
    ]
    assert not any("Practice environment" in text(client, path) for path in places)
    account = f"/accounts/{format_id('acc', world.acme)}"
    form = {"name": "Acme Freight", "practice_url": "https://try.example.com/acme"}
    assert mara.post(account, {**form, "practice_url": "try.example.com"}).status_code == 422
    assert mara.post(account, form).status_code == 302
    for path in (*places, f"{places[0]}/documents"):
        assert 'href="https://try.example.com/acme"' in text(client, path), path
    assert "try.example.com</a>" in text(mara, account).replace('<span class="sr"> (opens in a new tab)</span>', "")


def test_a_day_that_was_agreed_stands_beside_the_goal_unless_it_is_ours_alone(world: Cast) -> None:
    (form,) = SMALL.forms
    form = replace(form, fields=(*form.fields, Field("renewal", "Renewal talk", "date", internal=True)))
    journey = journeys.open_journey(
        actor=world.mara,
        account_id=world.acme,
        version_id=publish(replace(SMALL, id="dated", forms=(form,))),
        signed_at=datetime.now(UTC),
    )
    agreed = {"go_live": "2027-04-01", "migrate": True, "renewal": "2027-03-03"}
    journeys.answer_form(actor=world.mara, task_id=line(world, journey, "call").id, values=agreed)
    ref = format_id("jny", journey)
    theirs, ours = (
        text(enter(world.dana_id), f"/portal/journeys/{ref}"),
        text(signed_in(world.mara), f"/journeys/{ref}"),
    )
    assert "Go-live date: <strong>Thu 1 April 2027</strong>" in theirs
    assert "Renewal" not in theirs
    assert ours.index("Renewal talk: <strong>") < ours.index("Go-live date: <strong>"), "the soonest first"


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


def test_news_since_the_last_visit(world: Cast) -> None:
    journey = kicked_off(world)
    page = text(enter(world.dana_id), "/portal/")
    assert "What has happened so far" in page
    assert "Kickoff call" in page
    assert facts_of(journey=journey)


def test_several_journeys_are_a_choice_and_none_is_a_word(world: Cast) -> None:
    eve = enter(parse_id("con", world.eve.id))
    assert "Your onboarding has not begun yet." in text(eve, "/portal/")
    opened(world, world.globex, "First rollout")
    assert "Hello Eve." in text(eve, "/portal/")
    opened(world, world.globex, "Second rollout")
    page = text(eve, "/portal/")
    assert "Which one?" in page
    assert "First rollout" in page
    assert "Second rollout" in page


def test_a_fragment_is_only_the_part_that_changes(world: Cast) -> None:
    journey = kicked_off(world)
    client = enter(world.dana_id)
    path = f"/portal/journeys/{format_id('jny', journey)}"
    part = client.get(path, headers={"X-Fragment": "1"}).content.decode()
    assert "<html" not in part
    assert "You owe" in part
    whole = text(client, path)
    assert f'data-live="journey:{journey}"' in whole
    assert Client().get(path, headers={"X-Fragment": "1"}).status_code == 401


def test_a_paused_journey_asks_for_nothing(world: Cast) -> None:
    journey = kicked_off(world)
    journeys.pause_journey(actor=world.mara, journey_id=journey, reason="Acme's freeze")
    client = enter(world.dana_id)
    page = text(client, "/portal/")
    assert "paused" in page
    assert 'class="next"' not in page
    accounts.change_account(actor=world.mara, account_id=world.acme, name="Acme Freight Ltd")
    assert "for Acme Freight Ltd" in text(client, "/portal/")


def test_a_colleague_previews_without_a_trace(world: Cast) -> None:
    journey = kicked_off(world)
    path = f"/portal/preview/{format_id('jny', journey)}"
    assert Client().get(path).headers["Location"].startswith("/sign-in")
    assert enter(world.dana_id).get(path).headers["Location"].startswith("/sign-in")
    client = signed_in(world.viewer)
    before = len(facts_of(journey=journey))
    task = format_id("tsk", line(world, journey, "sign_plan").id)
    for rest in ("", "/plan", "/people", f"/tasks/{task}"):
        page = text(client, path + rest)
        assert "Preview: this is what Acme Freight sees." in page
        assert "Polish the settings" not in page
        assert "data-live" not in page
        assert 'action="/portal/tasks/' not in page
    assert len(facts_of(journey=journey)) == before
    assert client.post(path).status_code == 405


def test_dates_are_explained_in_words(world: Cast) -> None:
    journey = kicked_off(world)
    view = queries.journey_view(world.dana, journey)
    words = {
        "5wd before answer.kickoff.go_live": "5 working days before go live",
        "within 7d of signed": "within 7 days of signing",
        "3wd after task.call.held": "3 working days after Kickoff call",
        "2w after entered": "2 weeks after the start of this stage",
        "day 75": "75 days after signing",
        "1d after task.polish.done": "",
        "account.segment == x": "",
        "set by Mara: your IT freeze": "set by Mara: your IT freeze",
    }
    assert {why: due_words(view, why) for why in words} == words


def test_the_outbox_page_masks_and_sends_again(world: Cast) -> None:
    kicked_off(world)
    Client().post("/portal/sign-in", {"mail": "dana@customer.example"})
    client = signed_in(world.tomas)
    page = text(client, "/outbox?kind=code")
    assert "Dana" in page
    code = Message.objects.get(kind="code")
    assert "••••••" in text(client, f"/outbox/{format_id('msg', code.id)}")
    again = client.post(f"/outbox/{format_id('msg', code.id)}/delivery")
    assert again.status_code == 409
    Message.objects.filter(id=code.id).update(kind="mail", state="failed", problem="550 no such mailbox")
    assert "1 message</a> did not arrive" in text(client, "/outbox")
    assert client.post(f"/outbox/{format_id('msg', code.id)}/delivery").status_code == 302
    assert Message.objects.get(id=code.id).state == "written"
    assert "Kept here" in text(client, "/outbox?q=Dana&state=written")


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
