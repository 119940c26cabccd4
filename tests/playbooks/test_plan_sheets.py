"""A plan's sheet is read as people mean it: columns, gaps, days, owners, order, and what is told of each row."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onward.kernel.clock import Span
from onward.kernel.refusals import Refusal
from onward.playbooks.decisions.parts import Link
from onward.playbooks.decisions.planned import (
    Known,
    SheetPlan,
    make_how,
    open_sheet,
    playbook_of,
    playbook_text,
    read_plan,
    reckoned,
)
from onward.playbooks.decisions.planned.cells import (
    Before,
    State,
    as_meant,
    made_safe,
    read_before,
    read_day,
    read_span,
    read_state,
)
from onward.playbooks.decisions.planned.owners import owner_words
from onward.playbooks.decisions.publishing import Draft, lint

SHEETS = Path(__file__).parent / "sheets"
PEOPLE = Known({"mara": "user:usr_1", "dana doe": "contact:con_1", "sam": ""}, {"acme": "theirs"})


def plan_of(text: str | bytes, **mapping: object) -> SheetPlan:
    content = text if isinstance(text, bytes) else text.encode()
    sheet = open_sheet(content, mapping)
    return read_plan(sheet, make_how(sheet, mapping), PEOPLE)


def told(plan: SheetPlan) -> list[tuple[int, str, str]]:
    return [(one.row, one.level, one.code) for one in plan.problems]


@pytest.mark.parametrize(
    ("text", "layout", "day"),
    [
        ("2026-03-12", "YYYY-MM-DD", date(2026, 3, 12)),
        ("12.03.26", "D.M.YY", date(2026, 3, 12)),
        ("day 5", "", 5),
        ("D+5", "", 5),
        ("T+14", "", 14),
        ("5", "", 5),
        ("-7", "", -7),
        ("week 2", "", 14),
        ("31.02.26", "D.M.YY", None),
        ("soon", "", None),
    ],
)
def test_a_day_is_a_date_or_counted(text: str, layout: str, day: object) -> None:
    assert read_day(text, layout) == day


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("3d", Span(3, "d")),
        ("3", Span(3, "d")),
        ("3 days?", Span(3, "d")),
        ("2 weeks", Span(2, "w")),
        ("2,5 Wochen", Span(18, "d")),
        ("5 working days", Span(5, "wd")),
        ("1 mo", Span(1, "mo")),
        ("0 days", Span(0, "d")),
        ("bald", None),
        ("99999 weeks", None),
    ],
)
def test_a_length(text: str, span: Span | None) -> None:
    assert read_span(text) == span


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Done", State("done")),
        ("done 2026-03-12", State("done", date(2026, 3, 12))),
        ("Complete (2026-03-12)", State("done", date(2026, 3, 12))),
        ("100%", State("done")),
        ("✓", State("done")),
        ("in progress", State("in_progress")),
        ("75 %", State("in_progress")),
        ("n/a", State("skipped")),
        ("skipped: moved to 2026-04-01 (they said)", State("skipped", None, "moved to 2026-04-01 (they said)")),
        ("Blocked (their VPN)", State("blocked", None, "their VPN")),
        ("someday", None),
    ],
)
def test_a_state_with_what_stands_beside_it(text: str, state: State | None) -> None:
    assert read_state(text, "YYYY-MM-DD") == state


@pytest.mark.parametrize(
    ("text", "befores"),
    [
        ("Data, all", [Before("Data, all", title="data, all")]),
        ("X; y", [Before("X; y", title="x; y")]),
        ("3; 4", [Before("3", "3"), Before("4", "4")]),
        ("3FS+2d", [Before("3FS+2d", "3", lag=Span(2, "d"))]),
        ("1.2SS + 4 h", [Before("1.2SS + 4 h", "1.2", link="start_to_start", lag=Span(4, "h"))]),
        ("7EE", [Before("7EE", "7", link="finish_to_finish")]),
        ("3FS-1d", [Before("3FS-1d", "3", is_early=True)]),
        ("Data, all; Call", [Before("Data, all", title="data, all"), Before("Call", title="call")]),
        ("Call, 3", [Before("Call", title="call"), Before("3", "3")]),
    ],
)
def test_what_comes_before(text: str, befores: list[Before]) -> None:
    assert read_before(text, frozenset({"data, all", "call", "x; y"})) == befores


@given(st.text(max_size=12))
def test_a_cell_made_safe_reads_back(text: str) -> None:
    safe = made_safe(text)
    assert as_meant(safe) == text
    assert safe[:1] not in {"=", "+", "-", "@", "\t", "\r"}


@pytest.mark.parametrize("side", ["ours", "theirs"])
@pytest.mark.parametrize("title", ["Trainer", "Champion", "Customer engineer", "CSM", "Security and legal", "Customer"])
def test_a_role_is_written_so_that_it_keeps_its_side(title: str, side: str) -> None:
    words = owner_words(title, side)  # type: ignore[arg-type]
    plan = plan_of(f'Task,Owner\nA,"{words}"\n')
    role = plan.role(plan.tasks[0].role)
    assert (role.side, owner_words(role.title, role.side)) == (side, words) or words == "Customer"


def test_a_tidy_sheet_becomes_what_it_says() -> None:
    plan = plan_of((SHEETS / "tidy.csv").read_bytes())
    assert told(plan) == []
    assert [(stage.title, stage.after, len(stage.tasks)) for stage in plan.stages] == [
        ("Kickoff", "", 2),
        ("Setup", "kickoff", 2),
        ("Training", "setup", 2),
    ]
    call, assets, connect, fields, train, recording = plan.tasks
    assert (call.starts, call.due, call.state.done_on) == (date(2026, 3, 2), date(2026, 3, 4), date(2026, 3, 4))
    assert (assets.role, assets.after) == ("customer", (Link("kickoff_call"),))
    assert plan.role(connect.role).side == "theirs"
    assert train.after == (Link("connect_the_systems", "start_to_start", Span(1, "d")), Link(fields.id))
    assert recording.starts is None
    text = playbook_text(plan, "tidy", "Tidy")
    assert [str(one) for one in lint(Draft(text)).errors] == []
    assert "starts: day 8\n        due: day 22" in text


def test_a_messy_sheet_is_mended_where_that_is_plain_and_told_where_not() -> None:
    plan = plan_of((SHEETS / "messy.csv").read_bytes())
    rows = {task.row: task for task in plan.tasks}
    assert list(rows) == [2, 3, 5, 7, 8, 10, 12]
    assert [stage.title for stage in plan.stages] == ["Kickoff", "Einrichtung", "Schulung"]
    assert (rows[2].person, rows[2].state) == ("user:usr_1", State("done", date(2026, 3, 4)))
    assert rows[3].due == date(2026, 3, 8)
    assert (rows[8].takes, {link.id for link in rows[8].after}) == (
        Span(2, "w"),
        {"zugang_senden", "systeme_verbinden"},
    )
    assert rows[7].state.note == "VPN fehlt"
    assert told(plan) == [
        (9, "error", "impossible_date"),
        (10, "warning", "starts_late"),
        (10, "warning", "status"),
        (10, "warning", "after"),
        (11, "error", "no_span"),
        (12, "warning", "after"),
        (13, "error", "no_task"),
    ]
    assert "“Felder einrichten” stays out (row 9)." in [one.message for one in plan.problems]
    assert reckoned(plan)[rows[8].id] == (date(2026, 3, 27), date(2026, 4, 10))
    playbook_of(plan)


def test_a_hostile_sheet_harms_nobody() -> None:
    plan = plan_of((SHEETS / "hostile.csv").read_bytes())
    found = told(plan)
    assert {(6, "error", "far_date"), (7, "error", "impossible_date"), (9, "error", "too_many_cells")} <= set(found)
    assert [task.row for task in plan.tasks] == [2, 3, 4, 5, 8]
    assert plan.tasks[1].help == "=kept as it was"
    assert any(code == "circle" for _, _, code in found)
    said = [one.message for one in plan.problems]
    assert "The row waits for itself." in said
    assert "There is no task in row 99." in said
    assert [str(one) for one in lint(Draft(playbook_text(plan, "odd", "Odd"))).errors] == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"Task\n", "no row below its header"),
        (b"x" * 1_000_001, "over 1 MB"),
        (b"Task\n" + b"A\n" * 501, "at most 500"),
        (b"What,When\nA,1\n\0", "not a CSV"),
        (b"Colour,Size\nred,1\n", "No column is the task"),
        (b"Task,Due\nA,3/4/2026\nB,5/6/2026\n", "can be read in two ways"),
    ],
)
def test_a_sheet_that_cannot_be_read_is_refused_in_words(content: bytes, words: str) -> None:
    with pytest.raises(Refusal, match=words) as caught:
        plan_of(content)
    assert caught.value.mend


@pytest.mark.parametrize(
    ("sheet", "stages", "tasks"),
    [
        ("WBS,Task\n1,Kickoff\n1.1,Call\n1.2,Plan\n2,Setup\n2.1,Connect\n", ["Kickoff", "Setup"], 3),
        ("Task,Owner\nKICKOFF,\nCall,us\nSETUP,\nConnect,customer\n", ["KICKOFF", "SETUP"], 2),
        ("Task,Owner\nCall,us\nConnect,customer\n", ["Plan"], 2),
        ("Stage,Task\n,Call\nSetup,Connect\nSETUP,More\n", ["Plan", "Setup"], 3),
        ("Task\nCall\nConnect\n", ["Plan"], 2),
    ],
)
def test_a_stage_is_a_column_a_heading_or_a_number(sheet: str, stages: list[str], tasks: int) -> None:
    plan = plan_of(sheet)
    assert ([stage.title for stage in plan.stages], len(plan.tasks)) == (stages, tasks)


@pytest.mark.parametrize(
    ("row", "due"),
    [
        ("2026-03-02,2026-03-04,3d", date(2026, 3, 8)),
        ("2026-03-02,2026-03-05,3d", date(2026, 3, 9)),
        ("2026-03-06,2026-03-10,3d", date(2026, 3, 10)),
    ],
)
def test_a_length_counts_as_the_sheet_counts_where_it_gives_all_three(row: str, due: date) -> None:
    plan = plan_of(f"Task,Start,Due,Duration\nA,{row}\nB,2026-03-06,,3d\n")
    assert plan.tasks[1].due == due


def test_stages_that_overlap_or_need_one_another_run_side_by_side() -> None:
    head = "Stage,Task,Due,Depends on,Status\n"
    after = lambda rows: [stage.after for stage in plan_of(head + rows).stages]  # noqa: E731
    assert after("One,A,day 5,,\nTwo,B,day 9,,\n") == ["", "one"]
    assert after("One,A,day 5,,\nTwo,B,day 3,,\n") == ["", ""]
    assert after("One,A,,,\nTwo,B,,,done\n") == ["", ""]
    assert after("One,A,,D,\nTwo,B,,,\nThree,D,,,\n") == ["", "one", ""]
    assert after("One,A,,D,\nTwo,B,,,\nThree,D,,B,\n") == ["", "", "two"]


def test_owners_are_people_sides_or_roles() -> None:
    sheet = 'Task,Owner\nA,Mara\nB,"Doe, Dana"\nC,Acme\nD,\nE,Sam\nF,Mara and Dana Doe\nG,x@y.example\nH,IT\n'
    plan = plan_of(sheet, sides={"IT": "theirs"})
    assert [(task.role, task.person) for task in plan.tasks] == [
        ("csm", "user:usr_1"), ("customer", "contact:con_1"), ("customer", ""), ("csm", ""), ("csm", ""),
        ("csm", "user:usr_1"), ("csm", ""), ("it", ""),
    ]  # fmt: skip
    assert plan.role("it").side == "theirs"
    assert [row for row, _, _ in told(plan)] == [6, 7, 8]


CELLS = st.sampled_from(
    [
        "",
        "A",
        "B, c",
        "=1",
        "'x",
        "2",
        "3FS+1d",
        "A; 2",
        "day 3",
        "2026-03-02",
        "2w",
        "done",
        "n/a",
        "us",
        "IT (customer)",
        "?",
    ]
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=9, max_size=9), min_size=1, max_size=8))
def test_whatever_is_taken_can_be_said_in_the_language(rows: list[list[str]]) -> None:
    lines = ['"' + '","'.join(row) + '"' for row in rows]
    plan = plan_of(
        "Stage,Task,Description,Owner,Start,Due,Duration,Depends on,Status\n,First,,,,,,,\n" + "\n".join(lines)
    )
    if plan.tasks:
        playbook_of(plan)
    assert len(plan.tasks) + plan.stays_out <= len(rows) + 1
