"""What is said in words in a condition or a date: what is meant, by a click, or what can be said instead."""

from __future__ import annotations

import pytest

from onward.playbooks.decisions.editing import changed, value_at
from onward.playbooks.decisions.editing.mends import mended, offer
from onward.playbooks.decisions.editing.parts import part_at, parts
from onward.playbooks.decisions.editing.told import told
from onward.playbooks.decisions.problems import Problem
from onward.playbooks.decisions.publishing import Draft, lint

PROCESS = """\
Kickoff, within 5 working days
- Welcome call, within 5 working days
- Write up the call
Setup, 3 weeks
- Train five users
"""
EVENTS = ("report_run", "route_planned", "contract_signed", "user_invited")
WHEN = ("milestones", 0, "when")


def book(path: tuple[str | int, ...], words: str) -> str:
    text = told("ours", "Ours", PROCESS)
    for event in EVENTS:
        text = changed(text, ("events", event), event.replace("_", " ").capitalize())
    return changed(text, path, words)


def refused(text: str) -> Problem:
    (problem,) = lint(Draft(text)).errors
    return problem


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("five different people have used the product in a week", "usage.last_7d.users >= 5"),
        ("five different people of theirs have used the product in a week", "usage.last_7d.users >= 5"),
        ("5 people active in a week", "usage.last_7d.users >= 5"),
        ("5 people active within 7 days", "usage.last_7d.users >= 5"),
        ("Five people are active in any 7 day period.", "usage.last_7d.users >= 5"),
        ("5 people signed in within a month", "usage.last_30d.users >= 5"),
        ("twelve users logged in in the last 30 days", "usage.last_30d.users >= 12"),
        ("5 of them have logged in in the past 2 weeks", "usage.last_14d.users >= 5"),
        ("five of their colleagues use it weekly", "usage.last_7d.users >= 5"),
        ("5 active users a week", "usage.last_7d.users >= 5"),
        ("twenty users in a month", "usage.last_30d.users >= 20"),
        ("twenty-five users in a month", "usage.last_30d.users >= 25"),
        ("5 people have used the product", "usage.users >= 5"),
        ("somebody has used the product in a week", "usage.last_7d.users >= 1"),
        ("a colleague has signed in", "usage.users >= 1"),
        ("at least five people were seen in the product in the first 14 days", "usage.first_14d.users >= 5"),
        ("more than 5 people active in a week", "usage.last_7d.users > 5"),
        ("fewer than three users active in the last month", "usage.last_30d.users < 3"),
        ("5 or more people active in a week", "usage.last_7d.users >= 5"),
        ("5+ people active in a week", "usage.last_7d.users >= 5"),
        ("users active in a week >= 5", "usage.last_7d.users >= 5"),
        ("used on 10 days in a month", "usage.last_30d.days >= 10"),
        ("active on ten days of 30", "usage.last_30d.days >= 10"),
        ("in use on 5 weekdays in two weeks", "usage.last_14d.weekdays >= 5"),
        ("100 events in a week", "usage.last_7d.events >= 100"),
        ("80% of the seats are active in a week", "usage.last_7d.active_share >= 80%"),
        ("3 people ran a report in a week", "event.report_run.last_7d.users >= 3"),
        ("3 different people have planned a route", "event.route_planned.users >= 3"),
        ("reports are run on 5 days in two weeks", "event.report_run.last_14d.days >= 5"),
        ("20 reports run in a week", "event.report_run.last_7d.count >= 20"),
        ("20 reports in a month", "event.report_run.last_30d.count >= 20"),
        ("1,000 reports run", "event.report_run.count >= 1000"),
        ("more than 20 routes planned", "event.route_planned.count > 20"),
        ("5 users invited", "event.user_invited.count >= 5"),
        ("five users are trained", "task.train_five_users.done"),
        ("two meetings held", "meetings.held >= 2"),
        ("5 people active in a week and welcome call held", "usage.last_7d.users >= 5 and task.welcome_call.done"),
    ],
)
def test_a_number_of_people_days_or_times_is_written_right_by_a_click(words: str, meant: str) -> None:
    # red when a newcomer's words are no name, lose their time, or become an event of people
    text = book(WHEN, words)
    problem = refused(text)
    assert offer(problem, text) == f"Write “{meant}” instead"
    text = mended(problem, text, part_at(parts(text), "playbook"))
    assert value_at(text, WHEN) == meant
    assert lint(Draft(text)).errors == ()


