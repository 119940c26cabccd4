"""What holds for every merge, whatever the versions say and whatever has happened in the plan."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from onward.journeys.decisions.merging import carry_out, image, is_finished, merge, preview, rename, taken_back
from onward.journeys.decisions.outside import Outside
from onward.journeys.decisions.progress import advance
from onward.journeys.decisions.state import Run
from onward.playbooks.decisions.comparing import called, changes
from onward.playbooks.decisions.definition import Milestone, Playbook, Stage, Task
from onward.playbooks.decisions.parts import Check, Link, Role, Timing
from tests.journeys.test_forecast import PATIENT, running
from tests.playbooks.test_comparing import added, with_stage, with_task, without
from tests.world import SMALL, after, within, yes

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
TASKS = ("call", "sign_plan", "connect", "migrate", "polish", "new_0", "new_1")
STAGES = ("kickoff", "setup", "value", "extra")
OUTSIDE = Outside()

EDITS = st.one_of(
    st.tuples(st.just("retitle"), st.sampled_from(TASKS), st.sampled_from(["A", "B"])),
    st.tuples(st.just("due"), st.sampled_from(TASKS), st.integers(1, 20)),
    st.tuples(st.just("by"), st.sampled_from(TASKS), st.sampled_from(["csm", "champion"])),
    st.tuples(st.just("after"), st.sampled_from(TASKS), st.sampled_from(TASKS)),
    st.tuples(st.just("remove"), st.sampled_from((*TASKS, "setup", "value")), st.just("")),
    st.tuples(st.just("add"), st.sampled_from(["new_0", "new_1"]), st.sampled_from(STAGES)),
    st.tuples(st.just("stage"), st.sampled_from(["kickoff", "setup"]), st.just("")),
    st.tuples(st.just("exit"), st.sampled_from(STAGES), st.sampled_from(TASKS)),
    st.tuples(st.just("milestone"), st.sampled_from(TASKS), st.just("")),
    st.tuples(st.just("role"), st.just("trainer"), st.just("")),
    st.tuples(st.just("order"), st.sampled_from(STAGES), st.just("")),
)


def edited(book: Playbook, edits: list[tuple[str, str, Any]]) -> Playbook:
    """The playbook after these edits; those that make no sense any more are left out."""
    for what, key, value in edits:
        tasks, stages = {task.id for task in book.tasks}, {stage.id for stage in book.stages}
        if what in {"retitle", "due", "by", "after"} and key in tasks:
            fields = {
                "retitle": {"title": value},
                "due": {"due": within(value, "d") if what == "due" and value % 2 else after(1, "d", "entered")},
                "by": {"by": value},
                "after": {"after": (Link(value),) if value in tasks and value < key else ()},
            }
            book = with_task(book, key, **fields[what])
        elif what == "remove" and key in tasks | stages and len(stages) > 1:
            book = _pruned(without(book, key))
        elif what == "add" and key not in tasks and value in stages:
            book = added(book, value, Task(key, key, "to_do", value, "csm"))
        elif what == "stage" and "extra" not in stages:
            at = [stage.id for stage in book.stages].index(key) + 1 if key in stages else 0
            extra = Stage("extra", "Extra", "csm", after=(key,) if key in stages else ())
            book = replace(book, stages=(*book.stages[:at], extra, *book.stages[at:]))
        elif what == "exit" and key in stages and value in tasks:
            name = f"task.{value}.done"
            book = with_stage(book, key, exit=(Check("one", "One", when=yes(name, name)),))
        elif what == "milestone" and key in tasks and all(one.id != "extra" for one in book.milestones):
            name = f"task.{key}.done"
            book = replace(
                book, milestones=(*book.milestones, Milestone("extra", "Extra", "csm", when=yes(name, name)))
            )
        elif what == "role" and len(book.roles) == 2:
            book = replace(book, roles=(*book.roles, Role(key, "Trainer", "ours", "asked", "csm")))
        elif what == "order" and key in stages:
            book = with_stage(book, key, tasks=tuple(reversed(book.stage(key).tasks)))
    return book


def _pruned(book: Playbook) -> Playbook:
    """Nothing names what is gone, as publishing would have it."""
    tasks, stages = {task.id for task in book.tasks}, {stage.id for stage in book.stages}

    def there(check: Check) -> bool:
        return not check.when or all(
            name.split(".")[1] in tasks | stages for name in check.when.names if name.startswith(("task.", "stage."))
        )

    kept = tuple(
        replace(
            stage,
            after=tuple(one for one in stage.after if one in stages),
            exit=tuple(check for check in stage.exit if there(check)),
            tasks=tuple(
                replace(
                    task,
                    after=tuple(link for link in task.after if link.id in tasks),
                    due=task.due if _is_known(task.due, tasks) else None,
                )
                for task in stage.tasks
            ),
        )
        for stage in book.stages
    )
    milestones = tuple(
        one for one in book.milestones if one.when is None or there(Check(one.id, one.title, when=one.when))
    )
    return replace(book, stages=kept, milestones=milestones)


def _is_known(due: Timing | None, tasks: set[str]) -> bool:
    return due is None or all(name.split(".")[1] in tasks for name in due.moments if name.startswith("task."))


LIVES = st.lists(
    st.tuples(st.sampled_from(["done", "left_out", "moved", "given", "later"]), st.integers(0, 9)), max_size=8
)


def lived(book: Playbook, run: Run, life: list[tuple[str, int]]) -> datetime:
    """Let things happen in a plan, looking at it after each; the moment at which it ends."""
    now = NOW
    advance(book, run, OUTSIDE, now, uuid4)
    for what, number in life:
        waiting = [row for row in run.tasks if not row.is_over]
        if waiting:
            row = waiting[number % len(waiting)]
            row.edition += 1
            if what == "done":
                row.state, row.done_at, row.done_by, row.how = "done", now, "staff:1", "person"
                row.held_at = now if row.kind == "meeting" else None
            elif what == "left_out":
                row.state, row.how = "skipped", "skipped"
            elif what == "moved":
                row.due_at, row.due_on, row.due_by_hand = now, now.date(), True
            elif what == "given":
                row.person = "user:1"
            else:
                now += timedelta(days=3)
        advance(book, run, OUTSIDE, now, uuid4)
    return now


def touched_of(run: Run) -> set[UUID]:
    return {row.id for row in run.tasks if row.edition > 1}


def over(run: Run) -> dict[UUID, Any]:
    """What is over, but for where it stands."""
    rows: Iterator[Any] = iter(
        [
            *(row for row in run.stages if row.closed_at),
            *(row for row in run.tasks if is_finished(row)),
            *(row for row in run.milestones if row.met_at),
            *(row for row in run.check_ins if row.held_at),
        ]
    )
    return {row.id: {**msgspec.to_builtins(row), "rank": 0} for row in rows}


def merged_into(base: Playbook, ours: Playbook, new: Playbook, run: Run) -> Playbook:
    touched = touched_of(run)
    lines = preview(ours, new, run, touched, changes(base, ours, new))
    result = merge(ours, new, lines)
    carry_out(ours, result.book, run, result.chosen, touched, uuid4)
    return result.book


@PATIENT
@given(st.lists(EDITS, max_size=6), LIVES)
def test_what_is_over_is_never_altered_and_the_plan_goes_on(edits: list[Any], life: list[Any]) -> None:
    new, run = edited(SMALL, edits), running(SMALL)
    now = lived(SMALL, run, life)
    before = over(run)
    book = merged_into(SMALL, SMALL, new, run)
    assert before.items() <= over(run).items()
    for kind, rows in (("stage", run.stages), ("milestone", run.milestones), ("check_in", run.check_ins)):
        assert {row.key for row in rows} <= {thing.id for thing in getattr(book, f"{kind}s")}
    assert {row.key for row in run.tasks if row.kind != "fill_role"} == {task.id for task in book.tasks}
    if run.journey.state == "open":
        advance(book, run, OUTSIDE, now, uuid4)
    assert before.items() <= over(run).items()


@PATIENT
@given(st.lists(EDITS, max_size=6), LIVES)
def test_the_same_version_again_changes_nothing(edits: list[Any], life: list[Any]) -> None:
    new, run = edited(SMALL, edits), running(SMALL)
    lived(SMALL, run, life)
    book = merged_into(SMALL, SMALL, new, run)
    once = deepcopy(run)
    assert merged_into(new, book, new, run) == book
    assert run == once


@PATIENT
@given(st.lists(EDITS, max_size=6), LIVES)
# A stage closes by the new rule, and the next, whose work was done already, with it.
@example([("exit", "kickoff", "call")], [("done", 0)] * 5)
def test_taking_it_back_at_once_restores_every_row(edits: list[Any], life: list[Any]) -> None:
    new, run = edited(SMALL, edits), running(SMALL)
    now = lived(SMALL, run, life)
    if run.journey.state != "open":
        return
    before = deepcopy(run)
    kept = msgspec.json.decode(msgspec.json.encode(image(run)))
    book = merged_into(SMALL, SMALL, new, run)
    advance(book, run, OUTSIDE, now, uuid4)
    if run.journey.state != "open":
        return
    taken_back(run, kept, (SMALL, book), (), (), named=False)
    advance(SMALL, run, OUTSIDE, now, uuid4)
    assert run == before


@PATIENT
@given(st.lists(EDITS, max_size=4), st.lists(EDITS, max_size=4), LIVES)
def test_a_plan_of_its_own_takes_a_third_version_too(first: list[Any], second: list[Any], life: list[Any]) -> None:
    one = edited(SMALL, first)
    two = edited(one, second)
    run = running(SMALL)
    now = lived(SMALL, run, life)
    ours = merged_into(SMALL, SMALL, one, run)
    before = over(run)
    book = merged_into(one, ours, two, run)
    assert before.items() <= over(run).items()
    if run.journey.state == "open":
        advance(book, run, OUTSIDE, now, uuid4)


NAMES = {"task.call": "task.first_call", "stage.setup": "stage.building", "role.champion": "role.sponsor"}


@PATIENT
@given(st.lists(EDITS, max_size=4), LIVES)
def test_what_was_renamed_is_the_same_row_under_its_new_id(edits: list[Any], life: list[Any]) -> None:
    """The same merge with some ids given anew comes to the same plan, but for those ids."""
    new, run = edited(SMALL, edits), running(SMALL)
    now = lived(SMALL, run, life)
    other = deepcopy(run)
    book = merged_into(SMALL, SMALL, new, run)
    rename(run, NAMES)
    rename(other, NAMES)
    renamed = merged_into(called(SMALL, NAMES), called(SMALL, NAMES), called(new, NAMES), other)
    assert renamed == called(book, NAMES)
    known = {row.id for row in other.tasks} & {row.id for row in run.tasks}
    assert [row for row in other.tasks if row.id in known] == [row for row in run.tasks if row.id in known]
    if other.journey.state == "open":
        advance(renamed, other, OUTSIDE, now, uuid4)
    rename(run, {now: was for was, now in NAMES.items()})
    assert {row.key for row in run.tasks if row.kind != "fill_role"} == {task.id for task in book.tasks}
