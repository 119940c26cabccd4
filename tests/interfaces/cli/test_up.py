"""`onward up` as a person and a script meet it: real processes on a real data folder."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from onward.interfaces.cli.fingerprint import is_prepared
from tests.processes import Started, children_of, free_port, get, onward, processes_of, running, wait_until


@pytest.fixture(scope="module")
def started() -> Iterator[Started]:
    """One that runs through the module."""
    with running() as found:
        yield found


@pytest.fixture
def data(started: Started) -> Path:
    """Its folder, once it has ended."""
    if started.process.poll() is None:
        assert started.end() == 0
        assert not processes_of(started.data)
        assert get(started.port, "/healthz") == 0
    return started.data


def test_it_answers_and_keeps_its_secrets_to_itself(started: Started) -> None:
    assert [get(started.port, path) for path in ("/healthz", "/readyz", "/metrics")] == [200, 200, 200]
    assert started.said["sign_in"].startswith(f"http://127.0.0.1:{started.port}/")
    private = [started.data / "secrets" / "onward_secret_key", started.data / "running.json"]
    private += started.data.glob("postgres/password-*")
    assert {path.stat().st_mode & 0o777 for path in private} == {0o600}


def test_a_second_one_on_the_same_folder_is_refused(started: Started) -> None:
    second = onward("up", data=started.data, port=free_port())
    out, err = second.communicate(timeout=30)
    assert second.returncode == 1
    assert out == ""
    assert err.count("\n") == 1
    assert "already runs" in err
    assert "--data" in err


def test_a_web_server_or_worker_that_dies_is_started_again(started: Started) -> None:
    def children() -> dict[str, int]:
        return children_of(started.process.pid)

    before = children()
    assert set(before) == {"web", "worker", "database"}
    for name in before:
        os.kill(before[name], signal.SIGKILL)
    wait_until(lambda: set(children()) == set(before) and not set(children().values()) & set(before.values()))
    wait_until(lambda: get(started.port, "/readyz") == 200)


def test_commands_find_it_by_its_folder(started: Started, tmp_path: Path) -> None:
    found = onward("status", "--json", data=started.data)
    assert json.loads(found.communicate(timeout=30)[0])["address"] == started.said["address"]
    lost = onward("status", data=tmp_path / "nowhere")
    _, err = lost.communicate(timeout=30)
    assert lost.returncode == 1
    assert "./onward up" in err


def test_kill_of_the_parent_leaves_no_process_and_the_next_start_is_quick_and_has_the_same_secrets(data: Path) -> None:
    secret = (data / "secrets" / "onward_secret_key").read_text()
    first = Started(data)
    first.end(signal.SIGKILL)
    wait_until(lambda: not processes_of(data))
    log = (data / "postgres" / "postgres.log").read_text()
    assert log.rstrip().endswith("database system is shut down")
    assert is_prepared(data)
    again = Started(data)
    assert get(again.port, "/readyz") == 200
    assert again.end(signal.SIGINT) == 0
    assert "Preparing" not in again.progress
    assert (data / "secrets" / "onward_secret_key").read_text() == secret


def test_a_taken_port_is_refused(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        second = onward("up", "--json", data=tmp_path / "other", port=taken.getsockname()[1])
        out, err = second.communicate(timeout=30)
    assert second.returncode == 1
    assert err.count("\n") == 1
    assert "is taken" in err
    assert "--port" in json.loads(out)["error"]["mend"]


def test_a_folder_of_another_major_version_is_refused(data: Path) -> None:
    Path(data / "postgres" / "cluster").mkdir(parents=True, exist_ok=True)
    version = data / "postgres" / "cluster" / "PG_VERSION"
    before = version.read_text() if version.exists() else "18\n"
    version.write_text("13\n")
    try:
        refused = onward("up", data=data, port=free_port())
        _, err = refused.communicate(timeout=30)
    finally:
        version.write_text(before)
    assert refused.returncode == 1
    assert err.count("\n") == 1
    assert "PostgreSQL 13" in err
    assert "onward backup" in err


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    refused = onward("up", data=file / "below", port=free_port())
    _, err = refused.communicate(timeout=30)
    assert refused.returncode == 1
    assert err.count("\n") == 1
    assert "cannot be written" in err


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the database as somebody else")
def test_as_root_a_folder_that_the_database_user_cannot_pass_is_refused(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    refused = onward("up", data=closed / "data", port=free_port())
    _, err = refused.communicate(timeout=30)
    assert refused.returncode == 1
    assert "cannot pass" in err
    assert closed.stat().st_mode & 0o777 == 0o700
