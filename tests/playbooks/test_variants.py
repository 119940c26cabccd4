"""A variant says only what differs from its parent; each mistake stands in the line that its author can change."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.publishing import Draft, Linted, lint

PARENT = """\
playbook: base
language: 1
title: Base
choose_when: account.segment == "mid_market"
choose_rank: 5
targets: {first_value: 30d, complete: 90d}
accountable: csm
goals: [{goal: done, when: stage.two.closed}]
kpis: [{kpi: completion_rate, target: at least 85%}]
roles: {ours: {csm: account owner, sales: deal owner}, theirs: {champion: asked of csm}, groups: [users]}
events: {report_run: {track: Report Run, source: server}}
forms: [{form: kickoff, fields: [{field: migrate, type: yes_no}, {field: seats, type: number}]}]
stages:
  - stage: one
    takes: 2w
    tasks:
      - {task: call, by: csm}
      - {task: move, by: csm, after: [call], when: answer.kickoff.migrate}
      - {task: look, by: sales}
    exit: [{check: called, when: task.call.done}]
  - stage: two
    exit: [{check: used, actual: event.report_run.count, target: at least 5}]
  - stage: three
    after: [one]
    tasks: [{task: end, by: csm}]
completion: [{check: ratio, actual: milestones.met_share, target: at least 100%}]
milestones: [{milestone: value, first_value: true, when: event.report_run.users >= 3}]
interventions: [{intervention: ask, kind: training, tasks: [{task: ring, by: csm}]}]
logs: {wins: Early wins}
"""
HEAD = "playbook: mine\nlanguage: 1\ntitle: Mine\nextends: base\n"


def linted(edits: str, **beside: str) -> Linted:
    return lint(Draft(HEAD + edits, "mine.yaml", {"base": PARENT, **beside}))


def book(edits: str, **beside: str) -> Playbook:
    found = linted(edits, **beside)
    assert found.playbook is not None, found.problems
    return found.playbook


def test_a_variant_is_its_parent_but_for_what_it_says() -> None:
    base = lint(Draft(PARENT)).playbook
    assert base is not None
    mine = book("source: Ours\n")
    assert (mine.id, mine.title, mine.source) == ("mine", "Mine", "Ours")
    assert (mine.stages, mine.forms, mine.milestones, mine.targets) == (
        base.stages,
        base.forms,
        base.milestones,
        base.targets,
    )
    # For whom it is meant is never taken from the parent: both would fit the same accounts.
    assert (mine.choose_when, mine.choose_rank) == (None, 0)
    assert linted("").modules == ("base",)
    assert linted("").problems == ()


def test_targets_are_taken_over_one_by_one() -> None:
    targets = book("targets: {complete: 120d}\n").targets
    assert targets.first_value is not None
    assert targets.complete is not None
    assert (str(targets.first_value.span), str(targets.complete.span)) == ("30d", "120d")


@pytest.mark.parametrize(
    ("entry", "kind", "found"),
    [
        ("{in: stage.one, task: extra, by: csm}", "tasks", ["call", "move", "look", "extra", "end"]),
        ("{in: stage.one, task: extra, by: csm, after: [call]}", "tasks", ["call", "extra", "move", "look", "end"]),
        (
            "{in: stage.one, group: either, tasks: [{task: a, by: csm}]}",
            "tasks",
            ["call", "move", "look", "a", "end"],
        ),
        ("{stage: last, tasks: [{task: bye, by: csm}]}", "stages", ["one", "two", "three", "last"]),
        ("{stage: mid, after: [one], tasks: [{task: x, by: csm}]}", "stages", ["one", "mid", "two", "three"]),
        ("{in: completion, check: held, when: task.end.done}", "completion", ["ratio", "held"]),
        ("{milestone: ended, when: stage.three.closed}", "milestones", ["value", "ended"]),
        ("{form: more, fields: [{field: x, type: text}]}", "forms", ["kickoff", "more"]),
        ("{measure: m, title: M, when: event.report_run.count >= 1}", "measures", ["m"]),
        ("{goal: more, when: task.end.done}", "goals", ["done", "more"]),
        ("{kpi: time, from: signed, to: stage.one.closed}", "kpis", ["completion_rate", "time"]),
        ("{check_in: c, at: day 30, by: csm, form: kickoff}", "check_ins", ["c"]),
        ("{in: roles.ours, role: dpo, fill: asked of csm}", "roles", ["csm", "sales", "dpo", "champion"]),
        ("{in: roles, group: admins}", "groups", ["users", "admins"]),
        ("{event: paid, track: Paid}", "events", ["report_run", "paid"]),
        ("{figure: f, is: event.report_run.count}", "figures", ["f"]),
        ("{reading: mood, type: yes_no, by: csm}", "readings", ["mood"]),
        ("{log: risks, title: Risks}", "logs", ["wins", "risks"]),
        ("{risk: r, title: R, when: tasks.overdue > 1, severity: low, owner: csm, respond: ask}", "intents", None),
    ],
)
def test_everything_can_be_added(entry: str, kind: str, found: list[str] | None) -> None:
    mine = book(f"add:\n  - {entry}\n")
    ids = [one.id for one in getattr(mine, kind)]
    assert ids == (found or ["r", "ask"])


def test_a_stage_that_is_added_stands_in_the_order() -> None:
    mine = book("add: [{stage: mid, after: [one], tasks: [{task: x, by: csm}]}]\n")
    # The stage below says nothing of what it comes after, so it waits for the new one; the third does say.
    assert [stage.after for stage in mine.stages] == [(), ("one",), ("mid",), ("one",)]


@pytest.mark.parametrize(
    ("where", "address"),
    [("stage.two", "exit"), ("stage.two.exit", "exit"), ("stage.two.expect", "expect")],
)
def test_checks_are_added_to_what_a_stage_asks_or_expects(where: str, address: str) -> None:
    mine = book(f"add: [{{in: {where}, check: more, when: task.end.done}}]\n")
    assert "more" in [check.id for check in getattr(mine.stage("two"), address)]


def test_a_field_is_added_to_a_form_and_a_step_to_a_task() -> None:
    mine = book(
        "add:\n  - {in: form.kickoff, field: region, type: text}\n  - {in: task.call, step: ring, title: Ring}\n"
    )
    assert [field.id for field in mine.find("form", "kickoff").fields] == ["migrate", "seats", "region"]
    assert [step.id for step in mine.task("call").steps] == ["ring"]


def test_what_is_changed_differs_key_by_key() -> None:
    mine = book(
        "change:\n"
        "  stage.one: {takes: 6w, title: The first}\n"
        "  completion.ratio: {target: at least 80%}\n"
        "  stage.two.exit.used: {actual: null, target: null, when: task.call.done}\n"
        "  role.sales: {title: Our seller}\n"
        "  form.kickoff.seats: {min: 1}\n"
        "  event.report_run: {track: Ran It}\n"
        "  log.wins: {internal: true}\n"
        "  group.users: {title: The users}\n"
    )
    one = mine.stage("one")
    assert (one.title, str(one.due and one.due.span), [task.id for task in one.tasks]) == (
        "The first",
        "6w",
        ["call", "move", "look"],
    )
    assert mine.completion[0].target is not None
    assert mine.completion[0].target.value == 0.8
    assert mine.stage("two").exit[0].when is not None
    assert (mine.find("role", "sales").title, mine.find("role", "sales").fill) == ("Our seller", "deal_owner")
    assert mine.find("form", "kickoff").field("seats").min == 1
    assert (mine.find("event", "report_run").track, mine.find("event", "report_run").source) == (("Ran It",), "server")
    assert mine.find("log", "wins").internal
    assert mine.find("group", "users").title == "The users"


def test_what_is_removed_is_gone_with_all_that_is_in_it() -> None:
    mine = book("remove: [task.look, role.sales, stage.three, form.kickoff.seats]\n")
    assert [task.id for task in mine.tasks] == ["call", "move"]
    assert [role.id for role in mine.roles] == ["csm", "champion"]
    assert [field.id for field in mine.find("form", "kickoff").fields] == ["migrate"]


@pytest.mark.parametrize(
    ("edits", "line", "column", "message", "mend"),
    [
        # Removing what is named
        ("remove: [task.call]", 5, 10, "`task.call` cannot be removed while it is named: line 18 of base.yaml", "too"),
        (
            "remove: [role.sales]",
            5,
            10,
            "`role.sales` cannot be removed while it is named: line 19",
            "change or remove",
        ),
        ("remove: [form.kickoff]", 5, 10, "`form.kickoff` cannot be removed while it is named: line 18", ""),
        ("remove: [form.kickoff.migrate]", 5, 10, "`form.kickoff.migrate` cannot be removed", ""),
        ("remove: [event.report_run]", 5, 10, "`event.report_run` cannot be removed while it is named: line 22", ""),
        ("remove: [stage.two]", 5, 10, "`stage.two` cannot be removed while it is named: line 8 of base.yaml", ""),
        ("remove: [stage.one]", 5, 10, "`stage.one` cannot be removed while it is named: line 24", ""),
        ("remove: [stage.three, task.end]", 5, 23, "`task.end` is removed here", "leave this out"),
        # Names that are none
        ("remove: [task.cal]", 5, 10, "there is nothing called `task.cal` here", "did you mean task.call?"),
        ("change: {stage.on: {takes: 6w}}", 5, 10, "there is nothing called `stage.on` here", "stage.one"),
        ("change: {task.call: {bye: csm}}", 5, 22, "`bye` is no key here", "did you mean by?"),
        ("change: {task.call: {by: cms}}", 5, 26, "there is no role or group called `cms`", "did you mean csm?"),
        ("change: {task.call: {due: soon}}", 5, 27, "`soon` is no timing", "within 24h"),
        ("change: {task.call: {when: task.en.done}}", 5, 28, "nothing is called task.en.done", "task.end.done"),
        ("change: {task.call: {task: ring}}", 5, 22, "the id of `task.call` cannot change", "remove it"),
        ("change: {stage.one: {tasks: []}}", 5, 22, "`tasks` of `stage.one` is a list of things with ids", "`add:`"),
        ("change: {stage.one: 6w}", 5, 21, "`6w` stands where a set of keys is needed", ""),
        ("remove: [task.look]\nchange: {task.look: {by: csm}}", 6, 10, "`task.look` is removed here", "keep it"),
        ("add: [{in: stage.on, task: x, by: csm}]", 5, 12, "there is nothing called `stage.on` here", "stage.one"),
        ("add: [{task: x, by: csm}]", 5, 7, "this says not where it belongs", "say `in: stage.setup`"),
        ("add: [{in: form.kickoff, task: x, by: csm}]", 5, 12, "a task does not lie in `form.kickoff`", "stage.setup"),
        ("add: [{in: stage.one, task: end, by: csm}]", 5, 29, "there is a `task.end` already", "change: {task.end"),
        ("add: [{in: form.kickoff, field: seats, type: text}]", 5, 33, "there is a `form.kickoff.seats` already", ""),
        ("add: [{event: report_run, track: X}]", 5, 15, "there is a `event.report_run` already", "change:"),
        ("add: [{foo: x}]", 5, 7, "this says not what is added", "task: call"),
        ("add: [{in: stage.one, task: x, by: cms}]", 5, 36, "there is no role or group called `cms`", "csm"),
        ("add: {task: x}", 5, 6, "a set of keys stands where a list is needed", ""),
        # The file
        ("stages: []", 5, 1, "`stages:` is its parent's", "a variant says `add:`"),
        ("rooles: {}", 5, 1, "`rooles` is no key here", ""),
        ("ad: []", 5, 1, "`ad` is no key here", "did you mean add?"),
        (
            "change: {task.call: {after: [end]}, task.end: {after: [call]}}",
            5,
            10,
            "these wait for one another",
            "circle",
        ),
    ],
)
def test_every_mistake_of_a_variant_stands_in_its_own_file(
    edits: str, line: int, column: int, message: str, mend: str
) -> None:
    found = linted(f"{edits}\n")
    assert found.playbook is None
    first = found.errors[0]
    assert (first.file, first.line, first.column) == ("mine.yaml", line, column), found.errors
    assert message in first.message
    assert mend in first.mend


def test_a_removed_name_may_be_removed_where_it_is_named_too() -> None:
    mine = book("remove: [task.call, stage.one.exit.called]\nchange: {task.move: {after: []}}\n")
    assert [task.id for task in mine.tasks] == ["move", "look", "end"]


def test_variants_of_variants_and_circles_and_depth() -> None:
    above = HEAD.replace("mine", "upper").replace("Mine", "Upper") + "change: {stage.one: {takes: 3w}}\n"
    text = HEAD.replace("extends: base", "extends: upper") + "add: [{in: stage.one, task: more, by: csm}]\n"
    found = lint(Draft(text, "mine.yaml", {"base": PARENT, "upper": above}))
    assert found.playbook is not None, found.problems
    assert str(found.playbook.stage("one").due and found.playbook.stage("one").due.span) == "3w"  # type: ignore[union-attr]
    assert found.modules == ("upper", "base")
    circle = above.replace("extends: base", "extends: mine")
    (problem,) = lint(Draft(text, "mine.yaml", {"mine": text, "upper": circle})).errors
    assert (problem.line, problem.message) == (4, "these follow one another: mine -> upper -> mine")
    chain = {f"p{at}": above.replace("upper", f"p{at}").replace("base", f"p{at + 1}") for at in range(9)}
    (problem,) = lint(Draft(text.replace("upper", "p0"), "mine.yaml", chain)).errors
    assert problem.message == "more than 5 variants in a row"


@pytest.mark.parametrize(
    ("parent", "message", "mend"),
    [
        ("bass", "there is no playbook called `bass`", "did you mean base?"),
        (
            "broken",
            "`broken` has an error itself: there is no role or group called `cms`, in line 17",
            "did you mean csm?",
        ),
        ("unreadable", "`unreadable` has an error itself: the file is empty, in line 1 of unreadable.yaml", ""),
        ("module", "`module` is a module, not a playbook", "use: [module]"),
    ],
)
def test_a_parent_that_cannot_be_followed(parent: str, message: str, mend: str) -> None:
    beside = {
        "base": PARENT,
        "broken": PARENT.replace("task: call, by: csm", "task: call, by: cms"),
        "unreadable": "",
        "module": "module: module\nlanguage: 1\n",
    }
    (problem,) = lint(Draft(HEAD.replace("extends: base", f"extends: {parent}"), "mine.yaml", beside)).errors
    assert (problem.file, problem.line, problem.column) == ("mine.yaml", 4, 10)
    assert message in problem.message
    assert mend in problem.mend


def test_what_a_parent_is_warned_of_is_its_own() -> None:
    warned = PARENT.replace("kpis: [{kpi: completion_rate, target: at least 85%}]\n", "").replace(
        "{task: end, by: csm}", f"{{task: end, by: csm, title: {'Long ' * 20}}}"
    )
    assert "long_title" in {problem.code for problem in lint(Draft(warned)).warnings}
    assert "long_title" not in {problem.code for problem in linted("", base=warned).warnings}
    assert linted("change: {task.end: {due: day 3}}\n", base=warned).warnings[-1].line == 5


MANY = """\
use: [{module: risks, where: {role.boss: csm}, when: account.arr > 2}]
add:
  - {in: stage.one, task: extra, by: csm, after: [call]}
  - {in: roles.ours, role: dpo, fill: asked of csm}
  - {in: form.kickoff, field: region, type: text}
  - {event: paid, track: Paid}
