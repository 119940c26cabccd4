"""A whole database into one file and back, by PostgreSQL's own pg_dump and pg_restore."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from onward.foundation.postgres.binaries import SETTING, find_binaries
from onward.kernel.refusals import Refusal

ROLES = """
select grantee as name from information_schema.role_table_grants where grantee not in (current_user, 'PUBLIC')
union select unnest(roles)::text from pg_policies
"""


def dump(url: str, target: Path) -> None:
    """Write everything of the database; a consistent moment, while others go on writing."""
    _run("pg_dump", url, "--format=custom", "--no-owner", f"--file={target}")


def load(url: str, source: Path, *, rights: bool = True) -> None:
    """Fill an empty database, whole or not at all; without `rights` no role but the owner is granted anything."""
    how = ["--no-owner", "--exit-on-error", "--single-transaction", *([] if rights else ["--no-privileges"])]
    _run("pg_restore", url, *how, f"--dbname={_name(url)}", source)


def roles_named(url: str) -> list[str]:
    """Roles that grants and policies name. They belong to the cluster: a dump of one database leaves them out."""
    with psycopg.connect(url) as connection:
        found = {row[0] for row in connection.execute(ROLES).fetchall()} - {"public", "PUBLIC", "pg_database_owner"}
        (superusers,) = connection.execute("select array_agg(rolname) from pg_roles where rolsuper").fetchone() or ([],)
    return sorted(found - set(superusers or []))


def make_roles(url: str, names: list[str]) -> bool:
    """Make the roles that are not there, without login, and let the owner act in them. False: this login may not."""
    with psycopg.connect(url, autocommit=True) as connection:
        for name in names:
            if connection.execute("select 1 from pg_roles where rolname = %s", [name]).fetchone():
                continue
            try:
                connection.execute(sql.SQL("create role {} nologin").format(sql.Identifier(name)))
            except psycopg.errors.InsufficientPrivilege:
                return False
            how = " with set true, inherit false" if connection.info.server_version >= 160000 else ""
            connection.execute(sql.SQL("grant {} to current_user" + how).format(sql.Identifier(name)))
    return True


def is_empty(url: str) -> bool:
    """Whether the database has no table of ours yet."""
    with psycopg.connect(url) as connection:
        found = connection.execute("select 1 from pg_tables where schemaname = 'public' limit 1").fetchone()
    return found is None


def _name(url: str) -> str:
    return str(conninfo_to_dict(url).get("dbname") or "")


def _run(program: str, url: str, *words: str | Path) -> None:
    given = conninfo_to_dict(url)
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    # In the environment, because a command line is for everybody to read.
    settings = {names[key]: str(value) for key, value in given.items() if key in names and value is not None}
    command = [_program(program), *map(str, words)]
    done = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = re.sub(r"^pg_\w+: (error: )?", "", done.stderr.strip().splitlines()[0] if done.stderr.strip() else "")
        raise Refusal("unavailable", f"{program} did not finish: {reason or 'no reason given'}")


def _program(name: str) -> str:
    try:
        bundled = Path(find_binaries().program(name))
        if bundled.exists():
            return str(bundled)
    except Refusal:
        pass
    found = shutil.which(name)
    if found is None:
        raise Refusal(
            "unavailable",
            f"{name} is not here.",
            mend=f"Install PostgreSQL's client programs, or name their folder in {SETTING}.",
        )
    return found
