"""The command line's manners: exit codes, one JSON document, quick help."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from onward.interfaces.cli.answers import Answer, as_text
from onward.interfaces.cli.commands import COMMANDS
from onward.interfaces.cli.installation import Running, announce, held
from onward.interfaces.cli.main import main
from tests.processes import ROOT, free_port


@pytest.fixture(autouse=True)
def _no_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("ONWARD_DATA", raising=False)


@pytest.mark.parametrize("words", [[], ["nonsense"], ["backup"], ["up", "--port", "70000"], ["up", "--port", "x"]])
def test_wrong_usage_exits_2(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2


def test_a_refusal_exits_1_with_one_line_and_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--json", "--data", str(tmp_path)]) == 1
    out, err = capsys.readouterr()
    error = json.loads(out)["error"]
    assert error["code"] == "unavailable"
    assert "./onward up" in error["mend"]
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "announced"), [(["status"], False), (["user", "list"], False), (["source", "list"], True)]
)
def test_while_up_is_still_starting_a_command_says_so(tmp_path: Path, words: list[str], announced: bool) -> None:
    # red when a database that does not answer yet ends in a traceback
    with held(tmp_path):
        if announced:
            nowhere = f"postgresql://onward:x@127.0.0.1:{free_port()}/onward"
            announce(tmp_path, Running(1, "http://127.0.0.1:1", nowhere, embedded=False))
        done = subprocess.run(
            [sys.executable, "-m", "onward.interfaces.cli", *words, "--data", str(tmp_path)],
            env={key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
            | {"PYTHONPATH": str(ROOT / "src")},
            capture_output=True,
            text=True,
        )
    assert done.returncode == 1
    assert f"Onward is still starting with the data folder {tmp_path}." in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1


def test_help_loads_neither_django_nor_the_database_driver() -> None:
    code = (
        "import sys; from onward.interfaces.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('django', 'psycopg', 'pydantic') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert all(f" {name} " in done.stdout for name in COMMANDS)


def test_every_command_in_the_table_is_there_and_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        with pytest.raises(SystemExit) as ended:
            main([name, "--help"])
        assert ended.value.code == 0, name
        said = capsys.readouterr().out
        assert "--json" in said
        assert "--data" in said


def test_a_document_reads_as_lines() -> None:
    text = as_text(
        Answer({"name": "Acme", "met": True, "median": None, "steps": [{"name": "a", "count": 2}], "none": []})
    )
    assert text.splitlines() == [
        "name: Acme",
        "met: yes",
        "median: –",
        "steps:",
        "  -",
        "    name: a",
        "    count: 2",
        "none: none",
    ]
