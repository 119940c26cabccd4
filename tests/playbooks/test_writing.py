"""Told lines, new parts, ids that follow their titles, and mends by one click."""

from __future__ import annotations

import pytest

from onward.playbooks.decisions.editing import changed, value_at
from onward.playbooks.decisions.editing.adding import TITLES, with_part
from onward.playbooks.decisions.editing.mends import mended, offer
from onward.playbooks.decisions.editing.naming import id_for
from onward.playbooks.decisions.editing.parts import Part, part_at, part_of_line, parts
from onward.playbooks.decisions.editing.renaming import retitled
from onward.playbooks.decisions.editing.spans import spans_of
from onward.playbooks.decisions.editing.told import blank, told, undated
from onward.playbooks.decisions.publishing import Draft, lint
from onward.playbooks.decisions.starter import starter

LINES = """\
Kickoff, day 7
- Kickoff call, day 5
- Send the asset list (customer), by day 10
Setup, within 3 weeks:
  * Create accounts by us, 2 days
  * Connect your CRM - customer, 2 weeks
3. Go live
  1. Try everything and sign (customer), 4 working days before go-live
  2. Review it with them, 4 weeks after first value
"""


def errors(text: str) -> list[str]:
    return [problem.message for problem in lint(Draft(text)).errors]


def part(text: str, address: str) -> Part:
    found = part_at(parts(text), address)
    assert found.address == address
    return found


def test_lines_become_stages_and_tasks_with_whose_and_when() -> None:
    book = lint(Draft(told("ours", "Ours", LINES))).playbook
    assert book is not None
    assert [(stage.title, stage.due.text if stage.due else "") for stage in book.stages] == [
        ("Kickoff", "day 7"),
        ("Setup", "within 3w of signed"),
        ("Go live", ""),
    ]
    assert [(task.title, task.kind, task.by, task.due.text if task.due else "") for task in book.tasks] == [
        ("Kickoff call", "meeting", "csm", "day 5"),
        ("Send the asset list", "to_do", "champion", "day 10"),
        ("Create accounts", "to_do", "csm", "2d after entered"),
        ("Connect your CRM", "to_do", "champion", "2w after entered"),
        ("Try everything and sign (4 working days before go-live)", "to_do", "champion", ""),
        ("Review it with them", "meeting", "csm", "4w after milestone.first_value.met"),
    ]


NAMED = """Handover
- Write down what was promised (account executive), within 2 working days
- Confirm that it was read (our onboarding manager)
- Tell them (sales, day 3)
Start
- Kickoff call (practice manager), within 7 days
- Fill in the form (Practice Manager)
- Connect the calendar (IT contact)
- Name who signs (customer)
- Test it (customer: IT contact), 2 weeks
- Look at it (clinicians, customer)
- Import the list (part 2 of 3)
- Sort the rest (which is what we did last year)
- Send a card (optional)
"""


def test_brackets_at_a_lines_end_name_who_does_it() -> None:
    # red when "(account executive)" stays in the title and the step goes to the customer success manager
    text = told("ours", "Ours", NAMED, "practice manager")
    book = lint(Draft(text)).playbook
    assert book is not None, errors(text)
    assert value_at(text, ("roles",)) == {
        "ours": {
            "csm": {"title": "Customer success manager", "fill": "account owner"},
            "sales": {"title": "Account executive", "fill": "deal owner"},
            "onboarding_manager": {"title": "Onboarding manager", "fill": "asked of csm"},
        },
        "theirs": {
            "practice_manager": {"title": "practice manager", "fill": "asked of csm"},
            "it_contact": {"title": "IT contact", "fill": "asked of csm"},
            "clinicians": {"title": "Clinicians", "fill": "asked of csm"},
        },
    }
    assert [(task.title, task.by, task.due.text if task.due else "") for task in book.tasks] == [
        ("Write down what was promised", "sales", "within 2wd of signed"),
        ("Confirm that it was read", "onboarding_manager", ""),
        ("Tell them", "sales", "day 3"),
        ("Kickoff call", "csm", "within 7d of signed"),
        ("Fill in the form", "practice_manager", ""),
        ("Connect the calendar", "it_contact", ""),
        ("Name who signs", "practice_manager", ""),
        ("Test it", "it_contact", "2w after entered"),
        ("Look at it", "clinicians", ""),
        ("Import the list (part 2 of 3)", "csm", ""),
        ("Sort the rest (which is what we did last year)", "csm", ""),
        ("Send a card (optional)", "csm", ""),
    ]


