"""The role that the portal reads in: who makes it, what it may read, and which rows. Told by declaration, kept by SQL.

Policies name no role: a copy of the database under another name needs new grants and nothing else. The owner is exempt
(ENABLE, never FORCE), so staff and the worker are not touched.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import psycopg
from psycopg import errors, sql

POLICY = "portal"
PREFIX = "onward_portal_"
LONGEST_NAME = 63

_LOGIN = """
select rolcreaterole or rolsuper as may_create, rolsuper as is_super,
       (select oid from pg_roles where rolname = %(role)s) as role,
       coalesce((select pg_has_role(current_user, oid, %(how)s) from pg_roles where rolname = %(role)s), false)
from pg_roles where rolname = current_user
"""
_FOUND = """
select c.relname, c.relrowsecurity,
       (select obj_description(oid, 'pg_policy') from pg_policy where polrelid = c.oid and polname = %(policy)s),
       array(select distinct a.privilege_type from aclexplode(c.relacl) a where a.grantee = %(role)s order by 1),
       array(select t.attname || ' ' || a.privilege_type from pg_attribute t, aclexplode(t.attacl) a
             where t.attrelid = c.oid and a.grantee = %(role)s order by 1)
from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
"""


@dataclass(frozen=True)
class Seen:
    """Which rows of a table the portal may read, as SQL; `columns` where it may not read all of them."""

    rows: str
    columns: tuple[str, ...] = ()


def portal_role(database: str) -> str:
    """Roles belong to the cluster, so each database has one of its own. ONWARD_PORTAL_ROLE names another."""
    named = os.environ.get("ONWARD_PORTAL_ROLE") or PREFIX + database
    if len(named.encode()) <= LONGEST_NAME:
        return named
    return PREFIX + sha256(named.encode()).hexdigest()[:32]


def born_in(role: str, options: str = "") -> str:
    """The start-up options of a connection that is born in the role and may only read."""
    escaped = role.replace("\\", "\\\\").replace(" ", "\\ ")
    return f"{options} -c role={escaped} -c default_transaction_read_only=on".strip()


def asked_of_an_administrator(connection: psycopg.Connection[Any]) -> list[str]:
    """The statements that this login may not run itself; empty when it can act in the portal's role."""
    role = portal_role(connection.info.dbname)
    _, _, found, may_act = _login(connection, role)
    return [] if may_act else [text.as_string(connection) + ";" for text in _statements(connection, role, found)]


def plea(statements: list[str]) -> str:
    """What to tell the operator while the portal is shut."""
    lines = "\n".join(f"  {statement}" for statement in statements)
    return (
        "The portal is shut: this database login may not create roles. Ask the database's administrator to run\n"
        f"{lines}\nThe portal then opens by itself, within seconds."
    )


def is_superuser(connection: psycopg.Connection[Any]) -> bool:
    """Whether the application was given a login that no policy binds."""
    return bool(_login(connection, "")[1])


def settle(connection: psycopg.Connection[Any], granted: Mapping[str, Seen]) -> list[str]:
    """Make the role, its grants and the policies what they should be. What an administrator must do first, else [].

    Does nothing when all is well, so that every start may ask. Tables that do not exist are left out.
    """
    role = portal_role(connection.info.dbname)
    may_create, _, found, may_act = _login(connection, role)
    if not may_act:
        if not (may_create and _make(connection, role, found)):
            return asked_of_an_administrator(connection)
        found = _login(connection, role)[2]
    todo = _differences(connection, role, found, granted)
    if todo:
        with connection.transaction():
            connection.execute("select pg_advisory_xact_lock(hashtext('onward.portal'))")
            for statement in _differences(connection, role, found, granted):
                connection.execute(statement)
    return []


def _login(connection: psycopg.Connection[Any], role: str) -> tuple[bool, bool, int | None, bool]:
    # Until 16 whoever is a member may act; since then that is a right of its own.
    how = "set" if connection.info.server_version >= 160000 else "member"
    with psycopg.Cursor(connection) as cursor:
        row = cursor.execute(_LOGIN, {"role": role, "how": how}).fetchone()
    assert row is not None
    return row[0], row[1], row[2], row[3]


def _statements(connection: psycopg.Connection[Any], role: str, found: int | None) -> list[sql.Composed]:
    name = sql.Identifier(role)
    how = sql.SQL(" with set true, inherit false" if connection.info.server_version >= 160000 else "")
    make = [] if found else [sql.SQL("create role {} nologin").format(name)]
    return [*make, sql.SQL("grant {} to {}{}").format(name, sql.Identifier(connection.info.user), how)]


def _make(connection: psycopg.Connection[Any], role: str, found: int | None) -> bool:
    try:
        with connection.transaction():
            for statement in _statements(connection, role, found):
                connection.execute(statement)
    except (errors.DuplicateObject, errors.UniqueViolation):
        # Another process of ours was quicker.
        return _login(connection, role)[3]
    except errors.InsufficientPrivilege:
        return False
    return True


def _differences(
    connection: psycopg.Connection[Any], role: str, found: int | None, granted: Mapping[str, Seen]
) -> list[sql.Composed]:
    with psycopg.Cursor(connection) as cursor:
        rows = cursor.execute(_FOUND, {"role": found, "policy": POLICY}).fetchall()
    name, todo = sql.Identifier(role), []
    for table, bounded, rule, rights, column_rights in rows:
        seen, of = granted.get(table), sql.Identifier(table)
        wanted = ["SELECT"] if seen and not seen.columns else []
        wanted_columns = sorted(f"{column} SELECT" for column in seen.columns) if seen else []
        if seen and (not bounded or rule != seen.rows):
            # The policy stands before anything is granted.
            todo += [
                sql.SQL("alter table {} enable row level security").format(of),
                sql.SQL("drop policy if exists {} on {}").format(sql.Identifier(POLICY), of),
                sql.SQL("create policy {} on {} for select using ({})").format(
                    sql.Identifier(POLICY), of, sql.SQL(seen.rows)
                ),
                sql.SQL("comment on policy {} on {} is {}").format(sql.Identifier(POLICY), of, sql.Literal(seen.rows)),
            ]
        if list(rights) == wanted and sorted(column_rights) == wanted_columns:
            continue
        todo.append(sql.SQL("revoke all on {} from {}").format(of, name))
        if seen:
            some = sql.SQL(" ({})").format(sql.SQL(", ").join(map(sql.Identifier, seen.columns)))
            columns = some if seen.columns else sql.SQL("")
            todo.append(sql.SQL("grant select{} on {} to {}").format(columns, of, name))
    return todo
