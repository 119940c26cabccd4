"""The database itself bounds what the portal reads: proven with the application's own filters taken away.

Globex is full of canaries. Every granted table has rows of Globex and of Acme, some of them internal; whoever stands at
the door for Acme reads Acme's shared ones, whatever the code in between forgets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import Error, ProgrammingError, connection, connections

from onward.accounts import actions as accounts
from onward.accounts.models import Account, Contact
from onward.config.portal_rights import GRANTED, KEPT
from onward.conversation import actions as conversation
from onward.engagement.actions import note_visit
from onward.foundation.postgres import door, one_statement
from onward.foundation.postgres.extract import SECRET
from onward.identity.actions import change_organization, change_photo
from onward.journeys import actions as journeys
from onward.journeys import queries as journey_queries
from onward.journeys.decisions.success import Wanted
from onward.journeys.models import CheckInRun, Journey, TaskRun
from onward.kernel.ids import format_id, parse_id
from tests.interfaces.console.test_branding import png
from tests.interfaces.portal.visits import enter
from tests.journeys.handed_over import SECRET as CONFIDED
from tests.journeys.handed_over import hand_over, opened
from tests.world import SIGNED, Cast, cast, signed_in

pytestmark = pytest.mark.django_db(transaction=True)

CANARY = "canaryglobex"
_TABLES = """
select c.relname from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
"""


@pytest.fixture
def world() -> Cast:
    return cast()


@pytest.fixture
def both(world: Cast) -> dict[UUID, UUID]:
    """Account -> journey, each with everything that a granted table can hold."""
    change_organization(actor=world.admin, name="Northwind")
    accounts.change_account(actor=world.mara, account_id=world.globex, name=f"Globex {CANARY}", fields={"note": CANARY})
    change_photo(actor=world.mara, user_id=parse_id("usr", world.mara.id), content=png(40, 40))
    return {
        world.acme: filled(world, world.acme, world.dana_id, "acme"),
        world.globex: filled(world, world.globex, parse_id("con", world.eve.id), CANARY),
    }


def filled(world: Cast, account: UUID, contact: UUID, word: str) -> UUID:
    deal = accounts.open_deal(actor=world.mara, account_id=account, name=f"Deal {word}", amount="12000")
    accounts.win_deal(actor=world.mara, deal_id=deal, signed_at=SIGNED)
    (line,) = journey_queries.journeys_of(world.mara, account)
    view = journey_queries.journey_view(world.mara, line.id)
    accounts.change_contact(actor=world.mara, contact_id=contact, name=f"Contact {word}")
    journeys.write_objective(
        actor=world.mara, journey_id=line.id, outcome=f"Goal {word}", due_on=date(2026, 4, 1), owner_contact_id=contact
    )
    theirs, ours = f"contact:{format_id('con', contact)}", f"user:{world.mara.id}"
    goal = Wanted("", f"Planned {word}", date(2026, 4, 1), theirs, ours, f"Measure {word}")
    journeys.propose_plan(actor=world.mara, journey_id=line.id, objectives=[goal])
    journeys.write_log(actor=world.mara, journey_id=line.id, log="wins", title=f"Win {word}")
    call = next(task for task in view.tasks if task.key == "call").id
    journeys.hold_meeting(actor=world.mara, task_id=call, held_at=SIGNED, attended=[f"user:{world.mara.id}"])
    note_visit(actor=who(contact))
    for channel in ("shared", "internal"):
        said = conversation.write_comment(actor=world.mara, journey_id=line.id, channel=channel, text=f"Said {word}")
        conversation.edit_comment(actor=world.mara, comment_id=said, text=f"Said again {word}")
        conversation.add_file(
            actor=world.mara, journey_id=line.id, channel=channel, name=f"{word}.txt", content=word.encode()
        )
    now = datetime.now(UTC)
    with connection.cursor() as cursor:
        # What the small playbook has none of.
        for internal in (False, True):
            CheckInRun(
                journey_id=line.id, account_id=account, key=f"talk-{internal}", title=f"Talk {word}", role="csm",
                internal=internal,
            ).save()  # fmt: skip
        cursor.execute(
            "insert into journeys_evidence (id, journey_id, account_id, metric, value, note, given_by, given_at)"
            " values (gen_random_uuid(), %s, %s, 'nps', '9', %s, '', %s)",
            [line.id, account, word, now],
        )
    return line.id


def who(contact: UUID) -> Any:
    from onward.accounts import queries

    found = queries.contact_actor(contact)
    assert found is not None
    return found


@contextmanager
def at_the_door(account: UUID | None) -> Iterator[None]:
    passage = door.enter()
    try:
        if account is not None:
            passage.admit(account)
        yield
    finally:
        passage.close()


def tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        return {name for (name,) in cursor.fetchall()}


def read(table: str) -> list[dict[str, Any]]:
    return one_statement(f"select {', '.join(GRANTED[table].columns) or '*'} from {table}")


def test_every_table_of_the_schema_is_decided_on() -> None:
    assert not set(GRANTED) & KEPT
    missing = tables() - set(GRANTED) - KEPT
    assert not missing, f"say in config/portal_rights.py what the portal may read of {sorted(missing)}"
    gone = {name for name in (set(GRANTED) | KEPT) - tables() if apps.is_installed(f"onward.{name.split('_')[0]}")}
    assert not gone, f"config/portal_rights.py names tables that are not there: {sorted(gone)}"


def test_what_is_granted_is_bounded_and_holds_no_secret() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname, relrowsecurity, relforcerowsecurity,"
            " exists (select 1 from pg_policy where polrelid = pg_class.oid and polname = 'portal') from pg_class"
            " where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')"
            " and (has_any_column_privilege(%s, oid, 'select') or has_table_privilege(%s, oid, 'select'))",
            [role(), role()],
        )
        found = {name: rest for name, *rest in cursor.fetchall()}
        assert set(found) == set(GRANTED) & tables()
        assert {name for name, rest in found.items() if rest != [True, False, True]} == set()
        cursor.execute(
            "select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0"
            " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not a.attisdropped"
            " and has_column_privilege(%s, c.oid, a.attnum, 'select')",
            [role()],
        )
        columns = set(cursor.fetchall())
    assert not {one for one in columns if SECRET.search(one[1])}
    assert ("identity_user", "name") in columns


def role() -> str:
    with connections["portal"].cursor() as cursor:
        cursor.execute("select current_user")
        return str(cursor.fetchone()[0])


def test_nobody_elses_row_is_read_without_a_filter(world: Cast, both: dict[UUID, UUID]) -> None:
    for table in sorted(set(GRANTED) & tables()):
        everything = one_statement(f"select * from {table}")
        assert everything, f"{table} is empty: plant something in it"
        if "account_id" in everything[0]:
            assert {row["account_id"] for row in everything} >= set(both), f"{table} has no canary"
        with at_the_door(None):
            assert read(table) == [], f"{table}: rows without an account"
        for account, other in ((world.acme, world.globex), (world.globex, world.acme)):
            with at_the_door(account):
                seen = read(table)
            assert all(row.get("account_id", account) == account for row in seen), table
            assert str(other) not in str(seen), table
            assert account != world.acme or CANARY not in str(seen), table


def test_models_without_a_filter_give_what_is_shared_of_one_account(world: Cast, both: dict[UUID, UUID]) -> None:
    with at_the_door(world.acme):
        assert [row.id for row in Account.objects.all()] == [world.acme]
        assert {row.account_id for row in Contact.objects.all()} == {world.acme}
        assert list(Journey.objects.values_list("id", flat=True)) == [both[world.acme]]
        assert {row.shared for row in TaskRun.objects.all()} == {True}
        assert {row.internal for row in CheckInRun.objects.all()} == {False}
        assert one_statement("select * from journeys_evidence") == []
        for table in ("conversation_comment", "conversation_file"):
            assert [row["channel"] for row in one_statement(f"select channel from {table}")] == ["shared"]
        for table in ("conversation_commentversion", "conversation_filecontent"):
            assert len(one_statement(f"select account_id from {table}")) == 1
        told = one_statement("select data ->> 'task_id' as task from ledger_fact where data ? 'task_id'")
        with door.as_owner():
            internal = {str(one) for one in TaskRun.objects.filter(shared=False).values_list("id", flat=True)}
        assert internal
        assert not internal & {row["task"] for row in told}
    assert Account.objects.count() == 2
    assert TaskRun.objects.filter(shared=False).exists()


def test_what_is_not_granted_fails_loudly() -> None:
    for table in sorted(KEPT & tables()):
        with at_the_door(None), pytest.raises(ProgrammingError, match="permission denied"):
            one_statement(f'select 1 from "{table}"')
    for secret in ("select password from identity_user", "select answers from journeys_journey"):
        with at_the_door(None), pytest.raises(ProgrammingError, match="permission denied"):
            one_statement(secret)


def test_nothing_can_be_written_there(world: Cast, both: dict[UUID, UUID]) -> None:
    statements = [f'delete from "{table}"' for table in sorted(set(GRANTED) & tables())]
    statements += ["update accounts_account set name = 'mine'", "create table mine (id int)", "create role mine"]
    for writable in (False, True):
        for statement in statements:
            with at_the_door(world.acme):
                one_statement("select 1")
                if writable:
                    # Not the read-only start-up option alone: the role has no such right.
                    connections["portal"].connection.rollback()
                    one_statement("set transaction read write")
                words = "permission denied" if writable else r"permission denied|read-only"
                with pytest.raises(Error, match=words):
                    one_statement(statement)
    assert Account.objects.filter(name="mine").count() == 0


def test_the_account_ends_with_its_request(world: Cast, both: dict[UUID, UUID]) -> None:
    with at_the_door(world.acme):
        assert Account.objects.count() == 1
        one_statement("reset role")
        assert Account.objects.count() == 1
        lazy = Account.objects.all()
    with at_the_door(None):
        assert list(lazy) == []
    client = signed_in(world.mara)
    door.enter().admit(world.acme)
    # Nobody closed that response; the next request of the thread is not at the door, and not in its transaction.
    assert CANARY in client.get("/accounts").content.decode()
    assert not connections["portal"].in_atomic_block


def test_what_sales_told_in_confidence_is_not_read_there(world: Cast) -> None:
    own, other = opened(world), opened(world, world.globex)
    hand_over(world, own, promises="Two trainings")
    hand_over(world, other, promises=CANARY)
    with at_the_door(world.acme):
        found = one_statement("select * from (select id, told from journeys_journey) j")
    (row,) = found
    assert row["told"]["handoff"]["values"] == {"why": "One report on Mondays", "promises": "Two trainings"}
    assert CONFIDED not in str(found)
    assert CONFIDED in str(Journey.objects.get(id=own).answers)


def unfilter(monkeypatch: pytest.MonkeyPatch) -> None:
    """The application forgets every filter of a contact's: rights, accounts, contacts."""
    monkeypatch.setattr("onward.identity.decisions.rights._contact_may", lambda actor, verb, thing: True)
    # By name: the package's functions hide its modules.
    rows_of = import_module("onward.accounts.queries.accounts")
    monkeypatch.setattr(rows_of, "visible", lambda actor: Account.objects.all())
    monkeypatch.setattr(import_module("onward.accounts.queries.contacts"), "bounded", lambda actor, rows, noun: rows)


