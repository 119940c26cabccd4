"""All journeys: the address holds the whole state, views are kept and shared by right, many are changed at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from onward.accounts import actions as accounts
from onward.conversation import actions as conversation
from onward.foundation import ledger
from onward.foundation.ledger import stream_of
from onward.insights import actions as insights
from onward.insights.decisions.urgency import PRESSING
from onward.insights.models import Portfolio
from onward.insights.queries import views
from onward.journeys import actions as journeys
from onward.journeys.models import StageRun
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id
from tests.interfaces.console.test_journey_pages import signed_in, text, won
from tests.world import SIGNED, SMALL, Cast, cast, publish

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(SIGNED + timedelta(hours=3), tick=False) as found:
        yield found


@pytest.fixture
def world() -> Cast:
    return cast()


def tab_links(page: str) -> dict[str, str]:
    nav = page.split('aria-label="Views"', 1)[1].split("</nav>")[0]
    return {unescape(name): unescape(href) for href, name in re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)<', nav)}


def keep(client: Client, query: str, name: str, **given: str) -> str:
    """Save a view; its ref."""
    answer = client.post("/journeys/views", {"name": name, "query": query, **given})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    return parse_qs(urlsplit(answer["Location"]).query)["view"][0]


def test_the_address_holds_the_whole_state_and_a_view_gives_it_back(world: Cast) -> None:
    won(world)
    client = signed_in(world.mara)
    state = "as=timeline&by=me&group=segment&in=self_serve&silent=7&zoom=week"
    ref = keep(client, f"?{state}&after=x&view=", "Quiet ones")
    page = text(client, "/journeys")
    href = tab_links(page)["Quiet ones"]
    assert href == f"/journeys?{state}&view={ref}"
    again = text(client, href)
    assert 'aria-current="page">Quiet ones' in again
    for word in ('name="silent" value="7"', '<option value="week" selected>', '<option value="segment" selected>'):
        assert word in again, word
    assert client.get(f"/journeys/views/{ref}")["Location"] == href


def test_only_the_words_that_are_set_stand_in_the_sentence(world: Cast) -> None:
    won(world)
    client = signed_in(world.mara)
    plain = text(client, "/journeys").split("Show journeys")[1].split("</form>")[0]
    assert 'name="pace"' not in plain
    assert 'href="/journeys?add=pace"' in plain
    adding = text(client, "/journeys?add=pace").split("Show journeys")[1].split("</form>")[0]
    assert '<select name="pace" autofocus>' in adding
    set_to = text(client, "/journeys?pace=on_track&sort=arr").split("Show journeys")[1].split("</form>")[0]
    assert '<option value="on_track" selected>' in set_to
    assert 'href="/journeys?sort=arr" aria-label="Without “pace”"' in set_to
    assert "what you chose" not in text(client, "/journeys")
    assert "1 journey fits what you chose." in text(client, "/journeys?pace=on_track")
    assert "0 journeys fit what you chose." in text(client, "/journeys?pace=stalled")


def test_lists_are_narrowed_by_silence_signature_and_the_accounts_fields(
    world: Cast, clock: time_machine.Coordinates
) -> None:
    won(world)
    won(world, world.globex)
    accounts.change_account(actor=world.mara, account_id=world.acme, industry="Logistics", fields={"tier": "gold"})
    client = signed_in(world.mara)
    assert "industry: Logistics" in text(client, "/journeys?add=field")
    for words, found in (
        ("field=industry%3DLogistics", True),
        ("field=tier%3Dgold", True),
        ("field=tier%3Dsilver", False),
        ("from=2026-03-02&to=2026-03-02", True),
        ("from=2026-03-03", False),
        ("to=2026-03-01", False),
        ("silent=7", False),
    ):
        assert ('class="name"' in text(client, f"/journeys?{words}")) is found, words
    assert "Globex" not in text(client, "/journeys?field=tier%3Dgold")
    clock.shift(timedelta(days=9))
    client = signed_in(world.mara)
    page = text(client, "/journeys?silent=7")
    assert "Acme Freight" in page
    assert "Globex" in page
    for wrong in ("silent=x", "silent=0", "from=soon", "to=9999-12-31", "as=pie", "cols=stage.salary", "view=viw_x"):
        assert client.get(f"/journeys?{wrong}").status_code in {404, 422}, wrong


def test_a_viewer_keeps_views_and_shares_none_and_anothers_own_is_not_there(world: Cast) -> None:
    viewer, mara, tomas = signed_in(world.viewer), signed_in(world.mara), signed_in(world.tomas)
    own = keep(viewer, "?pace=stalled", "Mine")
    assert viewer.post("/journeys/views", {"name": "Ours", "query": "", "shared": "1"}).status_code == 403
    assert viewer.post(f"/journeys/views/{own}", {"shared": "1"}).status_code == 403
    for path in ("", "/place", "/removal"):
        assert mara.post(f"/journeys/views/{own}{path}", {"name": "Taken"}).status_code == 404, path
    assert mara.get(f"/journeys/views/{own}").status_code == 404
    assert mara.get(f"/journeys?view={own}").status_code == 404
    shared = keep(mara, "?pace=behind", "Behind", shared="1")
    won(world)
    assert "Behind" in tab_links(text(viewer, "/journeys"))
    assert viewer.post(f"/journeys/views/{shared}/removal").status_code == 403
    assert tomas.post(f"/journeys/views/{shared}", {"name": "Else"}).status_code == 403
    assert mara.post(f"/journeys/views/{shared}", {"shared": "0"}).status_code == 302
    assert "Behind" not in tab_links(text(viewer, "/journeys"))


def test_views_are_renamed_moved_deleted_and_brought_back(world: Cast) -> None:
    won(world)
    client = signed_in(world.mara)
    first, second = keep(client, "?pace=behind", "First"), keep(client, "?pace=stalled", "Second")
    assert client.post("/journeys/views", {"name": "first", "query": ""}).status_code == 409
    client.post(f"/journeys/views/{second}/place", {"by": "-1"})
    assert list(tab_links(text(client, "/journeys")))[3:] == ["Second", "First"]
    client.post(f"/journeys/views/{first}", {"name": "Late ones"})
    client.post(f"/journeys/views/{first}", {"query": "?value=late"})
    assert tab_links(text(client, "/journeys"))["Late ones"] == f"/journeys?value=late&view={first}"
    client.post(f"/journeys/views/{first}/removal")
    page = text(client, "/journeys")
    assert "Late ones" not in tab_links(page)
    undo = re.search(r'class="toast".*?action="([^"]+)"', page, re.S)
    assert undo
    assert client.post(undo[1]).status_code == 302
    assert "Late ones" in tab_links(text(client, "/journeys"))


def test_columns_are_chosen_and_ordered_and_the_file_has_those(world: Cast) -> None:
    accounts.change_account(actor=world.mara, account_id=world.acme, name="=HYPERLINK(1)")
    won(world)
    client = signed_in(world.viewer)
    page = text(client, "/journeys?cols=arr.owner")
    heads = re.findall(
        r'<th scope="col"[^>]*>(?:<a [^>]+>)?([A-Za-z ]+)', page.split("<thead>")[1].split("</thead>")[0]
    )
    assert heads == ["Account", "ARR", "Owner"]
    assert 'href="/journeys?cols=owner.arr"' in page
    answer = client.get("/journeys.csv?cols=arr.owner")
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert lines[0] == "journey,account,account_name,arr,currency,owner_name"
    assert ",'=HYPERLINK(1),12000.00,USD,Mara" in lines[1]


def test_an_open_view_counts_what_its_list_shows(world: Cast) -> None:
    won(world)
    client = signed_in(world.mara)
    keep(client, "?pace=on_track", "On track")
    (row,) = [one for one in views(world.mara) if one.name == "On track"]
    address = f"/journeys?pace=on_track&view={row.ref}"
    assert re.search(r'On track\s*<span class="count">1<', text(client, address))
    won(world, world.globex)
    assert re.search(r'On track\s*<span class="count">2<', text(client, address)), "not what it was a moment ago"


def test_the_board_has_a_column_a_stage_and_says_why_nothing_is_dragged(world: Cast) -> None:
    won(world)
    client = signed_in(world.mara)
    page = text(client, "/journeys?as=board")
    assert "A stage closes on its proof" in page
    assert re.search(r'<h2 id="stage-1"><a href="/journeys\?stage=kickoff">Kickoff</a><b>1</b>', page)
    assert "promised in 7 days" in page
    assert "Acme Freight" in page
    assert 'class="book' not in page
    other = publish(replace(SMALL, id="other", title="Another way", stages=SMALL.stages[1:]))
    journeys.open_journey(actor=world.mara, account_id=world.globex, version_id=other, signed_at=SIGNED)
    insights.rebuild(actor=SYSTEM)
    page = text(client, "/journeys?as=board")
    assert "2 journeys in 2 stages." in page, "none of two equal stages is named as the fullest"
    Portfolio.objects.filter(stage="setup").update(urgency=PRESSING)

    def tile(path: str) -> list[str]:
        shown = text(client, path).split("<h2>By stage</h2>")[1].split("</ul>")[0]
        return re.findall(r"<span>([^<]+)</span>", shown)

    # red when the tile follows the rows below it: another list would put it in another order
    assert tile("/journeys") == tile("/journeys?q=nobody") == ["Kickoff", "Setup"]
    journeys.open_journey(actor=world.mara, account_id=world.acme, version_id=other, signed_at=SIGNED)
    assert tile("/journeys") == tile("/journeys?q=nobody") == ["Setup", "Kickoff"], "the fullest first"
    books = re.findall(r'class="book cut">([^<]*)</p>\s*<h2 id="stage-\d+"><a[^>]*>([^<]*)<', page)
    assert books == [("Another way", "Setup"), ("Small playbook", "Kickoff")], "a playbook's stages stand together"


def test_the_timeline_draws_a_bar_and_says_the_same_in_words(world: Cast, clock: time_machine.Coordinates) -> None:
    won(world)
    client = signed_in(world.mara)
    page = text(client, "/journeys?as=timeline")
    assert "None of 1 journey shown is late for first value." in page
    assert 'class="ahead"' in page
    clock.shift(timedelta(days=40))
    ledger.touch([stream_of(world.acme)])
    ledger.drain_due()
    late = text(signed_in(world.mara), "/journeys?as=timeline&zoom=week")
    assert 'class="late"' in late
    assert re.search(r'<span class="(warn|bad)">\d+ days late</span>', late)
    assert "1 of 1 journey" in late
    assert 'href="/journeys?as=timeline&amp;zoom=week&amp;at=' in late
    past = {"completion_due_at": SIGNED, "completion_due_on": SIGNED}
    Portfolio.objects.update(first_value_met_at=SIGNED, urgency=4, **past)
    done = text(signed_in(world.mara), "/journeys?as=timeline")
    assert "None of 1 journey shown is late for first value. Late to complete: 1." in done


def test_an_open_question_stands_at_its_journey_until_it_is_answered(world: Cast) -> None:
    # red when an answer, a removal or another's question leaves the count behind
    acme = won(world)
    won(world, world.globex)
    client = signed_in(world.mara)
    assert "for an answer" not in text(client, "/journeys")
    first, _ = [
        conversation.write_comment(actor=world.dana, journey_id=acme, channel="shared", text=said, question=True)
        for said in ("Which port?", "And who opens it?")
    ]
    conversation.write_comment(actor=world.dana, journey_id=acme, channel="shared", text="Thanks.")
    page = text(client, "/journeys")
    assert 'A customer waits for an answer in <a href="/journeys?asked=1">1 journey</a>.' in page
    mark = f'<a class="asked" href="/journeys/{format_id("jny", acme)}/conversation"'
    for words in ("", "?as=board"):
        page = text(client, f"/journeys{words}")
        assert page.count('class="asked"') == page.count(mark) == 1, words
        assert '2<span class="sr"> questions of Acme Freight without an answer</span>' in page
    narrowed = text(client, "/journeys?asked=1")
    assert "with an open question" in narrowed
    assert "Globex" not in narrowed.split("<tbody>")[1]
    conversation.remove_comment(actor=world.dana, comment_id=first)
    assert '1<span class="sr"> question of Acme' in text(client, "/journeys")
    conversation.restore_comment(actor=world.dana, comment_id=first)
    conversation.write_comment(actor=world.mara, journey_id=acme, channel="shared", text="8443, we do.")
    assert 'class="asked"' not in text(client, "/journeys")
    conversation.reopen_question(actor=world.dana, comment_id=first)
    assert 'class="asked"' in text(client, "/journeys")
    insights.rebuild(actor=SYSTEM)
    assert 'class="asked"' in text(client, "/journeys")


def test_where_both_sides_are_late_the_row_says_that_the_other_owes_too(world: Cast) -> None:
    won(world)
    client = signed_in(world.mara)
    for waiting, said in (("ours", "they owe 2 late steps too"), ("theirs", "we owe 1 late step too"), ("nobody", "")):
        Portfolio.objects.update(waiting_on=waiting, overdue_ours=1, overdue_theirs=2)
        page = text(client, "/journeys")
        assert [one for one in ("they owe 2 late steps too", "we owe 1 late step too") if one in page] == (
            [said] if said else []
        )


def test_a_row_that_waits_on_nobody_says_what_comes_next_and_whose_turn_it_is(world: Cast) -> None:
    won(world)
    client = signed_in(world.mara)
    nobody = {"waiting_on": "nobody", "waiting_what": "", "waiting_since": None}
    Portfolio.objects.update(**nobody, next_due_what="Signed in", pace="stalled")
    page = text(client, "/journeys")
    assert 'Next: Signed in<small class="turn">no step is open: it is their turn, and ours to ask</small>' in page
    assert "Next: Signed in" in text(client, "/journeys?as=board")
    assert "Next: Signed in; no step is open" in text(client, "/journeys?as=timeline")
    Portfolio.objects.update(next_due_what="", checks_met=1, checks_total=3, pace="on_track")
    assert 'No step is open<small class="turn">2 of 3 still to be proven: it is their turn</small>' in text(
        client, "/journeys"
    )
    Portfolio.objects.update(state="paused")
    assert "nothing while it is paused" in text(client, "/journeys?state=paused")


def test_a_row_says_that_two_stages_are_under_way(world: Cast) -> None:
    # red when the row counts the earliest alone
    acme = won(world)
    client = signed_in(world.mara)
    assert 'aria-label="Stage 1 of ' in text(client, "/journeys")
    StageRun.objects.filter(journey_id=acme, key="setup").update(entered_at=SIGNED)
    insights.rebuild(actor=SYSTEM)
    page = text(client, "/journeys")
    assert re.search(r'aria-label="Stages 1 and 2 of \d"', page)
    assert re.search(r"<small>stages 1 and 2 of \d</small>", page)
    assert re.search(r"Kickoff and 1 more, stages 1 and 2 of \d", text(client, "/journeys?as=timeline"))


def test_the_accounts_say_what_in_onboarding_counts_beside_journeys_under_way(world: Cast) -> None:
    client = signed_in(world.mara)
    assert "accounts that have signed" not in text(client, "/accounts")
    journeys.pause_journey(actor=world.mara, journey_id=won(world), reason="summer")
    page = text(client, "/accounts")
    assert '<a href="/accounts?state=onboarding">1</a> in onboarding' in page
    assert "Those have signed: their journey is" in page
    assert '<a href="/journeys?state=paused">paused</a>' in page


def test_an_account_names_every_stage_that_is_under_way(world: Cast) -> None:
    # red when only the last of several stands there
    acme = won(world)
    path = f"/accounts/{format_id('acc', world.acme)}"
    client = signed_in(world.mara)
    assert "is in" in text(client, path)
    assert "2 stages" not in text(client, path)
    StageRun.objects.filter(journey_id=acme, key="setup").update(entered_at=SIGNED)
    page = text(client, path)
    assert re.search(r">Kickoff</a> and <a [^>]+>Setup</a>, ", page)
    assert "2 stages: Kickoff, Setup" in page


@pytest.mark.parametrize("words", ["", "?as=board", "?as=timeline", "?by=me&pace=on_track", "?add=field"])
def test_every_way_to_draw_it_costs_the_same_few_statements(world: Cast, words: str) -> None:
    client, counts = signed_in(world.mara), []
    for number in range(3):
        keep(client, f"?silent={number + 1}", f"View {number}")
    for account in (world.acme, world.globex):
        won(world, account)
        client.get(f"/journeys{words}")
        with CaptureQueriesContext(connection) as caught:
            client.get(f"/journeys{words}")
        counts.append(len(caught.captured_queries))
    assert counts[0] == counts[1]
    assert max(counts) <= (12 if words else 10), counts


def test_accounts_are_sorted_by_name_or_by_what_needs_help_most(world: Cast) -> None:
    # red when the accounts page knows the alphabet alone
    won(world)
    won(world, world.globex)
    client = signed_in(world.mara)

    def shown(query: str = "") -> list[str]:
        return re.findall(r'<td><a class="name" href="/accounts/[^"]+">([^<]+)</a>', text(client, f"/accounts{query}"))

    Portfolio.objects.filter(account_id=world.globex).update(
        urgency=0,
        first_value_due_at=timezone.now() - timedelta(days=9),
        first_value_due_on=timezone.localdate() - timedelta(days=9),
    )
    accounts.open_account(actor=world.mara, name="Aardvark")
    assert shown() == ["Aardvark", "Acme Freight", "Globex"]
    assert shown("?sort=need") == ["Globex", "Acme Freight"]
    assert shown("?sort=need&q=acme") == ["Acme Freight"]
    assert shown("?sort=need&after=1") == ["Acme Freight"], "a later page"
    page = text(client, "/accounts?sort=need")
    assert "First value is 9 days late" in page
    assert "Accounts with a journey under way or paused" in page
    with CaptureQueriesContext(connection) as by_name:
        client.get("/accounts")
    with CaptureQueriesContext(connection) as by_need:
        client.get("/accounts?sort=need")
    assert len(by_need.captured_queries) <= len(by_name.captured_queries) + 1
