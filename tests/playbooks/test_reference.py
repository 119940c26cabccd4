"""The generated references are what the code says now: `onward playbook reference docs/reference` writes them."""

from __future__ import annotations

import json
from pathlib import Path

from jsonschema import Draft202012Validator

from onward.kernel.metrics import CATALOGUE, find
from onward.playbooks.decisions.reference import metrics_page, schema_text
from onward.playbooks.decisions.tree import read

FOLDER = Path(__file__).parents[2] / "docs" / "reference"


def test_the_pages_are_current() -> None:
    assert (FOLDER / "metrics.md").read_text("utf-8") == metrics_page()
    assert (FOLDER / "playbook.schema.json").read_text("utf-8") == schema_text()


def test_every_metric_is_found_by_its_own_name() -> None:
    for metric in CATALOGUE:
        name = metric.pattern.replace("{moment}", "signed").replace("{", "").replace("}", "")
        use = find(name)
        assert use is not None, name
        assert use.metric.pattern == metric.pattern or "role_or_group" in metric.pattern


def test_the_schema_refuses_unknown_keys() -> None:
    schema = json.loads(schema_text())
    assert schema["$defs"]["Playbook"]["additionalProperties"] is False
    assert "within" in schema["$defs"]["Activation"]["properties"]
    assert "and" in schema["$defs"]["ToDo"]["properties"]


def test_the_shipped_playbooks_fit_the_schema() -> None:
    validator = Draft202012Validator(json.loads(schema_text()))
    files = [*FOLDER.parents[1].glob("playbooks/*.yaml"), *FOLDER.parents[1].glob("playbooks/modules/*.yaml")]
    assert len(files) >= 6
    for path in files:
        plain = read(path.read_text("utf-8"), path.name).plain()
        assert [error.message for error in validator.iter_errors(plain)] == []
    assert not validator.is_valid({"playbook": "x", "stagez": []})
