"""Hours: logged on a task, summed by account and person, planned week by week, and a page that says who has room."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from onward.foundation.ledger import facts_of
from onward.identity import actions as identity
from onward.interfaces.console.workload import about
from onward.journeys import actions, queries
from onward.journeys.decisions.capacity import loads
from onward.journeys.decisions.hours import hours_words, minutes_of
from onward.kernel.ids import format_id
from onward.kernel.refusals import Refusal
from tests.interfaces.console.test_journey_pages import _three_hours_after_signature, address, text, won, world
from tests.journeys.test_capacity import LOADED
from tests.journeys.test_journey import task
from tests.world import SIGNED, Cast, publish, signed_in, staff

__all__ = ["_three_hours_after_signature", "world"]
DB = pytest.mark.django_db


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ("45m", 45), ("45 min", 45), ("1h 30", 90), ("1h30m", 90), ("1.5h", 90), ("1,25 h", 75), ("2h", 120),
        ("1:05", 65), (" 24 H ", 1440), ("1 hour 5 minutes", 65),
    ],
)  # fmt: skip
def test_time_is_read_as_people_write_it(said: str, minutes: int) -> None:
    assert minutes_of(said) == minutes


@pytest.mark.parametrize("said", ["", "90", "h", "-1h", "25h", "0m", "1h 75", "1.5.2h", "１h", "1e3m", None, "0:00"])
def test_what_says_no_time_is_refused_with_a_pattern(said: str | None) -> None:
    with pytest.raises(Refusal) as refused:
        minutes_of(said)
    assert refused.value.code == "invalid"
    assert refused.value.mend


def test_time_reads_as_words() -> None:
    said = [hours_words(minutes).replace("\u00a0", " ") for minutes in (0, 45, 60, 90, 605, -90, 76_020)]
    assert said == ["0 h", "45 min", "1 h", "1 h 30", "10 h 05", "−1 h 30", "1,267 h"]


def first_task(world: Cast, journey: UUID) -> queries.TaskLine:
    return task(queries.journey_view(world.mara, journey), "call")


@DB
def test_time_is_logged_on_a_task_shown_where_it_counts_and_taken_back(world: Cast) -> None:
    # red when a line that was taken back still counts, or the fact does not tell whose time it was
    journey, client = won(world), signed_in(world.tomas)
    line = first_task(world, journey)
    path = f"/tasks/{line.ref}"
    answer = client.post(f"{path}/hours", {"hours": "1h 30", "hours_note": "Prepared the call"})
    assert answer.status_code == 302
    page = text(client, path)
    assert "1 h 30 spent" in page.replace("\u00a0", " ")
    assert "Prepared the call" in page
    assert "Undo" in page
    for where in (address(journey), f"/accounts/{format_id('acc', world.acme)}"):
        assert "1 h 30 spent of" in text(client, where).replace("\u00a0", " ")
    assert "logged 1 h 30 on" in text(client, f"{address(journey)}/facts").replace("\u00a0", " ")
    (fact,) = facts_of(journey=journey, names=["journey.hours.logged"])
    assert (fact.data["person"], fact.data["minutes"]) == (f"user:{world.tomas.id}", 90)
    taken = {"taken_back": format_id("hrs", UUID(fact.data["hours_id"]))}
    assert client.post(f"{path}/hours", taken).status_code == 302
    assert "0 h spent" in text(client, path).replace("\u00a0", " ")
    assert client.post(f"{path}/hours", taken).status_code == 409
    assert queries.hours_of_account(world.mara, world.acme).total.spent == 0
    assert len(facts_of(journey=journey, names=["journey.hours.withdrawn"])) == 1


@DB
def test_what_cannot_be_is_refused_beside_the_form_and_loses_nothing(world: Cast) -> None:
    client, line = signed_in(world.tomas), first_task(world, won(world))
    for said, words in (
        ({"hours": "soon"}, "does not say how long it took"),
        ({"hours": "1h", "worked_on": "2026-03-03"}, "has not come yet"),
        ({"hours": "1h", "worked_on": "2024-01-01"}, "more than a year ago"),
    ):
        answer = client.post(f"/tasks/{line.ref}/hours", {**said, "hours_note": "kept words"})
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert "kept words" in answer.content.decode()
    actions.log_hours(actor=world.tomas, task_id=line.id, minutes=1400)
    with pytest.raises(Refusal, match=r"23.h.20 are logged on 2026-03-02 already"):
        actions.log_hours(actor=world.tomas, task_id=line.id, minutes=41)


@DB
def test_hours_are_ones_own_unless_a_manager_logs_them_and_no_customer_sees_them(world: Cast) -> None:
    # red when a member changes a colleague's hours, or a contact logs any
    line = first_task(world, won(world))
    tomas, mara, dana = f"user:{world.tomas.id}", f"user:{world.mara.id}", f"contact:{world.dana.id}"
    mine = actions.log_hours(actor=world.mara, task_id=line.id, minutes=30, person=tomas)
    assert [row.name for row in queries.hours_of_task(world.mara, line.id)] == ["Tomas"]
    refused: list[tuple[Callable[[], Any], str]] = [
        (lambda: actions.log_hours(actor=world.tomas, task_id=line.id, minutes=5, person=mara), "forbidden"),
        (lambda: actions.log_hours(actor=world.viewer, task_id=line.id, minutes=5), "forbidden"),
        (lambda: actions.log_hours(actor=world.dana, task_id=line.id, minutes=5), "forbidden"),
        (lambda: actions.log_hours(actor=world.eve, task_id=line.id, minutes=5), "not_found"),
        (lambda: actions.withdraw_hours(actor=world.dana, hours_id=mine), "not_found"),
        (lambda: actions.log_hours(actor=world.mara, task_id=line.id, minutes=5, person=dana), "invalid"),
    ]  # fmt: skip
    for attempt, code in refused:
        with pytest.raises(Refusal) as found:
            attempt()
        assert found.value.code == code
    assert queries.hours_of_task(world.dana, line.id) == []
    actions.withdraw_hours(actor=world.tomas, hours_id=mine)


def statements(client: Client, path: str) -> int:
    sent: list[str] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append(str(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        text(client, path)
    return len(sent)


@DB
def test_the_workload_says_who_has_room_and_opens_what_is_behind_each_number(
    world: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    # red when the statements of the page grow with the people or their tasks, or a list of tasks has no end
    refs = {name: staff(name, "member", team="Specialists").id for name in ("Jonas", "Maya")}
    version, client = publish(LOADED), signed_in(world.admin)

    def open_for(account: UUID) -> UUID:
        return actions.open_journey(actor=world.mara, account_id=account, version_id=version, signed_at=SIGNED)

    open_for(world.acme)
    path = "/insights/workload"
    before = statements(client, path)
    for name in ("Nils", "Olga", "Pia"):
        staff(name, "member", team="Specialists")
    open_for(world.globex), open_for(world.acme)
    assert statements(client, path) == before <= 13
    sums = {one.name: one.planned for one in queries.hours_of_account(world.mara, world.acme).people}
    assert (sums["Jonas"], sums["Nils"]) == (1800, 1800)
    page = text(client, f"{path}?team=specialists&weeks=6").replace("\u00a0", " ")
    assert "Mara" not in page.split("<tbody>")[1].split("</tbody>")[0]
    assert "30 of 40 h" in page or "40 h free" in page
    assert "Nobody has more than fits in the next 6 weeks" in page
    assert "All of them" in page
    whole = text(client, path)
    untold = whole.count(">cannot tell<")
    assert untold
    assert f'Of {untold} <a href="#how">it cannot be told</a>' in whole, "the headline and the rows count the same"
    assert f"The {whole.count('</small></th>') - untold} who can be told" in whole
    said = [about(hours).replace("\u00a0", " ") for hours in (156.75, 38, 0.1, 0)]
    assert said == ["156 h 45", "38 h", "15 min", "0 h"]
    behind = text(client, f"{path}?person={refs['Jonas']}&week=2026-03-02")
    assert "Provision" in behind
    assert "Acme Freight" in behind
    every = f"/insights/workload?weeks=4&amp;person={refs['Jonas']}&amp;week=all#behind"
    assert f'<a class="title" href="{every}">Jonas</a>' in whole, "a name is what one clicks first"
    listed = text(client, unescape(every).partition("#")[0])
    count = int(re.search(r"<h2>Jonas: (\d+) tasks?</h2>", listed)[1])  # type: ignore[index]
    assert listed.partition('id="behind"')[2].count('<a class="title"') == count > 0
    found = queries.workload(world.mara)
    for load in found.loads:
        # red when tasks that differ are read as one row
        works = [one.work for one in queries.planned_tasks(world.mara, load.person.ref)]
        (apart,) = loads([load.person], works, found.today, len(load.weeks))
        assert (apart.tasks, sorted(apart.unknown)) == (load.tasks, sorted(load.unknown))
        assert [(week.shares, sorted(week.due)) for week in apart.weeks] == [
            (week.shares, sorted(week.due)) for week in load.weeks
        ]
    maras = f"{path}?person={world.mara.id}&week=all"
    listed = re.findall(r'href="/tasks/(\w+)"', text(client, maras).partition('id="behind"')[2])
    assert len(listed) > 2
    monkeypatch.setattr("onward.interfaces.console.workload.PAGE", 1)
    first = text(client, maras)
    assert f"<h2>Mara: {len(listed)} tasks</h2>" in first, "the title counts them all"
    (more,) = re.findall(rf'href="([^"#]*)#behind">and {len(listed) - 1} more<', first)
    paged = first.partition('id="behind"')[2] + text(client, unescape(more)).partition('id="behind"')[2]
    assert re.findall(r'href="/tasks/(\w+)"', paged) == listed[:2]
    assert client.get(f"{maras}&start=x").status_code == 422
    for odd, status in (("weeks=5", 422), ("person=usr_x", 404), (f"person={refs['Maya']}&week=2026-03-03", 404),
                        (f"person={refs['Maya']}&week=soon", 422), ("team=%27", 200)):  # fmt: skip
        assert client.get(f"{path}?{odd}").status_code == status


@DB
def test_a_share_and_the_hours_of_a_day_change_what_people_have(world: Cast) -> None:
    client, jonas = signed_in(world.admin), staff("Jonas", "member", team="specialists").id
    has = lambda: queries.workload(world.mara, teams=["specialists"]).loads[0].weeks[1].has  # noqa: E731
    assert has() == 40
    assert client.post(f"/team/{jonas}", {"share": "50 %"}).status_code == 302
    identity.change_organization(actor=world.admin, settings={"day_hours": "7,5"})
    assert has() == 18.75
    refused = client.post(f"/team/{jonas}", {"share": "101"})
    assert refused.status_code == 422
    assert "Write 0 to 100" in refused.content.decode()
    assert signed_in(world.tomas).post(f"/team/{jonas}", {"share": "10"}).status_code == 403
    with pytest.raises(Refusal, match="not how long a day of work is"):
        identity.change_organization(actor=world.admin, settings={"day_hours": "25"})


@DB
def test_a_new_journey_says_who_has_the_most_room_and_another_may_be_chosen(world: Cast) -> None:
    refs = {name: f"user:{staff(name, 'member', team='specialists').id}" for name in ("Jonas", "Maya")}
    version, client, account = publish(LOADED), signed_in(world.mara), format_id("acc", world.globex)
    page = text(client, f"/journeys/new?account={account}")
    assert "The least loaded, Jonas: 160 hours free" in page
    assert "Jonas has 160 hours free in the next 4 weeks and 0 roles; Maya 160 and 0 roles." in page
    said = {"account": account, "version": format_id("pbv", version), "signed_at": "2026-03-01"}
    chosen = client.post(
        "/journeys/new", {**said, "team.specialists": refs["Maya"], "shown.specialists": refs["Jonas"]}
    )
    assert chosen.status_code == 302
    assert "Maya" in text(client, f"{chosen['Location']}/people")
    stale = client.post("/journeys/new", {**said, "another": "1", "shown.specialists": refs["Maya"]})
    assert stale.status_code == 412
    assert "Jonas now has the most room" in stale.content.decode()
    opened = client.post("/journeys/new", {**said, "another": "1", "shown.specialists": refs["Jonas"]})
    assert "The least loaded when it opened: Jonas has" in text(client, f"{opened['Location']}/people")