DATED = """\
Kickoff
- Ask them
- {words}
"""


def test_a_step_is_called_by_some_of_its_words_and_a_call_in_its_date_makes_no_meeting() -> None:
    # red when "after the welcome call" finds no "Welcome call with the customer", and the customer's step is a meeting
    lines = "Start\n- Welcome call with the customer\n- Second call\n"
    text = told("ours", "Ours", lines + "- Send it (customer), 3 working days after the welcome call")
    task = value_at(text, ("stages", 0, "tasks", 2))
    assert (task["by"], task["due"]) == ("champion", "3wd after task.welcome_call_with_the_customer.held")
    text = told("ours", "Ours", lines + "- Send it (customer), 3 working days after the third call")
    task = value_at(text, ("stages", 0, "tasks", 2))
    assert (task["title"], task["by"]) == ("Send it (3 working days after the third call)", "champion")
    assert "kind" not in task


@pytest.mark.parametrize(
    ("words", "due"),
    [
        ("Connect, 5 working days", "5wd after entered"),
        ("Connect, within 5 working days", "within 5wd of signed"),
        ("Connect, 1 week", "1w after entered"),
        ("Connect, 3wd", "3wd after entered"),
        ("Connect (30 days)", "30d after entered"),
        ("Connect - in two weeks", "2w after entered"),
        ("Connect after 24 hours", "24h after entered"),
        ("Connect, 2 weeks after signature", "2w after signed"),
        ("Connect, 2 business days after they sign it", ""),
        ("Connect, 2 days after the ask them", "2d after task.ask_them.done"),
        ("Connect, one day after it begins", "1d after entered"),
        ("Connect by day 7 (customer)", "day 7"),
        ("Connect, 9999 months", ""),
    ],
)
def test_a_date_in_words_is_a_date_and_no_title(words: str, due: str) -> None:
    text = told("ours", "Ours", DATED.format(words=words))
    book = lint(Draft(text)).playbook
    assert book is not None
    task = book.tasks[1]
    assert (task.due.text if task.due else "") == due
    assert bool(undated([task.title])) == (not due)
    assert (task.title == "Connect") == bool(due)


def test_at_least_so_long_after_a_step_of_the_list_is_a_lag_and_else_words() -> None:
    lines = "Training\n- Training session for reception\n- {words}\n"
    words = "Training session for nurses, at least 2 days after reception"
    book = lint(Draft(told("ours", "Ours", lines.format(words=words)))).playbook
    assert book is not None
    nurses = book.tasks[1]
    lag = nurses.after[0].lag
    assert (nurses.title, nurses.after[0].id, str(lag)) == (
        "Training session for nurses", "training_session_for_reception", "2d",
    )  # fmt: skip
    words = "Check it, at least 2 days after their holidays"
    text = told("ours", "Ours", lines.format(words=words))
    assert value_at(text, ("stages", 0, "tasks", 1, "title")) == words


def test_whose_it_is_may_stand_before_a_date_that_cannot_be_read() -> None:
    task = value_at(
        told("ours", "Ours", DATED.format(words="Connect (customer), by 3 December")), ("stages", 0, "tasks", 1)
    )
    assert (task["title"], task["by"]) == ("Connect, by 3 December", "champion")


def test_what_is_no_date_that_can_be_read_is_named() -> None:
    titles = [
        "Call, 3 December",
        "Ask by Friday",
        "Go live in Q3",
        "Ask about May",
        "Send 3 reports",
        "Go, next week",
    ]
    found = [("Call, 3 December", "3 December"), ("Ask by Friday", "Friday"), ("Go live in Q3", "Q3")]
    assert undated(titles) == [*found, ("Go, next week", "next week")]


