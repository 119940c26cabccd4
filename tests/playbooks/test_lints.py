"""Promises that cannot be kept, checks that say nothing, and the traps of YAML: each told where it stands."""

from __future__ import annotations

import pytest

from onward.playbooks.decisions.linting.events import unheard
from onward.playbooks.decisions.publishing import Draft, lint
from tests.playbooks.test_linting import TEXT, problems

RISK = """
risks: [{risk: silent, title: Silent, when: WHEN, clear_when: CLEAR, severity: low, owner: csm, respond: ask}]
interventions: [{intervention: ask, kind: training, tasks: [{task: ring, by: csm}]}]
"""


@pytest.mark.parametrize(
    ("call", "move", "message"),
    [
        ("due: day 9", "due: day 8", "task `move` is due before `call`, on which it rests"),
        ("due: 3w after entered", "due: 20d after entered", "task `move` is due before `call`"),
        ("due: 9wd after entered", "due: 8wd after entered", "task `move` is due before `call`"),
        ("due: 3w after signed", "due: day 20", "task `move` is due before `call`"),
        ("due: 1d before signed", "due: 2d before signed", "task `move` is due before `call`"),
        ("starts: 3w after signed, due: 2w after signed", "due: none", "task `call` is due before it starts"),
        ("due: 3w after entered", "due: 3w after entered", ""),
        # Counted differently, they are not compared: who knows which comes first.
        ("due: 9wd after entered", "due: 8d after entered", ""),
        ("due: 3w after entered", "due: 2w after signed", ""),
        ("due: none", "due: day 1", ""),
    ],
)
def test_nothing_is_due_before_it_may_begin(call: str, move: str, message: str) -> None:
    text = TEXT.replace("due: 2wd after entered", call).replace("after: [call],", f"after: [call], {move},")
    found = [one.message for one in lint(Draft(text, "p.yaml")).errors]
    assert (message in found[0]) if message else (found == [])


@pytest.mark.parametrize(
    ("condition", "end"),
    [
        ("event.report_run.count >= 0", "always"),
        ("task.call.done or not task.call.done", "always"),
        ("event.report_run.count > 3 and event.report_run.count < 2", "never"),
        ("tasks.done_share > 100%", "never"),
        ('account.segment == "enterprise" and account.segment == "mid_market"', "never"),
        ("event.report_run.count >= 1", ""),
        ("tasks.overdue == 0", ""),
        ("answer.kickoff.migrate.known and tasks.overdue == 0", ""),
        ("not answer.kickoff.migrate or task.call.done", ""),
    ],
)
def test_a_check_that_is_met_whatever_happens_or_never_is_told(condition: str, end: str) -> None:
    found = problems("task.call.done and event.report_run.count >= 1", f"'{condition}'")
    assert found.playbook is not None, found.problems
    codes = {problem.code: problem.line for problem in found.warnings if problem.code in ("always", "never")}
    assert codes == ({end: 25} if end else {})


def test_a_target_beyond_the_whole_is_never_met() -> None:
    found = problems(
        "actual: figure.active, target: at least 80%, for: 14d", "actual: tasks.done_share, target: more than 100%"
    )
    assert [problem.code for problem in found.warnings] == ["never"]
    assert "check `used` can never be met" in found.warnings[0].message


@pytest.mark.parametrize(
    ("when", "clear", "warned"),
    [
        ("days_since.last_activity > 7", "days_since.last_activity <= 2", False),
        ("days_since.last_activity > 7", "days_since.last_activity > 9", True),
        ("tasks.overdue >= 3 or milestones.late >= 1", "tasks.overdue == 0", True),
        ("tasks.overdue >= 3 or milestones.late >= 1", "tasks.overdue == 0 and milestones.late == 0", False),
    ],
)
def test_a_risk_that_would_clear_while_it_holds(when: str, clear: str, warned: bool) -> None:
    found = lint(Draft(TEXT + RISK.replace("WHEN", when).replace("CLEAR", clear), "p.yaml"))
    assert found.playbook is not None, found.problems
    assert ("clears_at_once" in {problem.code for problem in found.warnings}) == warned


def test_a_long_title_is_told_of_stages_too() -> None:
    found = problems("- stage: two", f"- stage: two\n    title: {'Long ' * 20}")
    assert [(problem.code, problem.line) for problem in found.warnings] == [("long_title", 27)]


@pytest.mark.parametrize(
    ("new", "column", "message", "mend"),
    [
        ("Who called?, and when", 39, "something in `Who called?` breaks the braces", "from column 29"),
        ("{n} calls", 33, "the value ends with `}`, and more text follows it", "from column 29"),
        ('"Call" them', 36, 'the value ends with `"`, and more', "from column 29"),
        ("[Call] them", 36, "the value ends with `]`, and more", "from column 29"),
        ("> Call", 29, "this sign cannot begin a text", "quotes"),
        ("@Call", 29, "this sign cannot begin a text", "quotes"),
        ("Call # them", 34, "` #` begins a comment, which cuts off the rest", "that holds `#`"),
    ],
)
def test_what_breaks_a_text_inside_braces(new: str, column: int, message: str, mend: str) -> None:
    first = problems("title: Call them", f"title: {new}").errors[0]
    assert (first.line, first.column) == (22, column), first
    assert message in first.message
    assert mend in first.mend


@pytest.mark.parametrize(
    ("new", "line", "column", "message"),
    [
        ("title: {n} Small", 3, 12, "the value ends with `}`"),
        ('title: "Small" one', 3, 16, "the value ends with"),
        ("title: > Small", 3, 8, "`>` begins a text of several lines"),
        ("title:Small", 3, 1, "a key here has no `: ` after it"),
    ],
)
def test_what_breaks_a_line(new: str, line: int, column: int, message: str) -> None:
    first = problems("title: Small", new).errors[0]
    assert (first.line, first.column) == (line, column), first
    assert message in first.message


@pytest.mark.parametrize(
    ("received", "mend"),
    [
        ({"Report Runs", "Signed In"}, "did you mean Report Runs?"),
        ({"Other"}, "send it, or write the name that your product sends"),
        ({"Report Run"}, None),
        (set(), None),
    ],
)
def test_an_event_that_nobody_ever_sent(received: set[str], mend: str | None) -> None:
    linted = lint(Draft(TEXT, "p.yaml"))
    found = unheard(linted.playbook, linted.own, received)
    assert [problem.mend for problem in found] == ([mend] if mend else [])
    assert {(problem.line, problem.column, problem.level) for problem in found} <= {(10, 15, "warning")}


def test_an_event_of_its_parent_is_told_with_the_parent() -> None:
    text = "playbook: mine\nlanguage: 1\ntitle: Mine\nextends: small\nadd: [{event: paid, track: Plan Paid}]\n"
    linted = lint(Draft(text, "mine.yaml", {"small": TEXT}))
    found = unheard(linted.playbook, linted.own, {"Other"})
    assert [(problem.line, problem.message) for problem in found] == [
        (5, "no account has ever sent `Plan Paid`, which event `paid` counts")
    ]
