"""The review document: the same for both sides, and nothing in it that is only ours."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader

from onward.foundation import clock
from onward.interfaces.ui.document import Letterhead, Line, Section
from onward.interfaces.ui.paper import UNSURE, pdf
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.kernel.ids import format_id, parse_id
from tests.interfaces.portal.visits import enter
from tests.world import SMALL, cast, publish, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_both_sides_read_what_was_reached() -> None:
    world = cast()
    first = SMALL.stages[0]
    call = replace(first.tasks[0], document="onboarding_review")
    book = replace(SMALL, id="looked_back", stages=(replace(first, tasks=(call, *first.tasks[1:])), *SMALL.stages[1:]))
    journey = journeys.open_journey(
        actor=world.mara, account_id=world.acme, version_id=publish(book), signed_at=clock.now()
    )
    task = next(one.id for one in queries.journey_view(world.mara, journey).tasks if one.key == "call")
    answers = {"go_live": "2027-04-01", "migrate": True, "margin": 4711, "people": 12}
    journeys.answer_form(actor=world.mara, task_id=task, values=answers)
    goal = journeys.write_objective(
        actor=world.mara,
        journey_id=journey,
        outcome="One report",
        due_on=date(2027, 4, 1),
        owner_contact_id=world.dana_id,
    )
    journeys.agree_objective(actor=world.dana, objective_id=goal)
    journeys.meet_objective(actor=world.mara, objective_id=goal, evidence="Seen on Monday")
    ref = format_id("jny", journey)
    inside, outside = signed_in(world.mara), enter(world.dana_id)
    steps = set()
    for page in (
        inside.get(f"/journeys/{ref}/review"),
        inside.get(f"/portal/preview/{ref}/review"),
        outside.get(f"/portal/journeys/{ref}/review"),
    ):
        assert page.status_code == 200
        words = page.content.decode()
        assert "1 of 1 reached" in words
        assert "as seen: Seen on Monday" in words
        assert "People to train" in words
        assert "4711" not in words, "what is only ours stays with us"
        assert "Mara" in words
        steps |= set(re.findall(r"\d+ of \d+ steps done", words))
    assert len(steps) == 1, steps
    for file in (
        inside.get(f"/journeys/{ref}/review.pdf"),
        inside.get(f"/portal/preview/{ref}/review.pdf"),
        outside.get(f"/portal/journeys/{ref}/review.pdf"),
    ):
        assert file["Content-Type"] == "application/pdf"
        words = text_of(file.content)
        for said in ("1 of 1 reached", "as seen: Seen on Monday", "People to train", "Mara", "1 of 1"):
            assert said in words
        assert "4711" not in words
    stranger = enter(parse_id("con", world.eve.id))
    for name in ("review", "review.pdf"):
        assert stranger.get(f"/portal/journeys/{ref}/{name}").status_code == 404


def text_of(content: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_a_document_holds_what_people_wrote_and_reads_none_of_it_as_markup() -> None:
    names = "Ågot Łukasz Đặng Καλημέρα Привет"
    lines = [Line(f"<img src='file:///etc/hostname'/> {number} & Sons", "words " * 40) for number in range(40)]
    sections = [Section(names, [*lines, Line("x" * 400, "y\n" * 900)])]
    content = pdf(Letterhead("Northwind", "#204ecf", b"no picture"), "Review", "So far.", sections)
    words = text_of(content)
    assert names in words
    assert "<img src='file:///etc/hostname'/> 39 & Sons" in words
    pages = len(PdfReader(io.BytesIO(content)).pages)
    assert f"{pages} of {pages}" in words
    assert UNSURE not in words
    for name in ("김철수", "שלום", "ไทย"):
        assert UNSURE in text_of(pdf(Letterhead("Northwind"), "Review", name, []))
