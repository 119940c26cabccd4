"""The demo: built whole through the real actions, true on every page, silent, and gone without a trace."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest
from django.db import connection
from django.template import loader
from django.test import Client, RequestFactory

from onward.accounts import actions as accounts
from onward.accounts import queries as account_queries
from onward.demo import actions
from onward.engagement import jobs as engagement
from onward.foundation import clock, ledger, pretending
from onward.identity import queries as identity
from onward.journeys import queries as journeys
from onward.kernel.actor import SYSTEM
from onward.kernel.refusals import Refusal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONWARD_EMBEDDED", "1")


def rows(sql: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def test_it_is_lived_to_the_end_shown_and_taken_away_whole(embedded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.conf.settings.EMAIL_HOST", "smtp.invalid")
    tables = [str(name) for (name,) in rows("select tablename from pg_tables where schemaname = 'public'")]
    mine = [
        name
        for name in tables
        if name.split("_")[0] in {"accounts", "engagement", "identity", "insights", "journeys", "usage"}
        and not name.startswith(("usage_event_", "usage_key", "usage_partition", "insights_tally"))
    ]
    before = {name: rows(f"select count(*) from {name}")[0][0] for name in mine}
    told: list[tuple[int, int]] = []
    built = actions.build(actor=SYSTEM, progress=lambda done, total: told.append((done, total)))
    assert built.dropped == 0
    assert built.accounts >= 40
    assert told[-1][0] == told[-1][1]
    assert ledger.stuck_rows() == []
    _it_is_true_to_life()
    _nothing_left_it()
    _every_page_shows_it()
    actions.remove(actor=SYSTEM)
    after = {name: rows(f"select count(*) from {name}")[0][0] for name in mine}
    assert rows("select name, settings->>'product_url' from identity_organization") in ([], [("", None)])
    assert {name: n for name, n in after.items() if n != before[name]} in ({}, {"identity_organization": 1})
    assert rows("select id from ledger_stream where id <> 'org'") == []


def _it_is_true_to_life() -> None:
    assert set(Counter(str(state) for (state,) in rows("select state from journeys_journey"))) == {
        "open",
        "paused",
        "cancelled",
        "completed",
    }
    assert {pace for (pace,) in rows("select pace from journeys_journey where state = 'open'")} == {
        "on_track",
        "behind",
        "stalled",
    }
    assert {key for (key,) in rows("select distinct segment from accounts_account")} == {
        "self_serve",
        "mid_market",
        "enterprise",
        "strategic",
    }
    assert {book for (book,) in rows("select playbook from journeys_journey where state = 'completed'")} == {
        "b2b_seven_stages",
        "mid_market_60_days",
        "self_serve_funnel",
        "strategic_high_touch",
    }
    assert len(journeys.waiting_deals(SYSTEM)) == 2
    (acme,) = [row.id for row in account_queries.accounts(SYSTEM, words="Acme Freight").rows]
    (line,) = journeys.journeys_of(SYSTEM, acme)
    view = journeys.journey_view(SYSTEM, line.id)
    assert view.pace == "behind"
    late = next(task for task in view.tasks if task.key == "integrations")
    assert late.is_late
    assert late.state == "open"
    review = next(task for task in view.tasks if task.key == "review")
    assert review.starts_at is not None, "the customer sees a meeting with its hour"
    assert review.starts_at > clock.now()
    theirs = rows("select name, product_user_id from accounts_contact where product_user_id is not null")
    assert theirs
    for name, key in theirs:
        assert str(key).partition("@")[0] == str(name).lower().replace(" ", ".")
    meetings = rows("select starts_at, held_at from journeys_taskrun where kind = 'meeting'")
    assert {moment.minute % 15 for row in meetings for moment in row if isinstance(moment, datetime)} == {0}
    for task in view.tasks:
        if task.kind == "course":
            assert journeys.task_view(SYSTEM, task.id).help, "training says what it asks of them"
    # What was recorded lies in the past that was lived, not in the minute it was built.
    assert rows("select count(*) from ledger_fact where recorded_at < now() - interval '20 days'") > [(500,)]


def _nothing_left_it() -> None:
    late = """select count(*) from engagement_message m join ledger_fact f on f.data ->> 'message_id' = m.id::text
              where f.name = 'engagement.message.written' and f.occurred_at > m.due_at + interval '1 hour'"""
    assert rows(late) == [(0,)], "a mail of long ago is told when it was due"
    held = "select count(*) from engagement_message where state = 'waiting' and due_at < now() - interval '1 hour'"
    assert rows(held) == [(0,)]
    while engagement.deliver_due():
        pass
    states = {state for (state,) in rows("select distinct state from engagement_message")}
    assert states == {"written"}
    assert rows("select count(*) from engagement_message where not is_demo or to_mail not like '%.example.com'") == [
        (0,)
    ]


def _every_page_shows_it() -> None:
    client = Client()
    user_id = identity.user_id_by_mail("mara@northwind.example.com")
    assert user_id is not None
    user = identity.signed_in_user(user_id)
    assert user is not None
    assert user.role == "admin"
    client.force_login(user)
    page = client.get("/", follow=True)
    assert page.status_code == 200
    assert b"This is the demo" in page.content
    refs = [str(row[0]) for row in rows("select id from journeys_journey order by started_at limit 40")]
    assert refs
    for path in ("/accounts", "/playbooks", "/sources", "/team"):
        assert client.get(path).status_code == 200, path


def test_it_is_refused_beside_real_accounts_and_in_a_database_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ONWARD_EMBEDDED", raising=False)
    with pytest.raises(Refusal, match="database of your own"):
        actions.build(actor=SYSTEM)
    monkeypatch.setenv("ONWARD_EMBEDDED", "1")
    accounts.open_account(actor=SYSTEM, name="A real one")
    with pytest.raises(Refusal, match="Real accounts are here"):
        actions.build(actor=SYSTEM)
    assert not identity.demo_exists()


def test_a_pretended_moment_is_when_things_were_recorded() -> None:
    moment = clock.now().replace(year=2020, month=2, day=3)
    with clock.pretend(moment):
        account_id = accounts.open_account(actor=SYSTEM, name="Long ago")
    (fact,) = ledger.facts_of(stream=ledger.stream_of(account_id))
    assert fact.recorded_at == fact.occurred_at == moment
    assert pretending.progress() is None


def test_the_first_page_shows_how_far_it_is() -> None:
    page = loader.get_template("console/building.html")
    request = RequestFactory().get("/welcome/secret")
    going = page.render({"progress": pretending.Progress(30, 170), "is_done": False}, request)
    assert "Day 30 of 170" in going
    assert "data-building" in going
    assert "Enter the demo" in page.render({"progress": None, "is_done": True}, request)
