"""The success plan at both doors: proposed here, answered there, changed from there; without any script."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from onward.foundation.evidence import verify
from onward.foundation.ledger import facts_of
from onward.journeys import actions as journeys
from onward.journeys.queries import journey_view
from onward.journeys.queries.success import success_plan
from onward.kernel.ids import format_id
from onward.playbooks.decisions.definition import CheckIn
from tests.interfaces.console.test_journey_pages import address, signed_in, text, won
from tests.interfaces.portal.visits import enter
from tests.journeys.test_success_plan import propose, wanted
from tests.world import SIGNED, SMALL, Cast, after, cast, contact, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Iterator[Cast]:
    with time_machine.travel(SIGNED + timedelta(hours=3), tick=False):
        yield cast()


def asked(world: Cast, at: int = 0, **given: str) -> dict[str, object]:
    """What the form sends for one objective."""
    base = {
        "outcome": "Drivers are on time", "due_on": "2026-04-01", "target": "80%", "unit": "", "start": "",
        "measure": "", "metric": "", "ref": "", "theirs": f"contact:{format_id('con', world.dana_id)}",
        "ours": f"user:{world.mara.id}", "tasks": "call",
    }  # fmt: skip
    return {f"{at}.{name}": value for name, value in {**base, **given}.items()}


def plain(page: str) -> str:
    """What is read of a page, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_a_plan_goes_from_the_console_to_the_portal_and_back(world: Cast) -> None:
    # covers 54, 55, 60
    journey, client, dana = won(world), signed_in(world.mara), enter(world.dana_id)
    path, door = f"{address(journey)}/success", f"/portal/journeys/{format_id('jny', journey)}/success"
    assert "Propose a plan" in text(client, path)
    wrong = client.post(f"{path}/proposal", {**asked(world, due_on="", target=""), "note": "A word", "after": "0"})
    assert wrong.status_code == 422
    page = plain(wrong.content.decode())
    for words in (
        "The plan is not complete yet.",
        "It needs a day.",
        "Nobody could tell that it is reached.",
        "A word",
    ):
        assert words in page
    two = {**asked(world), **asked(world, 1, outcome="", tasks="", target="", due_on=""), "after": "0"}
    sent = client.post(f"{path}/proposal", two)
    assert sent.status_code == 302, plain(sent.content.decode())
    assert "waits for Acme Freight to answer" in plain(text(client, path))
    home = door.removesuffix("/success")
    first = plain(text(dana, home))
    assert "Answer version 1 of the success plan" in first
    assert "Hello Dana. The success plan waits for your answer" in first
    bystander, _ = contact(world.acme, "Jo")
    # red when everybody of the account is told that it waits for them
    assert "Answer version 1" not in plain(text(enter(bystander), home))
    page = text(dana, door)
    assert "Agree as Dana" in plain(page)
    assert "80 %" in plain(page)
    assert dana.post(f"{door}/answer", {"number": "1", "answer": "agreed"}).status_code == 302
    for reader, at in ((client, path), (dana, door)):
        page = plain(text(reader, at))
        assert "Version 1, agreed by Dana on Mon 2 March" in page
        both = "Mara on Mon 2 March , by proposing it Dana for Acme Freight on Mon 2 March , by agreeing to it"
        assert f"Version 1, signed by both sides {both}" in page, "who proposes has signed by it"
        assert verify(reader.get(f"{at}/evidence.zip").content)[0].startswith("version 1, proposed by Mara")
    again = dana.post(f"{door}/answer", {"number": "1", "answer": "agreed"})
    assert again.status_code == 409
    assert "Version 1 is agreed already." in plain(again.content.decode())


