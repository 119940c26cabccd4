"""A task over the list it was opened from, done for a customer, and changed in the plan by two people at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from onward.conversation import actions as conversation
from onward.foundation.ledger import facts_of
from onward.insights import actions as insights
from onward.interfaces.console.journey.seen import clause
from onward.interfaces.ui.words import date_words, timing
from onward.journeys import actions, queries
from onward.journeys.decisions.wording import missing_words
from onward.journeys.models import TaskRun
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal
from onward.playbooks.decisions.definition import Span, Task
from tests.interfaces.console.test_journey_pages import address, signed_in, task_path, text, won
from tests.interfaces.portal.visits import enter
from tests.world import SIGNED, SMALL, Cast, all_of, cast, contact, publish, within

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _three_hours_after_signature() -> Iterator[None]:
    with time_machine.travel(SIGNED + timedelta(hours=3), tick=False):
        yield


@pytest.fixture
def world() -> Cast:
    return cast()


@pytest.fixture
def journey(world: Cast) -> UUID:
    """The kickoff call was held, so that the customer's signature is open."""
    journey = won(world)
    call = parse_id("tsk", task_path(world, journey, "call").rpartition("/")[2])
    actions.answer_form(actor=world.mara, task_id=call, values={"go_live": "2026-04-01", "migrate": False})
    actions.pick_measure(
        actor=world.mara, journey_id=journey, milestone="first_value", measure="reports", numbers={"n": 1}
    )
    held_at = SIGNED + timedelta(hours=2)
    actions.hold_meeting(actor=world.mara, task_id=call, held_at=held_at, attended=all_of(world))
    return journey


def line(world: Cast, journey: UUID, key: str) -> queries.TaskLine:
    return next(row for row in queries.journey_view(world.mara, journey).tasks if row.key == key)


def test_what_cannot_begin_says_why_in_a_sentence(world: Cast) -> None:
    # red when a clause without its verb is set after "It"
    undecided = won(world)
    page = text(signed_in(world.mara), task_path(world, undecided, "migrate"))
    assert "It is not decided yet: needs “Old data to bring along?”; starts with Setup." in page
    assert "Not yet not" not in page
    assert clause("waits for Connect") == "waits for Connect"
    assert timing("3 weeks after entered, as account.complexity is standard").endswith(
        "as their complexity is standard"
    )


def test_what_a_check_is_called_is_no_reason_that_it_is_not_known(world: Cast) -> None:
    name = "answer.kickoff.migrate"
    assert "nobody has entered it" in missing_words(SMALL, [name], "Old data to bring along?")
    assert missing_words(SMALL, [name], "Agreed") == "Not known yet: needs “Old data to bring along?”."


def test_a_colleague_who_was_asked_is_seen_where_one_works(world: Cast) -> None:
    # red when asking a colleague leaves no trace in the plan
    journey = won(world)
    path = task_path(world, journey, "call")
    said = {"text": f"@[Mara](user:{world.mara.id}) when?", "channel": "internal", "shown": "internal"}
    assert signed_in(world.tomas).post(f"{path}/comments", said).status_code == 302
    for who, by in ((world.tomas, "you"), (world.mara, "Tomas")):
        for place in ("/plan", ""):
            assert f"· asked just now by {by}" in text(signed_in(who), address(journey) + place), place
        assert f"Asked just now by {by}" in text(signed_in(who), path)


