"""The list of journeys and its tiles: one row a journey, kept by reactions, equal to a rebuild at any time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection, transaction

from onward.accounts.actions import change_account
from onward.conversation.actions import remove_comment, write_comment
from onward.demo.actions import remove
from onward.foundation.ledger import drain_due, stream_of, touch
from onward.identity.actions import change_user
from onward.insights.actions import fold_tallies, rebuild
from onward.insights.actions.auditing import differences
from onward.insights.queries import FIRST_VALUE, SORTS, Filters, lede, portfolio, portfolio_csv, tiles
from onward.journeys.actions import cancel_journey, complete_task, pause_journey, record_milestone
from onward.journeys.queries import journey_view
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.refusals import Refusal
from tests.insights.conftest import Sign
from tests.world import contact

NOW = datetime(2026, 3, 13, 9, tzinfo=UTC)
DAY = timedelta(days=1)
STAFF = Actor("staff", "usr_00000000000000000000000000", "Mara", role="manager")


@pytest.fixture(autouse=True)
def frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def names(**asked: Any) -> list[str]:
    filters = Filters(**{key: value for key, value in asked.items() if key not in {"sort", "now"}})
    return [row.account_name for row in portfolio(SYSTEM, filters, sort=asked.get("sort", "urgency"), now=NOW).rows]


def rows() -> list[Any]:
    with connection.cursor() as run:
        run.execute("select * from insights_portfolio order by journey_id")
        return run.fetchall()


def sums() -> set[tuple[Any, ...]]:
    with connection.cursor() as run:
        run.execute(
            "select owner_id, dimension, value, label, rank, sum(n) from insights_tally group by 1, 2, 3, 4, 5"
            " having sum(n) <> 0"
        )
        return set(run.fetchall())


def task(journey_id: UUID, key: str) -> UUID:
    return next(line.id for line in journey_view(SYSTEM, journey_id).tasks if line.key == key)


def test_a_journey_has_its_row_as_soon_as_it_is_open(sign: Sign, owner: UUID) -> None:
    journey = sign("Acme Freight", NOW - DAY, arr="84000", owner_id=owner)
    (row,) = portfolio(SYSTEM).rows
    assert (row.journey_id, row.account_name, row.owner_name) == (journey, "Acme Freight", "Mara Lindqvist")
    assert (row.stage, row.stage_number, row.stage_count, row.cells) == ("kickoff", 1, 1, "c")
    assert (row.tasks_done, row.tasks_total, row.state, row.pace) == (0, 2, "open", "on_track")
    assert (row.waiting_on, row.waiting_what) == ("ours", "Kickoff call")
    assert row.first_value_due_at is not None
    assert row.playbook_title == "Two steps"


def test_the_row_follows_what_people_do(sign: Sign) -> None:
    journey = sign("Acme Freight", NOW - DAY)
    complete_task(actor=STAFF, task_id=task(journey, "call"))
    (row,) = portfolio(SYSTEM).rows
    assert (row.tasks_done, row.cells) == (1, "p")
    assert (row.waiting_on, row.waiting_what) == ("theirs", "See first value")


def test_renames_reach_the_row(sign: Sign, owner: UUID) -> None:
    journey = sign("Acme Freight", NOW, owner_id=owner)
    account = portfolio(SYSTEM).rows[0].account_id
    change_account(actor=SYSTEM, account_id=account, name="Zenith Rail", segment="enterprise")
    change_user(actor=SYSTEM, user_id=owner, name="Tomas Okoye")
    (row,) = portfolio(SYSTEM).rows
    assert (row.account_name, row.segment, row.owner_name) == ("Zenith Rail", "enterprise", "Tomas Okoye")
    assert names(words="zen oko") == ["Zenith Rail"]
    assert names(words="acme fre") == ["Zenith Rail"], "the journey's own title still says Acme"
    assert tiles(SYSTEM).count("segment", "enterprise") == 1
    assert journey == row.journey_id


# covers 93, 94
def test_late_first_value_comes_first(sign: Sign) -> None:
    sign("On time", NOW - 2 * DAY)
    sign("Late", NOW - 50 * DAY)
    sign("Later", NOW - 70 * DAY)
    done = sign("Reached", NOW - 60 * DAY)
    record_milestone(actor=STAFF, journey_id=done, milestone="first_value", met_at=NOW - 30 * DAY, note="a report ran")
    assert names()[:2] == ["Later", "Late"]
    assert names(first_value="late") == ["Later", "Late"]
    assert names(first_value="reached") == ["Reached"]
    assert set(names(first_value="not_yet")) == {"On time", "Late", "Later"}
    found = lede(SYSTEM, NOW, of=tiles(SYSTEM))
    assert (found.open, found.first_value_late) == (4, 2)


def test_each_figure_of_first_value_is_the_length_of_its_list(sign: Sign) -> None:
    # red when "stalled before it" leaves out what is late as well, or a tile counts by another rule than its link
    late = sign("Late and stalled", NOW - 50 * DAY)
    early, after = sign("Stalled", NOW - 10 * DAY), sign("Stalled after", NOW - 60 * DAY)
    sign("This week", NOW - 27 * DAY)
    record_milestone(actor=STAFF, journey_id=after, milestone="first_value", met_at=NOW - 40 * DAY, note="a report ran")
    with connection.cursor() as run:
        quiet = [NOW - 30 * DAY, [late, early, after]]
        run.execute("update journeys_journey set active_at = %s where id = any(%s)", quiet)
        run.execute("update journeys_taskrun set opened_at = %s where journey_id = any(%s)", quiet)
    touch([stream_of(row.account_id) for row in portfolio(SYSTEM).rows])
    drain_due()
    found = lede(SYSTEM, NOW, of=tiles(SYSTEM))
    assert found.stalled == len(names(pace="stalled")) == 3
    assert found.stalled_before == len(names(pace="stalled", first_value="not_yet")) == 2
    assert found.first_value_late == len(names(first_value="late")) == 1
    assert found.first_value_this_week == len(names(first_value="this_week", now=NOW)) == 1
    assert found.first_value_reached == len(names(first_value="reached")) == 1


def test_a_walk_to_what_is_due_this_week_reads_no_other_rows(sign: Sign) -> None:
    # red when every late journey, all of which come first, is read before the first that is due this week
    sign("Soon", NOW - 28 * DAY)
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        assert names(first_value="this_week", now=NOW) == ["Soon"]
    (sql, params) = next(one for one in asked if "from insights_portfolio" in one[0])
    with transaction.atomic(), connection.cursor() as run:
        # So few rows are sorted quicker than walked.
        run.execute("set local enable_seqscan = off; set local enable_bitmapscan = off; set local enable_sort = off")
        run.execute(f"explain (costs off) {sql}", params)
        plan = "\n".join(row[0] for row in run.fetchall())
    assert "insights_by_urgency" in plan
    assert "first_value_due_at" in plan.partition("Index Cond:")[2].partition("\n")[0]


def test_filters_sorts_and_words(sign: Sign, owner: UUID) -> None:
    sign("Acme Freight", NOW - 3 * DAY, arr="84000", owner_id=owner)
    sign("Beta Clinics", NOW - 2 * DAY, arr="12000")
    sign("Gamma Schools", NOW - 1 * DAY)
    assert names(owner=owner) == ["Acme Freight"]
    assert set(names(owner="none")) == {"Beta Clinics", "Gamma Schools"}
    assert names(sort="arr") == ["Acme Freight", "Beta Clinics", "Gamma Schools"]
    assert names(sort="signed") == ["Gamma Schools", "Beta Clinics", "Acme Freight"]
    assert names(sort="-account") == ["Gamma Schools", "Beta Clinics", "Acme Freight"]
    assert names(words="clin") == ["Beta Clinics"]
    assert names(words="clin zzz") == []
    assert names(words="'); drop") == []
    assert names(words="\u202e '") == []
    assert names(segment="strategic") == []
    assert set(names(playbook="two_steps", stage="kickoff")) == {"Acme Freight", "Beta Clinics", "Gamma Schools"}
    for first_value in FIRST_VALUE:
        names(first_value=first_value)


def test_pages_follow_each_other_without_gap_or_overlap(sign: Sign) -> None:
    for number in range(7):
        sign(f"Account {number % 3}", NOW - number * DAY, arr=str(number % 2))
    for sort in [*SORTS, *(f"-{name}" for name in SORTS)]:
        whole = [row.journey_id for row in portfolio(SYSTEM, sort=sort).rows]
        seen, cursor = [], ""
        while True:
            page = portfolio(SYSTEM, sort=sort, cursor=cursor, limit=2)
            seen += [row.journey_id for row in page.rows]
            if not (cursor := page.next):
                break
        assert seen == whole, sort


@pytest.mark.parametrize(
    "cursor", ["x", "bnVsbA", "WyJ1cmdlbmN5IiwgMSwgMiwgM10", "é", "W10", "WyJhY2NvdW50IiwgIlx1MDAwMCIsICJ4Il0"]
)
def test_a_cursor_that_is_none_is_refused(version: UUID, cursor: str) -> None:
    for sort in ("urgency", "account"):
        with pytest.raises(Refusal, match="cannot be found"):
            portfolio(SYSTEM, sort=sort, cursor=cursor)


def test_what_is_not_known_is_refused(version: UUID) -> None:
    for asked in ({"state": "lost"}, {"pace": "x"}, {"segment": "x"}, {"owner": "x"}, {"first_value": "x"}):
        with pytest.raises(Refusal):
            portfolio(SYSTEM, Filters(**asked))  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="sorted"):
        portfolio(SYSTEM, sort="name")
    assert names(stage="\0", playbook="\0") == []


def test_counters_are_exact_after_every_change_and_after_deletes(sign: Sign, owner: UUID) -> None:
    first, second = sign("Acme", NOW - DAY, owner_id=owner), sign("Beta", NOW - 90 * DAY)
    third = sign("Gamma", NOW)
    cancel_journey(actor=STAFF, journey_id=second, reason="they left")
    pause_journey(actor=STAFF, journey_id=third, reason="summer")
    complete_task(actor=STAFF, task_id=task(first, "call"))
    found = tiles(SYSTEM)
    assert {one.value: one.n for one in found.by_state} == {"open": 1, "paused": 1, "cancelled": 1}
    assert {one.value: one.n for one in found.by_owner} == {str(owner): 1}
    assert tiles(SYSTEM, owner_id=owner).count("state", "open") == 1
    before = sums()
    rebuild(actor=SYSTEM)
    assert sums() == before
    fold_tallies(actor=SYSTEM)
    assert sums() == before
    sign("Demo", NOW, is_demo=True)
    assert tiles(SYSTEM).count("state", "open") == 2
    remove(actor=SYSTEM)
    assert sums() == before, "rows that go away are counted down too"
    assert names(state="cancelled") == ["Beta"]
    assert set(names(state="all")) == {"Acme", "Beta", "Gamma"}


def test_a_rebuild_changes_nothing(sign: Sign, owner: UUID) -> None:
    first = sign("Acme", NOW - DAY, owner_id=owner)
    sign("Beta", NOW - 50 * DAY)
    complete_task(actor=STAFF, task_id=task(first, "call"))
    before = rows()
    assert rebuild(actor=SYSTEM) == 2
    assert rows() == before


def test_what_weighs_beside_time_moves_the_row_as_a_rebuild_would(sign: Sign) -> None:
    # red when a question or another revenue leaves the row where it stood, or moves it otherwise than the rule says
    _, asked = sign("Small", NOW - 50 * DAY), sign("Asked", NOW - 48 * DAY)
    account = portfolio(SYSTEM, Filters(words="asked")).rows[0].account_id
    assert names() == ["Small", "Asked"]
    _, dana = contact(account, "Dana", "champion")
    comment = write_comment(actor=dana, journey_id=asked, channel="shared", text="When?", question=True)
    assert names() == ["Asked", "Small"]
    assert list(differences(NOW)) == []
    assert lede(SYSTEM, NOW, of=tiles(SYSTEM)).asked == 1
    remove_comment(actor=dana, comment_id=comment)
    assert names() == ["Small", "Asked"]
    assert lede(SYSTEM, NOW, of=tiles(SYSTEM)).asked == 0
    change_account(actor=SYSTEM, account_id=account, arr="76000")
    assert names() == ["Asked", "Small"]
    assert list(differences(NOW)) == []
    pause_journey(actor=STAFF, journey_id=asked, reason="summer")
    change_account(actor=SYSTEM, account_id=account, arr="1000")
    assert list(differences(NOW)) == [], "what is paused is weighed by nothing"
    stood = rows()
    rebuild(actor=SYSTEM)
    assert rows() == stood


def test_csv_has_every_row_and_no_formula(sign: Sign) -> None:
    sign("=1+1", NOW)
    sign("Beta", NOW)
    lines = list(portfolio_csv(SYSTEM, sort="account"))
    assert len(lines) == 3
    assert ",'=1+1," in lines[1]


def test_a_contact_sees_no_portfolio(version: UUID) -> None:
    stranger = Actor("contact", "con_1", "Dana", account_id=version)
    for read in (lambda: portfolio(stranger), lambda: tiles(stranger), lambda: list(portfolio_csv(stranger))):
        with pytest.raises(Refusal):
            read()
