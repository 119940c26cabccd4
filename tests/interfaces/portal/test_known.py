"""What we already know: the customer confirms it instead of being asked again."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.test import Client

from onward.journeys import queries
from onward.kernel.ids import format_id, parse_id
from tests.interfaces.portal.visits import enter
from tests.journeys.handed_over import HANDED, SECRET, hand_over, opened
from tests.world import Cast, cast, signed_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> Cast:
    return cast()


def read(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def stamps(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(seen\.[a-z_.]+)" value="([0-9a-f]+)"', page))


def test_the_customer_confirms_or_corrects_without_script(world: Cast) -> None:
    journey = opened(world)
    home = f"/portal/journeys/{format_id('jny', journey)}"
    dana = enter(world.dana_id)
    assert "has written nothing down about Acme Freight yet" in read(dana, f"{home}/known")
    assert f"{home}/known" not in read(dana, home)
    hand_over(world, journey, promises="Two <trainings>")
    assert "Check 2 things that " in read(dana, home)
    first = read(dana, f"{home}/known")
    assert "Two &lt;trainings&gt;" in first
    assert "Mara at" in first
    assert SECRET not in first
    assert "Four spreadsheets" not in first, "of our own form only what is theirs to read"
    read_first = stamps(first)
    assert list(read_first) == ["seen.handoff.why", "seen.handoff.promises"]

    wrong = dana.post(f"{home}/known/correction", {"answer": "handoff.why", "value": " "})
    assert wrong.status_code == 422
    assert "Still to answer: Why did they buy?." in wrong.content.decode()
    right = {"answer": "handoff.promises", "value": "Three", "seen": read_first["seen.handoff.promises"]}
    assert dana.post(f"{home}/known/correction", right).status_code == 302
    late = dana.post(f"{home}/known/confirmation", read_first)
    assert late.status_code == 412
    assert "has changed since you opened the page" in late.content.decode()
    second = read(dana, f"{home}/known")
    assert "You put it right on" in second
    assert "The other one is right" in second
    assert dana.post(f"{home}/known/confirmation", stamps(second)).status_code == 302
    assert "you have confirmed all of it" in read(dana, f"{home}/known")
    assert "Check 2 things" not in read(dana, home)

    ours = read(signed_in(world.mara), f"/journeys/{format_id('jny', journey)}/handoff")
    assert "Before, Mara said: “Two &lt;trainings&gt;”" in re.sub(r"\s+", " ", ours)
    assert "Dana at Acme Freight confirmed it" in re.sub(r"\s+", " ", ours)
    assert SECRET in ours


def test_nobody_reads_or_changes_what_is_known_of_others(world: Cast) -> None:
    journey = opened(world)
    hand_over(world, journey)
    path = f"/portal/journeys/{format_id('jny', journey)}/known"
    eve = enter(parse_id("con", world.eve.id))
    assert "Mondays" not in read(eve, path, 404)
    assert eve.post(f"{path}/confirmation", {"seen.handoff.why": "x"}).status_code == 404
    assert eve.post(f"{path}/correction", {"answer": "handoff.why", "value": "Mine"}).status_code == 404
    dana = enter(world.dana_id)
    for answer in ("handoff.in_confidence", "handoff.problems"):
        told = dana.post(f"{path}/correction", {"answer": answer, "value": "Mine"})
        assert told.status_code == 404
        assert SECRET not in told.content.decode()
    preview = read(signed_in(world.mara), f"/portal/preview/{format_id('jny', journey)}/known")
    assert "One report on Mondays" in preview
    assert SECRET not in preview
    assert "known/correction" not in preview


def test_a_step_whose_answers_are_known_is_confirmed(world: Cast) -> None:
    # red when a step whose every question has an answer elsewhere asks it again
    form = replace(
        HANDED.forms[0], fields=(replace(HANDED.forms[1].fields[0], prefill="answer.handoff.why", shared=False),)
    )
    ask = replace(HANDED.stages[1].tasks[1], id="ask", title="Tell us", kind="form", form="kickoff", after=(), of="")
    stages = (HANDED.stages[0], replace(HANDED.stages[1], tasks=(ask,), exit=()), *HANDED.stages[2:])
    journey = opened(world, book=replace(HANDED, id="asked", forms=(form, HANDED.forms[1]), stages=stages))
    hand_over(world, journey)
    line = next(task for task in queries.journey_view(world.mara, journey).tasks if task.key == "ask")
    path, dana = f"/portal/tasks/{line.ref}", enter(world.dana_id)
    page = read(dana, path)
    assert "We know the answers already" in page
    assert "All of it is right, finish" in page
    assert '<input type="hidden" name="why" value="One report on Mondays">' in page
    assert dana.post(f"{path}/answers", {"why": "One report on Mondays", "finish": "1"}).status_code == 302
    assert queries.task_view(world.mara, line.id).line.state == "done"
    assert next(field for field in queries.task_view(world.mara, line.id).form if field.id == "why").value