def test_whoever_has_a_task_is_reminded_where_it_is_read(world: Cast, journey: UUID) -> None:
    # red when a reminder can only be sent from My work
    client, path = signed_in(world.mara), task_path(world, journey, "sign_plan")
    for place in (path, address(journey)):
        assert f'action="{path}/reminder"' in text(client, place), place
        assert "They wait for us too" not in text(client, place)
    conversation.write_comment(
        actor=world.dana, journey_id=journey, channel="shared", text="Which region?", question=True
    )
    for place in (path, address(journey), "/"):
        asked = text(client, place)
        assert "They wait for us too: 1 question of theirs has no answer." in asked, place
        assert f'<a href="{address(journey)}/conversation?answer=1#composer">Answer first</a>' in asked
    empty = client.post(f"{path}/reminder", {"words": " "})
    assert empty.status_code == 422
    assert "The mail is empty." in empty.content.decode()
    sent = client.post(f"{path}/reminder", {"words": "Is anything in the way?", "back": "journey"}, follow=True)
    assert sent.redirect_chain[-1][0] == address(journey)
    assert "The reminder to Dana stays in the outbox: no mail server is set up." in sent.content.decode()
    facts = text(client, f"{address(journey)}/facts?kind=talk")
    assert re.search(r"The mail “<strong>[^<]+</strong>” to Dana stays in the outbox\.", facts), "each has their own"
    again = client.post(f"{path}/reminder", {"words": "Is anything in the way?"})
    assert "Dana was reminded of it today already." in again.content.decode()
    assert signed_in(world.viewer).post(f"{path}/reminder", {"words": "x"}).status_code == 403
    for place in (path, address(journey)):
        assert "eminded just now by you" in text(client, place), place
        assert "Remind again" in text(client, place), place
    for place in ("/plan", ""):
        assert "· reminded just now by you" in text(client, address(journey) + place), place
    page = text(signed_in(world.tomas), path)
    assert "Reminded just now by Mara" in page
    mark = page.partition('name="again" value="')[2].partition('"')[0]
    further = {"words": "Once more.", "again": mark}
    assert client.post(f"{path}/reminder", further).status_code == 302, "who has seen the last one may send another"
    twice = client.post(f"{path}/reminder", further)
    assert "Dana was reminded of it" in twice.content.decode()
    assert twice.status_code == 409
    assert f'action="{path}/reminder"' not in text(signed_in(world.viewer), path)
    ours = task_path(world, journey, "call")
    assert f'action="{ours}/reminder"' not in text(client, ours)


def test_a_drawer_shows_what_the_page_shows_without_what_stands_around_it(world: Cast, journey: UUID) -> None:
    client, path = signed_in(world.mara), task_path(world, journey, "sign_plan")
    drawer = client.get(path, headers={"X-Drawer": "1"}).content.decode()
    page = text(client, path)
    assert "<html" not in drawer
    assert f'data-drawer="{path}"' in drawer
    for part in ('id="conversation"', 'id="files"', 'id="facts"', "Seen by", "3 working days after call is held"):
        assert part in drawer, part
        assert part in page, part
    assert "Acme Freight does this" in drawer


def test_a_task_costs_the_same_statements_however_much_happened(world: Cast, journey: UUID) -> None:
    client, path = signed_in(world.mara), task_path(world, journey, "sign_plan")
    counts = []
    for day in ("2026-03-09", "2026-03-10", "2026-03-11"):
        client.post(f"{path}/date", {"due_at": day, "reason": f"because of {day}", "scope": "only"})
        client.get(path)
        with CaptureQueriesContext(connection) as caught:
            client.get(path, headers={"X-Drawer": "1"})
        counts.append(len(caught.captured_queries))
    assert counts[0] == counts[-1]
    assert max(counts) <= 20, counts


def test_the_date_says_the_rule_and_who_moved_it_and_why(world: Cast, journey: UUID) -> None:
    client, path = signed_in(world.mara), task_path(world, journey, "sign_plan")
    before = line(world, journey, "sign_plan").due_on
    assert before is not None
    client.post(
        f"{path}/date",
        {"due_at": (before + timedelta(days=4)).isoformat(), "reason": "Their IT freeze", "scope": "only"},
    )
    page = text(client, path)
    assert "3 working days after call is held" in page
    assert "4 days later, by Mara: Their IT freeze" in page
    assert "(+4\N{NO-BREAK SPACE}d)" in page


def test_we_do_a_customers_task_for_them_and_everybody_sees_who_asked(world: Cast, journey: UUID) -> None:
    # covers 162
    client, path = signed_in(world.mara), task_path(world, journey, "sign_plan")
    # red when it is offered twice
    assert text(client, path).count("Do it for Acme Freight") == 1
    answer = client.post(
        f"{path}/completion", {"asked_by": f"contact:{world.dana.id}", "note": "She read it out on the phone"}
    )
    assert answer.status_code == 302
    done = line(world, journey, "sign_plan")
    assert (done.state, done.for_them) == ("done", True)
    assert done.asked_by is not None
    assert done.asked_by.name == "Dana"
    (fact,) = [
        fact for fact in facts_of(journey=journey, names=["journey.task.completed"]) if fact.data["task"] == "sign_plan"
    ]
    assert fact.data["asked_by"] == f"contact:{world.dana.id}"
    assert "for them, as Dana asked" in text(client, f"{address(journey)}/plan")
    assert "for them, as Dana asked" in text(client, path)
    theirs = next(row for row in queries.journey_view(world.dana, journey).tasks if row.key == "sign_plan")
    assert theirs.for_them
    assert theirs.asked_by is not None
    actions.reopen_task(actor=world.mara, task_id=done.id)
    assert line(world, journey, "sign_plan").asked_by is None