@pytest.mark.parametrize(
    ("was", "written", "mend"),
    [
        ("due: 2wd after entered", "due: 4 working days after task.kickoff.held", "4wd after task.kickoff.held"),
        ("due: 2wd after entered", "due: 'two weeks after the kickoff'", "2w after task.kickoff.held"),
        ("due: 2wd after entered", "due: within 4 days", "within 4d of signed"),
        ("due: within 30d of signed\n    exit", "due: a week after the signature\n    exit", "1w after signed"),
        (
            "due: 2w after entered",
            "due: within 4 working days after the provision came",
            "within 4wd of task.provision.done",
        ),
        ("takes: 3w", "takes: {by: account.segment, enterprise: 3 weeks, otherwise: 2w}", "3w"),
        ("stalled_after: 7d", "stalled_after: one week", "1w"),
    ],
)
def test_a_date_in_words_is_written_right_by_a_click(was: str, written: str, mend: str) -> None:
    text = starter("mine").replace(was, written)
    (problem,) = lint(Draft(text)).errors
    assert (problem.mend, offer(problem, text)) == (f"write `{mend}`", f"Write “{mend}” instead")
    assert errors(mended(problem, text, part(text, "playbook"))) == []


PROCESS = """\
Kickoff, within 5 working days
- Fill in the form (customer)
- Kickoff call, within 5 working days
Setup, 3 weeks
- Upload the list (customer)
- Import it, within 4 working days after upload the list
"""


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("kickoff call held and form filled in", "task.kickoff_call.done and task.fill_in_the_form.done"),
        ("task.kickoff_call.done or setup is over", "task.kickoff_call.done or stage.setup.closed"),
        ("first value was reached", "milestone.first_value.met"),
        ("20 routes planned", "event.route_planned.count >= 20"),
        ("manager is named", "role.manager_of_operations.filled"),
        ("the moon is full", ""),
        ("50 appointments booked", "event.appointment_booked.count >= 50"),
        ("at least five appointments were booked in the product", "event.appointment_booked.count >= 5"),
        ("20 queries passed", "event.query_passed.count >= 20"),
        ("50% of appointments", ""),
    ],
)
def test_a_condition_in_words_is_written_right_by_a_click(words: str, meant: str) -> None:
    # red when a newcomer's words are only told to be no name
    text = changed(told("ours", "Ours", PROCESS, "Manager of operations", "a month"), ("events", "route_planned"), "R")
    assert value_at(text, ("milestones", 0, "due")) == "within 1mo of signed"
    assert value_at(text, ("stages", 1, "tasks", 1, "after")) == ["upload_the_list"], (
        "it comes after what it counts from"
    )
    text = changed(text, ("stages", 0, "exit"), [{"check": "met", "when": words}])
    (problem,) = lint(Draft(text)).errors
    is_new = meant.startswith(("event.appointment", "event.query"))
    also = ", and declare that event" if is_new else ""
    assert offer(problem, text) == (f"Write “{meant}” instead{also}" if meant else "")
    if meant:
        text = mended(problem, text, part(text, "playbook"))
        assert value_at(text, ("stages", 0, "exit", 0, "when")) == meant
        if "appointments" in words:
            found = lint(Draft(text))
            assert found.errors == ()
            assert "unnamed" in {one.code for one in found.warnings}, "its name in the product is asked for"


ASKED = """
forms:
  - form: clinic
    fields:
      - {field: moved, title: "Is data from your old system to be moved?", type: yes_no}
      - {field: day, title: "When is data from the old system to be moved?", type: date}
"""


@pytest.mark.parametrize(
    ("task", "words", "meant"),
    [
        (0, "data from the old system is to be moved", "answer.clinic.moved"),
        (0, "data from the old system is not to be moved", "not answer.clinic.moved"),
        (1, "data from the old system is to be moved", "answer.clinic.moved"),
        (1, "Move the data from the old system is done", "task.move_the_data_from_the_old_system.done"),
        (0, "check the data is done", "task.check_the_data.done"),
    ],
)
def test_a_step_is_asked_by_an_answer_and_never_by_its_own_end(task: int, words: str, meant: str) -> None:
    # red when the click offers the end of the very step whose condition it is
    text = told("ours", "Ours", "Setup\n- Move the data from the old system\n- Check the data (customer)\n") + ASKED
    text = changed(text, ("stages", 0, "tasks", task, "when"), words)
    (problem,) = lint(Draft(text)).errors
    assert offer(problem, text) == f"Write “{meant}” instead"
    assert errors(mended(problem, text, part(text, "playbook"))) == []


