"""The versions of a playbook, who follows which, and a new one brought to running plans."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest
from django.test import Client

from onward.accounts import actions as accounts
from onward.foundation import clock
from onward.insights import queries as insights
from onward.insights.jobs import carry_on_bulk
from onward.journeys import actions as journeys
from onward.journeys import queries
from onward.kernel.ids import format_id
from tests.journeys.test_journey import task, won
from tests.journeys.test_merging import TRAIN
from tests.playbooks.test_comparing import added, with_task, without
from tests.world import SIGNED, SMALL, Cast, cast, publish, signed_in, within

pytestmark = pytest.mark.django_db
NEWER = with_task(added(SMALL, "setup", TRAIN), "call", due=within(5, "d"))


@pytest.fixture
def world() -> Cast:
    return cast()


def words(page: bytes) -> str:
    """What a page says, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.decode())).split())


def ref(journey: UUID) -> str:
    return format_id("jny", journey)


def test_the_history_says_what_changed_and_who_is_behind(world: Cast) -> None:
    # covers 27
    page = signed_in(world.mara)
    for path in ("versions", "journeys"):
        none = words(page.get(f"/playbooks/small/{path}").content)
        assert "Every open journey" not in none, "there is none"
        assert re.search("No journey on .+ is open", none)
    won(world)
    assert "Every open journey follows version 1." in words(page.get("/playbooks/small/versions").content)
    assert "Every open journey follows version 1." in words(page.get("/playbooks/small/journeys").content)
    publish(NEWER)
    behind = words(page.get("/playbooks/small/journeys").content)
    assert "2 changes would come" in behind
    said = words(page.get("/playbooks/small/versions").content)
    assert "Small playbook has 2 versions. 1 open journey follows an older one than version 2." in said
    assert "Kickoff call is due 2 days earlier: within 5 days of the signature, was 7 days." in said
    assert "New task: Train the team." in said
    assert "too few to tell 0 of 1 signed got there" in said


def test_any_two_versions_are_compared_both_ways(world: Cast) -> None:
    publish(NEWER)
    publish(without(NEWER, "polish"))
    page = signed_in(world.viewer)
    there = words(page.get("/playbooks/small/versions?from=1&to=3").content)
    assert "Task removed: Polish the settings." in there
    back = words(page.get("/playbooks/small/versions?from=3&to=1").content)
    assert "New task: Polish the settings." in back
    assert "Task removed: Train the team." in back
    assert "mean the same" in words(page.get("/playbooks/small/versions?from=2&to=2").content)
    for wrong in ("9", "x", "-1", "99999999"):
        assert page.get(f"/playbooks/small/versions?from={wrong}&to=1").status_code == 422
    assert page.get("/playbooks/nobody/versions").status_code == 404


def test_results_are_counted_by_the_version_that_a_journey_follows(world: Cast) -> None:
    # covers 27
    new = publish(NEWER)
    for number in range(4):
        account = accounts.open_account(actor=world.mara, name=f"Account {number}")
        journey = journeys.open_journey(
            actor=world.mara, account_id=account, version_id=world.version if number < 3 else new, signed_at=SIGNED
        )
        if number < 3:
            journeys.record_milestone(
                actor=world.mara,
                journey_id=journey,
                milestone="first_value",
                met_at=SIGNED + timedelta(days=10 * (number + 1)),
                note="Seen",
            )
        if number == 0:
            journeys.merge_version(actor=world.mara, journey_id=journey, version_id=new)
    found = insights.by_version(world.mara, "small", as_of=clock.now())
    old, fresh = found[world.version], found[new]
    assert (old.journeys, old.value.reached, old.median_days) == (2, 2, None)
    assert (fresh.journeys, fresh.value.reached, fresh.not_yet) == (2, 1, 1)
    assert fresh.completed_share is None
    page = words(signed_in(world.mara).get("/playbooks/small/journeys?version=1").content)
    assert "Account 1" in page
    assert "Account 0" not in page