def test_only_somebody_of_that_customer_can_have_asked(world: Cast, journey: UUID) -> None:
    task_id = line(world, journey, "sign_plan").id
    for wrong in (f"contact:{world.eve.id}", f"user:{world.mara.id}", "contact:con_x", "nobody"):
        with pytest.raises(Refusal):
            actions.complete_task(actor=world.mara, task_id=task_id, asked_by=wrong)
    with pytest.raises(Refusal):
        actions.complete_task(actor=world.dana, task_id=task_id, asked_by=f"contact:{world.dana.id}")
    assert line(world, journey, "sign_plan").state == "open"


def test_the_plan_is_narrowed_to_a_side_or_to_what_is_late(world: Cast, journey: UUID) -> None:
    client, plan = signed_in(world.mara), f"{address(journey)}/plan"

    def rows(only: str, who: Client = client) -> str:
        # The page's first sentence names the next step whatever is shown below.
        return text(who, f"{plan}?only={only}").partition('aria-label="Which tasks are shown"')[2]

    assert "Kickoff call" not in rows("theirs")
    assert "Sign the plan" in rows("theirs")
    assert "Sign the plan" not in rows("ours")
    assert "Nothing is late." in rows("late")
    with time_machine.travel(SIGNED + timedelta(days=20), tick=False):
        assert "Sign the plan" in rows("late", signed_in(world.mara))
    assert client.get(f"{plan}?only=purple").status_code == 422


def test_the_plan_says_what_counts_on_both_sides(world: Cast, journey: UUID) -> None:
    # red when ours and theirs together are more than all, and nothing says why
    def counted() -> tuple[list[int], int]:
        page = text(signed_in(world.mara), f"{address(journey)}/plan")
        switch = page.split('aria-label="Which tasks are shown"')[1].split("</nav>")[0]
        both = re.search(r"(\d+) tasks? of both sides counts? in ours and in theirs", page)
        return [int(one) for one in re.findall(r"(\d+)</a>", switch)], int(both[1]) if both else 0

    (everything, ours, theirs, _), both = counted()
    assert (both, everything) == (0, ours + theirs)
    TaskRun.objects.filter(id=line(world, journey, "sign_plan").id).update(side="both")
    (everything, ours, theirs, _), both = counted()
    assert both == 1
    assert everything == ours + theirs - both


def test_what_is_not_needed_counts_in_no_figure_of_the_plan(world: Cast, journey: UUID) -> None:
    # red when a stage counts as done what nobody has to do
    def counted() -> tuple[list[tuple[int, int]], tuple[int, int]]:
        page = text(signed_in(world.mara), f"{address(journey)}/plan")
        stages = re.findall(r"</h2><small>(\d+) of (\d+)</small>", page)
        (whole,) = re.findall(r"(\d+) of (\d+) required tasks are done", page)
        return [(int(done), int(total)) for done, total in stages], (int(whole[0]), int(whole[1]))

    before, _ = counted()
    for state in ("withdrawn", "skipped"):
        TaskRun.objects.filter(id=line(world, journey, "sign_plan").id).update(state=state, how="not_needed")
        stages, whole = counted()
        assert (sum(done for done, _ in stages), sum(total for _, total in stages)) == whole
        assert stages[0] == (before[0][0], before[0][1] - 1)


def test_the_form_of_a_row_says_what_it_changes(world: Cast, journey: UUID) -> None:
    page = text(signed_in(world.mara), f"{address(journey)}/plan")
    form = page.split(f'id="change-{line(world, journey, "sign_plan").ref}"')[1].split("</form>")[0]
    assert "Change “Sign the plan”</h3>" in form
    assert "Where anything else moves, it is shown first." in form
    assert "Acme Freight reads it on their portal." in form