def test_nothing_is_made_up_that_the_lines_do_not_say() -> None:
    # red when a new playbook has a timeline, a contact or a key figure that nobody asked for
    plain = told("ours", "Ours", "Setup\n- Create accounts\n")
    assert set(value_at(plain, ())) == {
        "playbook", "language", "title", "day_zero", "accountable", "roles", "stages", "milestones",
    }  # fmt: skip
    assert set(value_at(plain, ("roles",))) == {"ours"}
    assert errors(plain) == []


def test_where_a_date_may_mean_two_things_both_are_told() -> None:
    text = starter("mine").replace("due: 2wd after entered", "due: 4 days")
    (problem,) = lint(Draft(text)).errors
    assert (problem.mend, offer(problem, text)) == ("write `4d after entered` or `within 4d of signed`", "")


@pytest.mark.parametrize(
    "lines", ["Ein Stück: «Anfang»\n- Über 3 Dinge reden?", "true\n- in\n- known", "1\n- 2\n- 2", "x" * 300]
)
def test_whatever_is_told_is_a_playbook(lines: str) -> None:
    assert errors(told("ours", "Yes: no, 'maybe'", lines)) == []
    assert errors(blank("ours", "")) == []


@pytest.mark.parametrize(
    ("title", "key"), [("Go live!", "go_live"), ("Über uns", "uber_uns"), ("3 calls", "x_3_calls")]
)
def test_an_id_is_made_of_a_title(title: str, key: str) -> None:
    assert id_for(title) == key
    assert id_for(title, [key]) == f"{key}_2"


@pytest.mark.parametrize("kind", sorted(TITLES.keys() - {"use"}))
def test_each_new_part_is_whole(kind: str) -> None:
    text, address = with_part(starter("mine"), part(starter("mine"), "task.provision"), kind)
    asked = ["a check has `when:`, or `actual:` with `target:`"] if kind in ("completion", "goal") else []
    assert errors(text) == asked, "only what it is met by is for the author to say"
    assert part(text, address).title == TITLES[kind]


def test_a_further_criterion_reads_another_task_than_those_before_it() -> None:
    # red when a second one proposes what the first reads already: here `connected` reads the last task, connect
    beside = part(starter("mine"), "task.provision")
    text, address = with_part(starter("mine"), beside, "exit")
    assert value_at(text, (*part(text, address).path, "when")) == "task.provision.done"
    text, address = with_part(text, beside, "exit")
    assert "when" not in value_at(text, part(text, address).path), "all are read: the author says what else"


def test_an_id_follows_its_title_and_all_that_names_it_follows() -> None:
    text, address = with_part(starter("mine"), part(starter("mine"), "task.provision"), "task")
    text = changed(text, (*part(text, "task.connect").path, "after"), ["new_task", "provision"])
    text = changed(
        text, (*part(text, "exit.setup.connected").path, "when"), "task.new_task.done and not task.connect.late"
    )
    text = changed(text, (*part(text, address).path, "title"), "Train them")
    new, address = retitled(text, part(text, address), "New task", frozenset())
    assert address == "task.train_them"
    assert errors(new) == []
    assert value_at(new, (*part(new, "task.connect").path, "after")) == ["train_them", "provision"]
    assert "when: task.train_them.done and not task.connect.late" in new
    assert retitled(text, part(text, "task.new_task"), "New task", frozenset({"task.new_task"}))[0] == text


def test_the_id_of_a_question_follows_its_title_in_all_that_reads_its_answer() -> None:
    text, form = with_part(starter("mine"), part(starter("mine"), "playbook"), "form")
    text, asked = with_part(text, part(text, form), "field")
    check = part(text, "exit.setup.connected").path
    text = changed(text, (*check, "when"), f'answer.new_form.{asked.rpartition(".")[2]} == "a"')
    text = changed(text, (*part(text, asked).path, "title"), "Go-live date")
    text, asked = retitled(text, part(text, asked), "New question", frozenset())
    assert asked == "field.new_form.go_live_date"
    text = changed(text, (*part(text, form).path, "title"), "Kickoff")
    text, form = retitled(text, part(text, form), "New form", frozenset())
    assert 'answer.kickoff.go_live_date == "a"' in value_at(text, (*check, "when"))
    assert errors(text) == []
    held = frozenset({"field.kickoff.go_live_date"})
    text = changed(text, (*part(text, "field.kickoff.go_live_date").path, "title"), "When it starts")
    assert retitled(text, part(text, "field.kickoff.go_live_date"), "Go-live date", held)[0] == text


