"""A database put back in place to what it was as a fresh copy, for a tenth of what another copy costs.

Rows and sequences are put back. Where an object was made, changed or granted, or somebody does not let go in time,
only another copy helps, and the caller is told so.
"""

from __future__ import annotations

import time
from typing import Any

import psycopg
from psycopg import sql

Table = tuple[str, str]
Rows = list[tuple[Any, ...]]
Connection = psycopg.Connection[tuple[Any, ...]]

# As a replica no trigger runs, not even those of foreign keys: rows go in any order and move no other.
OPTIONS = "-c session_replication_role=replica -c lock_timeout=2s -c statement_timeout=30s"
PATIENCE = 5.0

OTHERS = """
select count(pg_terminate_backend(pid)) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
"""
# What is known of a table's rows is no part of it, and analysing changes it at any time.
CATALOGS = """
select relname from pg_class where relnamespace = 'pg_catalog'::regnamespace and relkind = 'r'
and (not relisshared or relname in ('pg_database', 'pg_db_role_setting'))
and relname not in ('pg_statistic', 'pg_statistic_ext_data')
"""
COUNTED = "select {}, count(*), sum({}) from {} {}"
WRITER = "xmin::text::bigint"
# A table of partitions is written when it gets its first, and does not forget it when that has gone.
WRITTEN = {
    "pg_class": f"""case when relkind not in ('p', 'I') then {WRITER}
        else hashtext((to_jsonb(pg_class) - '{{relhassubclass,relpages,reltuples}}'::text[])::text) end"""
}
ONLY = {
    "pg_database": "where datname = current_database()",
    "pg_db_role_setting": "where setdatabase = (select oid from pg_database where datname = current_database())",
    # The schema of temporary tables stays behind when their session has gone, empty.
    "pg_namespace": r"where nspname !~ '^pg_(toast_)?temp_'",
}
# The product makes these as days come; the template has none.
PARTITIONS = """
select nspname, relname from pg_class join pg_namespace on pg_namespace.oid = relnamespace
where relkind = 'r' and relispartition
"""
# A table without a page has no row; one with pages may have none left.
WITH_PAGES = """
select nspname, relname from pg_class join pg_namespace on pg_namespace.oid = relnamespace
where relkind = 'r' and nspname !~ '^pg_' and nspname <> 'information_schema' and pg_relation_size(pg_class.oid) > 0
"""
SEQUENCES = """
select nspname, relname from pg_class join pg_namespace on pg_namespace.oid = relnamespace
where relkind = 'S' and relpersistence <> 't'
"""


class Original:
    """What a database holds now, as a fresh copy; `url` is a superuser's."""

    def __init__(self, url: str) -> None:
        self._url = url
        with self._connected() as connection:
            self._objects = _objects(connection)
            self._sequences = _sequences(connection)
            self._rows = {table: _rows(connection, table) for table in _with_pages(connection)}

    def restore(self) -> bool:
        """Make the database hold that again and let nobody else be connected. False: another copy is needed."""
        try:
            with self._connected() as connection:
                if not _alone(connection):
                    return False
                _drop_partitions(connection)
                if _objects(connection) != self._objects:
                    return False
                self._restore_rows(connection)
                self._restore_sequences(connection)
        except psycopg.Error:
            # Whatever stood in the way, and however far this came: another copy is right.
            return False
        return True

    def _connected(self) -> Connection:
        return psycopg.connect(self._url, autocommit=True, options=OPTIONS)

    def _restore_rows(self, connection: Connection) -> None:
        tables = {*_with_pages(connection), *self._rows}
        changed = [each for each in sorted(tables) if self._is_changed(connection, each)]
        if not changed:
            return
        names = [sql.Identifier(*table) for table in changed]
        connection.execute(sql.SQL("; ").join(sql.SQL("delete from {}").format(name) for name in names))
        # Gives the pages back: rows lie in the order of their writing again, and no dead ones in the way of scans.
        connection.execute(sql.SQL("vacuum (skip_locked) {}").format(sql.SQL(", ").join(names)))
        for table in [each for each in changed if each in self._rows]:
            with connection.cursor().copy(sql.SQL("copy {} from stdin").format(sql.Identifier(*table))) as copy:
                copy.write(self._rows[table])

    def _is_changed(self, connection: Connection, table: Table) -> bool:
        return table not in self._rows or _rows(connection, table) != self._rows[table]

    def _restore_sequences(self, connection: Connection) -> None:
        found = _sequences(connection)
        for name in [name for name in found if found[name] != self._sequences[name]]:
            value, is_called = self._sequences[name]
            connection.execute("select setval(%s::regclass, %s, %s)", [name, value, is_called])


def _alone(connection: Connection) -> bool:
    """End everybody else's session, as dropping the database would; whether they have gone in time."""
    deadline = time.monotonic() + PATIENCE
    while connection.execute(OTHERS).fetchone() != (0,):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.002)
    return True


def _drop_partitions(connection: Connection) -> None:
    names = [sql.Identifier(*found) for found in connection.execute(PARTITIONS)]
    if names:
        connection.execute(sql.SQL("drop table {}").format(sql.SQL(", ").join(names)))


def _objects(connection: Connection) -> Rows:
    """Of each catalog how many rows it has and which transactions wrote them: no change of an object leaves it so."""
    counted = sql.SQL(COUNTED)
    names = [name for (name,) in connection.execute(CATALOGS)]
    parts = [
        counted.format(
            sql.Literal(name), sql.SQL(WRITTEN.get(name, WRITER)), sql.Identifier(name), sql.SQL(ONLY.get(name, ""))
        )
        for name in names
    ]
    return connection.execute(sql.SQL(" union all ").join(parts)).fetchall()


def _sequences(connection: Connection) -> dict[str, tuple[int, bool]]:
    names = [sql.Identifier(*found) for found in connection.execute(SEQUENCES)]
    part = sql.SQL("select {}, last_value, is_called from {}")
    parts = [part.format(sql.Literal(name.as_string(connection)), name) for name in names]
    found = connection.execute(sql.SQL(" union all ").join(parts))
    return {name: (value, is_called) for name, value, is_called in found}


def _with_pages(connection: Connection) -> list[Table]:
    return [(schema, name) for schema, name in connection.execute(WITH_PAGES)]


def _rows(connection: Connection, table: Table) -> bytes:
    with connection.cursor().copy(sql.SQL("copy {} to stdout").format(sql.Identifier(*table))) as copy:
        return b"".join(bytes(part) for part in copy)