def test_the_time_of_a_meeting_stands_beside_its_date(world: Cast) -> None:
    # red when a time that was chosen shows in a field alone, or the record of a meeting stands open before it was held
    journey = won(world)
    call, client = task_path(world, journey, "call"), signed_in(world.mara)
    assert "<dt>When</dt>" not in text(client, call)
    record = '<details class="fold section" id="held"><summary>Record that it was held</summary>'
    assert record in text(client, call)
    client.post(f"{call}/time", {"starts_at": "2026-03-05T10:00"})
    page = text(client, call)
    assert "Planned for Thu 5 March, 10:00 UTC</strong>" in page
    assert '<a href="#starts_at">choose another time</a>' in page
    assert 'id="starts_at"><summary>Choose another time</summary>' in page, "a press shows it, not hides it"
    assert record in page
    assert 'name="held_at" type="date" value="2026-03-02"' in page, "nobody has held it on a day to come"
    viewed = text(signed_in(world.viewer), call)
    assert "Planned for Thu 5 March" in viewed
    assert "choose another time" not in viewed
    for tab in ("", "/plan"):
        assert "<span>planned for 5 Mar, 10:00</span>" in text(client, address(journey) + tab)

    with time_machine.travel(SIGNED + timedelta(days=5), tick=False):
        client = signed_in(world.mara)
        page = text(client, call)
        assert "Was planned for Thu 5 March, 10:00 UTC</strong>" in page
        assert '<a href="#held">record that it was held</a>' in page
        assert '<a href="#starts_at">it did not take place: choose another time</a>' in page
        assert 'name="held_at" type="date" value="2026-03-05"' in page
        for tab in ("", "/plan"):
            assert '<span class="warn">was planned for 5 Mar, 10:00</span>' in text(client, address(journey) + tab)
        refused = client.post(f"{call}/meeting", {"held_at": "2026-03-05"})
        assert 'id="held" open>' in refused.content.decode()
        client.post(f"{call}/meeting", {"held_at": "2026-03-05", "attended": all_of(world)})
        assert "planned for" not in text(client, call).lower()


def test_a_repeated_meeting_is_due_until_somebody_chooses_its_time(world: Cast) -> None:
    # red when the moment from which its next turn may begin is read as a time that was agreed
    weekly = Task(
        "weekly", "Weekly call", "meeting", "kickoff", "csm", shared=True, due=within(1, "d"), every=Span(14, "d")
    )
    stage = SMALL.stages[0]
    version = publish(replace(SMALL, stages=(replace(stage, tasks=(*stage.tasks, weekly)), *SMALL.stages[1:])))
    journey = actions.open_journey(actor=world.mara, account_id=world.acme, version_id=version, signed_at=SIGNED)
    held = {"held_at": SIGNED + timedelta(hours=2), "attended": [f"user:{world.mara.id}"]}
    actions.hold_meeting(actor=world.mara, task_id=line(world, journey, "weekly").id, **held)
    insights.rebuild(actor=SYSTEM)
    again = next(
        one for one in queries.journey_view(world.mara, journey).tasks if one.key == "weekly" and not one.done_at
    )
    mara, dana = signed_in(world.mara), enter(world.dana_id)
    work, plan = "/?show=next", f"{address(journey)}/plan"
    door = f"/portal/tasks/{again.ref}"

    def row(client: Client, path: str) -> str:
        return text(client, path).split(f'id="{again.ref}"')[1].split("</li>")[0]

    assert "planned for" not in row(mara, plan) + row(mara, work) + text(mara, f"/tasks/{again.ref}").lower()
    assert ">16 Mar</time>" in row(mara, plan), "red when its day is not told"
    assert "16 March" in row(mara, work)
    assert "No hour yet; Mara proposes one" in text(dana, door)
    actions.schedule_meeting(actor=world.mara, task_id=again.id, starts_at=SIGNED + timedelta(days=10))
    for page in (row(mara, plan), row(mara, work), text(mara, f"/tasks/{again.ref}").lower()):
        assert "planned for" in page
    assert "No hour yet" not in text(dana, door)


def test_the_first_sentence_names_who_owes_what_is_waited_for(world: Cast, journey: UUID) -> None:
    # red when it says only which side owes it
    client, sign = signed_in(world.mara), task_path(world, journey, "sign_plan")
    assert f'They owe us: “<a href="{sign}">Sign the plan</a>” from Dana.' in text(client, address(journey))
    other = won(world, world.globex)
    call = task_path(world, other, "call")
    assert f'We owe them: “<a href="{call}">Kickoff call</a>” from Mara.' in text(client, address(other))


def test_a_row_of_the_plan_asks_whoever_has_it(world: Cast, journey: UUID) -> None:
    # red when the menu of a step that somebody else has only takes it from them
    def menu(client: Client, key: str) -> str:
        page = text(client, f"{address(journey)}/plan")
        return page.split(f'id="change-{line(world, journey, key).ref}"')[1].split("<form")[0].replace("&amp;", "&")

    path, tomas = task_path(world, journey, "polish"), f"user:{world.tomas.id}"
    actions.assign_task(actor=world.mara, task_id=line(world, journey, "polish").id, person=tomas)
    mara = signed_in(world.mara)
    first = world.tomas.name.split()[0]
    assert f'href="{path}?to=internal&call={tomas}#composer"' in menu(mara, "polish")
    assert f"Ask {first}</a>" in menu(mara, "polish")
    assert "Ask " not in menu(signed_in(world.tomas), "polish"), "nobody asks themselves"
    assert "call=user" not in text(signed_in(world.tomas), path)
    sign = task_path(world, journey, "sign_plan")
    assert f'href="{sign}#remind-{sign[7:]}"' in menu(mara, "sign_plan")
    assert "Remind Dana</a>" in menu(mara, "sign_plan"), "red when one who is late can only be written to"
    assert f'id="remind-{sign[7:]}"' in text(mara, sign)
    composer = text(mara, f"{sign}?to=shared").split('id="composer"')[1]
    assert 'value="shared" checked' in composer.split("</fieldset>")[0]


