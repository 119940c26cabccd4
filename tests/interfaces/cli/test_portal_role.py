"""The portal's role on somebody else's server, in a data folder of an earlier version, and after a restore."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from onward.foundation.postgres.rights import born_in
from onward.foundation.postgres.server import SUPERUSER, EmbeddedServer
from tests.processes import ROOT, Started, free_port, processes_of, run, wait_until

ROLE = "onward_portal_hosted"


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="onward-role-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture
def hosted(folder: Path) -> Iterator[EmbeddedServer]:
    """A server of somebody else's: our login owns a database there and may not create roles."""
    server = EmbeddedServer(folder / "hosted", durable=False)
    server.start()
    with administrator(server) as connection:
        connection.execute("create role plain login password 'plain'")
        connection.execute("create database hosted owner plain")
        connection.execute("create database restored owner plain")
    yield server
    server.stop()


def administrator(server: EmbeddedServer, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(server.url(database, role=SUPERUSER), autocommit=True)


def url_of(server: EmbeddedServer, database: str = "hosted") -> str:
    return f"postgres://plain:plain@/{database}?host={server.sockets}"


def command(data: Path, url: str, *words: str) -> subprocess.Popen[str]:
    left_out = {"ONWARD_DATA", "ONWARD_PORTAL_ROLE"}
    environment = {key: value for key, value in os.environ.items() if key not in left_out}
    return subprocess.Popen(
        [sys.executable, "-m", "onward.interfaces.cli", *words, "--data", str(data)],
        env=environment | {"DATABASE_URL": url, "PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ask(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def said(data: Path, url: str, *words: str) -> str:
    process = command(data, url, *words)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out


def test_where_roles_are_not_ours_to_make_the_portal_stays_shut_until_they_are_made(
    folder: Path, hosted: EmbeddedServer
) -> None:
    data, port = folder / "data", free_port()
    up = command(data, url_of(hosted), "up", "--port", str(port))
    try:
        wait_until(lambda: ask(port, "/readyz")[0] == 200, seconds=120)
        assert '"portal": "shut"' in ask(port, "/readyz")[1]
        assert ask(port, "/sign-in")[0] == 200
        code, page = ask(port, "/portal/sign-in")
        assert (code, "The portal is not open yet" in page) == (503, True)
        assert ask(port, "/portal/live?names=x")[0] == 503
        told = said(data, url_of(hosted), "status")
        wanted = re.findall(r"^  (\w+ .*;)$", told, re.MULTILINE)
        assert [statement.split()[0] for statement in wanted] == ["create", "grant"], told
        assert all(ROLE in statement for statement in wanted)
        with administrator(hosted) as connection:
            for statement in wanted:
                connection.execute(statement)
        wait_until(lambda: ask(port, "/portal/sign-in")[0] == 200, seconds=30)
        assert "shut" not in ask(port, "/readyz")[1]
        assert "shut" not in said(data, url_of(hosted), "status")
    finally:
        up.terminate()
        _, progress = up.communicate(timeout=60)
    assert all(statement in progress for statement in wanted), "up prints the very same"
    with psycopg.connect(url_of(hosted), options=born_in(ROLE)) as connection:
        assert connection.execute("select count(*) from accounts_account").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("select * from identity_contactsession")
    said(data, url_of(hosted), "backup", str(folder / "backup.tar"))
    with administrator(hosted, "hosted") as connection:
        connection.execute(f"drop owned by {ROLE}")
        connection.execute(f"drop role {ROLE}")
    said(folder / "restored", url_of(hosted, "restored"), "restore", str(folder / "backup.tar"))
    with psycopg.connect(url_of(hosted, "restored")) as connection:
        assert connection.execute("select count(*) from pg_policies where policyname = 'portal'").fetchone() != (0,)


@pytest.mark.long
def test_a_data_folder_of_an_earlier_version_gets_its_role_in_place(folder: Path) -> None:
    data = folder / "data"
    first = Started(data)
    assert run("user", "invite", "ada@example.com", "--role", "admin", "--name", "Ada", data=data)[0] == 0
    assert first.end() == 0
    wait_until(lambda: not processes_of(data))
    role = os.environ["ONWARD_PORTAL_ROLE"]
    server = EmbeddedServer(data / "postgres")
    server.start()
    try:
        with administrator(server, "onward") as connection:
            for (table,) in connection.execute("select tablename from pg_policies").fetchall():
                connection.execute(f"drop policy portal on {table}")
                connection.execute(f"alter table {table} disable row level security")
            connection.execute(f"drop owned by {role}")
            connection.execute(f"drop role {role}")
    finally:
        server.stop()
    (data / "prepared").write_text("an earlier version")
    again = Started(data)
    try:
        assert ask(again.port, "/portal/sign-in")[0] == 200
        code, found, err = run("user", "list", data=data)
        assert code == 0, err
        assert [user["name"] for user in found["users"]] == ["Ada"]
        with psycopg.connect(server.url(), options=born_in(role)) as connection:
            assert connection.execute("select current_user, session_user").fetchone() == (role, "onward")
            assert connection.execute("select count(*) from identity_organization").fetchone() == (0,)
            assert connection.execute("select rolsuper from pg_roles where rolname = session_user").fetchone() == (
                False,
            )
    finally:
        again.end()
    wait_until(lambda: not processes_of(data))
