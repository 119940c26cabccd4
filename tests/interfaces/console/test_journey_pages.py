"""What a colleague sees and does with journeys in the console: pages answer, one action a post, refusals in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from onward.accounts import actions as accounts
from onward.foundation import ledger
from onward.foundation.postgres import one_statement
from onward.insights import actions as insights
from onward.journeys import queries
from onward.kernel.actor import SYSTEM
from onward.kernel.ids import format_id, parse_id
from tests.world import SIGNED, Cast, all_of, cast, signed_in

pytestmark = pytest.mark.django_db

TABS = ["", "/plan", "/success", "/people", "/timeline", "/completion"]


@pytest.fixture(autouse=True)
def _three_hours_after_signature() -> Iterator[None]:
    with time_machine.travel(SIGNED + timedelta(hours=3), tick=False):
        yield


@pytest.fixture
def world() -> Cast:
    return cast()


def won(world: Cast, account: UUID | None = None) -> UUID:
    """A won deal; the journey that it opened, in the portfolio too."""
    deal = accounts.open_deal(actor=world.mara, account_id=account or world.acme, name="First year", amount="12000")
    accounts.win_deal(actor=world.mara, deal_id=deal, signed_at=SIGNED)
    insights.rebuild(actor=SYSTEM)
    (line, *_) = queries.journeys_of(world.mara, account or world.acme)
    return line.id


def address(journey: UUID) -> str:
    return f"/journeys/{format_id('jny', journey)}"


def task_path(world: Cast, journey: UUID, key: str) -> str:
    view = queries.journey_view(world.mara, journey)
    return f"/tasks/{next(row.ref for row in view.tasks if row.key == key)}"


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def test_the_portfolio_opens_with_a_sentence_whose_figures_are_links(world: Cast) -> None:
    # covers 93, 94
    won(world)
    page = text(signed_in(world.mara), "/journeys")
    assert '<a href="/journeys">1 journey</a> is under way' in page
    assert "Acme Freight" in page
    assert 'aria-label="Stage 1 of 3"' in page


def test_an_empty_portfolio_offers_the_first_action(world: Cast) -> None:
    page = text(signed_in(world.mara), "/journeys")
    assert "No customer is being onboarded here yet." in page
    assert 'href="/imports"' in page


def test_the_portfolio_costs_ten_statements_at_any_number_of_journeys(world: Cast) -> None:
    client = signed_in(world.mara)
    counts = []
    for account in (world.acme, world.globex):
        won(world, account)
        client.get("/journeys")
        with CaptureQueriesContext(connection) as caught:
            client.get("/journeys")
        counts.append(len(caught.captured_queries))
    assert counts[0] == counts[1]
    assert max(counts) <= 10, counts


def test_words_of_the_address_narrow_the_list_and_wrong_ones_are_refused(world: Cast) -> None:
    won(world)
    client = signed_in(world.mara)
    assert "Acme Freight" in text(client, "/journeys?by=me&sort=account&q=acm")
    assert "No journey is like that." in text(client, "/journeys?q=nobody")
    assert "Acme Freight" not in text(client, "/journeys?pace=stalled")
    for wrong in ("sort=drop", "pace=fast", "in=vip", "by=usr_x", "after=zzz", "value=soon", "state=odd"):
        answer = client.get(f"/journeys?{wrong}")
        assert answer.status_code in {404, 422}, wrong
        assert "Go to the first page" in answer.content.decode()


def test_the_list_can_be_taken_away_as_csv(world: Cast) -> None:
    won(world)
    answer = signed_in(world.viewer).get("/journeys.csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert lines[0].startswith("journey,account,account_name")
    assert "Acme Freight" in lines[1]


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_answers_whole_and_as_the_fragment_that_changes(world: Cast, tab: str) -> None:
    path = address(won(world)) + tab
    client = signed_in(world.mara)
    page = text(client, path)
    assert 'data-live="journey:' in page
    fragment = client.get(path, headers={"X-Fragment": "1"}).content.decode()
    assert "<html" not in fragment
    assert fragment.strip()


def test_a_tab_costs_the_same_statements_however_far_the_journey_is(world: Cast) -> None:
    path, client = address(won(world)), signed_in(world.mara)
    for tab in TABS:
        client.get(path + tab)
        with CaptureQueriesContext(connection) as caught:
            client.get(path + tab)
        assert len(caught.captured_queries) <= 16, (tab, len(caught.captured_queries))


def test_the_journey_says_where_it_stands_and_who_waits_on_whom(world: Cast) -> None:
    page = text(signed_in(world.mara), address(won(world)))
    assert 'Acme Freight is in <a href="#criteria">Kickoff</a>' in page
    assert "A shared, written success goal" in page
    assert "Kickoff closes when all 2 are proven" in page
    assert 'class="title next"' in page


def test_a_criterion_is_waived_by_name_and_with_a_reason(world: Cast) -> None:
    journey = won(world)
    client = signed_in(world.mara)
    answer = client.post(f"{address(journey)}/waivers", {"stage": "kickoff", "check": "goal", "reason": ""})
    assert answer.status_code == 422
    assert "The reason is missing." in answer.content.decode()
    client.post(f"{address(journey)}/waivers", {"stage": "kickoff", "check": "goal", "reason": "They sent it by mail"})
    page = text(client, address(journey))
    assert "Waived by Mara: They sent it by mail" in page


def test_a_kickoff_is_held_filled_in_and_measured_and_the_goal_agreed(world: Cast) -> None:
    # covers 51, 55
    journey = won(world)
    path, client = address(journey), signed_in(world.mara)
    call = task_path(world, journey, "call")
    refused = client.post(f"{call}/completion", {})
    assert refused.status_code == 422
    assert "say when it was held" in refused.content.decode()
    said = {"held_at": "2026-03-02T10:30", "attended": all_of(world)}
    assert client.post(f"{call}/meeting", said).status_code == 302
    unfinished = client.post(f"{call}/form", {"field.go_live": "", "field.migrate": "no"})
    assert unfinished.status_code == 422
    assert "Go-live date is still to answer." in unfinished.content.decode()
    client.post(f"{call}/form", {"field.go_live": "2026-04-01", "field.migrate": "no"})
    client.post(f"{path}/measures", {"milestone": "first_value", "measure": "reports", "reports.n": "3"})
    client.post(
        f"{path}/objectives",
        {"outcome": "Late trucks by nine", "due_on": "2026-04-01", "owner": format_id("con", world.dana_id)},
    )
    goal = queries.journey_view(world.mara, journey).objectives[0].ref
    client.post(f"{path}/objectives/{goal}/agreement", {})
    view = queries.journey_view(world.mara, journey)
    assert next(row for row in view.tasks if row.key == "call").state == "done"
    assert "Report run by 3 people" in text(client, f"{path}/success")
    assert "Late trucks by nine" in text(client, path)
    client.post(f"{task_path(world, journey, 'sign_plan')}/completion", {})
    assert queries.journey_view(world.mara, journey).stages[0].state == "closed"
    assert "Closed stages" in text(client, path)


def test_a_task_is_done_reopened_moved_given_away_and_left_out(world: Cast) -> None:
    journey = won(world)
    client = signed_in(world.tomas)
    for key in ("goal", "signed"):
        client.post(f"{address(journey)}/waivers", {"stage": "kickoff", "check": key, "reason": "known"})
    connect, polish = (task_path(world, journey, key) for key in ("connect", "polish"))
    assert client.post(f"{connect}/completion", {"note": "by phone"}).status_code == 302
    assert client.post(f"{connect}/completion", {}).status_code == 409
    assert "is already done" in client.post(f"{connect}/completion", {}).content.decode()
    client.post(f"{connect}/reopening", {"reason": "Broke again"})
    client.post(f"{polish}/date", {"due_at": "2026-03-20", "reason": "Holidays"})
    client.post(f"{polish}/person", {"person": f"user:{world.mara.id}"})
    page = text(client, polish)
    assert "Fri 20 March" in page
    assert "Mara" in page
    stale = client.post(f"{polish}/skipping", {"reason": "No need", "edition": "1"})
    assert stale.status_code == 412
    assert client.post(f"{polish}/skipping", {"reason": "No need"}).status_code == 302
    assert "left out: No need" in text(client, f"{address(journey)}/plan")


def test_a_journey_is_paused_resumed_and_cancelled(world: Cast) -> None:
    journey = won(world)
    path, client = address(journey), signed_in(world.mara)
    assert client.post(f"{path}/pause", {"reason": ""}).status_code == 422
    client.post(f"{path}/pause", {"reason": "They move offices"})
    assert "is paused" in text(client, path)
    client.post(f"{path}/resumption", {})
    client.post(f"{path}/cancellation", {"reason": "They were bought"})
    page = text(client, path)
    assert "left onboarding on" in page
    assert "They were bought" in page
    assert client.post(f"{path}/resumption", {}).status_code == 409


def test_nobody_hurries_a_paused_journey(world: Cast) -> None:
    journey = won(world)
    path, all_of_them = address(journey), "/journeys?state=all"
    with time_machine.travel(SIGNED + timedelta(days=40), tick=False):
        client = signed_in(world.mara)
        assert "days late" in text(client, path)
        assert 'class="bad' in text(client, f"{path}/plan")
        assert "days late" in text(client, all_of_them)
        client.post(f"{path}/pause", {"reason": "They move offices"})
        insights.rebuild(actor=SYSTEM)
        rows = text(client, all_of_them).split("<tbody")[1]
        for page in (rows, *(text(client, path + tab) for tab in TABS)):
            assert not [words for words in ("days late", 'class="bad') if words in page]
        assert re.search(r">Paused</span></a><small[^>]*>Kickoff<", text(client, "/accounts"))


def test_roles_are_filled_by_people_of_the_right_side(world: Cast) -> None:
    journey = won(world)
    path, client = address(journey), signed_in(world.mara)
    client.post(f"{path}/roles", {"role": "csm", "person": f"user:{world.tomas.id}"})
    assert "Tomas" in text(client, path)
    wrong = client.post(f"{path}/roles", {"role": "champion", "person": f"user:{world.tomas.id}"})
    assert wrong.status_code == 422


def test_a_viewer_sees_everything_and_changes_nothing(world: Cast) -> None:
    journey = won(world)
    path, client = address(journey), signed_in(world.viewer)
    for tab in TABS:
        assert 'method="post" action="/journeys' not in text(client, path + tab)
    before = len(ledger.facts_of(journey=journey))
    assert client.post(f"{path}/pause", {"reason": "x"}).status_code == 403
    assert client.post(f"{task_path(world, journey, 'call')}/skipping", {"reason": "x"}).status_code == 403
    assert len(ledger.facts_of(journey=journey)) == before


def test_strangers_are_sent_to_sign_in_and_unknown_journeys_do_not_exist(world: Cast) -> None:
    path = address(won(world))
    answer = Client().get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in?next=")
    client = signed_in(world.mara)
    for wrong in ("/journeys/jny_x", "/tasks/tsk_00000000000000000000000000", f"{path}/nothing"):
        assert client.get(wrong).status_code == 404


def test_a_journey_is_opened_by_hand(world: Cast) -> None:
    client = signed_in(world.mara)
    assert "Globex" in text(client, "/journeys/new?q=glo")
    account = format_id("acc", world.globex)
    assert "Small playbook" in text(client, f"/journeys/new?account={account}")
    refused = client.post("/journeys/new", {"account": account})
    assert refused.status_code == 422
    answer = client.post(
        "/journeys/new",
        {"account": account, "version": format_id("pbv", world.version), "signed_at": "2026-03-01"},
    )
    assert answer.status_code == 302
    assert "Globex is in" in text(client, answer["Location"])


def test_a_deal_that_no_playbook_fits_waits_where_people_choose(world: Cast) -> None:
    accounts.change_account(actor=world.mara, account_id=world.acme, segment="strategic")
    deal = accounts.open_deal(actor=world.mara, account_id=world.acme, name="Group contract", amount="900000")
    accounts.win_deal(actor=world.mara, deal_id=deal, signed_at=SIGNED)
    client = signed_in(world.mara)
    assert "1 deal needs a playbook" in text(client, "/journeys")
    assert "Group contract" in text(client, "/journeys/waiting")
    path = f"/deals/{format_id('deal', deal)}/journey"
    assert client.post(path, {}).status_code == 422
    answer = client.post(path, {"version": format_id("pbv", world.version)})
    assert answer.status_code == 302
    assert client.post(path, {"version": format_id("pbv", world.version)}).status_code == 409


def test_a_meeting_without_those_who_had_to_be_there_is_asked_about(world: Cast) -> None:
    # covers 52; red when an empty or short list of attendees counts in silence
    journey = won(world)
    client, call = signed_in(world.mara), task_path(world, journey, "call")
    said = {"held_at": "2026-03-02T10:30", "note": "Half an hour on the phone"}
    empty = client.post(f"{call}/meeting", said)
    assert empty.status_code == 422
    assert "Nobody was there." in empty.content.decode()
    short = client.post(f"{call}/meeting", {**said, "attended": all_of(world)[:1]})
    assert short.status_code == 422
    page = short.content.decode()
    assert "is not among those who came: Champion." in page
    assert "Half an hour on the phone" in page
    assert page.count('name="attended"') > len(re.findall(r'name="attended"[^>]* checked', page)) == 1
    assert queries.task_view(world.mara, parse_id("tsk", call.rpartition("/")[2])).line.held_at is None
    counted = client.post(f"{call}/meeting", {**said, "attended": all_of(world)[:1], "even_without": "1"})
    assert counted.status_code == 302
    assert "Without Champion, who had to be there." in text(client, call)


def test_a_waiver_is_counted_as_what_it_is(world: Cast) -> None:
    # red when a waived criterion reads as proven
    journey = won(world)
    client, path = signed_in(world.mara), address(journey)
    client.post(f"{path}/waivers", {"stage": "kickoff", "check": "goal", "reason": "They sent it by mail"})
    assert "0 of 2 proven, 1 waived" in text(client, path)
    client.post(f"{path}/waivers", {"stage": "kickoff", "check": "signed", "reason": "On paper"})
    assert "2 waived" in text(client, path)


def test_an_account_under_way_is_not_begun_again_unasked(world: Cast) -> None:
    # red when the list hides that an account has a journey, or a second one opens in silence
    journey = won(world)
    client, acme = signed_in(world.mara), format_id("acc", world.acme)
    page = text(client, "/journeys/new")
    assert page.count("under way:") == 1
    assert f'<a href="{address(journey)}">' in page
    said = {"account": acme, "version": format_id("pbv", world.version), "title": "Second site"}
    assert "is under way already" in text(client, f"/journeys/new?account={acme}")
    refused = client.post("/journeys/new", said)
    assert refused.status_code == 409
    assert "Second site" in refused.content.decode()
    assert len(queries.journeys_of(world.mara, world.acme)) == 1
    assert client.post("/journeys/new", {**said, "another": "1"}).status_code == 302
    assert len(queries.journeys_of(world.mara, world.acme)) == 2


def test_an_impossible_number_is_refused_at_its_field(world: Cast) -> None:
    # red when `min` and `max` of a field are not held to
    journey = won(world)
    client, call = signed_in(world.mara), task_path(world, journey, "call")
    assert "A number from 0 to 500." in text(client, call)
    said = {"field.go_live": "2026-04-01", "field.migrate": "no"}
    for wrong in ("-3", "501", "-0,5"):
        answer = client.post(f"{call}/form", {**said, "field.people": wrong})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "People to train: write a number from 0 to 500." in page
        assert f'value="{wrong}"' in page
    assert client.post(f"{call}/form", {**said, "field.people": "500"}).status_code == 302


def test_hostile_words_in_forms_are_refused_or_escaped(world: Cast) -> None:
    journey = won(world)
    path, client = address(journey), signed_in(world.mara)
    client.post(f"{path}/objectives", {"outcome": "<script>alert(1)</script>", "due_on": "", "owner": ""})
    assert "<script>alert" not in text(client, path)
    for data in ({"due_on": "2026-99-99", "outcome": "x"}, {"owner": "con_x", "outcome": "x"}, {"outcome": "x" * 9999}):
        assert client.post(f"{path}/objectives", data).status_code in {404, 422}
    assert client.post(f"{path}/evidence", {"metric": "nothing", "value": "many", "note": "x"}).status_code == 422
    call = task_path(world, journey, "call")
    for given in ("", "yesterday", "99999999999", "0001-01-01", "9999-12-31T23:59:59+14:00"):
        assert client.post(f"{call}/meeting", {"held_at": given, "attended": all_of(world)}).status_code in {
            302,
            409,
            422,
        }, given


def test_no_input_breaks_a_page(world: Cast) -> None:
    journey = won(world)
    path, client = address(journey), signed_in(world.mara)
    client.raise_request_exception = False
    call = task_path(world, journey, "call")
    account, version = format_id("acc", world.globex), format_id("pbv", world.version)
    odd = ["\0x", "9" * 400, "9999-12-31"]
    fields = {
        f"{path}/objectives": {"outcome": "x", "measure": "", "due_on": "", "owner": "", "objective": ""},
        f"{path}/roles": {"role": "csm", "person": ""},
        f"{path}/measures": {"milestone": "first_value", "measure": "reports", "reports.n": "1"},
        f"{path}/milestones": {"milestone": "first_value", "met_at": "2026-03-02", "note": "x"},
        f"{path}/evidence": {"metric": "x", "value": "1", "note": "x"},
        f"{path}/log": {"log": "wins", "title": "x", "value": "1"},
        f"{path}/waivers": {"stage": "kickoff", "check": "goal", "reason": "x"},
        f"{call}/person": {"person": ""},
        f"{call}/meeting": {"held_at": "2026-03-02", "attended": "", "note": ""},
        f"{call}/time": {"starts_at": "2026-03-04T10:00"},
        f"{call}/date": {"due_at": "2026-03-04", "reason": "", "edition": ""},
        f"{call}/form": {"field.go_live": "2026-04-01", "field.migrate": "no", "field.margin": "1"},
        "/journeys/new": {"account": account, "version": version, "deal": "", "signed_at": "", "title": ""},
    }
    broken: list[tuple[str, ...]] = []
    for address_, values in fields.items():
        for name in values:
            for value in odd:
                with transaction.atomic():
                    answer = client.post(address_, {**values, name: value})
                    if answer.status_code >= 500:
                        broken.append((address_, name, value[:12]))
                    transaction.set_rollback(True)
    for name in ("q", "by", "stage", "in", "pace", "on", "state", "value", "waiting", "sort", "after"):
        broken += [(name, value) for value in odd if client.get("/journeys", {name: value}).status_code >= 500]
    broken += [
        ("before", value) for value in odd if client.get(f"{path}/timeline", {"before": value}).status_code >= 500
    ]
    assert not broken


def test_the_styleguide_shows_every_component(world: Cast) -> None:
    page = text(signed_in(world.mara), "/styleguide")
    assert "color only echoes" in page


def test_a_reaction_that_is_stuck_is_listed_with_its_reason(world: Cast) -> None:
    journey = won(world)
    manager, viewer = signed_in(world.mara), signed_in(world.viewer)
    assert "Everything that happened was carried through." in text(manager, "/stuck")
    one_statement(
        "insert into ledger_stuck (subscriber, stream, journey, from_seq, tries, next_at, problem)"
        " values ('automation', %s, %s, 3, 2, now() + interval '1 hour', 'ZeroDivisionError: <b>')",
        (format_id("acc", world.acme), str(journey)),
    )
    page = text(viewer, "/stuck")
    assert "1 reaction is stuck." in page
    assert "ZeroDivisionError: &lt;b&gt;" in page
    assert address(journey) in page
    assert 'action="/stuck/retries"' not in page
    assert viewer.post("/stuck/retries").status_code == 403
