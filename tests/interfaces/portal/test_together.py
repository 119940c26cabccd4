"""What the customer's people do with one another, and what moved, opened, stopped is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client

from onward.accounts import actions as accounts
from onward.accounts.models import Contact
from onward.engagement.models import Message, PageView
from onward.engagement.queries import pages_opened
from onward.foundation.ledger import facts_of
from onward.identity.actions.preferences import offer_times
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.kernel.ids import format_id, parse_id
from onward.playbooks.decisions.parts import Field
from tests.interfaces.portal.visits import days_after, enter
from tests.world import SMALL, Cast, all_of, cast, contact, publish, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> Cast:
    return cast()


@pytest.fixture
def journey(world: Cast) -> UUID:
    made = journeys.open_journey(
        actor=world.mara, account_id=world.acme, version_id=world.version, signed_at=datetime.now(UTC)
    )
    journeys.fill_role(actor=world.mara, journey_id=made, role="champion", person=f"contact:{world.dana.id}")
    return made


def line(world: Cast, journey: UUID, key: str) -> queries.TaskLine:
    return next(task for task in queries.journey_view(world.mara, journey).tasks if task.key == key)


def past_kickoff(world: Cast, journey: UUID) -> None:
    call = line(world, journey, "call").id
    journeys.pick_measure(
        actor=world.mara, journey_id=journey, milestone="first_value", measure="reports", numbers={"n": 2}
    )
    journeys.answer_form(actor=world.mara, task_id=call, values={"go_live": "2027-04-01", "migrate": True})
    journeys.hold_meeting(
        actor=world.mara, task_id=call, held_at=datetime.now(UTC) - timedelta(hours=1), attended=all_of(world)
    )


def read(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path, follow=True)
    assert answer.status_code == status
    return answer.content.decode()


def test_a_step_is_handed_to_a_colleague(world: Cast, journey: UUID) -> None:
    past_kickoff(world, journey)
    joel_id, joel = contact(world.acme, "Joel", "admin")
    task, dana = line(world, journey, "sign_plan"), enter(world.dana_id)
    path = f"/portal/tasks/{task.ref}/colleague"
    assert "Joel" in read(dana, path)
    assert world.dana.id not in read(dana, path)
    nobody = dana.post(path, {})
    assert nobody.status_code == 422
    assert 'id="person-wrong"' in nobody.content.decode()
    unnamed = dana.post(path, {"person": "new", "mail": "nina@customer.example"})
    assert "Write their name." in unnamed.content.decode()
    assert 'value="nina@customer.example"' in unnamed.content.decode()
    assert "Their name</label>" in read(dana, path), "not optional"
    assert dana.post(path, {"person": joel.id}).status_code == 302
    given = line(world, journey, "sign_plan").person
    assert given is not None
    assert given.ref == f"contact:{joel.id}"
    assert Message.objects.get(to_mail="joel@customer.example").subject == "Now yours: Sign the plan"
    assert "Your next step" in read(enter(joel_id), "/portal/")
    assert dana.post(path, {"person": world.eve.id}).status_code == 422
    assert dana.post(path, {"person": "new", "name": "Nina", "mail": "nina@customer.example"}).status_code == 302
    assert line(world, journey, "sign_plan").person != given
    assert enter(parse_id("con", world.eve.id)).get(path).status_code == 404


def test_a_step_is_handed_on_before_it_can_begin(world: Cast, journey: UUID) -> None:
    # Whoever is to do it may prepare: the step keeps waiting, and its page says for what.
    joel_id, joel = contact(world.acme, "Joel", "admin")
    connect, dana = line(world, journey, "connect"), enter(world.dana_id)
    assert connect.state == "waiting"
    assert f"/portal/tasks/{connect.ref}/colleague" in read(dana, f"/portal/tasks/{connect.ref}")
    assert dana.post(f"/portal/tasks/{connect.ref}/colleague", {"person": joel.id}).status_code == 302
    given = line(world, journey, "connect")
    assert given.person is not None
    assert (given.person.ref, given.state) == (f"contact:{joel.id}", "waiting")
    assert "It begins with Setup." in read(enter(joel_id), f"/portal/tasks/{connect.ref}")


def test_what_nobody_may_is_refused_before_what_was_typed_is_looked_at(world: Cast, journey: UUID) -> None:
    # red when a step of the vendor's shows a form to give it away, or brings somebody in before it is refused
    dana, call = enter(world.dana_id), line(world, journey, "call").ref
    newcomer = {"person": "new", "name": "Nina Berg", "mail": "nina@customer.example", "role": ""}
    for answer in (
        dana.get(f"/portal/tasks/{call}/colleague"),
        dana.post(f"/portal/tasks/{call}/colleague", newcomer),
        dana.post(f"/portal/tasks/{call}/colleague"),
        dana.post(f"/portal/tasks/{call}/answers"),
        dana.post(f"/portal/tasks/{call}/completion"),
    ):
        assert answer.status_code == 403
        assert "is ours to do" in answer.content.decode()
    assert not Contact.objects.filter(mail="nina@customer.example").exists()
    past_kickoff(world, journey)
    sign, (joel_id, _) = line(world, journey, "sign_plan").ref, contact(world.acme, "Joel", "end_user")
    refused = enter(joel_id).post(f"/portal/tasks/{sign}/colleague", {"person": "new", "name": "", "mail": ""})
    assert refused.status_code == 403
    assert "You cannot invite people here." in refused.content.decode()
    journeys.complete_task(actor=world.dana, task_id=parse_id("tsk", sign))
    assert dana.get(f"/portal/tasks/{sign}/colleague").status_code == 409


def test_words_for_another_channel_are_refused(world: Cast, journey: UUID) -> None:
    # red when a forged channel is taken as shared without a word
    dana, path = enter(world.dana_id), f"/portal/journeys/{format_id('jny', journey)}/comments"
    assert dana.post(path, {"text": "For us alone?", "channel": "internal"}).status_code == 403
    assert "For us alone?" not in read(dana, f"{path.removesuffix('comments')}conversation")
    assert dana.post(path, {"text": "For both", "channel": "shared"}).status_code == 302


def test_a_date_that_moved_is_told_with_its_cause(world: Cast, journey: UUID) -> None:
    past_kickoff(world, journey)
    task = line(world, journey, "sign_plan")
    assert task.due_at is not None
    dana = enter(world.dana_id)
    assert "A date moved." not in read(dana, "/portal/")
    journeys.move_task(
        actor=world.mara, task_id=task.id, due_at=task.due_at + timedelta(days=6), reason="your IT freeze"
    )
    page = read(dana, "/portal/")
    assert "A date moved." in page
    assert "6 days later" in page
    assert "your IT freeze" in page
    assert "Mara moved it on" in page
    why = page.partition('class="causes"')[2].partition("</p>")[0]
    assert "mark side" not in why, "who moved it is not whose doing it was"
    hidden = line(world, journey, "polish")
    if hidden.due_at is not None:
        journeys.move_task(
            actor=world.mara, task_id=hidden.id, due_at=hidden.due_at + timedelta(days=9), reason="secret"
        )
        assert "secret" not in read(dana, "/portal/")
    assert "It was" in read(dana, f"/portal/tasks/{task.ref}")
    journeys.complete_task(actor=world.dana, task_id=task.id)
    page = read(dana, "/portal/")
    assert "6 days later" in page, "what follows is still read with it"
    assert "A date had moved." in page
    assert ", done since: due <strong>" in page
    with days_after(datetime.now(UTC), 15):
        assert "6 days later" not in read(enter(world.dana_id), "/portal/"), "the first page tells of what is to come"


def test_why_a_date_moved_is_still_told_once_the_step_is_done(world: Cast, journey: UUID) -> None:
    # red when a step that is done, or one that still waits, forgets who moved it and why
    past_kickoff(world, journey)
    sign, connect = line(world, journey, "sign_plan"), line(world, journey, "connect")
    for task, days, why in ((sign, 6, "your IT freeze"), (connect, 4, "their cables")):
        assert task.due_at is not None
        later = task.due_at + timedelta(days=days)
        journeys.move_task(actor=world.mara, task_id=task.id, due_at=later, reason=why)
    journeys.complete_task(actor=world.dana, task_id=sign.id)
    dana, plan = enter(world.dana_id), f"/portal/journeys/{format_id('jny', journey)}/plan"
    page = read(dana, f"/portal/tasks/{sign.ref}")
    assert "6 days later. Mara moved it on" in page
    assert "your IT freeze" in page
    page = read(dana, plan)
    moved = page.partition('id="moved"')[2]
    assert moved.index("Connect your systems") < moved.index("their cables")
    assert moved.index("Sign the plan") < moved.index("your IT freeze")
    assert "first due" in page.partition('id="moved"')[0]
    assert "first due" in read(dana, f"{plan}?as=timeline").partition("<ol")[0]


def test_who_decides_sees_the_short_portal_until_they_choose(world: Cast, journey: UUID) -> None:
    past_kickoff(world, journey)
    olga_id, _ = contact(world.acme, "Olga", "sponsor")
    olga = enter(olga_id)
    page = read(olga, "/portal/")
    assert "Waits for you" in page
    assert "Acme Freight owes" not in page
    assert olga.post("/portal/depth", {"depth": "full"}).status_code == 302
    assert "Acme Freight owes" in read(olga, "/portal/")
    assert "Acme Freight owes" in read(enter(world.dana_id), "/portal/")
    assert olga.post("/portal/depth", {"depth": "root"}).status_code == 422
    assert Contact.objects.get(id=olga_id).preferences == {"depth": "full"}


def test_a_meeting_goes_into_ones_own_calendar(world: Cast, journey: UUID) -> None:
    call, dana = line(world, journey, "call"), enter(world.dana_id)
    path = f"/portal/tasks/{call.ref}/meeting.ics"
    assert dana.get(path).status_code == 404
    journeys.schedule_meeting(actor=world.mara, task_id=call.id, starts_at=datetime(2027, 1, 12, 13, 0, tzinfo=UTC))
    accounts.change_account(actor=world.mara, account_id=world.acme, zone="America/New_York")
    answer = dana.get(path)
    assert answer.headers["Content-Type"].startswith("text/calendar")
    text = answer.content.decode()
    assert "METHOD:PUBLISH" in text
    assert "DTSTART:20270112T130000Z" in text
    assert f"UID:{call.ref}@" in text.replace("\r\n ", "")
    page = read(dana, f"/portal/tasks/{call.ref}")
    assert "Tue 12 January 2027</time>, 08:00 New York time" in " ".join(page.split())
    assert "13:00 UTC at" in page
    assert enter(parse_id("con", world.eve.id)).get(path).status_code == 404


def test_the_plan_over_time_shows_what_is_shared(world: Cast, journey: UUID) -> None:
    past_kickoff(world, journey)
    page = read(enter(world.dana_id), f"/portal/journeys/{format_id('jny', journey)}/plan?as=timeline")
    assert '<svg class="chart portal-line"' in page
    assert "today" in page
    assert "Sign the plan" in page
    assert "Polish the settings" not in page


def test_a_step_without_more_to_it_is_done_in_one_tap(world: Cast, journey: UUID) -> None:
    past_kickoff(world, journey)
    dana = enter(world.dana_id)
    dana.post(f"/portal/tasks/{line(world, journey, 'sign_plan').ref}/completion", {"agreed": "1"})
    open_now = [task for task in queries.journey_view(world.dana, journey).next_tasks if task.turn == "theirs"]
    taps = [task for task in open_now if task.kind == "to_do"]
    page = read(dana, "/portal/")
    for task in taps:
        assert f'action="/portal/tasks/{task.ref}/completion"' in page
    assert 'action="/portal/tasks/' not in read(signed_in(world.mara), f"/portal/preview/{format_id('jny', journey)}")


def test_what_is_opened_shows_where_people_stop(world: Cast, journey: UUID) -> None:
    past_kickoff(world, journey)
    task, dana = line(world, journey, "sign_plan"), enter(world.dana_id)
    for _ in range(3):
        read(dana, f"/portal/tasks/{task.ref}")
    read(dana, "/portal/")
    (row,) = PageView.objects.filter(task=task.id)
    assert (row.kind, row.times) == ("task", 3)
    PageView.objects.filter(task=task.id).update(last_at=datetime.now(UTC) - timedelta(days=5))
    page = read(signed_in(world.viewer), f"/journeys/{format_id('jny', journey)}/portal")
    assert "1 step was opened and left: Sign the plan" in page
    assert "Dana" in page
    assert pages_opened(world.mara, journey)
    Contact.objects.filter(id=world.dana_id).delete()
    assert not PageView.objects.exists()


def test_a_colleague_looks_with_one_persons_eyes_and_leaves_no_trace(world: Cast, journey: UUID) -> None:
    past_kickoff(world, journey)
    _, olga = contact(world.acme, "Olga", "sponsor")
    client, path = signed_in(world.viewer), f"/portal/preview/{format_id('jny', journey)}"
    assert "Hello Dana" in read(client, f"{path}?as={world.dana.id}")
    assert "Waits for you" in read(client, f"{path}?as={olga.id}")
    assert "Olga at Acme Freight" in read(client, f"{path}/plan")
    assert "Hello Eve" not in read(client, f"{path}?as={world.eve.id}")
    assert not PageView.objects.exists()
    assert not facts_of(stream="org", names=["person.signed_in"])


def test_the_team_is_reached_by_mail_and_calendar(world: Cast, journey: UUID) -> None:
    client = signed_in(world.mara)
    assert client.post("/me", {"booking_url": "javascript:alert(1)"}).status_code == 422
    assert client.post("/me", {"booking_url": "https://times.example/mara"}).status_code == 302
    page = read(enter(world.dana_id), "/portal/")
    assert 'href="https://times.example/mara"' in page
    assert 'href="mailto:mara@northwind.example"' in page
    offer_times(actor=world.mara, url="")
    assert "times.example" not in read(enter(world.dana_id), "/portal/")


def test_what_is_known_is_confirmed_and_not_typed_again(world: Cast) -> None:
    setup = SMALL.stages[1]
    tasks = tuple(replace(task, kind="form", form="kickoff") if task.id == "connect" else task for task in setup.tasks)
    form = next(each for each in SMALL.forms if each.id == "kickoff")
    asked = (
        Field("seats", "How many of you", "number", prefill="account.seats"),
        Field("crm", "Your CRM", "text", prefill="deal.field.crm"),
        Field("signs", "Who signs", "text", prefill="contact.champion.mail"),
        Field("plain", "Anything else", "text", prefill="account.fields"),
    )
    book = replace(
        SMALL,
        id="known",
        stages=(replace(SMALL.stages[0], tasks=()), replace(setup, after=(), tasks=tasks), SMALL.stages[2]),
        forms=tuple(replace(form, fields=asked) if each.id == "kickoff" else each for each in SMALL.forms),
    )
    deal = accounts.open_deal(actor=world.mara, account_id=world.acme, name="First", fields={"crm": "Salesforce"})
    made = journeys.open_journey(
        actor=world.mara, account_id=world.acme, version_id=publish(book), signed_at=datetime.now(UTC), deal_id=deal
    )
    dana, task = enter(world.dana_id), line(world, made, "connect").ref
    page = read(dana, f"/portal/tasks/{task}")
    assert "What we already know" in page
    for value in ("Salesforce", "dana@customer.example", 'value="10"'):
        assert value in page
    assert "from the deal" in page
    assert "Confirm and finish" in page
    answer = dana.post(f"/portal/tasks/{task}/answers", {"seats": "12", "crm": "Salesforce", "finish": "1"})
    assert answer.status_code == 302
    assert queries.journey_view(world.mara, made).answers["kickoff"]["values"]["seats"] == 12


def test_a_step_in_the_product_leads_to_the_product(world: Cast, journey: UUID) -> None:
    past_kickoff(world, journey)
    dana, admin = enter(world.dana_id), signed_in(world.admin)
    sign = line(world, journey, "sign_plan")
    dana.post(f"/portal/tasks/{sign.ref}/completion", {"agreed": "1"})
    goal = journeys.write_objective(
        actor=world.mara, journey_id=journey, outcome="Reports", due_on=date(2027, 5, 1), owner_contact_id=world.dana_id
    )
    journeys.agree_objective(actor=world.dana, objective_id=goal)
    setup = f"/portal/tasks/{line(world, journey, 'connect').ref}"
    assert "opens in a new tab" not in read(dana, setup), "nobody has said where it is"
    form = {"name": "Northwind", "zone": "UTC", "working_week": ["mon", "tue"]}
    wrong = admin.post("/settings/organization", {**form, "product_url": "javascript:1"})
    assert (wrong.status_code, "A link begins with https://" in wrong.content.decode()) == (422, True)
    assert admin.post("/settings/organization", {**form, "product_url": "https://app.example.com"}).status_code == 302
    assert 'href="https://app.example.com"' in read(dana, setup)
    assert "app.example.com" not in read(dana, f"/portal/tasks/{sign.ref}"), "what is signed is signed here"