@pytest.mark.parametrize(
    ("kind", "words", "key", "named"),
    [
        ("role_theirs", "Data owner", "role.data_owner", "by: new_role_of_theirs"),
        ("event", "Report Run", "event.report_run", "when: event.new_event.count >= 1"),
        ("figure", "Active share", "figure.active_share", "when: figure.new_figure >= 1"),
        ("log", "Risks seen", "log.risks_seen", "log: new_register"),
        ("reading", "Mood", "reading.mood", "when: reading.new_reading >= 1"),
    ],
)
def test_the_id_of_a_role_or_an_event_follows_while_nothing_names_it(
    kind: str, words: str, key: str, named: str
) -> None:
    text, address = with_part(starter("mine"), part(starter("mine"), "playbook"), kind)
    path, was = part(text, address).path, TITLES[kind]
    alone = isinstance(value_at(text, path), str)
    text = changed(text, path if alone else (*path, "title"), words)
    new, found = retitled(text, part(text, address), was, frozenset())
    assert found == key
    assert errors(new) == []
    assert part(new, key).title == words
    # red when what names it is left with a name that is nobody's
    held = f"{text}more:\n  {named}\n"
    assert retitled(held, part(held, address), was, frozenset()) == (held, address)
    assert retitled(text, part(text, address), was, frozenset({address}))[1] == address


@pytest.mark.parametrize(
    ("right", "wrong", "click"),
    [
        ("by: champion", "by: champoin", "Write “champion” instead"),
        ("when: task.connect.done", "when: task.conect.done", "Write “task.connect.done” instead"),
        ("when: task.connect.done", "when: task.connect.held", "Write “task.connect.done” instead"),
        ("when: task.connect.done", "when: task.connect", "Write “task.connect.done” instead"),
        ("title: Connect your data", "title: 2026", "Put quotes round it"),
        ("Provision accounts, by: csm", "Provision accounts", "Give it to whoever is accountable"),
        ("first_value: true", "first_value: yes", "Write “true”"),
        ("when: task.connect.done", "when: event.booked.count >= 1", "Declare the event “booked”"),
        ("title: Connect your data", "title: Connect\n        kind: form", "Make a new question form for it"),
    ],
)
def test_a_click_mends(right: str, wrong: str, click: str) -> None:
    text = starter("mine").replace(right, wrong)
    problem = next(one for one in lint(Draft(text)).problems if offer(one, text) == click)
    found = parts(text)
    new = mended(problem, text, part_of_line(found, spans_of(text, found), problem.line))
    assert problem.message not in errors(new)
    assert len(errors(new)) < len(errors(text))


@pytest.mark.parametrize("event", ["Booked", {"track": "Booked"}])
def test_an_event_that_proves_first_value_is_the_servers_by_a_click(event: str | dict[str, str]) -> None:
    text = changed(starter("mine"), ("events", "booked"), event)
    text = changed(text, ("milestones", 1, "when"), "event.booked.count >= 20")
    problem = next(one for one in lint(Draft(text)).problems if one.code == "source")
    assert offer(problem, text) == "Only your server sends it"
    new = mended(problem, text, part(text, "playbook"))
    assert value_at(new, ("events", "booked")) == {"track": "Booked", "source": "server"}
    assert "source" not in [one.code for one in lint(Draft(new)).problems]


@pytest.mark.parametrize("written", ["task.connect.undone", "task.connect.date", "stage.setup.missed", "form.x.open"])
def test_no_click_turns_what_is_meant_around(written: str) -> None:
    text = starter("mine").replace("when: task.connect.done", f"when: {written}")
    assert [offer(one, text) for one in lint(Draft(text)).errors] == [""]
