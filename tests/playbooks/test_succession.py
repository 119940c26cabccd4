"""Ids are for ever: a rename says `was:`, and what was published once is never given to something else."""

from __future__ import annotations

import pytest

from onward.kernel.actor import Actor
from onward.kernel.refusals import Refusal
from onward.playbooks import actions, queries
from onward.playbooks.decisions.definition import Playbook, from_json, to_json
from onward.playbooks.decisions.problems import Problem
from onward.playbooks.decisions.publishing import Draft, lint
from onward.playbooks.decisions.succession import succession

MANAGER = Actor("staff", "usr_1", "Mara", role="manager")
TEXT = """\
playbook: small
language: 1
title: Small
accountable: csm
goals: [{goal: done, when: stage.one.closed}]
kpis: [{kpi: completion_rate}]
targets: {complete: 60d}
roles: {ours: {csm: account owner}}
forms: [{form: kickoff, fields: [{field: seats, type: number}]}]
stages:
  - stage: one
    tasks:
      - {task: call, by: csm}
      - {task: look, by: csm}
    exit: [{check: called, when: task.look.done}]
milestones: [{milestone: value, first_value: true, when: task.look.done}]
"""


def made(*changes: tuple[str, str]) -> tuple[Playbook, dict[str, object]]:
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    found = lint(Draft(text, "s.yaml"))
    assert found.playbook is not None, found.problems
    return found.playbook, dict(found.places)


def after(*versions: list[tuple[str, str]]) -> tuple[Problem, ...]:
    """The problems of the last of these versions, each the text with some changes."""
    books = [made(*changes) for changes in versions]
    past = [book for book, _ in books[:-1]]
    return succession(past, past[-1], *books[-1])  # type: ignore[arg-type]


RING = ("task: call,", "task: ring, was: call,")
FORM = ("task: call, by: csm", "task: call, kind: form, form: kickoff, by: csm")


@pytest.mark.parametrize(
    ("change", "kind", "pair"),
    [
        (RING, "task", {"call": "ring"}),
        (("task: call,", "task: ring, was: [phone, call],"), "task", {"phone": "ring", "call": "ring"}),
        (("field: seats,", "field: places, was: seats,"), "form.kickoff", {"seats": "places"}),
        (("check: called,", "check: heard, was: called,"), "stage.one.exit", {"called": "heard"}),
        (("{csm: account owner}", "{csm: {fill: account owner, was: boss}}"), "role", {"boss": "csm"}),
    ],
)
def test_a_rename_is_kept_with_the_playbook(change: tuple[str, str], kind: str, pair: dict[str, str]) -> None:
    book, _ = made(change)
    assert book.renamed(kind) == pair
    assert from_json(to_json(book)) == book
    assert after([], [change] if kind != "role" else []) == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "message"),
    [
        (
            "task: call,",
            "task: call, was: look,",
            13,
            27,
            "`task.call` cannot have been `task.look`, which is still in use",
        ),
        ("task: call,", "task: call, was: call,", 13, 27, "`task.call` cannot have been `task.call`"),
        (
            "task: look,",
            "task: look, by: csm, was: x}\n      - {task: y, was: x,",
            15,
            24,
            "`task.x` cannot have become both `task.look` and `task.y`",
        ),
        ("task: call,", "task: call, was: Call,", 13, 27, "`Call` is no id"),
    ],
)
def test_a_rename_that_cannot_be(old: str, new: str, line: int, column: int, message: str) -> None:
    found = lint(Draft(TEXT.replace(old, new, 1), "s.yaml")).errors[0]
    assert (found.line, found.column) == (line, column)
    assert message in found.message


@pytest.mark.parametrize(
    ("versions", "level", "line", "message", "mend"),
    [
        (
            [[], [("task: call,", "task: ring, was: cal,")]],
            "error",
            13,
            "no published version has a `task.cal`",
            "call?",
        ),
        ([[RING], []], "error", 13, "`task.call` is the former id of `task.ring`", "or say `was: ring`"),
        (
            [[], [("task: call, by: csm}", "task: other, by: csm}")], [FORM]],
            "error",
            13,
            "`task.call` was a task of kind to_do in a published version",
            "give it a new id",
        ),
        ([[], [FORM]], "warning", 13, "`task.call` was a task of kind to_do and is a task of kind form now", "running"),
        ([[], [("type: number", "type: text")]], "warning", 9, "`form.kickoff.seats` was a field of type number", ""),
        ([[], [("task: call,", "task: calls,")]], "warning", 13, "task `call` is gone and `calls` is new", "was: call"),
        ([[], [("form: kickoff", "form: kick_off")]], "warning", 9, "form `kickoff` is gone", "add `was: kickoff`"),
    ],
)
def test_every_mistake_of_a_next_version(
    versions: list[list[tuple[str, str]]], level: str, line: int, message: str, mend: str
) -> None:
    found = after(*versions)[0]
    assert (found.file, found.line, found.level) == ("s.yaml", line, level)
    assert message in found.message
    assert mend in found.mend


@pytest.mark.parametrize(
    "versions",
    [
        # It keeps saying what it was, also several renames later, and may get its old id back.
        [[], [RING], [RING, ("title: Small", "title: Other")]],
        [[], [RING], [("task: call,", "task: phone, was: [call, ring],")]],
        [[], [RING], [("task: call,", "task: call, was: ring,")]],
        # A release was left out: one of its former ids was published.
        [[], [("task: call,", "task: phone, was: [call, ring],")]],
        # What is in a thing that was renamed itself.
        [
            [],
            [
                ("- stage: one", "- stage: first\n    was: one"),
                ("stage.one.closed", "stage.first.closed"),
                ("check: called,", "check: heard, was: called,"),
            ],
        ],
        # Gone and back as the same.
        [[], [("      - {task: call, by: csm}\n", "")], []],
    ],
)
def test_what_may_follow(versions: list[list[tuple[str, str]]]) -> None:
    assert after(*versions) == ()


@pytest.mark.django_db(transaction=True)
def test_publishing_refuses_an_id_that_was_given_away_and_restores_what_was_published() -> None:
    first = actions.publish(actor=MANAGER, text=TEXT)
    renamed = actions.publish(actor=MANAGER, text=TEXT.replace(*RING), file="s.yaml")
    assert renamed.warnings == ()
    with pytest.raises(Refusal) as refused:
        actions.publish(actor=MANAGER, text=TEXT.replace("title: Small", "title: Smaller"), file="s.yaml")
    (problem,) = refused.value.details["problems"]
    assert (problem["file"], problem["line"], problem["code"]) == ("s.yaml", 13, "reused")
    assert queries.current_id("small") == renamed.version_id
    assert actions.publish(actor=MANAGER, text=TEXT).version_id == first.version_id
