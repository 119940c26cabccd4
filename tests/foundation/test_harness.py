"""The test harness itself: a migrated database, isolated from what tests commit."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import connection

from onward.identity.actions import add_user
from onward.kernel.actor import SYSTEM

OID = "select oid from pg_database where datname = current_database()"
NAMES = "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = any(%s) order by 1"
RIGHTS = """
select c.oid::regclass::text, relacl::text, relrowsecurity, polqual::text from pg_class c
left join pg_policy on polrelid = c.oid where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1
"""
# Rows of migrations changed, gone and added; a table outside the log; a number taken for no row; a day's partition.
COMMITTED = """
update django_content_type set model = 'other' where model = 'organization';
delete from auth_permission where id % 2 = 0;
insert into django_migrations (app, name, applied) values ('other', '0001', now());
insert into throttle values ('codes', 'mara', now(), now(), 3);
select nextval('usage_sighting_id_seq');
create table usage_key_of_a_test partition of usage_key for values from ('2026-03-01') to ('2026-03-02');
insert into usage_key values ('2026-03-01', gen_random_uuid());
"""


def whole(url: str) -> dict[str, Any]:
    """Each table's rows, each sequence's value, and who may read what."""
    with psycopg.connect(url) as asking:
        tables, sequences = ([name for (name,) in asking.execute(NAMES, [kind])] for kind in (["r", "p"], ["S"]))
        rows = {name: asking.execute(f'select x::text from "{name}" x order by 1').fetchall() for name in tables}
        values = {name: asking.execute(f'select last_value, is_called from "{name}"').fetchall() for name in sequences}
        return {**rows, **values, "rights": asking.execute(RIGHTS).fetchall()}


def oid() -> int:
    with connection.cursor() as cursor:
        cursor.execute(OID)
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_runs_on_postgresql_as_an_owner_without_superuser() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select rolsuper, rolcreaterole from pg_roles where rolname = current_user")
        assert cursor.fetchone() == (False, True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_test_that_commits_leaves_nothing_behind(turn: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("create table left_behind (turn int)")


def test_what_was_committed_goes_and_what_migrations_made_comes_back(
    renew: Callable[[], None], database_url: str
) -> None:
    before, fresh = oid(), whole(database_url)
    assert fresh["django_content_type"]
    assert fresh["django_migrations"]
    add_user(actor=SYSTEM, name="Mara Lindqvist", mail="mara@example.com", role="member")
    with connection.cursor() as cursor:
        cursor.execute(COMMITTED)
    left = whole(os.environ["DATABASE_URL"])
    assert len([name for name in left if left[name] != fresh.get(name)]) > 8
    renew()
    assert whole(os.environ["DATABASE_URL"]) == fresh
    assert oid() == before, "a fresh copy is dear"


def test_who_is_still_connected_is_cut_off(renew: Callable[[], None]) -> None:
    before = oid()
    with psycopg.connect(os.environ["DATABASE_URL"]) as other:
        other.execute("select pg_advisory_lock(1)")
        other.execute("insert into throttle values ('codes', 'mara', now(), now(), 3)")
        other.execute("lock table django_content_type")
        renew()
        with pytest.raises(psycopg.OperationalError):
            other.execute("select 1")
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_lock(1), (select count(*) from throttle)")
        assert cursor.fetchone() == (True, 0)
    assert oid() == before


@pytest.mark.parametrize(
    "changed",
    [
        "grant select on throttle to public",
        "alter table throttle alter column count set default 7",
        "create function twice(n int) returns int language sql return 2 * n",
        "alter database {} set work_mem = '1MB'",
    ],
)
def test_a_changed_object_is_mended_by_a_fresh_copy(renew: Callable[[], None], changed: str) -> None:
    before = oid()
    with connection.cursor() as cursor:
        cursor.execute(changed.format(connection.settings_dict["NAME"]))
    renew()
    assert oid() != before


@pytest.mark.django_db
def test_migrations_have_run() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) > 0 from django_migrations")
        assert cursor.fetchone() == (True,)
