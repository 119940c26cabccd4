"""A changed module or parent: which playbooks would follow, and how they would differ."""

from __future__ import annotations

from pathlib import Path

import pytest

from onward.interfaces.cli.main import main
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.following import differences, followers
from onward.playbooks.decisions.publishing import Draft, lint

MODULE = """\
module: risks
language: 1
needs: [role.csm]
risks: [{risk: silent, title: Silent, when: days_since.last_activity > 7, severity: low, owner: csm, respond: ask}]
interventions: [{intervention: ask, kind: training, tasks: [{task: ring, by: csm}]}]
"""
PARENT = """\
playbook: base
language: 1
title: Base
use: [risks]
accountable: csm
goals: [{goal: done, when: stage.one.closed}]
kpis: [{kpi: completion_rate}]
targets: {complete: 60d}
roles: {ours: {csm: account owner}}
forms: [{form: kickoff, fields: [{field: seats, type: number}]}]
stages:
  - stage: one
    tasks: [{task: call, by: csm}, {task: look, by: csm}]
    exit: [{check: called, when: task.look.done}]
milestones: [{milestone: value, first_value: true, when: task.look.done}]
"""
VARIANT = "playbook: larger\nlanguage: 1\ntitle: Larger\nextends: base\nchange: {task.look: {title: See}}\n"
SHELF = {"base": PARENT, "risks": MODULE}


def made(text: str, **beside: str) -> Playbook:
    found = lint(Draft(text, "x.yaml", {**SHELF, **beside}))
    assert found.playbook is not None, found.problems
    return found.playbook


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        ("title: Base", "title: Basis", ["~ title"]),
        ("complete: 60d", "complete: 90d", ["~ targets"]),
        ("task: call,", "task: call, title: Ring,", ["~ task.call"]),
        ("task: call,", "task: ring, was: call,", ["task.call -> task.ring"]),
        ("{task: call, by: csm}, ", "", ["- task.call"]),
        ("{task: call, by: csm}", "{task: call, by: csm}, {task: more, by: csm}", ["+ task.more"]),
        ("  - stage: one\n", "  - stage: one\n    takes: 2w\n", ["~ stage.one"]),
        ("check: called", "check: heard", ["+ stage.one.exit.heard", "- stage.one.exit.called"]),
        ("type: number", "type: text", ["~ form.kickoff.seats"]),
        ("roles:", "# nothing\nroles:", []),
    ],
)
def test_two_versions_differ_by_address(old: str, new: str, lines: list[str]) -> None:
    assert differences(made(PARENT), made(PARENT.replace(old, new))).lines() == lines


def test_texts_translations_and_wishes_differ_too() -> None:
    german = {"base.de.yaml": "title: Basis"}
    spoken = lint(Draft(PARENT, "x.yaml", SHELF, german)).playbook
    assert spoken is not None
    assert differences(made(PARENT), spoken).lines() == ["~ translation.de"]
    assert differences(made(PARENT), made(PARENT.replace("use: [risks]\n", ""))).lines() == [
        "- risk.silent",
        "- intervention.ask",
    ]


def test_who_follows_a_module_and_a_parent() -> None:
    shelf = {"base": PARENT, "risks": MODULE}
    published = [
        (Draft(PARENT, "base.yaml", {"risks": MODULE}), made(PARENT)),
        (Draft(VARIANT, "larger.yaml", shelf), made(VARIANT)),
        (Draft(PARENT.replace("use: [risks]\n", "").replace("base", "alone"), "alone.yaml"), made(PARENT)),
    ]
    louder = MODULE.replace("severity: low", "severity: high")
    assert [(one.key, one.differences.lines()) for one in followers("risks", {"risks": louder}, published)] == [
        ("base", ["~ risk.silent"]),
        ("larger", ["~ risk.silent"]),
    ]
    (larger,) = followers("base", {"base": PARENT.replace("task: call,", "task: ring, was: call,")}, published)
    assert larger.differences.lines() == ["task.call -> task.ring"]
    (larger,) = followers("base", {"base": PARENT.replace("look", "see")}, published)
    assert [problem.message for problem in larger.problems] == ["there is nothing called `task.look` here"]


@pytest.mark.django_db(transaction=True)
def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*words: str) -> tuple[int, str]:
        code = main(["playbook", *words, "--data", str(tmp_path)])
        out = capsys.readouterr()
        return code, out.out + out.err

    (tmp_path / "modules").mkdir()
    base, larger, module = tmp_path / "base.yaml", tmp_path / "larger.yaml", tmp_path / "modules" / "risks.yaml"
    for path, text in ((base, PARENT), (larger, VARIANT), (module, MODULE)):
        path.write_text(text, "utf-8")
    for path in (base, larger):
        assert run("publish", str(path))[0] == 0
    module.write_text(MODULE.replace("severity: low", "severity: high"), "utf-8")
    code, said = run("followers", str(module))
    assert code == 0
    assert said.splitlines()[:4] == [
        "base: differs once it is published again",
        "  ~ risk.silent",
        "larger: differs once it is published again",
        "  ~ risk.silent",
    ]
    # The words of a playbook, filled in and linted.
    code, said = run("words", str(base), "de")
    assert code == 0
    german = tmp_path / "base.de.yaml"
    assert 'task.call.title: {of: "Call", is: ""}' in german.read_text("utf-8")
    german.write_text(german.read_text("utf-8").replace('{of: "Call", is: ""}', '{of: "Call", is: "Anruf"}'), "utf-8")
    code, said = run("lint", str(german))
    assert code == 0
    assert "words are not translated" in said
    german.write_text("task.cal.title: Anruf\n", "utf-8")
    code, said = run("lint", str(german))
    assert code != 0
    assert "base.de.yaml:1:1: error: nothing is said at `task.cal.title` (did you mean task.call.title?)" in said
    assert run("words", str(base), "German")[0] != 0