def test_a_row_of_the_plan_changes_in_place_and_offers_its_way_back(world: Cast, journey: UUID) -> None:
    client, path = signed_in(world.mara), task_path(world, journey, "sign_plan")
    before = line(world, journey, "sign_plan").due_on
    bare = client.post(f"{path}/date", {"back": "plan", "due_at": "2026-03-12"})
    assert bare.status_code == 422
    assert "The reason is missing." in bare.content.decode()
    moved = client.post(
        f"{path}/date", {"back": "plan", "due_at": "2026-03-12", "reason": "They travel", "scope": "only"}, follow=True
    )
    page = moved.content.decode()
    assert moved.redirect_chain[0][0] == f"{address(journey)}/plan"
    assert "Sign the plan is due on Thu 12 March." in page
    assert f'action="{path}/date"' in page
    assert '<input type="hidden" name="planned" value="1">' in page
    planned = client.post(f"{path}/date", {"back": "plan", "planned": "1"}, follow=True).content.decode()
    assert line(world, journey, "sign_plan").due_on == before
    assert f"Sign the plan is due on {date_words(before)} again, as the plan says." in planned


def test_a_name_gives_a_task_to_somebody_and_undo_gives_it_back(world: Cast, journey: UUID) -> None:
    client, path = signed_in(world.mara), task_path(world, journey, "sign_plan")
    other_id, _ = contact(world.acme, "Joel")
    answer = client.post(f"{path}/person", {"back": "plan", "who": " joel "}, follow=True)
    assert "Joel has Sign the plan now." in answer.content.decode()
    person = line(world, journey, "sign_plan").person
    assert person is not None
    assert person.ref == f"contact:{format_id('con', other_id)}"
    client.post(f"{path}/person", {"back": "plan", "person": "", "undo": "1"})
    person = line(world, journey, "sign_plan").person
    assert person is not None
    assert person.name == "Dana"
    nobody = client.post(f"{path}/person", {"back": "plan", "who": "Nobody"})
    assert "Nobody on that side is called “Nobody”." in nobody.content.decode()


def test_two_people_who_move_the_same_date_see_both_values(world: Cast, journey: UUID) -> None:
    # red when the second of two overwrites the first, or is not told what the first wrote
    mine, other, path = signed_in(world.mara), signed_in(world.tomas), task_path(world, journey, "sign_plan")
    seen = line(world, journey, "sign_plan").edition
    other.post(
        f"{path}/date",
        {"back": "plan", "due_at": "2026-03-13", "reason": "Legal reads it", "edition": seen, "scope": "only"},
    )
    late = mine.post(
        f"{path}/date",
        {"back": "plan", "due_at": "2026-03-16", "reason": "Dana is away", "edition": seen, "scope": "only"},
    )
    page = late.content.decode()
    assert late.status_code == 412
    assert "due Fri 13 March" in page
    assert "set by Tomas: Legal reads it" in page
    assert "due Mon 16 March: Dana is away" in page
    kept = line(world, journey, "sign_plan")
    assert f"{kept.due_on}" == "2026-03-13"
    again = {"back": "plan", "due_at": "2026-03-16", "reason": "Dana is away", "edition": kept.edition, "scope": "only"}
    assert mine.post(f"{path}/date", again).status_code == 302
    assert f"{line(world, journey, 'sign_plan').due_on}" == "2026-03-16"


def test_what_can_wait_is_put_off_and_brought_back(world: Cast, journey: UUID) -> None:
    client, path = signed_in(world.mara), task_path(world, journey, "polish")
    client.post(f"{path}/deferral", {"back": "plan", "deferred": "1"})
    assert line(world, journey, "polish").deferred_at is not None
    assert "put off: not needed for first value" in text(client, f"{address(journey)}/plan")
    client.post(f"{path}/deferral", {"back": "plan", "deferred": "0"})
    assert line(world, journey, "polish").deferred_at is None
    refused = client.post(f"{task_path(world, journey, 'sign_plan')}/deferral", {"back": "plan"})
    assert "cannot be put off: Kickoff is proven by it" in refused.content.decode()