def test_a_new_event_keeps_the_time_in_which_it_is_counted() -> None:
    text = book(WHEN, "50 appointments booked in a week")
    problem = refused(text)
    assert offer(problem, text).startswith("Write “event.appointment_booked.last_7d.count >= 50” instead, and declare")
    text = mended(problem, text, part_at(parts(text), "playbook"))
    assert lint(Draft(text)).errors == ()


def test_people_who_are_invited_are_an_event() -> None:
    text = book(WHEN, "at least three colleagues invited")
    said = "Write “event.colleague_invited.count >= 3” instead, and declare that event"
    assert offer(refused(text), text) == said


@pytest.mark.parametrize(
    "words",
    [
        "5 different people",
        "5 people trained",
        "5 people opened a report",
        "3 people signed a contact",
        "5 people booked an appointment in a week",
        "3 people ran 20 reports in a week",
        "5 people on 3 days in a week",
        "80% of users active in a week",
        "50% of reports run",
        "half of the people are active",
        "not 5 people active in a week",
        "nobody has used the product in a week",
        "no report was run",
        "5 people active in 5 working days",
        "5 people active in 2 hours",
        "5 people active within a month of signature",
        "5 people active in the previous week",
        "5 people active last week",
        "50 appointments booked in 3 years",
        "5 people active in a week or in a month",
        "the customer’s people are happy.",
        "people active in a week",
        "5 customers active in a week",
        "about 5 people active in a week",
        "20 tasks late",
        "welcome call held within 5 days",
        "everybody is happy",
    ],
)
def test_what_is_not_sure_is_not_guessed_and_is_told_what_can_be_said(words: str) -> None:
    # red when a wrong guess is a click away, or when the message stops at a word that is no name
    problem = refused(text := book(WHEN, words))
    assert offer(problem, text) == ""
    assert problem.message == f"“{words}” is no condition"
    assert "5 people active in a week" in problem.mend


def test_active_without_a_time_is_told_both_ways() -> None:
    problem = refused(text := book(WHEN, "20 active users"))
    assert (problem.mend, offer(problem, text)) == (
        "write `usage.last_7d.users >= 20` or `usage.last_30d.users >= 20`",
        "",
    )


def test_where_a_number_is_asked_for_it_is_said_without_one() -> None:
    part = "people active in a week"
    text = changed(told("ours", "Ours", PROCESS), ("figures", "weekly"), {"part": part, "whole": "account.seats"})
    assert offer(refused(text), text) == "Write “usage.last_7d.users” instead"


def test_a_slip_in_a_name_is_told_as_one() -> None:
    assert refused(book(WHEN, "tsk and foo")).message == "nothing is called tsk"


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("3 working days after the welcome call", "3wd after task.welcome_call.held"),
        ("five working days after the call", "5wd after task.welcome_call.held"),
        ("twelve days after the call", "12d after task.welcome_call.held"),
        ("within twenty-one days of the welcome call", "within 21d of task.welcome_call.held"),
    ],
)
def test_a_date_in_words_is_written_right_by_a_click(words: str, meant: str) -> None:
    # red when "the call" may be the very step that writes it up
    path = ("stages", 0, "tasks", 1, "due")
    text = book(path, words)
    problem = refused(text)
    assert offer(problem, text) == f"Write “{meant}” instead"
    assert value_at(mended(problem, text, part_at(parts(text), "playbook")), path) == meant