change: {stage.one: {takes: 6w}, role.sales: {title: Ours}, form.kickoff.seats: {min: 1}}
remove: [task.look, stage.three]
"""
RISKS = """\
module: risks
language: 1
needs: [role.boss]
risks: [{risk: r, title: R, when: tasks.overdue > 1, severity: low, owner: boss, respond: ask}]
"""


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32))
def test_no_damage_to_a_variant_its_parent_or_its_module_crashes_the_reader(seed: int) -> None:
    chance = random.Random(seed)
    texts = {"mine": HEAD + MANY, "base": PARENT, "risks": RISKS}
    hit = chance.choice(list(texts))
    text = texts[hit]
    start = chance.randrange(len(text))
    end = min(len(text), start + chance.randrange(1, 12))
    new = chance.choice(["", "[]", "{}", "[x]", "{a: 1}", "null", "1", "x.y", *"{}[]:,#.'", text[start:end] * 2])
    texts[hit] = text[:start] + new + text[end:]
    found = lint(Draft(texts.pop("mine"), "mine.yaml", texts))
    assert (found.playbook is None) == bool(found.errors)
    assert all(problem.line >= 1 for problem in found.problems)


def test_the_whole_example_is_right() -> None:
    assert linted(MANY, risks=RISKS).errors == ()