def test_the_customer_proposes_a_change_and_we_answer(world: Cast) -> None:
    journey, client, dana = won(world), signed_in(world.mara), enter(world.dana_id)
    path, door = f"{address(journey)}/success", f"/portal/journeys/{format_id('jny', journey)}/success"
    propose(world, journey, wanted(world))
    journeys.answer_plan(actor=world.dana, journey_id=journey, number=1, agreed=True)
    ref = success_plan(world.mara, journey).objectives[0].ref
    form = text(dana, f"{door}/proposal")
    assert f'value="{ref}"' in form
    assert (form.count("Another objective"), form.count("And one more")) == (1, 1), "no two are called the same"
    later = {**asked(world, ref=ref, due_on="2026-05-01", unit="%"), "note": "We move offices.", "after": "1"}
    assert dana.post(f"{door}/proposal", later).status_code == 302
    stale = dana.post(f"{door}/proposal", later)
    assert stale.status_code == 409
    assert "waits for an answer" in plain(stale.content.decode())
    page = plain(text(client, path))
    # red when a macro of the pages around it hides the reader's name
    agree = "Agree as Mara"
    for words in ("the day is 1 May 2026, not 1 April 2026", "We move offices.", "Until then version 1 stands.", agree):
        assert words in page
    assert client.post(f"{path}/answer", {"number": "2", "answer": "refused", "words": "In April."}).status_code == 302
    page = plain(text(dana, door))
    assert "Version 2, not agreed to by Mara" in page
    assert "In April." in page
    assert dana.post(f"{door.removesuffix('/success')}/objectives/{ref}/reading", {"value": "40", "note": "March"})
    assert "40 of 80 %" in plain(text(dana, door))
    assert "40 of 80 %" in plain(text(client, path))


def test_a_check_in_holds_the_plan_against_where_it_should_be(world: Cast) -> None:
    # covers 99, 105
    publish(replace(SMALL, check_ins=(CheckIn("day_30", "30-day check-in", "csm", at=after(30, "d", "signed")),)))
    journey = won(world)
    propose(world, journey, wanted(world))
    journeys.answer_plan(actor=world.dana, journey_id=journey, number=1, agreed=True)
    ref = success_plan(world.mara, journey).objectives[0].ref
    (row,) = journey_view(world.mara, journey).check_ins
    with time_machine.travel(SIGNED + timedelta(days=15, hours=3), tick=False):
        client = signed_in(world.mara)
        path = f"{address(journey)}/check-ins/{row.ref}"
        assert "not measured yet: 80 %" in plain(text(client, path))
        said = {"held_at": "2026-03-17", f"reading.{ref}": "20", "note": "Two drivers are ill."}
        assert client.post(path, {**said, f"reading.{ref}": "some"}).status_code == 422
        assert "30-day check-in" in plain(client.post(path, {**said, "held_at": "2027-01-01"}).content.decode())
        assert client.post(path, said).status_code == 302
        page = plain(text(client, path))
    assert "30-day check-in with Acme Freight, held Tue 17 March. 1 of 1 objective is behind." in page
    assert "20 of 80 % behind: 40 would be on pace" in page
    (fact,) = facts_of(journey=journey, names=["journey.objective.measured"])
    assert (fact.data["value"], fact.data["note"]) == (20.0, "Told in: 30-day check-in")


def test_nobody_else_reads_or_answers_it(world: Cast) -> None:
    journey = won(world)
    propose(world, journey, wanted(world))
    door = f"/portal/journeys/{format_id('jny', journey)}/success"
    nils = enter(contact(world.acme, "Nils")[0])
    assert "Agree as" not in text(nils, door)
    assert nils.post(f"{door}/answer", {"number": "1", "answer": "agreed"}).status_code == 403
    eve = enter(contact(world.globex, "Gus", "champion")[0])
    for path in (door, f"{door}/evidence.zip", f"{door}/proposal"):
        assert eve.get(path).status_code == 404
    assert eve.post(f"{door}/answer", {"number": "1", "answer": "agreed"}).status_code == 404
    assert nils.get(f"{door}/proposal").status_code == 403
    viewer = signed_in(world.viewer)
    assert viewer.get(f"{address(journey)}/success/proposal").status_code == 403
    assert viewer.post(f"{address(journey)}/success/withdrawal", {"number": "1"}).status_code == 403
    mara = signed_in(world.mara)
    for odd in ({"number": "x"}, {"number": "99999999999"}, {}):
        assert mara.post(f"{address(journey)}/success/withdrawal", odd).status_code == 422
    odd = {**asked(world, due_on="soon", target="many", start="1e999", metric="x", tasks="x"), "after": "0"}
    assert mara.post(f"{address(journey)}/success/proposal", odd).status_code == 422
    assert mara.post(f"{address(journey)}/success/withdrawal", {"number": "1"}).status_code == 302
    assert "taken back by" in text(mara, f"{address(journey)}/success")
