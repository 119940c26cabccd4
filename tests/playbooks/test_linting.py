"""What is wrong with a playbook's text: where, what, and how to mend it. And no text may crash the reader."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onward.engagement.decisions.letter import PLACEHOLDERS as LETTER
from onward.playbooks.decisions.definition import address, from_json, to_json
from onward.playbooks.decisions.linting import PLACEHOLDERS
from onward.playbooks.decisions.problems import Problem
from onward.playbooks.decisions.publishing import Draft, Linted, lint
from onward.playbooks.decisions.starter import starter
from onward.playbooks.queries import read_shelf

FOLDER = Path(__file__).parents[2] / "playbooks"
SHELF = read_shelf(FOLDER)
TEXT = """\
playbook: small
language: 1
title: Small
choose_when: account.segment == "enterprise"
accountable: csm
goals: [{goal: done, when: stage.two.closed}]
kpis: [{kpi: completion_rate, target: at least 85%}]
roles: {ours: {csm: account owner}, theirs: {champion: asked of csm}, groups: [users]}
events:
  report_run: {track: Report Run, source: server}
figures:
  active: {part: usage.last_7d.users, whole: account.seats}
forms:
  - form: kickoff
    fields:
      - {field: migrate, type: yes_no, required: true}
      - {field: go_live, type: date}
stages:
  - stage: one
    due: within 24h of signed
    tasks:
      - {task: call, title: Call them, by: csm, due: 2wd after entered}
      - {task: move, by: csm, with: [champion], after: [call], when: answer.kickoff.migrate}
    exit:
      - {check: called, when: task.call.done and event.report_run.count >= 1}
      - {check: used, actual: figure.active, target: at least 80%, for: 14d}
  - stage: two
    takes: {by: account.complexity, simple: 2w, otherwise: 4w}
    exit:
      - check: text
        when: >-
          answer.kickoff.migrate.known
          and tasks.overdue == 0
milestones:
  - {milestone: value, first_value: true, when: event.report_run.users >= 3, due: day 30}
