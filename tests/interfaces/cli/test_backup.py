"""Everything into a file and back, and out again as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import Started, get, onward, processes_of, run, settled, wait_until


@pytest.fixture(scope="module")
def original() -> Iterator[Path]:
    """A data folder with a user and a backup of it beside it, made while it ran; stopped since."""
    with settled() as data:
        started = Started(data)
        assert run("user", "invite", "ada@example.com", "--role", "admin", "--name", "Ada", data=data)[0] == 0
        code, document, err = run("backup", str(data.parent / "running.tar"), data=data)
        assert code == 0, err
        assert document["bytes"] > 1000
        assert started.end() == 0
        wait_until(lambda: not processes_of(data))
        yield data


@pytest.fixture
def folder(original: Path) -> Path:
    return original.parent


def test_a_restored_backup_runs_and_holds_everything(folder: Path, original: Path) -> None:
    data = folder / "restored"
    code, document, err = run("restore", str(folder / "running.tar"), data=data)
    assert code == 0, err
    assert document["data"] == str(data)
    assert (data / "secrets" / "onward_secret_key").read_text() == (
        original / "secrets" / "onward_secret_key"
    ).read_text()
    started = Started(data)
    assert get(started.port, "/readyz") == 200
    users = run("user", "list", data=data)[1]["users"]
    assert [(user["name"], user["role"]) for user in users] == [("Ada", "admin")]
    assert started.end() == 0
    assert "Preparing" in started.progress, "a backup may be of an older version: its tables are brought up to date"


def test_a_backup_needs_no_running_installation_and_is_private(folder: Path, original: Path) -> None:
    code, _, err = run("backup", str(folder / "stopped.tar"), data=original)
    assert code == 0, err
    assert (folder / "stopped.tar").stat().st_mode & 0o777 == 0o600
    assert not processes_of(original)


def test_nothing_is_overwritten(folder: Path, original: Path) -> None:
    code, document, _ = run("backup", str(folder / "running.tar"), data=original)
    assert (code, document["error"]["code"]) == (1, "conflict")
    code, document, _ = run("restore", str(folder / "running.tar"), data=original)
    assert (code, document["error"]["code"]) == (1, "conflict")


def test_what_is_no_backup_is_refused_and_leaves_nothing(folder: Path) -> None:
    wrong = folder / "wrong.tar"
    wrong.write_text("not a backup")
    code, document, _ = run("restore", str(wrong), data=folder / "untouched")
    assert (code, document["error"]["code"]) == (1, "invalid")
    assert not (folder / "untouched").exists()


def test_export_is_json_lines_without_secrets(original: Path) -> None:
    process = onward("export", data=original)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    rows = [json.loads(line) for line in out.splitlines()]
    (ada,) = [each["row"] for each in rows if each["table"] == "identity_user"]
    assert ada["mail"] == "ada@example.com"
    assert not {"password", "digest"} & set(ada)
    assert {"identity_link", "django_session"}.isdisjoint(each["table"] for each in rows)
    assert f"{len(rows)} rows" in err


def test_export_of_an_account_that_is_not_there_is_refused(folder: Path, original: Path) -> None:
    nobody = "acc_00000000000000000000000000"
    code, document, _ = run("export", str(folder / "nobody.jsonl"), "--account", nobody, data=original)
    assert (code, document["error"]["code"]) == (1, "not_found")
    assert not (folder / "nobody.jsonl").exists()
