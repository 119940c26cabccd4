"""Every example of the page that teaches the language is right as it stands, and the page leaves no construct out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from onward.playbooks.decisions.publishing import Draft, lint
from onward.playbooks.decisions.source import ModuleFile, PlaybookText, VariantText
from onward.playbooks.decisions.source.work import KINDS
from onward.playbooks.decisions.tree import read

PAGE = (Path(__file__).parents[2] / "docs" / "howto" / "playbooks-by-example.md").read_text("utf-8")
EXAMPLES = re.findall(r"^## ([^\n]+)\n|^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
TEXTS = {"texts/welcome.md": "# Welcome\nDear {person.first_name}"}


def _examples() -> list[tuple[str, str]]:
    found, title = [], ""
    for heading, text in EXAMPLES:
        title = heading or title
        if text:
            found.append((title, text))
    return found


WHOLE = {found[1]: text for _, text in _examples() if (found := re.match(r"(?:playbook|module): (\w+)", text))}
FIRST = WHOLE["our_first"]


def _joined(one: Any, other: Any) -> Any:
    if isinstance(one, dict) and isinstance(other, dict):
        return {**one, **{key: _joined(one[key], value) if key in one else value for key, value in other.items()}}
    return [*one, *other] if isinstance(one, list) and isinstance(other, list) else other


@pytest.mark.parametrize(("title", "text"), _examples(), ids=[title for title, _ in _examples()])
def test_an_example_is_right(title: str, text: str) -> None:
    if text.startswith("# our_first.de.yaml"):
        found = lint(Draft(FIRST, "our_first.yaml", WHOLE, {**TEXTS, "our_first.de.yaml": text}))
        assert found.errors == ()
        assert {problem.code for problem in found.warnings} == {"untranslated"}
        return
    if not text.startswith(("playbook:", "module:")):
        plain = _joined(read(FIRST, "first").plain(), read(text, title).plain())
        text = yaml.safe_dump(plain, sort_keys=False, allow_unicode=True)
    found = lint(Draft(text, "example.yaml", WHOLE, TEXTS))
    assert found.errors == ()
    assert (found.playbook is None) == text.startswith("module:")


def test_the_whole_playbook_has_nothing_to_mend() -> None:
    assert lint(Draft(FIRST, "our_first.yaml")).problems == ()


def test_no_construct_and_no_kind_of_task_is_left_out() -> None:
    shown = " ".join(text for _, text in _examples())
    keys = {key for shape in (PlaybookText, VariantText, ModuleFile) for key in shape.model_fields}
    rare = {"source", "opens_when", "day_one", "counts_from"}
    assert {key for key in keys if not re.search(rf"\b{key}:", shown)} - rare == set()
    assert {kind for kind in KINDS if not re.search(rf"kind: {kind}\b", shown)} == {"to_do"}


def test_the_table_leads_to_sections_that_are_there() -> None:
    heads = {title.lower().replace(",", "").replace(" ", "-") for title, _ in EXAMPLES if title}
    assert {link[1:] for link in re.findall(r"\]\((#[^)]+)\)", PAGE)} <= heads