"""


def problems(old: str, new: str) -> Linted:
    assert old in TEXT
    return lint(Draft(TEXT.replace(old, new, 1), "p.yaml"))


def test_the_text_is_fine() -> None:
    found = lint(Draft(TEXT))
    assert found.problems == ()
    assert found.playbook is not None


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "message", "mend"),
    [
        # Names
        ("task.call.done and", "task.cal.done and", 25, 31, "nothing is called task.cal.done", "task.call.done"),
        ("report_run.users >= 3", "report_run.user >= 3", 35, 49, "nothing is called event.report_run.user", "users"),
        ("last_7d.users", "last_7d.user", 12, 18, "nothing is called usage.last_7d.user", "usage.last_7d.users"),
        ("report_run.users", "report_run.distinct", 35, 49, "nothing is called", "declares no `distinct: property`"),
        ("figure.active,", "person.event.report_run.count,", 26, 31, "nothing is called", "one person is meant"),
        ("and tasks.overdue == 0", "and task.overdue == 0", 33, 15, "nothing is called task.overdue", "tasks.overdue"),
        ('"enterprise"', '"enterprize"', 4, 33, 'account.segment is never "enterprize"', "did you mean enterprise?"),
        ("by: csm, due", "by: cms, due", 22, 44, "there is no role or group called `cms`", "did you mean csm?"),
        ("accountable: csm", "accountable: boss", 5, 14, "there is no role called `boss`", "one of: champion, csm"),
        ("after: [call]", "after: [cal]", 23, 57, "there is no task called `cal`", "did you mean call?"),
        ("of signed", "of singed", 20, 10, "there is no moment called `singed`", "did you mean signed?"),
        ("of signed", "of answer.kickoff.migrate", 20, 10, "there is no moment called", "answer.kickoff.go_live"),
        ("due: day 30", "due: 2d after entered", 35, 83, "only inside a stage", "stage.S.entered"),
        # Types
        ("migrate.known", "migrate == 3", 32, 34, "`==` cannot join yes or no and a number", "like with like"),
        ("when: stage.two.closed", "when: tasks.open", 6, 28, "this comes to a number", "compare it"),
        ("target: at least 80%", "target: is yes", 26, 54, "figure.active is a number", "at least 1"),
        ("target: at least 80%", "target: 80%", 26, 54, "`80%` is no target", "at least 80%"),
        ("target: at least 80%, ", "", 26, 9, "a check has `when:`", "one of the two"),
        ("2wd after entered", "soon", 22, 54, "`soon` is no timing", "within 24h of signed"),
        ("2wd after", "2y after", 22, 54, "`2y` is no length of time", "24h, 3wd, 2w"),
        ("simple: 2w", "simpel: 2w", 28, 37, "account.complexity is never `simpel`", "did you mean simple?"),
        # Shape
        ("by: csm, due", "bye: csm, due", 22, 40, "`bye` is no key here", "did you mean by?"),
        ("by: csm, due", "kind: mial, by: csm, due", 22, 46, "no kind of task called `mial`", "did you mean mail?"),
        ("by: csm, due", "kind: meeting, by: csm, due", 22, 9, "`attendees` is missing here", "attendees"),
        ("title: Small", "title: 2024", 3, 8, "`2024` is read as a number, and text is needed", "put quotes round it"),
        ("go_live, type: date", "go_live, type: date, min: 2", 17, 43, "only a number has a min", "type: number"),
        ("go_live, type: date", "live, type: number, min: 5, max: 2", 17, 50, "at least 5 and at most 2", "swap them"),
        ("first_value: true", "first_value: yes", 35, 37, "`yes` stands where true or false is needed", "write true"),
        ("with: [champion]", "with: champion", 23, 37, "`champion` stands where a list is needed", "[ ]"),
        ("task: call,", "task: Call-them,", 22, 16, "`Call-them` is no id", "small letters"),
        ("task: move", "task: call", 23, 9, "a second task is called `call`", "new id"),
        ("form: kickoff", "form: in", 14, 11, "`in` is a word of the language", "another id"),
        ("by: csm, with", "with", 23, 9, "task `move` has no `by:`", "name the role"),
        ("language: 1", "language: 2", 2, 11, "`2` is none of the words that fit here", ""),
        ("type: date", "type: dat", 17, 32, "`dat` is none of the words", "did you mean date?"),
        # Meaning
        ("first_value: true, ", "", 35, 3, "no milestone is the first value", "exactly one"),
        (
            "by: csm, with",
            'by: csm, help: "Live on {answer.kickof.day}.", with',
            23,
            9,
            "no question of a form",
            "like {answer.kickoff.",
        ),
        ("after: [call]", "after: [move]", 23, 56, "step `move` waits for its own end", "name the step before it"),
        (
            "when: answer.kickoff.migrate}",
            "when: task.move.done}",
            23,
            70,
            "`move` waits for its own end",
            "such as an answer",
        ),
        ("by: csm, due", "by: csm, when: task.move.done, due", 22, 9, "task call -> task move -> task call", "circle"),
        ("when: task.call.done and", "when: stage.two.closed and", 19, 5, "are judged by one another", "circle"),
        ("due: day 30", "due: 1d after milestone.value.met", 35, 5, "take their dates from one another", "circle"),
        # YAML
        ("title: Small", "title: Small\ntitle: Large", 4, 1, "`title` stands here a second time", "keep one"),
        ("when: task.call.done", "when: !task.call.done", 25, 31, "`!` makes a tag", "not"),
        ("title: Small", "title: &a Small", 3, 8, "`&` makes an anchor", "quotes"),
        ("title: Small", "title: *a", 3, 8, "`*` makes an alias", "quotes"),
        ("when: task.call.done", "when: share(1, 2) > 1", 25, 40, "a comma inside braces starts a new key", "quotes"),
        ("title: Call them", "title: Call: them", 22, 33, "a second `: ` on this line breaks it", "quotes"),
        ("title: Small", "title: 'Small", 3, 8, "a quote is not closed", "same line"),
        ("title: Small", "\ttitle: Small", 3, 1, "a tab cannot indent", "spaces"),
        ("title: Small", "title: Small\n---\ntitle: Other", 4, 1, "a second document", "one file"),
        ("title: Small", 'title: "Sm\\0all"', 3, 8, "an escape makes a character", "remove it"),
        ("title: Small", 'title: "\\ud800"', 3, 8, "an escape makes a character", "remove it"),
        ("goals:", '"go\\0als":', 6, 1, "an escape makes a character", "remove it"),
        ("use", "use", 1, 1, "", ""),
    ],
)
def test_every_mistake_is_placed_and_can_be_mended(
    old: str, new: str, line: int, column: int, message: str, mend: str
) -> None:
    found = problems(old, new) if message else lint(Draft("- a\n- b"))
    assert found.playbook is None
    first = found.errors[0]
    assert (first.line, first.column) == (line, column), first
    assert message in first.message
    assert mend in first.mend
    assert first.file == ("p.yaml" if message else "playbook.yaml")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("goals: [{goal: done, when: stage.two.closed}]\n", "", "component"),  # covers 11
        ("kpis: [{kpi: completion_rate, target: at least 85%}]\n", "", "component"),
        ("champion: asked of csm", "champion: by hand", "unfilled_role"),  # covers 24
        ("by: csm, with: [champion]", "by: champion", "no_help"),  # covers 69
        ("source: server", "source: any", "source"),
        ("title: Call them", f"title: {'Call them ' * 8}", "long_title"),
        ("  - stage: two", "  - stage: empty\n  - stage: two", "empty_stage"),
        (
            "takes: {by: account.complexity, simple: 2w, otherwise: 4w}",
            "tasks: [{task: late, by: csm, escalate: [{after: 3d late, to: doer}]}]",
            "never_late",
        ),
    ],
)
def test_warnings_do_not_refuse(old: str, new: str, code: str) -> None:
    found = problems(old, new)
    assert found.playbook is not None, found.problems
    assert code in {problem.code for problem in found.warnings}


def test_steps_that_are_never_late_are_told_once_for_each_side() -> None:
    two = "{task: send, by: champion, help: So}\n      - {task: tell, by: users, help: So}"
    text = TEXT.replace("takes: {by: account.complexity, simple: 2w, otherwise: 4w}", f"tasks:\n      - {two}")
    text = text.replace("tasks:\n      - {task: send", "tasks:\n      - {task: ours, by: csm}\n      - {task: send")
    late = "escalate: {theirs: [{after: 3d late, to: doer}], ours: [{after: 3d late, to: doer}]}\nstages:\n"

    def told(text: str) -> list[Problem]:
        found = lint(Draft(text))
        assert found.playbook is not None, found.problems
        return [one for one in found.warnings if one.code == "never_late"]

    assert not told(text), "nothing is said of late steps"
    theirs, ours = told(text.replace("stages:\n", late, 1))
    assert theirs.message.startswith("the customer's steps `send`, `tell` have no date")
    assert ours.message.startswith("our step `ours` has no date, so it is never late")
    assert (theirs.line, ours.line) == (18, 18)
    with_stage = text.replace("- stage: two\n", "- stage: two\n    takes: 2w\n")
    assert not told(with_stage.replace("stages:\n", late, 1)), "they are due with their stage"


def test_a_stage_for_some_accounts_puts_its_condition_into_all_that_it_asks() -> None:
    found = problems("- stage: two\n", "- stage: two\n    when: answer.kickoff.migrate\n").playbook
    assert found is not None
    (check,) = found.stage("two").exit
    assert check.when is not None
    known = "answer.kickoff.migrate.known and tasks.overdue == 0"
    assert check.when.text == f"not (answer.kickoff.migrate) or ({known})"
    assert set(check.when.names) == {"answer.kickoff.migrate", "tasks.overdue"}
    one = problems("- stage: one\n", "- stage: one\n    when: account.arr > 5\n")
    assert [(first.line, first.code) for first in one.errors] == [(20, "stage_when")]
    assert "cannot have the check `used`, which has to hold for some time" in one.errors[0].message
    whole = "      - {check: used, actual: figure.active, target: at least 80%, for: 14d}\n"
    one = lint(Draft(TEXT.replace(whole, "").replace("- stage: one\n", "- stage: one\n    when: account.arr > 5\n")))
    assert one.playbook is not None
    texts = [task.exists_when.text for task in one.playbook.stage("one").tasks if task.exists_when]
    assert texts == ["account.arr > 5", "(account.arr > 5) and (answer.kickoff.migrate)"]
    wrong = problems("- stage: two\n", "- stage: two\n    when: account.aar > 5\n").errors
    assert len(wrong) == 1, "said once, where it stands"


def test_a_number_keeps_its_bounds() -> None:
    found = problems("go_live, type: date", "seats, type: number, min: 1, max: 500").playbook
    assert found is not None
    field = found.find("form", "kickoff").field("seats")
    assert (field.min, field.max) == (1, 500)
    assert from_json(to_json(found)) == found


def test_text_that_only_looks_odd_is_text() -> None:
    found = problems("title: Small", "title: 012")
    assert found.playbook is not None
    assert found.playbook.title == "012"


def test_a_comment_that_cut_an_expression_is_suspected() -> None:
    found = problems("when: stage.two.closed}]", "when: stage.two.closed and # later\n }]")
    assert "a comment" in found.errors[0].mend


def test_comments_and_layout_are_no_part_of_the_meaning() -> None:
    plain, commented = lint(Draft(TEXT)), problems("title: Small", "title:   Small   # the name")
    assert plain.playbook is not None
    assert commented.playbook is not None
    assert address(plain.playbook) == address(commented.playbook)


def test_a_modules_event_wins_and_a_missing_module_is_named() -> None:
    module = "module: ours\nlanguage: 1\nevents: {report_run: {track: Ran It, source: server}}\n"
    text = TEXT.replace("title: Small", "title: Small\nuse: [ours]")
    found = lint(Draft(text, modules={"ours": module}))
    assert found.playbook is not None
    assert found.playbook.find("event", "report_run").track == ("Ran It",)
    (missing,) = lint(Draft(text, modules={"our": module})).errors
    assert (missing.line, missing.column, missing.mend) == (4, 7, "did you mean our?")


def test_a_placeholder_that_nothing_fills_is_placed_in_its_text() -> None:
    text = TEXT.replace("by: csm, due: 2wd", "kind: mail, to: [champion], text: texts/hi.md, by: csm, due: 2wd")
    (missing,) = lint(Draft(text, texts={"texts/high.md": "Hello"})).errors
    assert (missing.message, missing.mend) == ("there is no text called `texts/hi.md`", "did you mean texts/high.md?")
    (wrong,) = lint(Draft(text, texts={"texts/hi.md": "# Hello\nDear {person.firstname}"})).errors
    assert (wrong.file, wrong.line, wrong.column) == ("texts/hi.md", 2, 6)
    assert wrong.mend == "did you mean person.first_name?"


def test_what_a_playbook_may_fill_in_a_mail_can_be_filled() -> None:
    assert set(PLACEHOLDERS) <= set(LETTER)


@pytest.mark.parametrize("name", sorted(SHELF.playbooks))
def test_the_shipped_playbooks_lint_clean_and_round_trip(name: str) -> None:  # covers 6, 9, 10
    found = lint(Draft(SHELF.playbooks[name], name, SHELF.beside, SHELF.texts))
    assert found.problems == ()
    assert found.playbook is not None
    assert from_json(to_json(found.playbook)) == found.playbook


@pytest.mark.parametrize("name", sorted(SHELF.modules))
def test_the_shipped_modules_lint_alone(name: str) -> None:
    assert lint(Draft(SHELF.modules[name], f"{name}.yaml", {}, SHELF.texts)).problems == ()


def test_the_first_file_of_a_new_playbook_is_clean() -> None:
    assert lint(Draft(starter("my_own"))).problems == ()


def test_the_sixty_days_have_twelve_rows_and_say_what_is_derived() -> None:  # covers 10, 112, 113, 114, 115, 116
    book = lint(Draft(SHELF.playbooks["mid_market_60_days.yaml"], "p", SHELF.modules, SHELF.texts)).playbook
    assert book is not None
    assert len(book.completion) == 12
    assert [check.category for check in book.completion] == [
        *["Technical setup"] * 3,
        *["User adoption"] * 3,
        *["Value realization"] * 3,
        *["Engagement"] * 3,
    ]
    assert "derived" in book.source
    assert [stage.due.day for stage in book.stages if stage.due] == [7, 21, 35, 45, 60]


def test_self_serve_activation_is_three_two_four_in_fourteen_days() -> None:  # covers 95, 96
    book = lint(Draft(SHELF.playbooks["self_serve_funnel.yaml"], "p", SHELF.modules, SHELF.texts)).playbook
    assert book is not None
    (core,) = book.activations
    assert (core.of, str(core.within)) == ("person", "14d")
    assert [check.target.value for check in core.checks if check.target] == [3, 2, 4]


@settings(deadline=None)
@given(st.text(max_size=300))
def test_no_text_crashes_the_reader(text: str) -> None:
    assert lint(Draft(text)).playbook is None


@settings(deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(["cut", "drop", "swap", "double", "insert"]))
def test_no_damage_to_a_good_text_crashes_the_reader(seed: int, how: str) -> None:
    chance = random.Random(seed)
    text = chance.choice([TEXT, *SHELF.playbooks.values()])
    start = chance.randrange(len(text))
    end = min(len(text), start + chance.randrange(1, 40))
    damaged = {
        "cut": text[:start],
        "drop": text[:start] + text[end:],
        "swap": text[:start] + text[start:end][::-1] + text[end:],
        "double": text[:end] + text[start:],
        "insert": text[:start] + chance.choice(list("{}[]:,#&*!|>'\"%@`-?\t\n\x00\ud800é")) + text[start:],
    }[how]
    found = lint(Draft(damaged, "p.yaml", SHELF.modules, SHELF.texts))
    assert (found.playbook is None) == bool(found.errors)
    for problem in found.problems:
        assert problem.line >= 1
        assert problem.column >= 1
        assert "pydantic" not in problem.message


def test_no_step_is_called_like_the_one_that_asks_who_fills_a_role() -> None:
    # red when such a playbook is published, and no journey can begin on it
    text = (
        starter("mine")
        .replace("task: connect\n", "task: fill_champion\n")
        .replace("task.connect.", "task.fill_champion.")
    )
    assert [one.code for one in lint(Draft(text)).errors] == ["reserved"]
