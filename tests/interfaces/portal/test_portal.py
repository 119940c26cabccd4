"""What a customer sees: only what is shared with them, the next step first."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from onward.accounts import actions as accounts
from onward.engagement.models import Message, Visit
from onward.foundation.ledger import facts_of
from onward.journeys import actions as journeys
from onward.journeys.models import StageRun
from onward.kernel.ids import format_id, parse_id
from onward.playbooks.decisions.parts import Field
from tests.interfaces.portal.visits import enter, kicked_off, line, opened, text
from tests.world import SIGNED, SMALL, Cast, cast, contact, publish, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> Cast:
    return cast()


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
    assert "Acme Freight owes</h2>" in page, "the company is called by its name"
    assert "Sign the plan" in page
    assert "Mara" in page


def test_the_plan_names_every_stage_that_is_under_way(world: Cast) -> None:
    journey = kicked_off(world)
    client, path = enter(world.dana_id), f"/portal/journeys/{format_id('jny', journey)}/plan"
    assert re.search(r"Kickoff is under way, stage 1 of \d", text(client, path))
    StageRun.objects.filter(journey_id=journey, key="setup").update(entered_at=SIGNED)
    assert re.search(r"Kickoff and Setup are under way, stages 1 and 2 of \d", text(client, path))


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


def test_the_plan_is_narrowed_to_what_i_or_my_company_have_still_to_do(world: Cast) -> None:
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
    assert "Acme Freight’s <b>2</b>" in everything, "by its name, and only what is still to do"
    assert "Yours <b>2</b>" in everything
    other, _ = contact(world.acme, "Joel")
    assert "No step is in your hands." in text(enter(other), f"{path}?whose=me")
    journeys.complete_task(actor=world.dana, task_id=line(world, journey, "sign_plan").id)
    assert "Yours <b>1</b>" in text(client, path)
    assert "Sign the plan" not in text(client, f"{path}?whose=me"), "what is done is nobody's any more"


def test_yours_is_the_person_and_the_company_has_its_name(world: Cast) -> None:
    # red when a colleague's step is said to be the reader's
    journey = kicked_off(world)
    other, _ = contact(world.acme, "Joel")
    page = text(enter(other), "/portal/")
    assert "Hello Joel. You have no step of your own; one step waits for others at Acme Freight." in page
    assert "Dana’s step; you can do it for them" in page
    dana = enter(world.dana_id)
    assert "Hello Dana. One step waits for you." in text(dana, "/portal/")
    journeys.complete_task(actor=world.dana, task_id=line(world, journey, "sign_plan").id)
    page = " ".join(text(dana, "/portal/").split())
    assert "Hello Dana. Nothing waits for anybody today." in page
    assert (
        ">Connect your systems</a>. It begins with Setup."
        in page.partition("Nothing for now")[2].partition("</section>")[0]
    )


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
    (aimed,) = [row for row in theirs.split("<li ") if '<span class="title">Go-live</span>' in row]
    assert "Thu 1 April 2027" in aimed
    assert "agreed together" in aimed
    assert "Renewal" not in theirs
    named = re.findall(r'<span class="strong">(Renewal talk|Go-live)</span>', ours)
    assert named == ["Renewal talk", "Go-live"], "the soonest first"


def test_news_since_the_last_visit(world: Cast) -> None:
    journey = kicked_off(world)
    page = text(enter(world.dana_id), "/portal/")
    assert "What has happened so far" in page
    assert "Kickoff call" in page
    assert facts_of(journey=journey)


def test_news_are_what_others_did(world: Cast) -> None:
    # red when "since your last visit" tells readers what they did themselves
    journey = kicked_off(world)
    rosa_id, _ = contact(world.acme, "Rosa", "admin")
    dana, rosa = enter(world.dana_id), enter(rosa_id)
    for client in (dana, rosa):
        text(client, "/portal/")
    Visit.objects.update(before=datetime.now(UTC) - timedelta(hours=1))
    dana.post(f"/portal/tasks/{line(world, journey, 'sign_plan').ref}/completion", {"agreed": "1"})
    text(dana, "/portal/")
    page = text(dana, "/portal/")
    assert "Since your last visit" in page
    assert "Kickoff call" in page.partition("Since your last visit")[2].partition("</section>")[0]
    assert "You finished" not in page
    assert "Dana finished <strong>Sign the plan</strong>" in text(rosa, "/portal/")


def test_a_question_is_owed_an_answer(world: Cast) -> None:
    journey = kicked_off(world)
    dana, home = enter(world.dana_id), f"/portal/journeys/{format_id('jny', journey)}"
    sign = line(world, journey, "sign_plan").ref
    dana.post(f"/portal/tasks/{sign}/comments", {"text": "Who <signs>?", "channel": "shared", "question": "1"})
    dana.post(f"{home}/comments", {"text": "Just so you know.", "channel": "shared", "question": "0"})

    def owed() -> str:
        return text(dana, home).partition("owes</h2>")[2].partition("owes</h2>")[2].partition("</section>")[0]

    asked = re.search(rf'href="/portal/tasks/{sign}#(cmt_\w+)">An answer to “Who &lt;signs&gt;\?”</a>', owed())
    assert asked is not None
    assert "Just so you know" not in owed()
    assert f'id="{asked[1]}"' in text(dana, f"/portal/tasks/{sign}"), "it leads to the question"
    dana.post(f"/portal/comments/{asked[1]}/answer")
    assert "An answer to" not in owed()


def test_documents_count_what_they_list(world: Cast) -> None:
    kicked_off(world)
    account = world.acme
    accounts.change_account(actor=world.mara, account_id=account, practice_url="https://try.example.com")
    dana = enter(world.dana_id)
    journey = dana.get("/portal/").headers["Location"]
    dana.post(f"{journey}/links", {"url": "https://docs.example.com/a", "title": "Notes", "channel": "shared"})
    page = text(dana, f"{journey}/documents")
    assert "2 links, all in one place." in page
    assert page.index("Files and links</h2>") < page.index("Notes") < page.index("To try things out</h2>")


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
    assert "Acme Freight owes" in part
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
    for mistyped in (f"{path}/plam", "/portal/preview/"):
        answer = client.get(mistyped)
        assert answer.status_code == 404, "and not the customers' sign-in"
        assert "There is nothing at this address." in answer.content.decode()
        assert 'href="/"' in answer.content.decode()
        assert Client().get(mistyped).headers["Location"].startswith("/sign-in")


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