def pages(world: Cast, both: dict[UUID, UUID]) -> Iterator[str]:
    """What Acme's contact is told at every address with Globex's ids, and at their own."""
    client = enter(world.dana_id, raise_request_exception=False)
    other = journey_queries.journey_view(world.mara, both[world.globex])
    own = journey_queries.journey_view(world.mara, both[world.acme])
    paths = ["/portal/"]
    for view in (other, own):
        paths += [f"/portal/journeys/{view.ref}{part}" for part in ("", "/plan", "/people")]
        paths += [f"/portal/tasks/{task.ref}" for task in view.tasks]
    for path in paths:
        for headers in ({}, {"X-Fragment": "1"}):
            answer = client.get(path, headers=headers)
            assert answer.status_code < 500, path
            yield answer.content.decode().replace(path, "")


def test_with_the_applications_filters_removed_no_page_tells_of_another_account(
    world: Cast, both: dict[UUID, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    unfilter(monkeypatch)
    told = list(pages(world, both))
    assert any("Contact acme" in page for page in told)
    assert not [page for page in told if re.search(CANARY, page)]


def test_and_without_the_door_the_same_pages_do(
    world: Cast, both: dict[UUID, UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the test before would prove nothing."""
    unfilter(monkeypatch)
    monkeypatch.setattr("onward.foundation.postgres.statements.alias", lambda: "default")
    monkeypatch.setattr("onward.foundation.postgres.door.alias", lambda: "default")
    assert any(CANARY in page for page in pages(world, both))


def test_a_preview_reads_as_the_contact_does(world: Cast, both: dict[UUID, UUID]) -> None:
    client = signed_in(world.mara)
    read_by: set[str] = set()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        read_by.update(re.findall(r'from "?(journeys_\w+)', str(sql)))
        return execute(sql, params, many, context)

    with connections["portal"].execute_wrapper(note):
        page = client.get(f"/portal/preview/{format_id('jny', both[world.acme])}").content.decode()
    assert "Acme Freight" in page
    assert CANARY not in page
    assert {"journeys_journey", "journeys_taskrun"} <= read_by


def test_a_visit_costs_three_statements_more(world: Cast, both: dict[UUID, UUID]) -> None:
    """BEGIN and COMMIT are the connection's own; one statement names the account."""
    client = enter(world.dana_id)
    path = f"/portal/journeys/{format_id('jny', both[world.acme])}"
    client.get(path)
    bounded, owned = [], []

    def into(found: list[str]) -> Any:
        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            found.append(str(sql))
            return execute(sql, params, many, context)

        return note

    with (
        connections["portal"].execute_wrapper(into(bounded)),
        connection.execute_wrapper(into(owned)),
    ):
        assert client.get(path, headers={"X-Fragment": "1"}).status_code == 200
    assert sum("set_config" in sql for sql in bounded) == 1
    assert len(bounded) + len(owned) <= 24, "\n".join([*owned, "", *bounded])
    # The session and the contact behind it: all else is bounded.
    assert {table for sql in owned for table in re.findall(r'FROM "(\w+)"', sql)} <= {
        "identity_contactsession",
        "accounts_contact",
    }
