"""The test harness itself: a migrated database, isolated from what tests commit."""

from __future__ import annotations

import pytest
from django.db import connection


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


@pytest.mark.django_db
def test_migrations_have_run() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) > 0 from django_migrations")
        assert cursor.fetchone() == (True,)
