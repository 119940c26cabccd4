"""A playbook's page speaks in words: no metric's name and no timing as its author wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from onward.interfaces.console.playbook_words import said, timed
from onward.interfaces.console.wish_words import wishes
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.parts import Expr, Timing
from onward.playbooks.decisions.publishing import Draft, lint
from onward.playbooks.decisions.starter import starter
from onward.playbooks.queries import read_shelf

SHELF = read_shelf(Path(__file__).parents[2] / "playbooks")
CODE = re.compile(r"[a-z]\.[a-z]|_|==|>=|\b\d+(h|wd|mo)\b")


def book(name: str) -> Playbook:
    found = lint(Draft(SHELF.playbooks[f"{name}.yaml"], name, SHELF.beside, SHELF.texts)).playbook
    assert found is not None
    return found


def conditions(of: Playbook) -> Iterator[Expr]:
    for stage in of.stages:
        yield from (check.when or check.actual for check in (*stage.exit, *stage.expect) if check.when or check.actual)
        for task in stage.tasks:
            yield from (one for one in (task.exists_when, task.done_when) if one)
    yield from (check.when or check.actual for check in of.completion if check.when or check.actual)
    yield from (one.when for one in of.milestones if one.when)
    yield from (one.when for one in of.measures)


def timings(of: Playbook) -> Iterator[Timing]:
    things: list[Any] = [*of.stages, *(task for stage in of.stages for task in stage.tasks), *of.milestones]
    yield from (one.due for one in things if one.due)
    yield from (one.at for one in of.check_ins if one.at)


@pytest.mark.parametrize("name", [name.removesuffix(".yaml") for name in SHELF.playbooks])
def test_every_condition_and_timing_of_a_shipped_playbook_has_words(name: str) -> None:
    # red when a page shows figure.weekly_active or 5wd before answer.kickoff.go_live
    of = book(name)
    told = {one.text: said(one, of) for one in conditions(of)} | {one.words: timed(one, of) for one in timings(of)}
    assert {text: words for text, words in told.items() if not words or CODE.search(words)} == {}


def test_words_read_as_a_person_says_them() -> None:
    of = book("b2b_seven_stages")
    told = {one.text: said(one, of) for one in conditions(of)} | {one.words: timed(one, of) for one in timings(of)}
    assert told["event.report_run.users >= n"] == "at least n people with “Report Run”"
    assert told["answer.kickoff.migrate"] == "“Old data to bring along?” is answered with yes"
    assert told["objectives.agreed >= 1"] == "at least 1 goal of their success plan is agreed"
    assert told["5wd before answer.kickoff.go_live"] == "5 working days before “Go-live date”"
    assert told["within 24h of signed"] == "within 24 hours of the signature"
    assert told["1wd before task.kickoff.held"] == "1 working day before “Kickoff call” is held"


def test_a_table_says_once_what_all_its_cases_end_with() -> None:
    # red when a row of the page is one long line that repeats "after the signature" for each complexity
    of = book("enterprise_workflow")
    assert timed(of.stage("implementation").due, of) == (
        "4 weeks (simple), 6 weeks (standard, otherwise), 8 weeks (complex), 10 weeks (very complex) after this stage "
        "begins, by the account’s complexity"
    )


def test_a_length_in_a_table_stays_whole() -> None:
    table = "due: {by: account.segment, enterprise: within 5wd of signed, otherwise: within 3wd of signed}"
    found = lint(Draft(starter("mine").replace("takes: 3w", table))).playbook
    assert found is not None
    assert timed(found.stage("setup").due, found) == (
        "within 5 working days (enterprise), within 3 working days (otherwise) of the signature, "
        "by the account’s segment"
    )


def test_day_zero_stays_whole_in_a_table() -> None:
    own = starter("mine").replace(
        "first_value: 30d", "first_value: {by: account.segment, enterprise: 45d, otherwise: 30d}"
    )
    found = lint(Draft(own)).playbook
    assert found is not None
    assert timed(found.targets.first_value, found) == (
        "45 days (enterprise), 30 days (otherwise) after day zero, by the account’s segment"
    )


def test_a_day_says_from_when_it_counts() -> None:  # red when "on day 7" leaves open whether the signature is day 0
    of = lint(Draft(starter("mine").replace("takes: 3w", "due: day 7"))).playbook
    assert of is not None
    assert timed(of.stage("setup").due, of) == "on day 7 after the signature"
    first = starter("mine").replace("takes: 3w", "due: day 7").replace("day_zero: signed", "day_one: started")
    of = lint(Draft(first)).playbook
    assert of is not None
    assert timed(of.stage("setup").due, of) == "on day 7, the opening being day 1"


def test_a_date_by_the_organizations_targets_says_so() -> None:  # covers 35
    of = book("b2b_seven_stages")
    assert timed(of.stage("setup").due, of) == "the organization’s target for setup after this stage begins"
    assert timed(of.targets.complete, of) == "the organization’s target for the whole after day zero"


@pytest.mark.parametrize("name", [name.removesuffix(".yaml") for name in SHELF.playbooks])
def test_every_wish_of_a_shipped_playbook_has_sentences(name: str) -> None:
    # red when a page shows {"after": "3d open", "to": "manager"}
    of = book(name)
    found = [one for rows in wishes(of).values() for one in rows]
    assert len(found) == len(of.intents)
    lines = [line for one in found for line in (*one.lines, *(f"{part.of}{part.full}" for part in one.parts))]
    assert all(one.lines for one in found)
    assert [line for line in lines if not line or CODE.search(line) or "“”" in line] == []


def test_a_wish_reads_as_a_person_says_it() -> None:
    of = book("b2b_seven_stages")
    found = {one.title: one for rows in wishes(of).values() for one in rows}
    assert found["Nothing from their side"].lines == (
        "It opens when usage arrives and more than 7 days since anything happened, on either side.",
        "Not before day 7 after the signature.",
        "Its severity is high; Customer success manager looks after it.",
        "Then do: “Reach out”.",
        "When it has been open for 3 days, tell the manager.",
        "When it has been open for 7 days, tell the manager, call it critical and do “Sponsor call”.",
        "It is over when at most 2 days since anything happened, on either side.",
    )
    health = found["Health model"]
    assert (health.parts[0].title, health.parts[0].weight) == ("Milestone progress", "30")
    assert health.bands[0] == ("Excellent", "80", "green")
    (mails,) = wishes(book("self_serve_funnel"))["Sequences of mails"]
    assert mails.lines[3] == (
        "1 day after they joined: mail “Quick start” when no “Project Created” yet; otherwise “Next”."
    )
