"""A translation lies beside its playbook, address by address; what it says is published with the version."""

from __future__ import annotations

import pytest

from onward.kernel.actor import Actor
from onward.playbooks import actions, queries
from onward.playbooks.decisions.definition import Playbook, from_json, to_json
from onward.playbooks.decisions.publishing import Draft, Linted, lint
from onward.playbooks.decisions.translating import template
from onward.playbooks.decisions.wording import in_language, words

MANAGER = Actor("staff", "usr_1", "Mara", role="manager")
TEXT = """\
playbook: small
language: 1
title: Small
accountable: csm
goals: [{goal: done, title: All done, when: stage.one.closed}]
kpis: [{kpi: completion_rate}]
targets: {complete: 60d}
roles: {ours: {csm: account owner}}
forms: [{form: kickoff, fields: [{field: way, type: choice, choices: {mail: E-mail}, help: How we talk}]}]
measures: [{measure: users, title: "{n} people", ask: {n: 3}, when: usage.users >= n}]
stages:
  - stage: one
    title: First
    tasks:
      - {task: call, title: Call them, kind: meeting, by: csm, attendees: {must: [csm]}, agenda: [Goals, Dates]}
      - {task: look, title: Look, by: csm, steps: [Sign in]}
    exit: [{check: called, title: Called, when: task.look.done}]
completion: [{check: all, title: All of it, category: Value, when: task.look.done}]
milestones: [{milestone: value, title: Value, first_value: true, when: task.look.done}]
"""
GERMAN = {
    "title": "Klein",
    "task.call.title": "Anrufen",
    "task.call.agenda.2": "Termine",
    "task.look.step_1.title": "Anmelden",
    "form.kickoff.way.help": "Wie wir reden",
    "form.kickoff.way.choices.mail": "Post",
    "stage.one.exit.called.title": "Angerufen",
    "completion.all.category": "Wert",
    "measure.users.title": "{n} Leute",
    "role.csm.title": "Betreuerin",
}


def linted(words: dict[str, str], text: str = TEXT, **beside: str) -> Linted:
    file = "".join(f"{address}: '{said}'\n" for address, said in words.items())
    return lint(Draft(text, "small.yaml", beside, {"small.de.yaml": file}))


def whole() -> dict[str, str]:
    """A translation without a gap."""
    book = lint(Draft(TEXT)).playbook
    assert book is not None
    return {**words(book), **GERMAN}


def test_a_playbook_speaks_another_language() -> None:
    found = linted(whole())
    assert found.problems == ()
    assert found.playbook is not None
    german = in_language(found.playbook, "de")
    assert {address: said for address, said in words(german).items() if address in GERMAN} == GERMAN
    assert (german.title, german.task("call").title, german.task("call").agenda) == (
        "Klein",
        "Anrufen",
        ("Goals", "Termine"),
    )
    assert words(in_language(german, "fr")) == words(german)
    assert words(in_language(found.playbook, "de-AT")) == words(german)
    assert words(in_language(found.playbook, "fr")) == words(found.playbook)
    # Nothing but words differs.
    assert german.stage("one").exit[0].when == found.playbook.stage("one").exit[0].when
    assert from_json(to_json(found.playbook)) == found.playbook


@pytest.mark.parametrize(
    ("line", "level", "column", "message", "mend"),
    [
        ("task.cal.title: Anrufen", "error", 1, "nothing is said at `task.cal.title`", "did you mean task.call.title?"),
        ("task.call.title: 12", "error", 18, "a text is needed here", "in quotes"),
        ("measure.users.title: '{m} Leute'", "error", 22, "not those of “{n} people”", "keep what stands in { }"),
        ("task.call.title: {of: Ring them, is: X}", "warning", 18, "and the playbook says “Call them” now", "look"),
        ("task.call.title: {of: Call them, is: ''}", "warning", 1, "of 19 words are not translated: ", "words"),
    ],
)
def test_every_mistake_of_a_translation_stands_in_its_file(
    line: str, level: str, column: int, message: str, mend: str
) -> None:
    full = whole() if level == "warning" else {}
    lines = [line, *(f"{one}: '{said}'" for one, said in full.items() if not line.startswith(one))]
    found = lint(Draft(TEXT, "small.yaml", {}, {"small.de.yaml": "\n".join(lines)})).problems
    problem = next(one for one in found if one.level == level)
    assert (problem.file, problem.line, problem.column) == ("small.de.yaml", 1, column), found
    assert message in problem.message
    assert mend in problem.mend


@pytest.mark.parametrize("text", ["", "- a", "a: {", "task.call.title: [x]", "task.call.title:"])
def test_no_translation_crashes_the_reader(text: str) -> None:
    found = lint(Draft(TEXT, "small.yaml", {}, {"small.de.yaml": text}))
    assert found.playbook is None
    assert {problem.file for problem in found.errors} == {"small.de.yaml"}


def test_a_template_holds_every_word_and_reads_back() -> None:
    found = linted(GERMAN)
    assert found.playbook is not None
    text = template(found.playbook, "de")
    again = lint(Draft(TEXT, "small.yaml", {}, {"small.de.yaml": text}))
    assert again.playbook == found.playbook
    assert text.count("\n") == len(words(found.playbook)) + 1


def test_a_variant_has_its_parents_words_where_it_says_the_same() -> None:
    variant = "playbook: larger\nlanguage: 1\ntitle: Larger\nextends: small\nchange: {task.look: {title: See}}\n"
    german = "\n".join(f"{address}: 'DE {said}'" for address, said in whole().items())
    texts = {"small.de.yaml": german, "larger.de.yaml": "task.look.title: Schau"}
    book = lint(Draft(variant, "larger.yaml", {"small": TEXT}, {"small.de.yaml": german})).playbook
    assert isinstance(book, Playbook)
    assert [task.title for task in in_language(book, "de").tasks] == ["DE Anrufen", "See"]
    found = lint(Draft(variant, "larger.yaml", {"small": TEXT}, texts))
    assert found.playbook is not None
    assert [task.title for task in in_language(found.playbook, "de").tasks] == ["DE Anrufen", "Schau"]
    assert [problem.message for problem in found.warnings] == ["1 of 19 words are not translated: title"]


@pytest.mark.django_db(transaction=True)
def test_a_translation_is_published_with_its_version() -> None:
    german = "\n".join(f"{address}: '{said}'" for address, said in whole().items())
    plain = actions.publish(actor=MANAGER, text=TEXT)
    done = actions.publish(actor=MANAGER, text=TEXT, texts={"small.de.yaml": german, "other.de.yaml": "x: y"})
    assert (done.state, done.number) == ("published", 2)
    assert in_language(queries.version(done.version_id), "de").title == "Klein"
    assert queries.version_row(MANAGER, "small").texts == {"small.de.yaml": german}
    assert queries.version(plain.version_id).translations == ()
