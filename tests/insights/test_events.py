"""The command line's figures over a real clickstream, and times from signature to an event."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from onward.interfaces.cli.main import main
from onward.kernel.actor import SYSTEM
from onward.usage import actions
from tests.usage.sending import forget_processes

STEPS = "catalog,product_view,add_to_cart,cart,shipping_details,payment_details,purchase"
LAST = "2024-06-29T22:02:40Z"


@pytest.fixture(autouse=True)
def clean(transactional_db: None) -> Iterator[None]:
    forget_processes()
    yield
    forget_processes()


@pytest.fixture
def onward(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command in this process; its JSON document."""
    monkeypatch.setattr("onward.interfaces.cli.main._set_up", lambda data: None)

    def run(*words: str, code: int = 0) -> Any:
        assert main([*words, "--json"]) == code
        return json.loads(capsys.readouterr().out)

    return run


def test_the_clickstream_gives_its_known_figures(real_data: Path, onward: Any) -> None:
    content = (real_data / "events-ecom" / "ecom.csv.gz").read_bytes()
    actions.import_events(actor=SYSTEM, content=content)
    actions.derive_all()
    funnel = onward("insights", "funnel", "--steps", STEPS, "--per", "user")
    assert [step["count"] for step in funnel["steps"]] == [600, 596, 502, 419, 315, 209, 109]
    words = ("--per", "user", "--from", "first-event", "--to", "purchase", "--as-of", LAST)
    found = onward("insights", "ttfv", *words)
    assert (found["n"], found["reached"]) == (600, 328)
    assert found["median_days"] == pytest.approx(90.05, abs=0.005)
    waiting = {day: [p["waiting"] for p in found["curve"] if p["days"] <= day][-1] for day in (1, 7, 14, 30, 60, 90)}
    assert waiting == pytest.approx(
        {1: 0.898333, 7: 0.871667, 14: 0.841667, 30: 0.758098, 60: 0.618006, 90: 0.500091}, abs=1e-6
    )


def test_unknown_names_are_refused(onward: Any) -> None:
    assert "neither a milestone nor an event" in json.dumps(onward("insights", "ttfv", "--to", "purchse", code=1))
    assert onward("insights", "stages") == {"stages": []}
    onward("insights", "stages", "--as-of", "yesterday", code=1)
