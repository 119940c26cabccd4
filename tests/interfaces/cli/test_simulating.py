"""`onward playbook simulate`: the answer first, the same as a document; what cannot be lived is refused in words."""

from __future__ import annotations

import json

import pytest

from onward.interfaces.cli.main import main
from tests.processes import ROOT

FILE = str(ROOT / "playbooks" / "mid_market_60_days.yaml")
STARTED = ["--start", "2026-01-05"]


@pytest.fixture(autouse=True)
def _no_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)


def test_the_first_line_says_when_value_comes_and_the_days_follow(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["playbook", "simulate", FILE, *STARTED]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("A good customer reaches first value on day 10, 20 days before its target")
    assert "  Kickoff and planning: 4 days, closes 2026-01-09" in lines
    assert "  Day 0, Mon 5 Jan 2026" in lines
    assert any("Mail: Welcome mail (to Champion)" in line for line in lines)


def test_the_document_holds_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--persona", "stalling", "--days", "60", "--complexity", "complex", "--seats", "25", "--arr", "30000"]
    assert main(["playbook", "simulate", FILE, *STARTED, *asked, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["first_value"] == {"day": None, "target_day": 30}
    assert document["complete"]["target_day"] == 60, "the plan's own days, whatever the complexity"
    assert (document["pace"], document["stood_still"][-1]["on"]) == ("stalled", "theirs")
    assert document["assumes"][0].startswith("We take ")


@pytest.mark.parametrize(
    "wrong", [["--days", "0"], ["--days", "9999"], ["--start", "soon"], ["--arr", "much"], ["--seats", "0"]]
)
def test_what_cannot_be_lived_is_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["playbook", "simulate", FILE, *wrong]) == 1
    assert "Choose" in (said := capsys.readouterr().err) or "Write" in said


def test_lint_names_checks_that_prove_nothing_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["playbook", "lint", FILE, "--simulate", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["files"]
    assert row["simulated"] == []