def test_many_journeys_of_a_playbook_are_fifty_a_page(world: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    # red when all of them stand on one page, or a page leaves one out
    monkeypatch.setattr("onward.interfaces.console.versions.followers.PAGE", 2)
    made = set()
    for number in range(3):
        account = accounts.open_account(actor=world.mara, name=f"Account {number}")
        opened = {"actor": world.mara, "account_id": account, "version_id": world.version, "signed_at": SIGNED}
        made.add(ref(journeys.open_journey(**opened)))
    client, path = signed_in(world.mara), "/playbooks/small/journeys?version=1"
    first = client.get(path).content.decode()
    assert "3 journeys follow version 1." in words(first.encode())
    on_first = set(re.findall(r'href="/journeys/(jny_\w+)"', first))
    assert len(on_first) == 2
    (more,) = re.findall(r'href="(/playbooks/small/journeys\?[^"]*after=[^"]*)"', first)
    assert "version=1" in more
    second = client.get(unescape(more)).content.decode()
    assert set(re.findall(r'href="/journeys/(jny_\w+)"', second)) == made - on_first
    assert "after=" not in second
    assert client.get(f"{path}&after=x").status_code in {404, 422}


def test_a_preview_is_taken_over_and_taken_back(world: Cast) -> None:
    # covers 14
    journey = won(world)
    connect = task(queries.journey_view(world.mara, journey), "connect").id
    journeys.move_task(actor=world.mara, task_id=connect, due_at=SIGNED + timedelta(days=20), reason="They move")
    new = publish(with_task(NEWER, "connect", due=within(9, "d")))
    page = signed_in(world.mara)
    assert "Version 2 of the playbook is out; this plan follows version 1." in words(
        page.get(f"/journeys/{ref(journey)}/plan").content
    )
    answer = page.get(f"/journeys/{ref(journey)}/playbook")
    said = words(answer.content)
    assert "2 changes would come, 1 needs your decision." in said
    assert "Here: 22 March, set by hand. Version 2: within 9 days of the signature." in said
    seen = re.search(r'name="seen" value="(\w+)"', answer.content.decode())
    assert seen
    given = {"version": format_id("pbv", new), "seen": seen[1], "take": ["task.train", "task.call.due"]}
    answer = page.post(f"/journeys/{ref(journey)}/playbook", given)
    assert answer.headers["Location"] == f"/journeys/{ref(journey)}/plan"
    said = words(page.get(answer.headers["Location"]).content)
    assert "The plan follows version 2: 2 changes taken over." in said
    assert "Connect your systems was moved to 22 March" in said
    again = page.post(f"/journeys/{ref(journey)}/playbook", given)
    assert again.status_code == 412
    assert "This plan has changed since you looked." in words(again.content)
    assert page.post(f"/journeys/{ref(journey)}/playbook/undo", {"follows": given["version"]}).status_code == 302
    assert queries.merge_view(world.mara, journey).follows.number == 1


def test_a_refusal_keeps_what_was_ticked(world: Cast) -> None:
    from onward.playbooks.decisions.parts import Link

    journey = won(world)
    new = publish(with_task(NEWER, "connect", after=(Link("train"),)))
    page = signed_in(world.mara)
    seen = format_id("pbv", world.version)
    answer = page.post(
        f"/journeys/{ref(journey)}/playbook",
        {"version": format_id("pbv", new), "seen": seen, "take": ["task.connect.after"]},
    )
    assert answer.status_code == 422
    said = answer.content.decode()
    assert "which was left out" in words(answer.content)
    assert re.search(r'value="task.connect.after" checked', said)
    assert not re.search(r'value="task.train" checked', said)


def test_many_journeys_are_brought_to_the_new_version_and_back(world: Cast) -> None:
    first, second = won(world), won(world, world.globex)
    journeys.pause_journey(actor=world.mara, journey_id=second, reason="They move")
    new = publish(NEWER)
    page = signed_in(world.mara)
    said = words(page.get("/playbooks/small/journeys").content)
    assert "1 open journey follows an older version." in said
    assert "version 1, paused" in said
    assert page.post("/playbooks/small/journeys", {"version": format_id("pbv", new)}).status_code == 422
    stale = {"version": format_id("pbv", world.version), "journey": [ref(first)]}
    assert page.post("/playbooks/small/journeys", stale).status_code == 412
    answer = page.post(
        "/playbooks/small/journeys", {"version": format_id("pbv", new), "journey": [ref(first), ref(second)]}
    )
    place = answer.headers["Location"]
    carry_on_bulk()
    said = words(page.get(place).content)
    assert "1 of 2 journeys done, 1 refused" in said
    assert "2 changes taken over." in said
    assert "This journey is paused." in said
    assert queries.merge_view(world.mara, first).follows.number == 2
    page.post(f"{place}/undo")
    carry_on_bulk()
    assert queries.merge_view(world.mara, first).follows.number == 1


def test_who_may_only_read_sees_the_changes_and_no_button(world: Cast) -> None:
    journey = won(world)
    new = publish(NEWER)
    page = signed_in(world.viewer)
    for place in (f"/journeys/{ref(journey)}/playbook", "/playbooks/small/journeys"):
        answer = page.get(place)
        assert answer.status_code == 200
        assert 'type="checkbox"' not in answer.content.decode()
        assert "Bring " not in words(answer.content)
    given = {"version": format_id("pbv", new), "seen": format_id("pbv", world.version), "journey": [ref(journey)]}
    assert page.post(f"/journeys/{ref(journey)}/playbook", given).status_code == 403
    assert page.post("/playbooks/small/journeys", given).status_code == 403


def test_odd_addresses_are_refused_in_words(world: Cast) -> None:
    journey = won(world)
    page: Client = signed_in(world.mara)
    for wrong in ("x", "-1", "99999999"):
        assert page.get(f"/journeys/{ref(journey)}/playbook?version={wrong}").status_code == 422
        assert page.get(f"/playbooks/small/journeys?version={wrong}").status_code == 422
    assert page.get(f"/journeys/{ref(journey)}/playbook?version=7").status_code == 404
    assert page.get("/playbooks/nobody/journeys").status_code == 404
