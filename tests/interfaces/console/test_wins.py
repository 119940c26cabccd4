"""What customers won: written down with worth and evidence, confirmed by them, summed over accounts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine

from onward.foundation.ledger import facts_of
from onward.journeys import actions, queries
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal
from tests.interfaces.console.test_journey_pages import address, signed_in, text, won
from tests.interfaces.portal.visits import enter
from tests.world import SIGNED, Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _three_hours_after_signature() -> Iterator[None]:
    with time_machine.travel(SIGNED + timedelta(hours=3), tick=False):
        yield


@pytest.fixture
def world() -> Cast:
    return cast()


def written(world: Cast, journey: UUID, title: str, **given: object) -> str:
    entry = actions.write_log(actor=world.mara, journey_id=journey, log="wins", title=title, **given)  # type: ignore[arg-type]
    return format_id("log", entry)


def test_a_win_is_written_down_with_worth_and_evidence(world: Cast) -> None:
    # covers 100, 101
    journey, client = won(world), signed_in(world.mara)
    said = {
        "log": "wins",
        "title": "A forecast that was right",
        "value": "12000",
        "unit": "eur",
        "evidence": "https://files.example/forecast",
    }
    assert client.post(f"{address(journey)}/log", said).status_code == 302
    for path in (f"{address(journey)}/success", "/wins"):
        page = text(client, path)
        assert "A forecast that was right" in page
        assert "€12,000" in page
        assert '<a class="more" href="https://files.example/forecast" rel="noopener noreferrer">' in page
    (fact,) = facts_of(journey=journey, names=["journey.log.written"])
    assert (fact.data["value"], fact.data["unit"]) == (12000.0, "EUR")


def test_a_worth_that_is_no_number_is_said_at_its_field_and_loses_nothing(world: Cast) -> None:
    journey, client = won(world), signed_in(world.mara)
    said = {"log": "wins", "title": "Fewer late trucks", "value": "a lot", "evidence": "The morning list"}
    answer = client.post(f"{address(journey)}/log", said)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The worth is not a number." in page
    assert 'value="Fewer late trucks"' in page
    assert 'value="The morning list"' in page
    assert '<details class="fold section" id="win-new" open>' in page
    assert client.post(f"{address(journey)}/log", {**said, "value": "$1,500"}).status_code == 302
    (fact,) = facts_of(journey=journey, names=["journey.log.written"])
    assert (fact.data["value"], fact.data["unit"]) == (1500.0, "USD")


def test_a_win_is_put_differently_and_then_asked_anew(world: Cast) -> None:
    # red when what was confirmed still counts as confirmed, or the slower of two overwrites the faster
    journey, client = won(world), signed_in(world.mara)
    entry = written(world, journey, "Fewer late trucks", value=1500.0, unit="EUR")
    actions.confirm_log(actor=world.dana, entry_id=_id(entry))
    form = text(client, f"{address(journey)}/success")
    assert "Dana confirmed it as it stands" in form
    said = {
        "log": "wins",
        "entry": entry,
        "edition": "0",
        "title": "Fewer late trucks",
        "value": "15,000",
        "unit": "EUR",
    }
    assert client.post(f"{address(journey)}/log", said).status_code == 302
    (win,) = queries.wins(world.mara)
    assert (win.value, win.unit, win.confirmed_at) == (15000.0, "EUR", None)
    slower = client.post(f"{address(journey)}/log", {**said, "title": "On time"})
    assert slower.status_code == 412
    assert "This line has changed since you opened it." in slower.content.decode()
    assert 'value="On time"' in slower.content.decode()
    assert len(facts_of(journey=journey, names=["journey.log.changed"])) == 1
    with pytest.raises(Refusal):
        actions.write_log(
            actor=world.mara, journey_id=won(world, world.globex), log="wins", title="x", entry_id=_id(win.ref)
        )


def test_a_win_taken_back_counts_nowhere_until_it_is_brought_back(world: Cast) -> None:
    journey, client = won(world), signed_in(world.mara)
    entry = written(world, journey, "Fewer late trucks", value=1500.0, unit="EUR")
    client.post(f"{address(journey)}/log/{entry}/withdrawal")
    assert queries.wins(world.mara) == []
    assert queries.journey_view(world.mara, journey).logs == ()
    with pytest.raises(Refusal):
        actions.confirm_log(actor=world.dana, entry_id=_id(entry))
    page = text(client, f"{address(journey)}/success")
    assert "It is taken back." in page
    assert f'action="/journeys/{format_id("jny", journey)}/log/{entry}/withdrawal"' in page
    client.post(f"{address(journey)}/log/{entry}/withdrawal", {"withdrawn": "0"})
    assert [win.title for win in queries.wins(world.mara)] == ["Fewer late trucks"]
    with pytest.raises(Refusal):
        actions.withdraw_log(actor=world.eve, entry_id=_id(entry))


def test_a_worth_says_what_it_counts(world: Cast) -> None:
    journey, client = won(world), signed_in(world.mara)
    said = {"log": "wins", "title": "Fewer late trucks", "value": "1500"}
    answer = client.post(f"{address(journey)}/log", said)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "1500 of what is not said." in page
    assert '<option value="USD"></option>' in page, "the currency of the account is offered"
    assert client.post(f"{address(journey)}/log", {**said, "value": "80%"}).status_code == 302
    (win,) = queries.wins(world.mara)
    assert (win.value, win.unit) == (80.0, "per cent")


@pytest.mark.parametrize("back", ["wins", "account"])
def test_a_win_is_changed_and_taken_back_where_it_is_read(world: Cast, back: str) -> None:
    journey, client = won(world), signed_in(world.mara)
    entry, account = written(world, journey, "Fewer late trucks"), format_id("acc", world.acme)
    actions.confirm_log(actor=world.dana, entry_id=_id(entry))
    here = {"back": "wins", "query": "by=me"} if back == "wins" else {"back": account}
    place = "/wins?by=me" if back == "wins" else f"/accounts/{account}"
    form = text(client, f"{place}&change={entry}" if back == "wins" else place)
    for key, value in here.items():
        assert f'<input type="hidden" name="{key}" value="{value}">' in form
    assert "Dana confirmed it as it stands" in form
    said = {"log": "wins", "entry": entry, "edition": "0", "title": "On time", "value": "3", **here}
    refused = client.post(f"{address(journey)}/log", said)
    assert refused.status_code == 422
    assert "3 of what is not said." in refused.content.decode()
    assert 'value="On time"' in refused.content.decode()
    assert 'id="win-new" open' not in refused.content.decode()
    answer = client.post(f"{address(journey)}/log", {**said, "unit": "hours a week"})
    assert answer.headers["Location"] == f"{place}#{entry}"
    assert "3 hours a week" in text(client, place)
    gone = client.post(f"{address(journey)}/log/{entry}/withdrawal", here)
    assert gone.headers["Location"] == (place if back == "wins" else f"{place}#wins")
    undo = text(client, place).partition('class="toast"')[2]
    assert f'name="back" value="{here["back"]}"' in undo
    assert "Bring it back" in text(client, "/wins?state=withdrawn")
    client.post(f"{address(journey)}/log/{entry}/withdrawal", {"withdrawn": "0", **here})
    assert [win.title for win in queries.wins(world.mara)] == ["On time"]


def test_how_we_know_of_a_win_is_said_plainly(world: Cast) -> None:
    journey = won(world)
    written(world, journey, "Fewer late trucks", note="told by Dana on 12 November")
    written(world, journey, "They tell others")
    for path in (f"{address(journey)}/success", f"/accounts/{format_id('acc', world.acme)}"):
        page = text(signed_in(world.mara), path)
        assert "source: told by Dana on 12 November" in page
        assert "no source named" in page
        assert "rests on told" not in page


def test_a_win_is_written_where_wins_are_read(world: Cast) -> None:
    won(world)
    client = signed_in(world.mara)
    said = {"account": "acme freight", "title": "Fewer late trucks", "value": "$1,500"}
    assert client.post("/wins", said).status_code == 302
    page = text(client, "/wins")
    assert "It stands on" in page
    assert "$1,500" in page
    unknown = client.post("/wins", {**said, "account": "Nobody Ltd"})
    assert unknown.status_code == 422
    assert "No account is called “Nobody Ltd”." in unknown.content.decode()
    assert 'value="Fewer late trucks"' in unknown.content.decode()


def _id(ref: str) -> UUID:
    return parse_id("log", ref)


def test_the_customer_confirms_on_their_portal_with_one_tap(world: Cast) -> None:
    journey = won(world)
    entry = written(world, journey, "Know by nine which trucks are late", note="the report of 2 March")
    browser = enter(world.dana_id)
    home = f"/portal/journeys/{format_id('jny', journey)}"
    page = browser.get(home).content.decode()
    assert "Know by nine which trucks are late" in page
    assert "That is right" in page
    for _ in range(2):
        assert browser.post(f"{home}/log/{entry}/confirmation").status_code == 302
    assert "confirmed by you" in browser.get(home).content.decode()
    (win,) = queries.wins(world.mara)
    assert win.confirmed_by == "Dana"
    assert len(facts_of(journey=journey, names=["journey.log.confirmed"])) == 1


def test_nobody_confirms_for_another_customer(world: Cast) -> None:
    journey = won(world)
    entry = written(world, journey, "Ours alone")
    with pytest.raises(Refusal):
        actions.confirm_log(actor=world.eve, entry_id=_id(entry))
    assert queries.wins(world.mara)[0].confirmed_at is None
    with pytest.raises(Refusal):
        queries.wins(world.eve)
