"""The criteria language: numbers, Kleene's logic, our own words for what is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onward.kernel.expressions import ExpressionError, Program, Value, ValueType, compile_expression

TYPES: dict[str, ValueType] = {
    "tasks.overdue": "number",
    "figure.weekly_active": "number",
    "event.report_run.last_7d.users": "number",
    "task.uat.done": "yes_no",
    "answer.kickoff.migrate": "yes_no",
    "account.segment": "text",
}


def compiled(text: str) -> Program:
    return compile_expression(text, TYPES.get, nearest=lambda name: "task.uat.done")


@pytest.mark.parametrize(
    ("text", "readings", "state"),
    [
        ("tasks.overdue >= 3", {"tasks.overdue": 3}, "met"),
        ("tasks.overdue >= 3", {"tasks.overdue": 2}, "not_met"),
        ("tasks.overdue >= 3", {}, "unknown"),
        ("tasks.overdue / 5 > 50%", {"tasks.overdue": 3}, "met"),  # no integer division: 3/5 is not 0
        ("figure.weekly_active >= 60%", {"figure.weekly_active": 0.6}, "met"),
        ("figure.weekly_active >= 1", {"figure.weekly_active": 1}, "met"),
        ("not task.uat.done", {"task.uat.done": False}, "met"),
        ("not task.uat.done", {}, "unknown"),
        ("task.uat.done and tasks.overdue == 0", {"task.uat.done": False}, "not_met"),
        ("task.uat.done and tasks.overdue == 0", {"task.uat.done": True}, "unknown"),
        ("task.uat.done or tasks.overdue == 0", {"task.uat.done": True}, "met"),
        ("task.uat.done or tasks.overdue == 0", {"tasks.overdue": 0}, "met"),
        ("answer.kickoff.migrate.known", {}, "not_met"),
        ("answer.kickoff.migrate.known", {"answer.kickoff.migrate": False}, "met"),
        ("not answer.kickoff.migrate.known or answer.kickoff.migrate", {}, "met"),
        ("account.segment in ['enterprise', 'strategic']", {"account.segment": "strategic"}, "met"),
        ('account.segment == "enterprise"', {"account.segment": None}, "unknown"),
        ("share(tasks.overdue, event.report_run.last_7d.users) > 50%", {"tasks.overdue": 1}, "unknown"),
        ("least(tasks.overdue, 4) == 4 && greatest(tasks.overdue, 4) == 9", {"tasks.overdue": 9}, "met"),
        ("task.uat.done ? tasks.overdue > 1 : false", {"task.uat.done": False}, "not_met"),
    ],
)
def test_a_verdict_by_the_readings(text: str, readings: dict[str, Value | None], state: str) -> None:
    assert compiled(text).evaluate(readings).state == state


def test_unknown_says_what_is_missing_and_a_fault_says_why() -> None:
    verdict = compiled("task.uat.done and tasks.overdue == 0").evaluate({"task.uat.done": True})
    assert (verdict.missing, verdict.readings) == (("tasks.overdue",), {"task.uat.done": True})
    nothing = compiled("share(tasks.overdue, event.report_run.last_7d.users) > 1%").evaluate(
        {"tasks.overdue": 1, "event.report_run.last_7d.users": 0}
    )
    assert (nothing.state, nothing.problem) == ("unknown", "a share of nothing: the whole is 0")
    wrong = compiled("tasks.overdue > 1").evaluate({"tasks.overdue": "three"})
    assert (wrong.state, wrong.problem) == ("unknown", "tasks.overdue should be a number, not 'three'")


def test_the_names_are_the_metrics_that_it_reads() -> None:
    program = compiled("answer.kickoff.migrate.known and account.segment == 'tasks.overdue' and tasks.overdue > 1")
    assert program.names == {"answer.kickoff.migrate", "account.segment", "tasks.overdue"}


@pytest.mark.parametrize(
    ("text", "column", "words"),
    [
        ("task.uta.done and true", 0, "nothing is called task.uta.done"),
        ("true and task.uta.done", 9, "nothing is called task.uta.done"),
        ("task.uat-x.done", 0, "nothing is called task.uat"),
        ("tasks.overdue >", 15, "this expression ends too early"),
        ("(task.uat.done", 14, "this expression ends too early"),
        ("tasks.overdue / tasks.overdue > 1", 14, "only a plain number may follow /"),
        ("tasks.overdue / 0 > 1", 16, "nothing can be divided by 0"),
        ("tasks.overdue", 0, "this comes to a number, and yes or no is needed"),
        ("tasks.overdue and task.uat.done", 14, "`and` stands beside a number and yes or no"),
        ("account.segment > 3", 16, "`>` cannot join a text and a number"),
        ("tasks.overdue = 3", 14, "`=` has no meaning here"),
        ("has(task.uat.done)", 0, "there is no function has()"),
        ("task.uat.done.exists(x, x)", 0, "there is no function task.uat.done.exists()"),
        ("tasks.overdue == null", 17, "there is no null"),
        ("days >= 7d", 8, "`7d` is neither a number nor a name"),
        ("tasks.overdue > 3 % 2", 18, "`%` has no meaning here"),
        ("account.segment == 'x", 19, "`'` has no meaning here"),
        ("", 0, "this expression is empty"),
        ("(" * 30 + "true" + ")" * 30, 24, "brackets are nested too deeply"),
        ("x" * 3000, 0, "this expression is longer than 2000 characters"),
    ],
)
def test_what_is_wrong_and_where(text: str, column: int, words: str) -> None:
    with pytest.raises(ExpressionError) as found:
        compiled(text)
    assert (found.value.column, found.value.message) == (column, words)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_no_text_crashes_the_compiler(text: str) -> None:
    column = 0
    try:
        compiled(text)
    except ExpressionError as trouble:
        column = trouble.column
    assert 0 <= column <= len(text)


SIGNS = ("and", "or", "not", "(", ")", "[", "]", ",", "3", "80%", "<", "==", "-", "/", "in", '"x"', "share", "?")
PIECES = [*TYPES, *SIGNS]


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=14),
    st.dictionaries(st.sampled_from(sorted(TYPES)), st.none() | st.booleans() | st.floats() | st.text(max_size=3)),
)
def test_no_order_of_words_crashes_it_and_a_verdict_is_always_one_of_three(
    pieces: list[str], readings: dict[str, Value | None]
) -> None:
    try:
        program = compiled(" ".join(pieces))
    except ExpressionError:
        return
    verdict = program.evaluate(readings)
    assert verdict.state in ("met", "not_met", "unknown")


@settings(deadline=None)
@given(st.booleans() | st.none(), st.booleans() | st.none())
def test_and_and_or_follow_kleene(left: bool | None, right: bool | None) -> None:
    readings: dict[str, Value | None] = {"task.uat.done": left, "answer.kickoff.migrate": right}
    both = compiled("task.uat.done and answer.kickoff.migrate").evaluate(readings).state
    either = compiled("task.uat.done or answer.kickoff.migrate").evaluate(readings).state
    pair = (left, right)
    assert both == ("not_met" if False in pair else "unknown" if None in pair else "met")
    assert either == ("met" if True in pair else "unknown" if None in pair else "not_met")
