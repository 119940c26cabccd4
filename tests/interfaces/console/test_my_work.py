"""My work: the day of a colleague in one page, each item done in place, and what one reads when it cannot be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from onward.accounts import actions as accounts
from onward.conversation import actions as conversation
from onward.insights import actions as insights
from onward.interfaces.ui.words import date_words
from onward.journeys import actions, queries
from onward.journeys.models import CheckInRun
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id, parse_id
from tests.world import SIGNED, Cast, cast, contact, signed_in, staff

pytestmark = pytest.mark.django_db
FRAGMENT = {"X-Fragment": "1", "X-Said": "1"}


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(SIGNED + timedelta(hours=3), tick=False) as travelling:
        yield travelling


@pytest.fixture
def world(clock: time_machine.Coordinates) -> Cast:
    return cast()


def won(world: Cast, account: UUID | None = None) -> UUID:
    deal = accounts.open_deal(actor=world.mara, account_id=account or world.acme, name="First year", amount="12000")
    accounts.win_deal(actor=world.mara, deal_id=deal, signed_at=SIGNED)
    insights.rebuild(actor=SYSTEM)
    (line, *_) = queries.journeys_of(world.mara, account or world.acme)
    return line.id


def row(world: Cast, journey: UUID, key: str) -> queries.TaskLine:
    view = queries.journey_view(world.mara, journey)
    return next(task for task in view.tasks if task.key == key)


def text(client: Client, path: str = "/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def set_up(world: Cast, journey: UUID) -> None:
    """Everything of the first stage said and done, so that the second is under way."""
    clock_at = SIGNED + timedelta(hours=2)
    task = row(world, journey, "call")
    actions.answer_form(
        actor=world.mara, task_id=task.id, values={"go_live": "2026-04-01", "migrate": "yes"}, complete=True
    )
    actions.pick_measure(actor=world.mara, journey_id=journey, milestone="first_value", measure="reports", numbers={})
    actions.hold_meeting(
        actor=world.mara,
        task_id=task.id,
        held_at=clock_at,
        attended=[f"user:{world.mara.id}", f"contact:{world.dana.id}"],
    )
    actions.write_objective(
        actor=world.mara, journey_id=journey, outcome="Know by nine which trucks are late",
        due_on=date(2026, 4, 1), owner_contact_id=world.dana_id,
    )  # fmt: skip
    goal = queries.journey_view(world.mara, journey).objectives[0]
    actions.agree_objective(actor=world.dana, objective_id=goal.id)
    actions.complete_task(actor=world.dana, task_id=row(world, journey, "sign_plan").id)


def test_home_says_what_to_do_now_and_leads_there(world: Cast, clock: time_machine.Coordinates) -> None:
    journey = won(world)
    clock.shift(timedelta(days=9))
    page = text(signed_in(world.mara))
    assert "1 task is overdue" in page
    assert "Kickoff call" in page
    assert f"/tasks/{row(world, journey, 'call').ref}" in page
    assert "2 days late" in page
    assert "Kickoff call" not in text(signed_in(world.tomas))


def test_what_was_asked_of_a_role_or_given_by_name_stands_with_its_holder(world: Cast) -> None:
    journey = won(world)
    task = row(world, journey, "call")
    assert "Kickoff call" in text(signed_in(world.mara))
    actions.assign_task(actor=world.mara, task_id=task.id, person=f"user:{world.tomas.id}")
    assert "Kickoff call" in text(signed_in(world.tomas))
    assert "Kickoff call" not in text(signed_in(world.mara))
    assert "Kickoff call" in text(signed_in(world.mara), "/?whose=all")
    actions.assign_task(actor=world.mara, task_id=task.id, person="")
    actions.fill_role(actor=world.mara, journey_id=journey, role="csm", person=f"user:{world.tomas.id}")
    assert "Kickoff call" in text(signed_in(world.tomas))


def test_a_team_sees_the_work_of_its_people(world: Cast) -> None:
    won(world)
    nora = staff("Nora", "manager")
    assert "My team" not in text(signed_in(nora))
    from onward.identity.models import User

    User.objects.filter(id=parse_id("usr", world.mara.id)).update(manager_id=parse_id("usr", nora.id))
    assert "Kickoff call" not in text(signed_in(nora), "/?whose=mine")
    page = text(signed_in(nora), "/?whose=team")
    assert "My team is you and Mara: those of your team, and those who report to you." in page
    assert "Kickoff call" in page
    assert "Mara" in page


def test_a_head_without_journeys_of_their_own_lands_on_everybodys(world: Cast) -> None:
    # red when who owns nothing is told that nothing waits, or who does not look after others is shown everything
    won(world)
    nora, tomas = signed_in(staff("Nora", "manager")), signed_in(world.tomas)
    assert '<a href="/?whose=all" aria-current="page">All</a>' in text(nora)
    assert "Kickoff call" in text(nora)
    assert '<a href="/?whose=mine" aria-current="page">Mine</a>' in text(nora, "/?whose=mine")
    assert '<a href="/" aria-current="page">Mine</a>' in text(tomas)
    assert '<a href="/?whose=mine" aria-current="page">Mine</a>' in text(signed_in(world.mara)), "she drives one"


def test_mine_says_what_needs_help_outside_of_it(world: Cast, clock: time_machine.Coordinates) -> None:
    # red when a list of one's own hides that another's journey is late
    won(world)
    clock.shift(timedelta(days=60))
    insights.rebuild(actor=SYSTEM)
    said = '<a href="/journeys?need=1">1 journey needs help</a>'
    mara, tomas = signed_in(world.mara), signed_in(world.tomas)
    assert f"{said}, outside yours." in text(tomas, "/journeys?by=me")
    assert "outside" not in text(mara, "/journeys?by=me"), "it is hers"
    assert "outside" not in text(tomas, "/journeys")
    for scope in ("mine", "all"):
        theirs, own = (text(one, f"/?whose={scope}").split('id="worst"')[1] for one in (tomas, mara))
        assert f"{said}: none yours" in theirs
        assert f'{said}: <a href="/journeys?by=me&amp;need=1">1 yours</a>' in own
        assert '<span class="quiet">Mara’s</span>' in theirs
        assert '<span class="quiet">yours</span>' in own
        assert re.search(r"First value is \d+ days late; 1 late step of ours", theirs)
        assert re.search(r'<a href="/tasks/tsk_\w+">Do: Kickoff call</a>', own)
        ask = re.search(r'<a href="(/tasks/tsk_\w+)(\?\S+)#composer">Ask Mara for: Kickoff call</a>', theirs)
        assert ask, "it is not theirs to do"
        asked = text(signed_in(world.tomas), unescape(ask[1] + ask[2]))
        assert ">@Mara, </textarea>" in asked
        assert 'value="internal" checked' in asked
        assert "Ask Mara</a>" in asked.split(f'href="{ask[1]}{ask[2]}#composer"')[1].split("</dd>")[0]
        assert '<label for="text">Ask Mara</label>' in asked
        assert ">Ask Mara</button>" in asked, "red when a note to a colleague sounds like one for the files"
        assert "Only colleagues read this" in asked
        assert '<input type="hidden" name="asks" value="Mara">' in asked
        assert ">Note for " in (plain := text(signed_in(world.tomas), ask[1]))
        assert '<label for="text" class="sr">What you want to say</label>' in plain
        refused = signed_in(world.tomas).post(f"{ask[1]}/comments", {"channel": "internal", "asks": "Mara"})
        assert ">Ask Mara</button>" in refused.content.decode()


def test_what_is_late_stands_in_the_order_of_the_journeys(world: Cast, clock: time_machine.Coordinates) -> None:
    # red when My work and the list of journeys answer "who needs help most" by two rules
    acme = won(world)
    for _ in range(3):
        won(world, world.globex)
    accounts.change_account(actor=SYSTEM, account_id=world.globex, arr="76000")
    clock.shift(timedelta(days=60))
    insights.rebuild(actor=SYSTEM)
    client = signed_in(world.mara)
    work, listed = text(client, "/?whose=all"), text(client, "/journeys").split("<tbody>")[1]
    assert "What needs help most" in work
    worst = work.split('id="worst"')[1].split("</ol>")[0]
    assert re.findall(r'class="name"[^>]*>([^<]+)', worst) == ["Globex", "Acme Freight"], (
        "an account once, however many of its journeys are late"
    )
    assert work.index("Globex") < work.index("Acme Freight"), "as late, and more money"
    assert listed.index("Globex") < listed.index("Acme Freight")
    assert re.search(r"first value is \d+ days late, 1 late step of ours, \$76k", work)
    assert re.search(r"First value is \d+ days late; 1 late step of ours, \$76k", listed)
    accounts.change_account(actor=SYSTEM, account_id=world.acme, arr="2000000")
    assert (page := text(client, "/?whose=all")).index("Acme Freight") < page.index("Globex")
    conversation.write_comment(
        actor=world.dana, journey_id=acme, task_id=None, channel="shared", text="Which fields?", question=True
    )
    page = text(client)
    assert re.search(
        r'<a href="/journeys/jny_\w+/conversation\?answer=1#composer">Answer them: 1 open question</a>', page
    )


def test_whoever_was_asked_has_time_to_answer(world: Cast, clock: time_machine.Coordinates) -> None:
    # red when who was asked yesterday is to be asked again, or who was asked a week ago is waited for
    task = row(world, won(world), "call")
    clock.shift(timedelta(days=60))
    insights.rebuild(actor=SYSTEM)
    place = f"/tasks/{task.ref}"
    assert "Ask Mara for: Kickoff call" in (before := _worst(signed_in(world.tomas)))
    assert "asked" not in before
    said = {"text": f"@[Mara](user:{world.mara.id}) when?", "channel": "internal", "shown": "internal"}
    assert signed_in(world.tomas).post(f"{place}/comments", said).status_code == 302
    clock.shift(timedelta(days=2))
    assert f'<a href="{place}">Waiting for Mara: Kickoff call</a> <small class="second">asked 2 days ago by you' in (
        _worst(signed_in(world.tomas))
    )
    assert "Do: Kickoff call</a>" in _worst(signed_in(world.mara)), "she need not wait for herself"
    clock.shift(timedelta(days=2))
    assert 'Ask Mara for: Kickoff call</a> <small class="second">asked 4 days ago by you' in _worst(
        signed_in(world.tomas)
    )


def test_what_was_asked_for_gives_way_to_the_next_late_step(world: Cast, clock: time_machine.Coordinates) -> None:
    # red when a card goes on asking for the first step, or nobody can tell that all were asked for
    journey = won(world)
    set_up(world, journey)
    clock.shift(timedelta(days=60))
    insights.rebuild(actor=SYSTEM)
    connect, polish = (f"/tasks/{row(world, journey, key).ref}" for key in ("connect", "polish"))
    tomas = signed_in(world.tomas)
    assert f'<a href="{connect}#remind-{connect[7:]}">Remind them of: Connect your systems</a>' in _worst(tomas)
    assert tomas.post(f"{connect}/reminder", {"words": "Is anything in the way?"}).status_code == 302
    card = _worst(tomas)
    ask = re.search(r'<a href="(/tasks/tsk_\w+)\?\S+#composer">Ask Mara for: ', card)
    assert ask, "the next that is late"
    assert "All 3 late steps</a>, 1 asked for" in card
    said = {"text": f"@[Mara](user:{world.mara.id}) when?", "channel": "internal", "shown": "internal"}
    for path in {ask[1], polish}:
        assert tomas.post(f"{path}/comments", said).status_code == 302
    card = _worst(tomas)
    assert "Waiting for them: Connect your systems" in card
    assert "All 3 late steps</a>, all asked for" in card
    conversation.write_comment(
        actor=world.dana, journey_id=journey, task_id=None, channel="shared", text="Which fields?", question=True
    )
    card = _worst(tomas)
    assert "Answer them: 1 open question" in card
    assert "All 3 late steps</a>, all asked for" in card, "red when a question makes one forget whom one asked"
    assert f"{connect}#remind-{connect[7:]}" in text(tomas, f"/journeys/{format_id('jny', journey)}/plan")


def test_one_note_asks_a_colleague_for_all_that_they_are_late_with(
    world: Cast, clock: time_machine.Coordinates
) -> None:
    # red when whoever is late with three steps is written to three times
    journey, other = won(world), won(world, world.globex)
    set_up(world, journey)
    mara = f"user:{world.mara.id}"
    clock.shift(timedelta(days=60))
    insights.rebuild(actor=SYSTEM)
    tomas, plan = signed_in(world.tomas), f"/journeys/{format_id('jny', journey)}"
    ask = f"{plan}/conversation?to=internal&call={mara}&late=1#composer"
    tomas.post(f"/tasks/{row(world, journey, 'connect').ref}/reminder", {"words": "Is anything in the way?"})
    polish = row(world, journey, "polish")
    actions.assign_task(actor=world.mara, task_id=polish.id, person=f"user:{world.tomas.id}")
    seen = _worst(signed_in(world.admin)), text(signed_in(world.admin), f"{plan}/plan")
    assert "late=1" not in "".join(seen), "they are late with one each"
    actions.assign_task(actor=world.mara, task_id=polish.id, person=mara)
    menu = unescape(text(tomas, f"{plan}/plan")).split(f'id="change-{row(world, journey, "polish").ref}"')[1]
    assert f'href="{ask}"' in menu.split("</details>")[0]
    assert "Ask Mara for both late steps" in menu.split("</details>")[0]
    page = unescape(text(tomas, f"/tasks/{polish.ref}"))
    assert "Ask Mara for both late steps</a>" in page.split(f'href="{ask}"')[1].split("</dd>")[0]
    for own in (f"{plan}/plan", f"/tasks/{polish.ref}"):
        assert "&late=1" not in unescape(text(signed_in(world.mara), own)), "nobody asks themselves"
    assert f'<a href="{ask}">Ask Mara for both late steps</a>' in unescape(_worst(tomas))
    composer = text(tomas, ask).split('id="composer"')[1]
    written = composer.split("<textarea")[1].split(">", 1)[1].split("</textarea>")[0]
    late = [one.title for one in queries.journey_view(world.mara, journey).tasks if one.is_late and one.side == "ours"]
    assert len(late) == 2
    assert all(f"- “{title}”, due " in written for title in late)
    assert "Connect" not in written, "what another has is not asked of her"
    away = row(world, other, "call").title
    sent = {"text": f"{unescape(written)} Like “{away}”?", "channel": "internal", "shown": "internal"}
    told = tomas.post(f"{plan}/comments", sent, follow=True).content.decode()
    assert "Mara is told." in told
    assert text(tomas, f"{plan}/plan").count("asked just now by you") == 2
    assert "asked" not in text(tomas, f"/journeys/{format_id('jny', other)}/plan").split('class="branch')[1]
    assert "Ask Mara for both" not in _worst(tomas).split("Globex")[0], "she has time to answer"
    note = {
        "text": f"@[Mara](user:{world.mara.id}) “{away}”",
        "channel": "internal",
        "shown": "internal",
    }
    tomas.post(f"/journeys/{format_id('jny', other)}/comments", note)
    assert text(tomas, f"/journeys/{format_id('jny', other)}/plan").count("asked just now by you") == 1


def test_a_row_of_a_colleagues_work_asks_them(world: Cast) -> None:
    # red when one has to open a colleague's step to ask for it
    ask = f'href="/tasks/{row(world, won(world), "call").ref}?to=internal&amp;call=user:{world.mara.id}#composer"'
    assert ask in text(signed_in(world.tomas), "/?whose=all")
    assert ask not in text(signed_in(world.mara), "/?whose=all"), "nobody asks themselves"
    assert ask not in text(signed_in(world.viewer), "/?whose=all")


def test_ones_own_stand_before_others_who_need_more_help(world: Cast, clock: time_machine.Coordinates) -> None:
    # red when a colleague's day opens with what others look after
    acme, globex = won(world), won(world, world.globex)
    accounts.change_account(actor=SYSTEM, account_id=world.globex, arr="76000")
    clock.shift(timedelta(days=60))
    actions.fill_role(actor=world.mara, journey_id=acme, role="csm", person=f"user:{world.tomas.id}")
    insights.rebuild(actor=SYSTEM)
    tomas, mara = signed_in(world.tomas), signed_in(world.mara)

    def named(client: Client, path: str = "/") -> list[str]:
        return re.findall(r'class="name"[^>]*>([^<]+)', _worst(client, path))

    assert named(mara) == named(tomas, "/?whose=all") == ["Globex", "Acme Freight"]
    assert named(tomas) == ["Acme Freight", "Globex"]
    assert "yours first; how they are ranked" in _worst(tomas)
    assert "yours first" not in _worst(tomas, "/?whose=all")
    assert globex


def test_a_planned_meeting_is_not_what_to_do_first(world: Cast, clock: time_machine.Coordinates) -> None:
    # red when one is told to do now what is planned for tomorrow
    task = row(world, won(world), "call")
    clock.shift(timedelta(days=9))
    assert "Kickoff call" in text(signed_in(world.mara)).split('id="first"')[1].split("</section>")[0]
    actions.schedule_meeting(actor=world.mara, task_id=task.id, starts_at=timezone.now() + timedelta(days=1))
    clock.shift(timedelta(minutes=1))
    insights.rebuild(actor=SYSTEM)
    assert 'id="first"' not in text(signed_in(world.mara))
    assert re.search(r"Kickoff call</a><small>.*planned for", text(signed_in(world.mara)).split('id="urgent"')[1])
    clock.shift(timedelta(days=50))
    insights.rebuild(actor=SYSTEM)
    actions.schedule_meeting(actor=world.mara, task_id=task.id, starts_at=timezone.now() + timedelta(days=1))
    assert re.search(r"Planned for \d+ \w+: Kickoff call", _worst(signed_in(world.mara)))


def _worst(client: Client, path: str = "/") -> str:
    return text(client, path).split('id="worst"')[1].split("</section>")[0]


def test_done_in_place_and_undone(world: Cast) -> None:
    journey = won(world)
    set_up(world, journey)
    task = row(world, journey, "polish")
    client = signed_in(world.mara)
    page = text(client)
    assert f'action="/work/tasks/{task.ref}/completion"' in page
    answer = client.post(f"/work/tasks/{task.ref}/completion", {"edition": task.edition}, headers=FRAGMENT, follow=True)
    page = answer.content.decode()
    assert "Polish the settings is done." in page
    assert f'action="/work/tasks/{task.ref}/reopening"' in page
    assert f'id="{task.ref}"' not in page
    assert row(world, journey, "polish").state == "done"
    page = client.post(f"/work/tasks/{task.ref}/reopening", headers=FRAGMENT, follow=True).content.decode()
    assert "Polish the settings is open again." in page
    assert f'id="{task.ref}"' in page


def test_a_page_refreshed_meanwhile_does_not_eat_what_is_said(world: Cast) -> None:
    journey = won(world)
    set_up(world, journey)
    task = row(world, journey, "polish")
    client = signed_in(world.mara)
    client.post(f"/work/tasks/{task.ref}/completion", {"edition": task.edition})
    for path in ("/", f"/journeys/{format_id('jny', journey)}"):
        assert "is done." not in client.get(path, headers={"X-Fragment": "1"}).content.decode()
    assert "Polish the settings is done." in text(client)


def test_a_talk_whose_day_has_come_is_held_in_place(world: Cast, clock: time_machine.Coordinates) -> None:
    # red when a talk that is late stands only on its journey, or a later one here too
    journey, client, today = won(world), signed_in(world.mara), SIGNED.date()
    common: dict[str, Any] = {"journey_id": journey, "account_id": world.acme, "role": "owner"}
    made = {
        days: CheckInRun.objects.create(
            **common, key=f"talk{days}", title=f"Talk {days}", due_on=today + timedelta(days=days),
            due_at=SIGNED + timedelta(days=days, hours=12), internal=days == 0,
        )
        for days in (-2, 0, 1)
    }  # fmt: skip
    assert "Talk" not in text(signed_in(world.tomas)), "another's"
    page = text(client)
    assert "2 talks are due" in page
    assert "Talk 1" not in page
    ref = format_id("chk", made[-2].id)
    assert f'href="/journeys/{format_id("jny", journey)}/check-ins/{ref}"' in page
    assert f'href="/journeys/{format_id("jny", journey)}/success">Talk 0<' in page, "one among us has no page"
    assert re.findall(r'>Talk (-2|0)</a>.*?<span class="at ([^"]*)"', page, re.DOTALL) == [
        ("-2", "bad strong"),
        ("0", "warn strong"),
    ]
    path = f"/work/check-ins/{ref}/holding"
    ahead = client.post(path, {"held_at": str(today + timedelta(days=9)), "note": "They are glad"})
    assert ahead.status_code == 422
    assert "They are glad" in ahead.content.decode(), "what was typed is kept"
    said = client.post(path, {"held_at": str(today), "note": "They are glad"}, follow=True).content.decode()
    assert "The check-in is recorded." in said
    assert "1 talk is due" in said
    again = client.post(path, {"held_at": str(today)})
    assert again.status_code == 409
    assert "was already held" in again.content.decode()


def test_more_talks_than_are_read_are_said_to_be_more(world: Cast) -> None:
    # red when fifty talks are a count where fifty is as far as was read
    journey, client = won(world), signed_in(world.mara)

    def due(numbers: range) -> None:
        common: dict[str, Any] = {"journey_id": journey, "account_id": world.acme, "role": "owner", "internal": True}
        for number in numbers:
            CheckInRun.objects.create(
                **common, key=f"talk{number}", title=f"Talk {number}", due_on=SIGNED.date(), due_at=SIGNED
            )

    due(range(50))
    page = text(client)
    assert "50 talks are due" in page
    before = re.search(r'Overdue and soon <small class="count">(\d+)( more)?<', page)
    assert before, "a count says what it counts"
    due(range(50, 52))
    page = text(client)
    assert "50+ talks are due" in page
    assert f'Overdue and soon <small class="count">{before[1]}+{before[2] or ""}<' in page
    assert "46+ more talks" in page


def test_a_date_is_moved_with_its_reason_and_given_back_to_the_plan(world: Cast) -> None:
    journey = won(world)
    set_up(world, journey)
    task = row(world, journey, "polish")
    client = signed_in(world.mara)
    refused = client.post(f"/work/tasks/{task.ref}/date", {"due_on": "2026-03-20", "reason": ""})
    assert refused.status_code == 422
    assert "The reason is missing." in refused.content.decode()
    page = client.post(
        f"/work/tasks/{task.ref}/date", {"due_on": "2026-03-20", "reason": "Dana is away"}, follow=True
    ).content.decode()
    assert "due on Fri 20 March" in page
    moved = row(world, journey, "polish")
    assert (str(moved.due_on), moved.due_why) == ("2026-03-20", "set by Mara: Dana is away")
    client.post(f"/work/tasks/{task.ref}/date", {"planned": "1"})
    again = row(world, journey, "polish")
    assert (again.due_on, again.due_why) == (task.due_on, task.due_why)


def test_it_is_given_to_a_colleague_by_name_and_taken_back(world: Cast) -> None:
    journey = won(world)
    task = row(world, journey, "call")
    client = signed_in(world.mara)
    page = client.post(f"/work/tasks/{task.ref}/person", {"person": "tomas"}, follow=True).content.decode()
    assert "Tomas has Kickoff call now." in page
    assert '<input type="hidden" name="back" value="">' in page
    client.post(f"/work/tasks/{task.ref}/person", {"back": ""})
    holder = row(world, journey, "call").person
    assert holder is not None
    assert holder.name == "Mara"
    unknown = client.post(f"/work/tasks/{task.ref}/person", {"person": "Nobody"})
    assert unknown.status_code == 422
    assert "Nobody here is called “nobody”." in unknown.content.decode()


def test_what_somebody_else_did_first_is_said_with_their_name(world: Cast) -> None:
    journey = won(world)
    set_up(world, journey)
    task = row(world, journey, "polish")
    actions.complete_task(actor=world.tomas, task_id=task.id)
    answer = signed_in(world.mara).post(
        f"/work/tasks/{task.ref}/completion", {"edition": task.edition}, headers=FRAGMENT
    )
    assert answer.status_code in {409, 412}
    assert "Tomas did “Polish the settings” already, at 12:00." in answer.content.decode()


def test_what_is_refused_says_why_at_its_row(world: Cast) -> None:
    journey = won(world)
    task = row(world, journey, "call")
    answer = signed_in(world.mara).post(f"/work/tasks/{task.ref}/completion", headers=FRAGMENT)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "say when it was held" in page
    viewer = signed_in(world.viewer).post(f"/work/tasks/{task.ref}/completion", headers=FRAGMENT)
    assert viewer.status_code == 403


def test_a_meeting_that_has_its_time_says_when_it_is_held(world: Cast, clock: time_machine.Coordinates) -> None:
    # red when one that is planned for another day looks as if nobody had done anything, or is recorded by a slip
    task = row(world, won(world), "call")
    clock.shift(timedelta(days=20))
    client = signed_in(world.mara)
    assert "planned for" not in text(client)
    ahead = timezone.localtime() + timedelta(days=2)
    client.post(f"/tasks/{task.ref}/time", {"starts_at": f"{ahead:%Y-%m-%dT10:00}"})
    page = text(client)
    assert f"planned for {date_words(ahead)}" in page
    assert f"hold it as planned, on {date_words(ahead)}" in page
    clock.shift(timedelta(days=3))
    client = signed_in(world.mara)
    assert "planned for" not in text(client)


def test_a_customer_that_waits_is_reminded_once_a_day(world: Cast, clock: time_machine.Coordinates) -> None:
    journey = won(world)
    set_up(world, journey)
    task = row(world, journey, "connect")
    clock.shift(timedelta(days=4))
    insights.rebuild(actor=SYSTEM)
    client = signed_in(world.mara)
    page = text(client)
    assert "Acme Freight:</b> Connect your systems" in page
    assert "Remind" in page
    said = {"to": world.dana.id, "words": "Hello Dana, {is} anything in the way?"}
    page = client.post(f"/work/tasks/{task.ref}/reminder", said, follow=True).content.decode()
    assert "The reminder to Dana stays in the outbox: no mail server is set up." in page
    assert "reminded just now by you" in page
    assert "Remind again" in page
    again = client.post(f"/work/tasks/{task.ref}/reminder", said)
    assert again.status_code == 409
    assert "Dana was reminded of it today already." in again.content.decode()
    other, _ = contact(world.globex, "Zoe")
    strange = client.post(f"/work/tasks/{task.ref}/reminder", {**said, "to": format_id("con", other)})
    assert strange.status_code == 422


def test_what_changed_since_yesterday_stands_by_journey_with_its_cause(
    world: Cast, clock: time_machine.Coordinates
) -> None:
    journey = won(world)
    set_up(world, journey)
    insights.rebuild(actor=SYSTEM)
    clock.shift(timedelta(days=1))
    news = text(signed_in(world.mara)).split('id="news"')[1]
    assert "Since yesterday" in news
    assert "Acme Freight" in news
    assert "<strong>Kickoff</strong> was proven and closed" in news
    assert "Kickoff" not in text(signed_in(world.tomas)).split('id="news"')[1]
    clock.shift(timedelta(days=7))
    assert "Kickoff</strong> was proven" not in text(signed_in(world.mara))


def test_an_empty_installation_offers_the_first_actions(world: Cast) -> None:
    page = text(signed_in(world.mara))
    assert "No customer is being onboarded here yet." in page
    assert 'href="/imports"' in page


def test_it_costs_the_same_few_statements_at_any_number_of_journeys(world: Cast) -> None:
    client, counts = signed_in(world.mara), []
    for account in (world.acme, world.globex):
        journey = won(world, account)
        if account == world.acme:
            set_up(world, journey)
            insights.rebuild(actor=SYSTEM)
        client.get("/")
        with CaptureQueriesContext(connection) as caught:
            client.get("/")
        counts.append(len(caught.captured_queries))
    assert counts[0] == counts[1]
    assert max(counts) <= 12, counts
